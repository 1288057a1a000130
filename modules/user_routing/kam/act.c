/*
 * Carries out what the rules have decided.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/act.h"

#include "kam/answer.h"
#include "kam/branches.h"
#include "kam/call_log.h"
#include "kam/counters.h"
#include "kam/legs.h"
#include "kam/settings.h"
#include "policy/voicemail.h"

int ur_act_answer(const struct sip_msg *msg, int status, enum ur_rc rc)
{
	const bool is_over =
			rc == UR_RC_END || rc == UR_RC_CANCELLED || rc == UR_RC_ERROR;
	struct ur_call *const call = is_over ? ur_call_get() : NULL;

	ur_answer_set(msg, status);
	if(call != NULL)
		ur_call_uncount(call);
	if(rc == UR_RC_ERROR)
		counter_inc(ur_counters.decisions_error);
	return rc;
}

/* Out of the module: the Request-URI becomes the target's. */
static int leave(
		struct sip_msg *msg, struct ur_call *call, struct ur_arrival *arrival)
{
	struct ur_text uri = {arrival->uri, ur_voicemail_add_cause(&call->chain,
												call->caller.dialled, arrival)};
	const struct ur_text next_hop = {arrival->next_hop, arrival->next_hop_len};

	if(uri.len < 0 || ur_call_set_target(call, &arrival->target, uri) < 0
			|| ur_branches_leave(msg, uri, next_hop) < 0)
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	/* First: what a late response does is of the ring. */
	call->phase = UR_CALL_LEFT;
	if(ur_legs_release(msg, call) < 0)
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	counter_inc(ur_counters_of_target(arrival->target.kind));
	return UR_RC_LEAVE;
}

static int end(struct sip_msg *msg, struct ur_call *call, int status)
{
	call->phase = UR_CALL_ENDED;
	call->status = status;
	counter_inc(ur_counters.decisions_end);
	return ur_act_answer(msg, status, UR_RC_END);
}

void ur_act_count_hops(struct ur_call *call)
{
	counter_add(ur_counters.hops, call->chain.count - call->hops_counted);
	call->hops_counted = call->chain.count;
}

static int act(
		struct sip_msg *msg, struct ur_call *call, struct ur_decision *decision)
{
	ur_act_count_hops(call);
	switch(decision->action) {
		case UR_ACTION_LEAVE:
			return leave(msg, call, &decision->arrival);
		case UR_ACTION_END:
			return end(msg, call, decision->arrival.status);
		default:
			counter_inc(ur_counters.decisions_ring);
			ur_call_begin_ring(call, UR_NO_DEVICE);
			return ur_act_answer(msg, 0, UR_RC_RING);
	}
}

void ur_act_log_end(struct sip_msg *msg, int status, const char *why)
{
	if(ur_settings_log_calls())
		ur_call_log_end(msg, status, why);
}

int ur_act_carry_out(struct sip_msg *msg, struct ur_call *call,
		enum ur_event event, struct ur_decision *decision)
{
	const int rc = act(msg, call, decision);

	if(rc == UR_RC_ERROR)
		ur_act_log_end(
				msg, 500, "the target's URI is too long, or memory is short");
	else if(ur_settings_log_calls())
		ur_call_log_decision(msg, call, event, decision);
	return rc;
}
