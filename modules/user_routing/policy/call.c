/*
 * A call: its state, its events and its next step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/call.h"

#include <limits.h>
#include <string.h>

#include "policy/voicemail.h"

/* ---- what a decision means for the call */

static struct ur_rule_call asked_of(
		const struct ur_call *call, const struct ur_call_facts *facts)
{
	return (struct ur_rule_call){.caller = &call->caller,
			.time = facts->time,
			.request = facts->request,
			.asserted = facts->asserted};
}

/* False: out of memory. */
static bool plan_group(struct ur_call *call, const struct ur_call_facts *facts)
{
	const struct ur_rule_call asked = asked_of(call, facts);
	const struct ur_roster_question question = {.chain = &call->chain,
			.directory = facts->directory,
			.call = &asked,
			.is_for_all =
					call->is_message || call->transfer == UR_TRANSFER_ASKED,
			.chance = facts->chance};
	struct ur_roster *roster = ur_roster_make(&question);

	if(roster == NULL)
		return false;
	roster->next = call->rosters;
	call->rosters = roster;
	ur_plan_ring_group(&call->plan, roster);
	return true;
}

static bool plan(struct ur_call *call, const struct ur_call_facts *facts,
		const struct ur_user_rule *rule)
{
	if(ur_chain_group(&call->chain) != NULL)
		return plan_group(call, facts);
	call->plan.user = ur_chain_user(&call->chain);
	ur_plan_ring_by(&call->plan, rule);
	return true;
}

/* False: out of memory. (Field by field: see push() in policy/chain.c.) */
static bool begin_ring(struct ur_call *call, const struct ur_call_facts *facts,
		const struct ur_user_rule *rule)
{
	if(!plan(call, facts, rule))
		return false;
	call->plan.caller = ur_plan_find(&call->plan, call->caller.aor);
	call->plan.is_transfer = call->transfer == UR_TRANSFER_ASKED;
	call->plan.is_message = call->is_message;
	memset(&call->ring, 0, sizeof(call->ring));
	call->ring.is_shared = call->plan.roster != NULL;
	call->next_place = 0;
	call->step = 0;
	call->is_total = facts->ring_timeout_total;
	call->is_by_script = false;
	call->phase = UR_CALL_TO_RING;
	return true;
}

void ur_call_release(struct ur_call *call, const struct ur_directory *directory)
{
	struct ur_roster *roster;

	while((roster = call->rosters) != NULL) {
		call->rosters = roster->next;
		ur_roster_put(roster, directory->put_user);
		directory->release(roster);
	}
	ur_chain_end(&call->chain, directory);
}

void ur_call_end(struct ur_call *call, int status)
{
	call->phase = UR_CALL_ENDED;
	call->status = status;
}

/* Completes the target's URI: a voicemail box is told why the call comes. If that makes the URI too
 * long, the call ends with 500, and the decision's arrival is still a URI. */
static void leave(struct ur_call *call, struct ur_decision *decision)
{
	struct ur_arrival *arrival = &decision->arrival;
	const int len =
			ur_voicemail_add_cause(&call->chain, call->caller.dialled, arrival);

	if(len >= 0) {
		arrival->uri_len = len;
		call->phase = UR_CALL_LEFT;
		return;
	}
	decision->action = UR_ACTION_END;
	arrival->status = 500;
}

/* MOVE changes only the chain. */
static void take_effect(struct ur_call *call, const struct ur_call_facts *facts,
		struct ur_decision *decision)
{
	if(decision->action == UR_ACTION_LEAVE)
		leave(call, decision);
	if(decision->action == UR_ACTION_RING
			&& !begin_ring(call, facts, decision->user_rule))
		ur_rules_decide_end(500, decision);
	if(decision->action == UR_ACTION_END)
		ur_call_end(call, decision->arrival.status);
}

/* ---- the call begins */

/* Counts the call for the user, unless it is a message. user: NULL for a group, which has no limit. False:
 * the user's max_calls are reached. */
