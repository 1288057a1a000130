/*
 * The start of a call: caller, callee, and the first decision.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/begin.h"

#include "core/dprint.h"
#include "kam/act.h"
#include "kam/answer.h"
#include "kam/call_log.h"
#include "kam/called.h"
#include "kam/caller_limit.h"
#include "kam/context.h"
#include "kam/counters.h"
#include "kam/dialog.h"
#include "kam/directory.h"
#include "kam/diversions.h"
#include "kam/in_progress.h"
#include "kam/leg_headers.h"
#include "kam/legs.h"
#include "kam/message.h"
#include "kam/request.h"
#include "kam/settings.h"
#include "kam/tel_uri.h"
#include "kam/transfer.h"

/* Always, as somebody on the spot may have to help. */
static void note_emergency(const struct ur_live_call *live)
{
	const struct ur_text id =
			ur_user_text(live->call.caller.user, live->call.caller.user->id);

	counter_inc(ur_counters.decisions_emergency);
	LM_NOTICE("emergency call: user %.*s calls %.*s, device: %.*s\n", id.len,
			id.s, (int)live->call.number.len, live->call.number.text,
			live->call.caller.aor.len, live->call.caller.aor.s);
}

/* The callee is not one of our users. A caller who is gets the identity headers anyway, in case the
 * script sends the call on. */
static int outbound(struct sip_msg *msg, struct ur_live_call *live)
{
	ur_act_count_hops(live);
	if(live->call.is_emergency)
		note_emergency(live);
	else
		counter_inc(ur_counters.decisions_no_user);
	if(ur_legs_release(msg, live) < 0)
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	return ur_act_answer(msg, 404, UR_RC_NO_USER);
}

/* Diversions from a trunk count. Those from a caller who authenticates by password are not
 * believed. */
static int diversions_of(struct sip_msg *msg, const struct ur_call *call,
		const struct ur_callee *callee)
{
	return callee->kind != UR_CALLEE_DEVICE
						   && ur_text_is_empty(call->caller.aor)
				   ? ur_diversions_before(msg)
				   : 0;
}

/* The user who calls is in as many calls as max_calls allows. */
static int too_many(struct sip_msg *msg, struct ur_live_call *live)
{
	ur_act_count_hops(live);
	ur_call_end(&live->call, 486);
	ur_act_log_end(msg, 486, "the caller is in max_calls calls already");
	counter_inc(ur_counters.decisions_end);
	return ur_act_answer(msg, 486, UR_RC_END);
}

/* A number that leads to us must not leave for the PSTN, which would bring it back. */
static int not_reached(struct sip_msg *msg, struct ur_live_call *live)
{
	ur_act_count_hops(live);
	ur_call_end(&live->call, 404);
	ur_act_log_end(msg, 404, "the number's target can't be used");
	counter_inc(ur_counters.decisions_end);
	return ur_act_answer(msg, 404, UR_RC_END);
}

static int begin_called(struct sip_msg *msg, struct ur_live_call *live,
		const struct ur_callee *callee)
{
	struct ur_directory directory;
	const struct ur_call_facts facts =
			ur_act_facts(msg, ur_callee_account(callee), &directory);
	struct ur_decision decision;

	ur_call_begin(&live->call, callee, diversions_of(msg, &live->call, callee));
	if(!ur_call_may_begin(&live->call, &facts))
		return too_many(msg, live);
	if(ur_call_decide(&live->call, &facts, &decision)) {
		ur_call_settle(&live->call, &facts, &decision);
		return ur_act_carry_out(msg, live, UR_EVENT_CALLED, &decision);
	}
	if(ur_callee_is_our_number(callee))
		return not_reached(msg, live);
	if(ur_settings_log_calls())
		ur_call_log_nobody(msg, "the extension's target can't be used");
	return outbound(msg, live);
}

static int begin_outbound(struct sip_msg *msg, struct ur_live_call *live,
		const struct ur_callee *callee)
{
	struct ur_directory directory;
	const struct ur_call_facts facts = ur_act_facts(msg, 0, &directory);

	ur_call_begin(&live->call, callee, 0);
	return ur_call_may_begin(&live->call, &facts) ? outbound(msg, live)
												  : too_many(msg, live);
}

static void put_callee(const struct ur_callee *callee)
{
	ur_table_user_put(callee->user);
	ur_table_extension_put(callee->extension);
}

/* The call takes over the references to callee and caller. */
static int begin_call(struct sip_msg *msg, const struct ur_callee *callee,
		const struct ur_caller *caller, enum ur_transfer transfer,
		struct ur_live_call **livep)
{
	struct ur_live_call *live;
	int place;

