/*
 * user_dialog_request(): may a request in a dialog go on, where to, and what it shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/dialog_request.h"

#include <strings.h>
#include <time.h>

#include "core/dset.h"
#include "core/forward.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "kam/answer.h"
#include "kam/compat.h"
#include "kam/dialog.h"
#include "kam/dialog_leg.h"
#include "kam/from_to.h"
#include "kam/headers.h"
#include "kam/hop.h"
#include "kam/message.h"
#include "kam/remote_target.h"
#include "kam/request.h"
#include "kam/routes.h"
#include "kam/settings.h"
#include "policy/param.h"

static struct ur_table *table;
static struct ur_mirror_status *mirror_status;
static const rr_api_t *rr;
static const struct tm_binds *tmb;

/* Of this process, and of the message that is being processed. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	char realm[UR_DIALOG_URI_MAX];
	int len;
} asked;

void ur_dialog_request_init(struct ur_table *t, struct ur_mirror_status *status,
		const rr_api_t *rr_binds, const struct tm_binds *tm_binds)
{
	table = t;
	mirror_status = status;
	rr = rr_binds;
	tmb = tm_binds;
}

/* A request in a dialog, and what its Route says. */
struct incoming
{
	struct sip_msg *msg;
	struct ur_text call_id, from_tag, to_tag;
	struct ur_routes routes;
	int own_routes;		   /* of them, those that lead here: one, or two */
	struct ur_text params; /* of the first of these */
	struct ur_text sealed;
	bool from_caller; /* else from the callee */
	struct ur_dialog dialog;
	uint8_t bytes[UR_DIALOG_SIZE];
	char texts[UR_DIALOG_TEXTS_SIZE];
};

static bool read_names(struct incoming *in)
{
	struct sip_msg *msg = in->msg;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || msg->callid == NULL
			|| parse_from_header(msg) < 0 || parse_to_header(msg) < 0)
		return false;
	in->call_id = ur_text_of_str(msg->callid->body);
	in->from_tag = ur_text_of_str(get_from(msg)->tag_value);
	in->to_tag = ur_text_of_str(get_to(msg)->tag_value);
	return !ur_text_is_empty(in->from_tag) && !ur_text_is_empty(in->to_tag);
}

/* The first Route must lead here, or rr would send the request there. Between two transports there are
 * two of them (rr's enable_double_rr), with one dialog. */
static bool read_routes(struct incoming *in)
{
	struct ur_text params, second;

	if(ur_routes_read(in->msg, HDR_ROUTE_T, &in->routes) < 0
			|| in->routes.count == 0
			|| !ur_routes_own_params(in->routes.uri[0], &in->params)
			|| !ur_param_find(
					in->params, UR_TEXT(UR_DIALOG_PARAM), &in->sealed))
		return false;
	in->own_routes = 1;
	if(!ur_param_find(in->params, UR_TEXT("r2"), &second))
		return true;
	in->own_routes = 2;
	return in->routes.count >= 2
		   && ur_routes_own_params(in->routes.uri[1], &params)
		   && ur_param_find(params, UR_TEXT(UR_DIALOG_PARAM), &second)
		   && ur_text_equal(second, in->sealed);
}

static bool open_with(struct incoming *in, struct ur_text tag)
{
	struct ur_seal_key key;
	int len;

	ur_seal_make_key(in->call_id, tag, &key);
	len = ur_seal_open(&key, in->sealed, in->bytes, sizeof(in->bytes));
	return len >= 0 && ur_dialog_read(&in->dialog, in->bytes, len, in->texts);
}

/* The caller's tag opens it: so it tells who sends the request, too. */
static bool open_dialog(struct incoming *in)
{
	in->from_caller = open_with(in, in->from_tag);
	return in->from_caller || open_with(in, in->to_tag);
}

static const struct ur_text *callers_tag(const struct incoming *in)
{
	return in->from_caller ? &in->from_tag : &in->to_tag;
}

/* The Routes behind ours are those of the proxies that were there when the call began. */
static bool are_routes_good(const struct incoming *in)
{
	const int more = in->routes.count - in->own_routes;
	uint8_t mac[UR_SEAL_MAC_SIZE], given[UR_SEAL_MAC_SIZE];
	struct ur_text expected = in->dialog.routes;

	if(in->from_caller) {
		expected = UR_TEXT("");
		if(ur_param_find(in->params, UR_TEXT(UR_ROUTES_PARAM), &expected)) {
			if(ur_seal_read(expected, given, sizeof(given)) != sizeof(given))
				return false;
			expected = (struct ur_text){(char *)given, sizeof(given)};
		}
	}
	if(more == 0 || expected.len != UR_SEAL_MAC_SIZE)
		return more == 0 && ur_text_is_empty(expected);
	return ur_routes_mac(&in->routes, in->own_routes, in->routes.count,
				   in->call_id, *callers_tag(in), mac)
				   == 0
		   && ur_seal_mac_equal(mac, (const uint8_t *)expected.s);
}