static bool add_call(const struct ur_call *call,
		const struct ur_call_facts *facts, const struct ur_user *user,
		bool must)
{
	return call->is_message || user == NULL
		   || ur_chain_add_call(facts->directory, user, must);
}

/* At a device's own address, and for a message, no rule applies. */
static void decide_device(struct ur_call *call,
		const struct ur_call_facts *facts, struct ur_decision *decision)
{
	const bool is_full = !add_call(call, facts, ur_call_user(call), false);

	ur_rules_decide_device(is_full ? UR_EVENT_BUSY : UR_EVENT_CALLED, decision);
	decision->is_full = is_full;
}

/* A transfer is decided without the user's rules, whatever max_calls are. False: it is an ordinary
 * call, as the caller may not continue a call of this user. */
static bool decide_transfer(struct ur_call *call,
		const struct ur_call_facts *facts, struct ur_decision *decision)
{
	if(call->transfer != UR_TRANSFER_NONE
			&& !ur_caller_may_replace(&call->chain, &call->caller))
		call->transfer = UR_TRANSFER_NONE;
	if(call->transfer == UR_TRANSFER_BAD) {
		ur_rules_decide_end(400, decision);
	} else if(call->transfer == UR_TRANSFER_ASKED) {
		add_call(call, facts, ur_call_user(call), true);
		ur_rules_decide_device(UR_EVENT_CALLED, decision);
	}
	return call->transfer != UR_TRANSFER_NONE;
}

void ur_call_init(struct ur_call *call, const struct ur_caller *caller,
		enum ur_transfer transfer)
{
	memset(call, 0, sizeof(*call));
	call->caller = *caller;
	call->transfer = transfer;
	call->plan.only = UR_NO_PLACE;
}

void ur_call_begin(
		struct ur_call *call, const struct ur_callee *callee, int diversions)
{
	switch(callee->kind) {
		case UR_CALLEE_DEVICE:
			/* Of its user alone, so that its place is the device's. */
			call->plan.only = callee->device;
			ur_chain_begin_user(&call->chain, callee->user);
			break;
		case UR_CALLEE_USER:
			ur_chain_begin_user(&call->chain, callee->user);
			call->chain.before = diversions;
			break;
		case UR_CALLEE_EXTENSION:
			ur_chain_begin_extension(&call->chain, callee->extension);
			call->chain.before = diversions;
			break;
		default:
			call->number = callee->number;
			call->is_emergency = ur_callee_is_emergency(callee);
			call->phase = UR_CALL_OUTBOUND;
	}
}

/* Or to a group. Not through a second extension. */
static bool leads_to_user(const struct ur_extension *extension,
		const struct ur_directory *directory)
{
	const struct ur_target target = ur_extension_target(extension);
	const struct ur_user *user;

	if(ur_chain_is_group(directory, target))
		return true;
	if(!ur_text_equal(target.kind, UR_TEXT("user")))
		return false;
	user = directory->find_user(directory->context, target.id);
	if(user != NULL)
		directory->put_user(user);
	return user != NULL;
}

/* Will decide_transfer() find a transfer? Nobody gets around max_calls by a Replaces in a call that goes
 * elsewhere. */
static bool is_transfer_to_user(
		const struct ur_call *call, const struct ur_directory *directory)
{
	const struct ur_hop *first = &call->chain.hops[0];

	if(call->transfer != UR_TRANSFER_ASKED
			|| !ur_caller_may_replace(&call->chain, &call->caller))
		return false;
	return first->user != NULL || leads_to_user(first->extension, directory);
}

bool ur_call_may_begin(struct ur_call *call, const struct ur_call_facts *facts)
{
	const struct ur_user *user = call->caller.user;
	bool must;

	if(user == NULL || !ur_caller_is_phone(&call->caller))
		return true;
	must = call->is_emergency || is_transfer_to_user(call, facts->directory);
	return add_call(call, facts, user, must) || must;
}

