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
#include "kam/contacts.h"
#include "kam/counters.h"
#include "kam/directory.h"
#include "kam/legs.h"
#include "kam/negotiation.h"
#include "kam/settings.h"
#include "mirror/source/pg.h"

/* ---- decisions */

static int cancelled(struct sip_msg *msg)
{
	counter_inc(ur_counters.decisions_cancelled);
	ur_act_log_end(msg, 487, "the caller has hung up");
	return ur_act_answer(msg, 487, UR_RC_CANCELLED);
}

/* If no user of ours is called, no rule applies, and the account does not matter. */
static uint32_t account_of_call(const struct ur_call *call)
{
	const struct ur_user *user = ur_call_user(call);

	return user != NULL ? user->account : 0;
}

static int ask(struct sip_msg *msg, struct ur_live_call *live)
{
	struct ur_directory directory;
	const struct ur_call_facts facts =
			ur_act_facts(account_of_call(&live->call), &directory);
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

static void count_left_out(
		struct ur_live_call *live, const struct ur_contacts *contacts)
{
	counter_add(ur_counters.contacts_left_out, contacts->left_out);
	if(contacts->left_out > 0 && !live->limit_logged)
		ur_call_log_left_out(live, contacts);
	live->limit_logged |= contacts->left_out > 0;
}

/* Goes on to the next start that has live contacts; NULL: there is none. All legs must have
 * ended. */
static const struct ur_contacts *next_contacts(
		struct ur_live_call *live, int64_t now, int64_t *until)
{
	const int room = ur_legs_room();
	const struct ur_contacts *contacts;
	struct ur_plan_start start;
	int64_t due;

	while(ur_call_next_start(&live->call, now, 0, &start, &due)
			== UR_CALL_START) {
		*until = ur_call_until(&live->call, start.first);
		contacts = ur_contacts_read(&live->call.plan, &start, room);
		count_left_out(live, contacts);
		if(contacts->count > 0)
			return contacts;
	}
	return NULL;
}

static void note_devices(
		struct ur_live_call *live, const struct ur_contacts *contacts)
{
	int i;

	live->legs_count = 0;
	for(i = 0; i < contacts->count; i++)
		ur_live_call_add_leg(
				live, contacts->list[i].ruid, contacts->list[i].place);
}

static int ring(struct sip_msg *msg, struct ur_live_call *live)
{
	const int64_t now = ur_pg_now();
	int64_t until;
	const struct ur_contacts *contacts = next_contacts(live, now, &until);

	if(contacts == NULL)
		return UR_RC_NOBODY;
	switch(ur_legs_prepare(msg, live, (int)(until - now))) {
		case UR_LEGS_OPEN:
			break;
		case UR_LEGS_CANCELLED:
			return ur_act_answer(msg, 487, UR_RC_CANCELLED);
		case UR_LEGS_RETRANSMISSION:
			return UR_RC_RETRANSMISSION;
		default:
			return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	ur_call_started(&live->call);
	if(ur_settings_log_calls())
		ur_call_log_step(msg, live, contacts);
	note_devices(live, contacts);
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
