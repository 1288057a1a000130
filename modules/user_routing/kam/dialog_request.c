/*
 * user_dialog_request(): whether a request in a dialog may pass, where it goes, and what it shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/dialog_request.h"

#include <time.h>

#include "core/mem/shm.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "kam/address.h"
#include "kam/answer.h"
#include "kam/auth.h"
#include "kam/compat.h"
#include "kam/context.h"
#include "kam/dialog.h"
#include "kam/dialog_ask.h"
#include "kam/dialog_leg.h"
#include "kam/dialog_target.h"
#include "kam/from_to.h"
#include "kam/headers.h"
#include "kam/hop.h"
#include "kam/mailbox.h"
#include "kam/message.h"
#include "kam/remote_target.h"
#include "kam/request.h"
#include "kam/routes.h"
#include "kam/settings.h"
#include "policy/param.h"

static const struct tm_binds *tmb;

void ur_dialog_request_init(
		const rr_api_t *rr_binds, const struct tm_binds *tm_binds)
{
	ur_dialog_target_init(rr_binds);
	tmb = tm_binds;
}

/* Two equal tags are refused. */
static bool read_names(struct ur_incoming *in)
{
	struct sip_msg *msg = in->msg;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || msg->callid == NULL
			|| !ur_request_names_are_good(msg))
		return false;
	in->call_id = ur_text_of_str(msg->callid->body);
	in->from_tag = ur_text_of_str(get_from(msg)->tag_value);
	in->to_tag = ur_text_of_str(get_to(msg)->tag_value);
	return !ur_text_is_empty(in->from_tag) && !ur_text_is_empty(in->to_tag)
		   && !ur_text_equal(in->from_tag, in->to_tag);
}

/* The first Route must lead here, or rr would send the request there. Between two transports there
 * are two Routes of ours (rr's enable_double_rr), with one dialog. */
static bool read_routes(struct ur_incoming *in)
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

static bool open_with(struct ur_incoming *in, struct ur_text tag)
{
	struct ur_seal_key key;
	int len;

	ur_seal_make_key(in->call_id, tag, &key);
	len = ur_seal_open(&key, in->sealed, in->bytes, sizeof(in->bytes));
	return len >= 0 && ur_dialog_read(&in->dialog, in->bytes, len, in->texts);
}

/* The dialog is sealed with the caller's tag, so the tag that opens it also tells which end
 * sends. */
static bool open_dialog(struct ur_incoming *in)
{
	in->from_caller = open_with(in, in->from_tag);
	return in->from_caller || open_with(in, in->to_tag);
}

/* The Routes after ours must be those of the proxies on the path when the call began. */
static bool are_routes_good(const struct ur_incoming *in)
{
	const int more = in->routes.count - in->own_routes;
	uint8_t mac[UR_SEAL_MAC_SIZE], given[UR_SEAL_MAC_SIZE];
	struct ur_text expected = in->dialog.routes;
	struct ur_side side;

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
	/* The callee's proxies follow our Route in the caller's requests, and vice versa. */
	ur_incoming_side(in, !in->from_caller, &side);
	return ur_routes_mac(&in->routes, in->own_routes, in->routes.count,
				   ur_side_text(&side), in->call_id, mac)
				   == 0
		   && ur_seal_mac_equal(mac, (const uint8_t *)expected.s);
}

static enum ur_sender_state sender_state(
		struct ur_text device, bool even_if_suspended)
{
	if(ur_text_is_empty(device))
		return UR_SENDER_NO_DEVICE;
	if(!ur_state_is_loaded(ur_context_mirror()))
		return UR_SENDER_UNKNOWN;
	return ur_request_device_is_active(
				   ur_context_table(), device, even_if_suspended)
				   ? UR_SENDER_ACTIVE
				   : UR_SENDER_DISABLED;
}

static enum ur_dialog_answer judge(const struct ur_incoming *in, bool trusted)
{
	const struct ur_dialog_end *end = ur_incoming_sender(in);
	const int32_t age = (int32_t)((uint32_t)time(NULL) - in->dialog.began);
	struct ur_address source;
	struct ur_dialog_request request = {
			.begins_nothing = ur_incoming_begins_nothing(in),
			.age = age > 0 ? age : 0, /* the nodes' clocks differ */
			.max_age = ur_setting(dialog_max_age),
			.is_trusted_hop = trusted,
	};

	if(request.begins_nothing)
		return UR_DIALOG_GOES;
	ur_address_source(in->msg, &source);
	request.sender = sender_state(end->device, in->dialog.is_emergency);
	request.is_at_its_address =
			ur_address_is_same_host(&source, &end->address)
			|| (end->address.len == 0 && ur_text_is_empty(end->device));
	request.has_proven_itself = ur_request_is_by_device(in->msg, end->device);
	return ur_dialog_judge(&request);
}

/* ---- what the request shows */

/* Each side still sees the From and To that it saw when the call began. */
static int set_names(const struct ur_incoming *in)
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
	ur_dialog_note_response(params->rpl, *params->param);
}

static void release(void *param)
{
	shm_free(param);
}