/* By the rules of the chain's current user or group. */
static void decide_by_rules(struct ur_call *call, enum ur_event event,
		const struct ur_call_facts *facts, struct ur_decision *decision)
{
	const struct ur_rule_call asked = asked_of(call, facts);

	ur_rules_decide(&call->chain, facts->directory, &asked, event, decision);
}

/* Decides at a user or a group, not at an extension. */
static void decide_called(struct ur_call *call,
		const struct ur_call_facts *facts, struct ur_decision *decision)
{
	if(decide_transfer(call, facts, decision))
		return;
	if(call->plan.only != UR_NO_PLACE || call->is_message)
		decide_device(call, facts, decision);
	else
		decide_by_rules(call, UR_EVENT_CALLED, facts, decision);
}

bool ur_call_decide(struct ur_call *call, const struct ur_call_facts *facts,
		struct ur_decision *decision)
{
	if(ur_call_user(call) != NULL || ur_chain_group(&call->chain) != NULL) {
		decide_called(call, facts, decision);
	} else if(!ur_rules_decide_extension(
					  &call->chain, facts->directory, decision)) {
		ur_rules_decide_end(404, decision);
		call->phase = UR_CALL_OUTBOUND;
		return false;
	}
	take_effect(call, facts, decision);
	return true;
}

void ur_call_settle(struct ur_call *call, const struct ur_call_facts *facts,
		struct ur_decision *decision)
{
	while(decision->action == UR_ACTION_MOVE)
		ur_call_decide(call, facts, decision);
}

/* ---- the ring */

static int64_t ring_end(const struct ur_call *call, int64_t began_at)
{
	const int ms = ur_plan_ring_ms(&call->plan, call->is_total);

	return ms == INT_MAX ? INT64_MAX : began_at + ms;
}

static bool rings(const struct ur_call *call)
{
	return call->phase == UR_CALL_TO_RING
		   || (call->phase == UR_CALL_RINGING && !call->ring.declined);
}

/* For another start, if the first has begun. */
static bool has_time(const struct ur_call *call, int64_t now)
{
	return call->phase == UR_CALL_TO_RING
		   || now + UR_CALL_START_MS_MIN <= ring_end(call, call->began_at);
}

/* The next start, due or not; without members once the ring time is over. */
static struct ur_plan_start find_start(const struct ur_call *call, int64_t now)
{
	const struct ur_plan_start none = {.count = 0};

	if(!rings(call) || !has_time(call, now))
		return none;
	return call->is_by_script
				   ? ur_plan_all_starts(&call->plan, call->next_place)
				   : ur_plan_next_start(&call->plan, call->next_place);
}

bool ur_call_has_start(const struct ur_call *call, int64_t now)
{
	return find_start(call, now).count > 0;
}

