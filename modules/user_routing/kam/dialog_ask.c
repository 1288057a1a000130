/*
 * Which requests in a dialog may pass to their receiver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/dialog_ask.h"

#include "core/parser/parse_content.h"
#include "core/parser/parse_refer_to.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "kam/answer.h"
#include "kam/compat.h"
#include "kam/hop.h"
#include "kam/request.h"
#include "policy/ask.h"

#define METHODS_OF_A_CALL                                                   \
	(METHOD_INVITE | METHOD_ACK | METHOD_BYE | METHOD_PRACK | METHOD_UPDATE \
			| METHOD_INFO | METHOD_REFER | METHOD_NOTIFY | METHOD_SUBSCRIBE \
			| METHOD_MESSAGE | METHOD_OPTIONS)

bool ur_dialog_is_to_gateway(const struct ur_incoming *in)
{
	return in->from_caller ? in->dialog.is_to_gateway
						   : ur_text_is_empty(in->dialog.caller.device);
}

/* The header's value; empty if there is none, or several. */
static struct ur_text only_value(const struct sip_msg *msg, hdr_types_t type)
{
	const struct hdr_field *header, *found = NULL;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(header->type != type)
			continue;
		if(found != NULL)
			return UR_TEXT("");
		found = header;
	}
	return found != NULL ? ur_text_of_str(found->body) : UR_TEXT("");
}

/* Does the predicate hold for any header of that type? */
static bool any_value(const struct sip_msg *msg, hdr_types_t type,
		bool (*is_so)(struct ur_text))
{
	const struct hdr_field *header = msg->headers;

	while(header != NULL
			&& (header->type != type || !is_so(ur_text_of_str(header->body))))
		header = header->next;
	return header != NULL;
}

static bool has(const struct sip_msg *msg, hdr_types_t type)
{
	const struct hdr_field *header = msg->headers;

	while(header != NULL && header->type != type)
		header = header->next;
	return header != NULL;
}

/* ---- bodies */

static bool has_body(struct sip_msg *msg)
{
	const char *body = get_body(msg);

	if(body == NULL)
		return false;
	return msg->content_length != NULL ? get_content_length(msg) > 0
									   : body < msg->buf + msg->len;
}

static bool body_is(struct sip_msg *msg, bool (*is_type)(struct ur_text))
{
	return !has_body(msg)
		   || (is_type(only_value(msg, HDR_CONTENTTYPE_T))
				   && !has(msg, HDR_CONTENTENCODING_T));
}

int ur_dialog_check_body(struct sip_msg *msg)
{
	if(parse_headers(msg, HDR_EOH_F, 0) == 0
			&& body_is(msg, ur_ask_type_is_session))
		return 1;
	ur_answer_set(msg, 415);
	return -1;
}

bool ur_dialog_body_is_control(const struct sip_msg *msg)
{
	return any_value(msg, HDR_CONTENTTYPE_T, ur_ask_type_is_control);
}

/* ---- events */

bool ur_dialog_event_is(
		const struct sip_msg *msg, bool (*is_event)(struct ur_text))
{
	return is_event(only_value(msg, HDR_EVENT_T));
}

/* ---- transfers */

/* A receiver that follows this REFER calls the target itself and bypasses all rules. So it must
 * lead to us, and be plain. */
static bool is_transfer_to_us(
		const struct ur_incoming *in, struct ur_table *table)
{
	struct sip_msg *msg = in->msg;
	struct sip_uri uri;
	str to;

	if(ur_text_is_empty(only_value(msg, HDR_REFER_TO_T))
			|| msg->refer_to == NULL || parse_refer_to_header(msg) < 0)
		return false;
	to = get_refer_to(msg)->uri;
	return parse_uri(to.s, to.len, &uri) == 0 && uri.maddr.len == 0
		   && uri.method.len == 0
		   && (uri.port.len == 0 || uri.port_no == msg->rcv.dst_port)
		   && ur_ask_refer_headers_are_plain(ur_text_of_str(uri.headers))
		   && ur_request_is_domain_of_ours(table, uri.host);
}

/* ---- a request */

/* A subscription to a mailbox: the device renews it, the media server notifies. */
static int refuse_of_mailbox(const struct ur_incoming *in)
{
	if(in->msg->REQ_METHOD
			!= (in->from_caller ? METHOD_SUBSCRIBE : METHOD_NOTIFY))
		return 405;
	return ur_dialog_event_is(in->msg, ur_ask_event_is_mailbox) ? 0 : 489;
}

static int refuse_method(const struct ur_incoming *in)
{
	if(!ur_text_is_empty(in->dialog.mailbox))
		return refuse_of_mailbox(in);
	if(!(in->msg->REQ_METHOD & METHODS_OF_A_CALL))
		return 405;
	if(in->msg->REQ_METHOD & (METHOD_NOTIFY | METHOD_SUBSCRIBE))
		return ur_dialog_event_is(in->msg, ur_ask_event_is_transfer) ? 0 : 489;
	return 0;
}

/* A BYE is never refused. */
static int refuse_body(const struct ur_incoming *in, const str *hop)
{
	if(in->msg->REQ_METHOD == METHOD_BYE)
		return 0;
	if(ur_dialog_is_to_gateway(in) && !ur_hop_is_trunk(hop))
		return body_is(in->msg, ur_ask_type_is_for_gateway) ? 0 : 415;
	return ur_dialog_body_is_control(in->msg) ? 415 : 0;
}

int ur_dialog_ask(
		const struct ur_incoming *in, const str *hop, struct ur_table *table)
{
	int status = refuse_method(in);

	if(status == 0)
		status = refuse_body(in, hop);
	if(status == 0 && in->msg->REQ_METHOD == METHOD_REFER
			&& ur_text_is_empty(ur_incoming_receiver(in)->device)
			&& !is_transfer_to_us(in, table))
		status = 403;
	return status;
}