/* An ACK has no responses. */
static int watch_responses(const struct ur_incoming *in)
{
	struct ur_response_dialog *of;

	if(in->msg->REQ_METHOD == METHOD_ACK)
		return 0;
	of = shm_malloc(sizeof(*of));
	if(of == NULL)
		return -1;
	of->is_from_caller = !in->from_caller;
	ur_incoming_side(in, of->is_from_caller, &of->side);
	if(tmb->register_tmcb(
			   in->msg, 0, TMCB_RESPONSE_IN, on_response, of, release)
			> 0)
		return 0;
	shm_free(of);
	return -1;
}

static unsigned headers_not_to_gateway(const struct ur_incoming *in)
{
	return (in->dialog.is_emergency ? UR_HEADERS_NOT_TO_HELP
									: UR_HEADERS_NOT_TO_GATEWAY)
		   & ~UR_HEADER_TRANSFER;
}

static unsigned headers_to_remove(const struct ur_incoming *in, const str *hop)
{
	unsigned classes = UR_HEADER_SERVED;

	if(!ur_hop_is_trunk(hop))
		classes |= ur_dialog_is_to_gateway(in) ? headers_not_to_gateway(in)
											   : UR_HEADERS_OF_TRUNKS;
	/* Headers that make a phone answer by itself pass only to a phone of the same account. */
	return in->dialog.is_own_account
						   && !ur_text_is_empty(
								   ur_incoming_receiver(in)->device)
				   ? classes
				   : classes | UR_HEADER_ANSWER;
}

static int dress(const struct ur_incoming *in, const str *hop)
{
	const unsigned classes = headers_to_remove(in, hop);
	struct ur_side side;
	struct ur_target_owner owner = {.call_id = in->call_id,
			.tag = in->from_tag,
			.is_caller = in->from_caller};

	ur_incoming_side(in, owner.is_caller, &side);
	owner.side = ur_side_text(&side);
	if((classes != 0 && ur_headers_clean(in->msg, classes) < 0)
			|| ur_headers_remove_credentials(in->msg) < 0 || set_names(in) < 0
			|| watch_responses(in) < 0)
		return 500;
	return ur_remote_target_sign(in->msg, ur_hop_is_trusted(hop), &owner) < 0
				   ? 400
				   : 0;
}

/* ---- user_dialog_request() */

static int refuse(struct sip_msg *msg, int status)
{
	ur_answer_set(msg, status);
	return UR_DIALOG_RC_REFUSED;
}

static bool is_mailbox(const struct ur_incoming *in)
{
	return !ur_text_is_empty(in->dialog.mailbox);
}

static int refuse_sender(
		const struct ur_incoming *in, enum ur_dialog_answer answer)
{
	switch(answer) {
		case UR_DIALOG_NOT_LOADED:
			ur_answer_not_loaded(in->msg);
			return UR_DIALOG_RC_REFUSED;
		case UR_DIALOG_TO_BE_PROVEN:
			ur_answer_set(in->msg, 403);
			ur_auth_ask(in->msg, ur_incoming_sender(in)->device,
					in->dialog.is_emergency);
			return UR_DIALOG_RC_WHO_IS_IT;
		case UR_DIALOG_TOO_OLD: /* a phone that is told so subscribes anew */
			return refuse(in->msg, is_mailbox(in) ? 481 : 403);
		default:
			return refuse(in->msg, 403);
	}
}

/* Who has lost the mailbox, or is disabled, has no subscription any more. */
static int refuse_mailbox(const struct ur_incoming *in)
{
	if(!is_mailbox(in)
			|| (ur_state_is_loaded(ur_context_mirror())
					&& ur_mailbox_is_current(in, ur_context_table())))
		return UR_DIALOG_RC_GO;
	if(ur_state_is_loaded(ur_context_mirror()))
		return refuse(in->msg, 481);
	ur_answer_not_loaded(in->msg);
	return UR_DIALOG_RC_REFUSED;
}

static int go(struct ur_incoming *in, const str *hop)
{
	struct ur_destination to;
	enum ur_dialog_answer answer;
	int status;

	if(!ur_dialog_target_find(in, ur_hop_is_trusted(hop), &to))
		return refuse(in->msg, 403);
	status = ur_dialog_ask(in, hop, ur_context_table());
	if(status != 0)
		return refuse(in->msg, status);
	if(refuse_mailbox(in) != UR_DIALOG_RC_GO)
		return UR_DIALOG_RC_REFUSED;
	answer = judge(in, ur_hop_is_trusted(hop));
	if(answer != UR_DIALOG_GOES)
		return refuse_sender(in, answer);
	status = dress(in, hop);
	if(status == 0)
		status = ur_dialog_target_follow(in, &to);
	return status == 0 ? UR_DIALOG_RC_GO : refuse(in->msg, status);
}

int ur_dialog_request(struct sip_msg *msg, str *hop)
{
	const enum ur_message_fault fault = ur_message_fault_of(msg);
	struct ur_incoming in;

	in.msg = msg;
	if(!ur_seal_is_set_up())
		return refuse(msg, 500);
	if(fault != UR_MESSAGE_OK)
		return refuse(msg, ur_message_status(fault));
	if(!read_names(&in) || !read_routes(&in) || !open_dialog(&in)
			|| !are_routes_good(&in))
		return UR_DIALOG_RC_NONE;
	ur_dialog_note_request(msg, in.dialog.id);
	return go(&in, hop);
}