static const struct ur_dialog_end *sender(const struct incoming *in)
{
	return in->from_caller ? &in->dialog.caller : &in->dialog.callee;
}

static const struct ur_dialog_end *receiver(const struct incoming *in)
{
	return in->from_caller ? &in->dialog.callee : &in->dialog.caller;
}

static enum ur_sender_state sender_state(struct ur_text device)
{
	if(ur_text_is_empty(device))
		return UR_SENDER_NO_DEVICE;
	if(!ur_mirror_status_loaded(mirror_status))
		return UR_SENDER_UNKNOWN;
	return ur_request_device_is_active(table, device) ? UR_SENDER_ACTIVE
													  : UR_SENDER_DISABLED;
}

static bool begins_nothing(const struct sip_msg *msg)
{
	return msg->REQ_METHOD & (METHOD_ACK | METHOD_BYE | METHOD_PRACK);
}

static enum ur_dialog_answer judge(const struct incoming *in, bool trusted)
{
	const struct ur_dialog_end *end = sender(in);
	struct ur_address source;
	struct ur_dialog_request request = {
			.begins_nothing = begins_nothing(in->msg),
			.age = (uint32_t)time(NULL) - in->dialog.began,
			.max_age = ur_setting(dialog_max_age),
			.is_trusted_hop = trusted,
	};

	if(request.begins_nothing)
		return UR_DIALOG_GOES;
	ur_remote_target_source(in->msg, &source);
	request.sender = sender_state(end->device);
	request.is_at_its_address =
			ur_address_is_same_host(&source, &end->address)
			|| (end->address.len == 0 && ur_text_is_empty(end->device));
	request.has_proven_itself = ur_request_is_by_device(in->msg, end->device);
	return ur_dialog_judge(&request);
}

/* ---- where it goes */

/* Where the request has to go: an address, or where its URI and Routes say. False: it is not for the
 * other end. Trunks that forget a URI's parameters, and whoever hangs up, need not name the Contact
 * as it was signed: it goes where the other end's phone was. */
static bool find_target(const struct incoming *in, bool trusted,
		struct ur_text *uri, struct ur_address *address)
{
	const struct ur_text request_uri = ur_text_of_str(*GET_RURI(in->msg));

	if(ur_remote_target_check(
			   request_uri, in->call_id, in->to_tag, uri, address))
		return true;
	*uri = request_uri;
	*address = receiver(in)->address;
	return (trusted || begins_nothing(in->msg)) && receiver(in)->is_pinned
		   && address->len > 0;
}

/* A Route, or a URI, that leads back here would go round and round. */
static bool leads_here(struct sip_msg *msg)
{
	str next = msg->dst_uri.len > 0 ? msg->dst_uri : *GET_RURI(msg);
	struct sip_uri uri;

	return parse_uri(next.s, next.len, &uri) < 0
		   || check_self(&uri.host, uri.port_no, uri.proto) == 1;
}

static int follow(struct incoming *in, struct ur_text uri,
		const struct ur_address *address)
{
	struct sip_msg *msg = in->msg;
	char buf[UR_ADDRESS_URI_MAX];
	str target = ur_str_of_text(uri);
	str next = {buf, 0};

	if(rr->loose_route(msg) < 0)
		return 404;
	if(target.len != GET_RURI(msg)->len && rewrite_uri(msg, &target) < 0)
		return 500;
	if(address->len > 0) {
		next.len = ur_remote_target_uri(address, buf);
		if(set_dst_uri(msg, &next) < 0)
			return 500;
	}
	return leads_here(msg) ? 482 : 0;
}

/* ---- what it shows */

/* Each side goes on seeing what it saw when the call began. */
static int set_names(const struct incoming *in)
{
	const struct ur_dialog *d = &in->dialog;
	const struct ur_text none = UR_TEXT("");
	struct sip_msg *msg = in->msg;

	if(ur_from_to_set(
			   msg, msg->from, none, in->from_caller ? d->from_shown : d->to)
			< 0)
		return -1;
	return ur_from_to_set(
			msg, msg->to, none, in->from_caller ? d->to_shown : d->from);
}

