/*
 * Facts for the call's state machine, and its decisions carried out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/act.h"

#include <time.h>

#include "core/rand/kam_rand.h"
#include "kam/answer.h"
#include "kam/asserted.h"
#include "kam/branches.h"
#include "kam/call_log.h"
#include "kam/counters.h"
#include "kam/directory.h"
#include "kam/in_progress.h"
#include "kam/legs.h"
#include "kam/settings.h"

struct ur_call_facts ur_act_facts(
		struct sip_msg *msg, uint32_t account, struct ur_directory *directory)
{
	*directory = ur_directory_of(account);
	return (struct ur_call_facts){.directory = directory,
			.ring_timeout_total = ur_setting(ring_timeout_total) != 0,
			.chance = (uint32_t)kam_rand(),
			.is_cancelled = ur_legs_state() == UR_LEGS_CANCELLED,
			.time = time(NULL),
			.request = msg,
			.asserted = ur_asserted_number};
}

int ur_act_answer(const struct sip_msg *msg, int status, enum ur_rc rc)
{
	const bool is_over =
			rc == UR_RC_END || rc == UR_RC_CANCELLED || rc == UR_RC_ERROR;
	struct ur_live_call *const live = is_over ? ur_live_call_get() : NULL;

	ur_answer_set(msg, status);
	if(live != NULL)
		ur_live_call_uncount(live);
	if(rc == UR_RC_ERROR)
		counter_inc(ur_counters.decisions_error);
	return rc;
}

int ur_act_set_out(struct sip_msg *msg, struct ur_live_call *live,
		const struct ur_arrival *arrival)
{
	const struct ur_text uri = {arrival->uri, arrival->uri_len};
	const struct ur_text next_hop = {arrival->next_hop, arrival->next_hop_len};

	return ur_live_call_set_target(live, &arrival->target, uri) < 0
						   || ur_branches_leave(msg, uri, next_hop) < 0
						   || ur_legs_release(msg, live) < 0
				   ? -1
				   : 0;
}

/* The call leaves the module: the Request-URI becomes the target's. If that fails the call has not
 * left: it has no target, and a script that asks again gets the same answer. */
static int leave(struct sip_msg *msg, struct ur_live_call *live,
		const struct ur_arrival *arrival)
{
	if(ur_act_set_out(msg, live, arrival) < 0) {
		ur_call_end(&live->call, 500);
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	counter_inc(ur_counters_of_target(arrival->target.kind));
	return UR_RC_LEAVE;
}

void ur_act_count_hops(struct ur_live_call *live)
{
	counter_add(ur_counters.hops, live->call.chain.count - live->hops_counted);
	live->hops_counted = live->call.chain.count;
}

static int act(struct sip_msg *msg, struct ur_live_call *live,
		struct ur_decision *decision)
{
	ur_act_count_hops(live);
	switch(decision->action) {
		case UR_ACTION_LEAVE:
			return leave(msg, live, &decision->arrival);
		case UR_ACTION_END:
			/* It would have left, but the complete URI is too long. */
			if(decision->arrival.kind == UR_ARRIVAL_URI)
				return ur_act_answer(msg, 500, UR_RC_ERROR);
			counter_inc(ur_counters.decisions_end);
			return ur_act_answer(msg, decision->arrival.status, UR_RC_END);
		default:
			counter_inc(ur_counters.decisions_ring);
			live->limit_logged = false;
			return ur_act_answer(msg, 0, UR_RC_RING);
	}
}

void ur_act_log_end(struct sip_msg *msg, int status, const char *why)
{
	if(ur_settings_log_calls())
		ur_call_log_end(msg, status, why);
}

int ur_act_carry_out(struct sip_msg *msg, struct ur_live_call *live,
		enum ur_event event, struct ur_decision *decision)
{
	const int rc = act(msg, live, decision);

	ur_in_progress_settle(live);
	if(rc == UR_RC_ERROR)
		ur_act_log_end(
				msg, 500, "the target's URI is too long, or memory is short");
	else if(ur_settings_log_calls())
		ur_call_log_decision(msg, live, event, decision);
	return rc;
}