	if(callee->kind == UR_CALLEE_UNKNOWN && caller->user == NULL
			&& ur_text_is_empty(caller->aor)) {
		counter_inc(ur_counters.decisions_no_user);
		return ur_act_answer(msg, 404, UR_RC_NO_USER);
	}
	place = ur_caller_limit_take(caller->aor, ur_callee_is_emergency(callee));
	if(place == UR_CALLER_OVER_LIMIT) {
		put_callee(callee);
		ur_table_user_put(caller->user);
		ur_act_log_end(msg, 503,
				ur_callee_is_emergency(callee)
						? "the caller's device sets up too many emergency calls"
						: "the caller's device exceeds max_calls_per_device");
		return ur_act_answer(msg, 503, UR_RC_END);
	}
	*livep = live = ur_live_call_new(caller, transfer, place);
	if(live == NULL || ur_leg_headers_begin(msg, live) < 0) {
		put_callee(callee);
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	ur_dialog_take_start(msg, &live->dialog);
	ur_in_progress_begin(msg, live);
	return callee->kind != UR_CALLEE_UNKNOWN
				   ? begin_called(msg, live, callee)
				   : begin_outbound(msg, live, callee);
}

static void log_nobody(struct sip_msg *msg, const struct ur_callee *callee)
{
	const char *why = ur_callee_why(callee);

	if(ur_settings_log_calls() && *why)
		ur_call_log_nobody(msg, why);
}

/* Refuses a request that can't be parsed, or only in a way that would show the callee somebody else
 * as the caller. */
static int refuse(struct sip_msg *msg, int status, const char *why)
{
	ur_act_log_end(msg, status, why);
	counter_inc(ur_counters.decisions_end);
	return ur_act_answer(msg, status, UR_RC_END);
}

static int foreign(struct sip_msg *msg, const struct ur_callee *callee)
{
	log_nobody(msg, callee);
	counter_inc(ur_counters.decisions_foreign);
	return ur_act_answer(msg, 404, UR_RC_FOREIGN);
}

/* A transfer may name a phone's Contact, as the phone at the other end knows it. */
static int begin_named(struct sip_msg *msg, enum ur_transfer transfer,
		struct ur_live_call **livep)
{
	struct ur_callee callee;
	struct ur_caller caller;

	if(!ur_called_read_uri(msg))
		return refuse(msg, 400, "the Request-URI can't be parsed");
	caller = ur_request_caller(msg, ur_context_table());
	callee = ur_called_by_request(msg, &caller);
	if(callee.kind == UR_CALLEE_FOREIGN && transfer == UR_TRANSFER_ASKED)
		callee = ur_called_by_contact(msg, &caller);
	if(callee.kind == UR_CALLEE_FOREIGN) {
		ur_table_user_put(caller.user);
		return foreign(msg, &callee);
	}
	if(callee.kind == UR_CALLEE_UNKNOWN && !ur_callee_may_leave(&callee)) {
		ur_table_user_put(caller.user);
		return refuse(msg, 404, ur_callee_why(&callee));
	}
	if(ur_callee_is_emergency(&callee)
			&& ur_tel_uri_rewrite(
					   msg, ur_number_text(&callee.number), caller.domain)
					   < 0) {
		ur_table_user_put(caller.user);
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	ur_request_set_dialled(&caller, &callee, ur_context_table());
	log_nobody(msg, &callee);
	return begin_call(msg, &callee, &caller, transfer, livep);
}

int ur_begin_fault(struct sip_msg *msg, const char **why)
{
	const enum ur_message_fault fault = ur_message_fault_of(msg);

	if(fault != UR_MESSAGE_OK) {
		*why = ur_message_why(fault);
		return ur_message_status(fault);
	}
	if(ur_request_names_are_good(msg))
		return 0;
	*why = "From or To is too long, can't be parsed, or has a tag with"
		   " delimiter characters";
	return 400;
}

int ur_begin(struct sip_msg *msg, struct ur_live_call **livep)
{
	const char *why = "";
	const int status = ur_begin_fault(msg, &why);

	if(ur_answer_is_lost(msg))
		return UR_RC_ERROR;
	counter_inc(ur_counters.calls);
	if(!ur_state_is_loaded(ur_context_mirror())) {
		counter_inc(ur_counters.decisions_not_loaded);
		ur_act_log_end(msg, 503, "nothing is loaded yet");
		ur_answer_not_loaded(msg);
		return UR_RC_NOT_LOADED;
	}
	if(status != 0)
		return refuse(msg, status, why);
	return begin_named(msg, ur_transfer_of(msg), livep);
}