/* Before the first start nobody rings. */
static int64_t due_at(
		const struct ur_call *call, const struct ur_plan_start *start)
{
	if(start->from_ms != UR_PLAN_WHEN_IDLE)
		return call->began_at + start->from_ms;
	return call->phase == UR_CALL_TO_RING ? call->began_at : INT64_MAX;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int slot_of(int place)
{
	return place < UR_CALL_MEMBERS_MAX ? place : UR_CALL_MEMBERS_MAX - 1;
}

static void note_begin(
		struct ur_call *call, const struct ur_plan_start *start, int64_t now)
{
	int place;

	for(place = start->first; place < start->next; place++)
		call->begun_ms[slot_of(place)] = (int32_t)(now - call->began_at);
	call->current = start->first;
	call->next_place = start->next;
}

/* When nobody rings, the next start is due at once; later ones keep their times. */
enum ur_call_next ur_call_next_start(struct ur_call *call, int64_t now,
		int pending, struct ur_plan_start *start, int64_t *until)
{
	if(call->phase == UR_CALL_TO_RING && call->next_place == 0)
		call->began_at = now;
	*start = find_start(call, now);
	if(pending > 0) {
		*until = start->count > 0 ? due_at(call, start) : INT64_MAX;
		if(*until > now)
			return UR_CALL_WAIT;
	}
	if(start->count == 0) {
		if(rings(call) || call->phase == UR_CALL_RINGING)
			call->phase = UR_CALL_RUNG;
		return UR_CALL_NOBODY;
	}
	note_begin(call, start, now);
	return UR_CALL_START;
}

int64_t ur_call_until(const struct ur_call *call, int place)
{
	const struct ur_member member = ur_plan_member(&call->plan, place);

	return earlier(
			call->began_at + call->begun_ms[slot_of(place)] + member.lasts_ms,
			ring_end(call, call->began_at));
}

int64_t ur_call_restart(struct ur_call *call, int place, int64_t now)
{
	call->begun_ms[slot_of(place)] = (int32_t)(now - call->began_at);
	return ur_call_until(call, place);
}

/* Does another member of the step ring longer? */
static bool is_outlasted(
		const struct ur_call *call, const struct ur_member *member, int place)
{
	const int64_t until = ur_call_until(call, place);
	int i;

	for(i = 0; i < ur_plan_count(&call->plan); i++) {
		if(ur_plan_rings(&call->plan, i)
				&& ur_plan_member(&call->plan, i).step == member->step
				&& ur_call_until(call, i) > until)
			return true;
	}
	return false;
}

bool ur_call_ends_early(const struct ur_call *call, int place)
{
	const struct ur_member member = ur_plan_member(&call->plan, place);

	return member.from_ms == UR_PLAN_WHEN_IDLE
				   ? is_outlasted(call, &member, place)
				   : ur_call_until(call, place)
							 < ring_end(call, call->began_at);
}

/* Has the member begun, and nobody after it where one rings after the other? */
static bool is_begun(const struct ur_call *call, int place)
{
	return place < call->next_place
		   && (place >= call->current
				   || ur_plan_member(&call->plan, place).from_ms
							  != UR_PLAN_WHEN_IDLE);
}

/* What came late to a transfer does not know the call that it continues. */
bool ur_call_joins(const struct ur_call *call, int place, int64_t now)
{
	return call->phase == UR_CALL_RINGING && rings(call) && !call->is_by_script
		   && !call->plan.is_transfer && !call->plan.is_message
		   && is_begun(call, place) && ur_plan_rings(&call->plan, place)
		   && now + UR_CALL_START_MS_MIN <= ur_call_until(call, place);
}

void ur_call_started(struct ur_call *call)
{
	call->phase = UR_CALL_RINGING;
	call->step++;
}

void ur_call_leg_ended(struct ur_call *call,
		const struct ur_verdict_codes *codes, struct ur_leg_end end)
{
	ur_ring_add(&call->ring, codes, end);
}

/* It may have another record of the same user. */
static bool is_of(
		const struct ur_roster_place *place, const struct ur_user *user)
{
	return place->owner != NULL
		   && ur_text_equal(ur_user_text(place->owner, place->owner->id),
				   ur_user_text(user, user->id));
}

void ur_call_declined(struct ur_call *call, int place)
{
	const struct ur_user *owner = ur_plan_member(&call->plan, place).owner;
	struct ur_roster *roster = call->rosters;
	uint32_t i;

	for(i = 0; i < roster->count && owner != NULL; i++) {
		struct ur_roster_place *other = &roster->places[i];

		if(is_of(other, owner) && other->reason == UR_PLAN_RINGS)
			other->reason = UR_PLAN_DECLINED;
	}
}

/* ---- after the ring */

/* The rules again, except for a device that was dialled at its own address. */
void ur_call_after_ring(struct ur_call *call, enum ur_event event,
		const struct ur_call_facts *facts, struct ur_decision *decision)
{
	if(event == UR_EVENT_NEGOTIATION)
		ur_rules_decide_end(call->ring.negotiation, decision);
	else if(call->transfer == UR_TRANSFER_ASKED)
		ur_rules_decide_end(ur_ring_status_of_transfer(&call->ring), decision);
	else if(call->plan.only != UR_NO_PLACE)
		ur_rules_decide_device(event, decision);
	else
		decide_by_rules(call, event, facts, decision);
	take_effect(call, facts, decision);
}

bool ur_call_is_busy(const struct ur_call *call)
{
	const struct ur_roster *roster = call->plan.roster;

	return roster != NULL && roster->has_busy && !ur_ring_has_legs(&call->ring);
}

static enum ur_event event_of_ring(const struct ur_call *call)
{
	if(ur_call_is_busy(call))
		return UR_EVENT_BUSY;
	return ur_rules_event(ur_ring_outcome(&call->ring));
}

enum ur_call_answer ur_call_ask(struct ur_call *call, int64_t now,
		const struct ur_call_facts *facts, enum ur_event *event,
		struct ur_decision *decision)
{
	if(facts->is_cancelled)
		return UR_CALL_IS_CANCELLED;
	switch(call->phase) {
		case UR_CALL_OUTBOUND:
			return UR_CALL_IS_OUTBOUND;
		case UR_CALL_LEFT: /* no rule applies after a target */
			call->status = 480;
			return UR_CALL_IS_OVER;
		case UR_CALL_ENDED:
			return UR_CALL_IS_OVER;
		case UR_CALL_TO_RING:
			return UR_CALL_GOES_ON;
		default:
			break;
	}
	if(ur_call_has_start(call, now))
		return UR_CALL_GOES_ON;
	/* Set first: a driver's timer leaves a call alone that does not ring. */
	call->phase = UR_CALL_RUNG;
	*event = event_of_ring(call);
	ur_call_after_ring(call, *event, facts, decision);
	return UR_CALL_DECIDED;
}

bool ur_call_hides_missed(const struct ur_call *call)
{
	const struct ur_roster *roster = call->plan.roster;

	return roster != NULL && (roster->group->flags & UR_GROUP_NO_MISSED);
}

const struct ur_user *ur_call_user(const struct ur_call *call)
{
	return ur_chain_user(&call->chain);
}

const struct ur_chain *ur_call_leg_chain(
		const struct ur_call *call, int place, struct ur_chain *copy)
{
	struct ur_member member;

	if(call->phase != UR_CALL_RINGING || place == UR_NO_PLACE)
		return &call->chain;
	member = ur_plan_member(&call->plan, place);
	if(!ur_member_is_external(&member))
		return &call->chain;
	*copy = call->chain;
	if(call->plan.roster != NULL && member.owner != NULL
			&& copy->count < UR_CHAIN_LIMIT)
		copy->hops[copy->count++] = (struct ur_hop){.user = member.owner};
	copy->hops[copy->count - 1].diversion = UR_DIVERSION_UNCONDITIONAL;
	return copy;
}

/* An external phone is in the PSTN. */
static enum ur_leg_to leg_to_member(const struct ur_plan *plan, int place)
{
	struct ur_member member;

	if(place == UR_NO_PLACE)
		return UR_LEG_TO_DEVICE;
	member = ur_plan_member(plan, place);
	return ur_member_is_external(&member) ? UR_LEG_TO_FORWARD
										  : UR_LEG_TO_DEVICE;
}

enum ur_leg_to ur_call_leg_to(
		const struct ur_call *call, struct ur_target target, int place)
{
	switch(call->phase) {
		case UR_CALL_OUTBOUND:
			return call->is_emergency ? UR_LEG_TO_EMERGENCY
									  : UR_LEG_TO_OUTBOUND;
		case UR_CALL_LEFT:
			return ur_caller_leg_to(target);
		case UR_CALL_RINGING:
			return leg_to_member(&call->plan, place);
		default:
			return UR_LEG_TO_DEVICE;
	}
}