static void on_response(struct cell *t, int type, struct tmcb_params *params)
{
	(void)type;
	ur_from_to_restore(t, params->rpl);
}

/* An ACK has no responses. */
static int watch_responses(struct sip_msg *msg)
{
	if(msg->REQ_METHOD == METHOD_ACK)
		return 0;
	return tmb->register_tmcb(msg, 0, TMCB_RESPONSE_IN, on_response, 0, 0) > 0
				   ? 0
				   : -1;
}

static int dress(const struct incoming *in, const str *hop)
{
	if((!ur_hop_is_trunk(hop)
			   && ur_headers_clean(in->msg, UR_HEADERS_OF_TRUNKS) < 0)
			|| ur_headers_remove_credentials(in->msg) < 0 || set_names(in) < 0
			|| watch_responses(in->msg) < 0)
		return 500;
	return ur_remote_target_sign(in->msg, ur_hop_is_trusted(hop)) < 0 ? 400 : 0;
}

/* ---- user_dialog_request() */

static void keep_realm(const struct incoming *in)
{
	const struct ur_text device = sender(in)->device;
	const char *at = memchr(device.s, '@', device.len);
	const int len = at != NULL ? (int)(device.s + device.len - (at + 1)) : 0;

	asked.msg_id = in->msg->id;
	asked.msg_pid = in->msg->pid;
	asked.len = len <= (int)sizeof(asked.realm) ? len : 0;
	if(asked.len > 0)
		memcpy(asked.realm, at + 1, asked.len);
}

struct ur_text ur_dialog_realm(const struct sip_msg *msg)
{
	return asked.msg_id == msg->id && asked.msg_pid == msg->pid
				   ? (struct ur_text){asked.realm, asked.len}
				   : UR_TEXT("");
}

static int refuse(struct sip_msg *msg, int status)
{
	ur_answer_set(msg, status);
	return UR_DIALOG_RC_REFUSED;
}

static int refuse_sender(
		const struct incoming *in, enum ur_dialog_answer answer)
{
	switch(answer) {
		case UR_DIALOG_NOT_LOADED:
			ur_answer_not_loaded(in->msg);
			return UR_DIALOG_RC_REFUSED;
		case UR_DIALOG_TO_BE_PROVEN:
			keep_realm(in);
			ur_answer_set(in->msg, 403);
			return UR_DIALOG_RC_WHO_IS_IT;
		default:
			return refuse(in->msg, 403);
	}
}

/* Phones obey such an event: the caller could answer the call at the called side. */
static bool is_remote_control(const struct sip_msg *msg)
{
	static const char *const events[] = {"talk", "hold"};
	const struct hdr_field *header;
	size_t i;

	if(msg->REQ_METHOD != METHOD_NOTIFY)
		return false;
	for(header = msg->headers; header != NULL; header = header->next) {
		for(i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
			if(header->type == HDR_EVENT_T && header->body.len >= 4
					&& strncasecmp(header->body.s, events[i], 4) == 0)
				return true;
		}
	}
	return false;
}

static int go(struct incoming *in, const str *hop)
{
	struct ur_text uri;
	struct ur_address address;
	enum ur_dialog_answer answer;
	int status;

	if(is_remote_control(in->msg))
		return refuse(in->msg, 403);
	if(!find_target(in, ur_hop_is_trusted(hop), &uri, &address))
		return refuse(in->msg, 403);
	answer = judge(in, ur_hop_is_trusted(hop));
	if(answer != UR_DIALOG_GOES)
		return refuse_sender(in, answer);
	status = dress(in, hop);
	if(status == 0)
		status = follow(in, uri, &address);
	return status == 0 ? UR_DIALOG_RC_GO : refuse(in->msg, status);
}

int ur_dialog_request(struct sip_msg *msg, str *hop)
{
	const enum ur_message_fault fault = ur_message_fault_of(msg);
	struct incoming in;

	in.msg = msg;
	if(!ur_seal_is_set_up())
		return refuse(msg, 500);
	if(fault != UR_MESSAGE_OK)
		return refuse(msg, ur_message_status(fault));
	if(!read_names(&in) || !read_routes(&in) || !open_dialog(&in)
			|| !are_routes_good(&in))
		return UR_DIALOG_RC_NONE;
	return go(&in, hop);
}
