/*
 * Message-waiting indication: user_mailbox(), and requests in the dialog of a subscription.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/mailbox.h"

#include "core/dprint.h"
#include "kam/act.h"
#include "kam/answer.h"
#include "kam/begin.h"
#include "kam/called.h"
#include "kam/caller_limit.h"
#include "kam/context.h"
#include "kam/dialog.h"
#include "kam/dialog_ask.h"
#include "kam/directory.h"
#include "kam/leg_headers.h"
#include "kam/request.h"
#include "policy/ask.h"
#include "policy/mailbox.h"

/* 0, or the status to refuse the request with. */
static int fault_of(struct sip_msg *msg)
{
	const char *why;
	const int status = ur_begin_fault(msg, &why);

	if(status != 0)
		return status;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return 400;
	return ur_dialog_event_is(msg, ur_ask_event_is_mailbox) ? 0 : 489;
}

static enum ur_mailbox find(struct ur_live_call *live,
		const struct ur_callee *callee, struct ur_decision *decision)
{
	const struct ur_user *owner = live->call.caller.user;
	const struct ur_directory directory = ur_directory_of(owner->account);
	char key[UR_MAILBOX_KEY_MAX];

	ur_call_begin(&live->call, callee, 0);
	if(callee->kind == UR_CALLEE_EXTENSION
			&& callee->extension->account != owner->account)
		return UR_MAILBOX_NOT_OWN;
	if(ur_mailbox_key(owner, key, sizeof(key)) < 0)
		return UR_MAILBOX_NONE;
	return ur_mailbox_find(&live->call.chain, &directory, owner, decision);
}

static int leave(struct sip_msg *msg, struct ur_live_call *live,
		const struct ur_callee *callee)
{
	struct ur_decision decision;

	switch(find(live, callee, &decision)) {
		case UR_MAILBOX_NOT_OWN:
			return ur_act_answer(msg, 403, UR_RC_END);
		case UR_MAILBOX_NONE:
			return ur_act_answer(msg, 480, UR_RC_END);
		default:
			break;
	}
	live->is_mailbox = true;
	live->call.phase = UR_CALL_LEFT;
	return ur_act_set_out(msg, live, &decision.arrival) < 0
				   ? ur_act_answer(msg, 500, UR_RC_ERROR)
				   : UR_RC_LEAVE;
}

/* Takes over the references of caller and callee. */
static int begin(struct sip_msg *msg, const struct ur_caller *caller,
		const struct ur_callee *callee)
{
	struct ur_live_call *live =
			ur_live_call_new(caller, UR_TRANSFER_NONE, UR_CALLER_UNLIMITED);

	if(live == NULL || ur_leg_headers_begin(msg, live) < 0) {
		ur_table_user_put(callee->user);
		ur_table_extension_put(callee->extension);
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	ur_dialog_take_start(msg, &live->dialog);
	return leave(msg, live, callee);
}

static int begin_named(struct sip_msg *msg)
{
	struct ur_caller caller;
	struct ur_callee callee;

	if(!ur_called_read_uri(msg))
		return ur_act_answer(msg, 400, UR_RC_END);
	caller = ur_request_caller(msg, ur_context_table());
	if(caller.user == NULL || !ur_caller_is_phone(&caller)) {
		ur_table_user_put(caller.user);
		return ur_act_answer(msg, 403, UR_RC_END);
	}
	callee = ur_called_by_request(msg, &caller);
	if(callee.kind == UR_CALLEE_FOREIGN || callee.kind == UR_CALLEE_UNKNOWN) {
		ur_table_user_put(caller.user);
		return ur_act_answer(msg, 404,
				callee.kind == UR_CALLEE_FOREIGN ? UR_RC_FOREIGN
												 : UR_RC_NO_USER);
	}
	return begin(msg, &caller, &callee);
}

int ur_mailbox_leave(struct sip_msg *msg)
{
	int status;

	if(msg->REQ_METHOD != METHOD_SUBSCRIBE || ur_live_call_get() != NULL) {
		LM_ERR("user_mailbox() was called for another request than"
			   " SUBSCRIBE\n");
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	if(!ur_state_is_loaded(ur_context_mirror())) {
		ur_answer_not_loaded(msg);
		return UR_RC_NOT_LOADED;
	}
	status = fault_of(msg);
	return status != 0 ? ur_act_answer(msg, status, UR_RC_END)
					   : begin_named(msg);
}

/* ---- in the dialog */

static bool has_box(const struct ur_user *user, struct ur_text key)
{
	char buf[UR_MAILBOX_KEY_MAX];
	const int len = ur_mailbox_key(user, buf, sizeof(buf));

	return len >= 0 && ur_text_equal((struct ur_text){buf, len}, key);
}

bool ur_mailbox_is_current(const struct ur_incoming *in, struct ur_table *table)
{
	const struct ur_text device = in->dialog.caller.device;
	const struct ur_user *user;
	int place;
	bool is_own;

	if(ur_text_is_empty(in->dialog.mailbox))
		return true;
	user = ur_table_user_by_device(table, device, &place);
	is_own = user != NULL && has_box(user, in->dialog.mailbox);
	ur_table_user_put(user);
	return is_own && ur_request_device_is_active(table, device, false);
}
