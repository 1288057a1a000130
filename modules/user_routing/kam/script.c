/*
 * The functions of the script: user_forward_policy() and user_fork().
 *
 * The call's state machine (policy/call.h) gets its facts from the message and from tm. Its
 * decisions are carried out here and in kam/act.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/script.h"

#include "core/dprint.h"
#include "kam/act.h"
#include "kam/begin.h"
#include "kam/branches.h"
#include "kam/call_log.h"
#include "kam/counters.h"
#include "kam/directory.h"
#include "kam/late.h"
#include "kam/legs.h"
#include "kam/negotiation.h"
#include "kam/settings.h"
#include "kam/starts.h"
#include "mirror/source/pg.h"

/* ---- decisions */

static int cancelled(struct sip_msg *msg)
{
	counter_inc(ur_counters.decisions_cancelled);
	ur_act_log_end(msg, 487, "the caller has hung up");
	return ur_act_answer(msg, 487, UR_RC_CANCELLED);
}

static int ask(struct sip_msg *msg, struct ur_live_call *live)
{
	struct ur_directory directory;
	const struct ur_call_facts facts =
			ur_act_facts(msg, ur_chain_account(&live->call.chain), &directory);
	struct ur_decision decision;
	enum ur_event event;

	if(live->call.phase == UR_CALL_RINGING && !facts.is_cancelled)
		ur_legs_take(live);
	switch(ur_call_ask(&live->call, ur_pg_now(), &facts, &event, &decision)) {
		case UR_CALL_IS_CANCELLED:
			return cancelled(msg);
		case UR_CALL_IS_OUTBOUND:
			return ur_act_answer(msg, 404, UR_RC_NO_USER);
		case UR_CALL_IS_OVER:
			return ur_act_answer(msg, live->call.status, UR_RC_END);
		case UR_CALL_GOES_ON:
			return UR_RC_RING;
		default:
			break;
	}
	if(event == UR_EVENT_NEGOTIATION)
		ur_negotiation_answer(msg, live);
	ur_call_settle(&live->call, &facts, &decision);
	return ur_act_carry_out(msg, live, event, &decision);
}

int ur_script_policy(struct sip_msg *msg)
{
	struct ur_live_call *live = ur_live_call_get();

	return live != NULL ? ask(msg, live) : ur_begin(msg, &live);
}

/* ---- ringing */

/* When the call's timer is there to be woken, and the transaction to forget: a call that gets none, as
 * its INVITE is a retransmission, is freed with the message. stored: of before the contacts were read. */
static void watch_late(struct ur_live_call *live, unsigned stored)
{
	if(live->call.is_by_script || live->call.plan.is_transfer) {
		ur_late_forget(live);
		return;
	}
	ur_late_watch(live);
	if(ur_late_stored() != stored)
		ur_deadline_wake(live);
}

static int ring(struct sip_msg *msg, struct ur_live_call *live)
{
	const int64_t now = ur_pg_now();
	const unsigned stored = ur_late_stored();
	const struct ur_contacts *contacts = ur_starts_next(live, now);
	const bool is_first = live->call.step == 0;
	int ring_ms;

	if(contacts == NULL)
		return UR_RC_NOBODY;
	/* Branches that were tried before are no legs of this user's ring. */
	if(is_first)
		ur_live_call_clear_legs(live);
	ring_ms = ur_starts_note(live, contacts, now);
	switch(ur_legs_prepare(msg, live, ring_ms)) {
		case UR_LEGS_OPEN:
			break;
		case UR_LEGS_CANCELLED:
			return ur_act_answer(msg, 487, UR_RC_CANCELLED);
		case UR_LEGS_RETRANSMISSION:
			return UR_RC_RETRANSMISSION;
		default:
			return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	if(is_first)
		watch_late(live, stored);
	ur_call_started(&live->call);
	if(ur_settings_log_calls())
		ur_call_log_step(msg, live, contacts, ring_ms, false);
	if(ur_branches_set(msg, contacts) < 0)
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	counter_inc(ur_counters.forks);
	return UR_RC_RING;
}

static int fork_call(struct sip_msg *msg, bool is_by_script)
{
	struct ur_live_call *live = ur_live_call_get();
	int rc;

	if(live == NULL) {
		rc = ur_begin(msg, &live);
		if(rc != UR_RC_RING)
			return rc;
	}
	if(ur_legs_state() == UR_LEGS_CANCELLED)
		return ur_act_answer(msg, 487, UR_RC_CANCELLED);
	if(live->call.phase == UR_CALL_RINGING)
		ur_legs_take(live);
	live->call.is_by_script = is_by_script;
	return ring(msg, live);
}

int ur_script_fork(struct sip_msg *msg)
{
	return fork_call(msg, false);
}

int ur_script_fork_all(struct sip_msg *msg)
{
	return fork_call(msg, true);
}
