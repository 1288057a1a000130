/*
 * user_fork_phones(): a request that is no call, to all phones of a user.
 *
 * It uses the state of a call (kam/live_call.h) so that callee, legs and identity headers are those of
 * a call. But it counts as none: it has no ring, no deadline, and no rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/phones.h"

#include "core/dprint.h"
#include "kam/act.h"
#include "kam/answer.h"
#include "kam/begin.h"
#include "kam/branches.h"
#include "kam/call_log.h"
#include "kam/called.h"
#include "kam/caller_limit.h"
#include "kam/contacts.h"
#include "kam/context.h"
#include "kam/counters.h"
#include "kam/dialog_ask.h"
#include "kam/directory.h"
#include "kam/headers.h"
#include "kam/leg_headers.h"
#include "kam/legs.h"
#include "kam/request.h"
#include "policy/ask.h"

/* ---- what may be sent */

/* 0, or the status to refuse the request with. */
static int fault_of(struct sip_msg *msg)
{
	const char *why;
	const int status = ur_begin_fault(msg, &why);

	if(status != 0)
		return status;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return 400;
	if(msg->REQ_METHOD == METHOD_NOTIFY
			&& !ur_dialog_event_is(msg, ur_ask_event_is_mailbox))
		return 489;
	return ur_dialog_body_is_control(msg) ? 415 : 0;
}

/* A proxy before the phone would follow the sender's Routes. There is no dialog, so nobody needs the
 * way back; and a MESSAGE has no Contact (RFC 3428 §9). */
static bool is_no_use(const struct sip_msg *msg, const struct hdr_field *header)
{
	return header->type == HDR_ROUTE_T || header->type == HDR_RECORDROUTE_T
		   || (header->type == HDR_CONTACT_T
				   && msg->REQ_METHOD == METHOD_MESSAGE);
}

static int remove_no_use(struct sip_msg *msg)
{
	const struct hdr_field *header;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(is_no_use(msg, header) && ur_header_remove(msg, header) < 0)
			return -1;
	}
	return 0;
}

/* ---- to whom */

/* Goes to the user that the callee is, or that an extension or a did leads to. */
static int go_to_user(struct sip_msg *msg, struct ur_live_call *live,
		const struct ur_callee *callee)
{
	struct ur_directory directory;
	const struct ur_call_facts facts =
			ur_act_facts(msg, ur_callee_account(callee), &directory);
	struct ur_decision decision;

	live->call.is_message = true;
	ur_call_begin(&live->call, callee, 0);
	if(!ur_call_decide(&live->call, &facts, &decision))
		return -1;
	ur_call_settle(&live->call, &facts, &decision);
	return decision.action == UR_ACTION_RING ? 0 : -1;
}

/* Takes over the references of caller and callee. */
static int begin_found(struct sip_msg *msg, const struct ur_caller *caller,
		const struct ur_callee *callee, struct ur_live_call **livep)
{
	struct ur_live_call *live =
			ur_live_call_new(caller, UR_TRANSFER_NONE, UR_CALLER_UNLIMITED);

	if(live == NULL || ur_leg_headers_begin(msg, live) < 0
			|| remove_no_use(msg) < 0) {
		ur_table_user_put(callee->user);
		ur_table_extension_put(callee->extension);
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	if(go_to_user(msg, live, callee) < 0)
		return ur_act_answer(msg, 404, UR_RC_NO_USER);
	*livep = live;
	return UR_RC_RING;
}

static int begin(struct sip_msg *msg, struct ur_live_call **livep)
{
	struct ur_caller caller;
	struct ur_callee callee;

	if(!ur_called_read_uri(msg))
		return ur_act_answer(msg, 400, UR_RC_END);
	caller = ur_request_caller(msg, ur_context_table());
	callee = ur_called_by_request(msg, &caller);
	if(callee.kind == UR_CALLEE_FOREIGN || callee.kind == UR_CALLEE_UNKNOWN) {
		ur_table_user_put(caller.user);
		return ur_act_answer(msg, 404,
				callee.kind == UR_CALLEE_FOREIGN ? UR_RC_FOREIGN
												 : UR_RC_NO_USER);
	}
	ur_request_set_dialled(&caller, &callee, ur_context_table());
	return begin_found(msg, &caller, &callee, livep);
}

/* ---- their contacts */

static const struct ur_contacts *contacts_of(struct ur_live_call *live)
{
	const struct ur_plan *plan = &live->call.plan;
	const struct ur_plan_start all = ur_plan_next_start(plan, 0);
	const struct ur_contacts *contacts =
			ur_contacts_read(plan, &all, ur_legs_room());

	counter_add(ur_counters.contacts_left_out, contacts->left_out);
	if(contacts->left_out > 0)
		ur_call_log_left_out(live, contacts);
	return contacts;
}

static int fork_to(struct sip_msg *msg, struct ur_live_call *live)
{
	const struct ur_contacts *contacts = contacts_of(live);

	if(contacts->count == 0)
		return ur_act_answer(msg, 480, UR_RC_NOBODY);
	switch(ur_legs_prepare_message(msg, live)) {
		case UR_LEGS_OPEN:
			break;
		case UR_LEGS_RETRANSMISSION:
			return UR_RC_RETRANSMISSION;
		default:
			return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	return ur_branches_set(msg, contacts) < 0
				   ? ur_act_answer(msg, 500, UR_RC_ERROR)
				   : UR_RC_RING;
}

int ur_phones_fork(struct sip_msg *msg)
{
	struct ur_live_call *live;
	int rc;

	if(msg->REQ_METHOD & (METHOD_INVITE | METHOD_ACK | METHOD_CANCEL)
			|| ur_live_call_get() != NULL) {
		LM_ERR("user_fork_phones() was called for a call\n");
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	if(!ur_state_is_loaded(ur_context_mirror())) {
		ur_answer_not_loaded(msg);
		return UR_RC_NOT_LOADED;
	}
	rc = fault_of(msg);
	if(rc != 0)
		return ur_act_answer(msg, rc, UR_RC_END);
	rc = begin(msg, &live);
	return rc == UR_RC_RING ? fork_to(msg, live) : rc;
}
