/*
 * The ring plan: who rings, when, and for how long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/plan.h"

#include <limits.h>

#include "policy/roster.h"

/* All active devices at once, whatever the user's rules say? */
static bool is_for_all(const struct ur_plan *plan)
{
	return plan->is_transfer || plan->is_message;
}

static bool is_sequential(const struct ur_plan *plan)
{
	return ur_plan_strategy(plan) == UR_RING_SEQUENTIAL && !is_for_all(plan);
}

/* Do the devices' own times hold? A phone that is dialled at its own address rings at once. */
static bool is_timed(const struct ur_plan *plan)
{
	return !is_for_all(plan) && plan->only == UR_NO_PLACE;
}

/* ---- the order of places */

/* Does the device start before the other one? By delay, but not one after another; then by ring_order
 * and id, as the record has it for the user's own strategy. */
static bool is_before(const struct ur_plan *plan, int device, int other)
{
	const struct ur_device *a = &plan->user->devices[device];
	const struct ur_device *b = &plan->user->devices[other];

	if(ur_plan_strategy(plan) != UR_RING_SEQUENTIAL
			&& a->ring_delay_sec != b->ring_delay_sec)
		return a->ring_delay_sec < b->ring_delay_sec;
	if(a->ring_order != b->ring_order)
		return a->ring_order < b->ring_order;
	return ur_text_compare(ur_user_text(plan->user, a->id),
				   ur_user_text(plan->user, b->id))
		   < 0;
}

/* By insertion: most users have few devices. More than fit keep their places. */
static void sort(struct ur_plan *plan)
{
	int i, at;

	for(i = 0; i < plan->user->device_count && i < UR_PLAN_PLACES_MAX; i++) {
		for(at = i; at > 0 && is_before(plan, i, plan->order[at - 1]); at--)
			plan->order[at] = plan->order[at - 1];
		plan->order[at] = (uint8_t)i;
	}
}

void ur_plan_ring_group(struct ur_plan *plan, const struct ur_roster *roster)
{
	plan->roster = roster;
	plan->user = NULL;
	plan->rule = NULL;
	plan->is_reordered = false;
}

void ur_plan_ring_by(struct ur_plan *plan, const struct ur_user_rule *rule)
{
	plan->roster = NULL;
	plan->rule = rule;
	plan->is_reordered = (ur_plan_strategy(plan) == UR_RING_SEQUENTIAL)
						 != (plan->user->strategy == UR_RING_SEQUENTIAL);
	if(plan->is_reordered)
		sort(plan);
}

enum ur_ring_strategy ur_plan_group_strategy(const struct ur_roster *roster)
{
	return roster->has_steps ? UR_RING_SEQUENTIAL : UR_RING_SIMULTANEOUS;
}

int ur_plan_group_timeout_ms(const struct ur_roster *roster)
{
	return 1000 * roster->group->ring_timeout_sec;
}

static int device_at(const struct ur_plan *plan, int place)
{
	return plan->is_reordered && place < UR_PLAN_PLACES_MAX ? plan->order[place]
															: place;
}

/* ---- members */

int ur_plan_count(const struct ur_plan *plan)
{
	return plan->roster != NULL ? (int)plan->roster->count
								: plan->user->device_count;
}

static struct ur_member member_of_group(
		const struct ur_roster *roster, int place)
{
	const struct ur_roster_place *p = &roster->places[place];
	const bool has_device = p->device != UR_ROSTER_NO_DEVICE;

	return (struct ur_member){.owner = p->owner,
			.device = has_device ? p->device : UR_NO_PLACE,
			.number = ur_number_digits(&p->number),
			.account = roster->group->account,
			.step = p->step,
			.from_ms = p->from_ms,
			.lasts_ms = p->lasts_ms};
}

static struct ur_member member_of_user(const struct ur_plan *plan, int place)
{
	const int number = device_at(plan, place);
	const struct ur_device *device = &plan->user->devices[number];
	struct ur_member member = {.owner = plan->user,
			.device = number,
			.account = plan->user->account,
			.step = place + 1,
			.lasts_ms = ur_plan_ring_timeout_ms(plan)};

	if(is_timed(plan)) {
		member.from_ms = device->ring_delay_sec * 1000;
		if(device->ring_for_sec > 0)
			member.lasts_ms = device->ring_for_sec * 1000;
	}
	if(is_sequential(plan))
		member.from_ms = UR_PLAN_WHEN_IDLE;
	return member;
}

struct ur_member ur_plan_member(const struct ur_plan *plan, int place)
{
	return plan->roster != NULL ? member_of_group(plan->roster, place)
								: member_of_user(plan, place);
}

/* NULL: the member is a number. */
static const struct ur_device *device_of(const struct ur_member *member)
{
	return member->device == UR_NO_PLACE
				   ? NULL
				   : &member->owner->devices[member->device];
}

int ur_member_order(const struct ur_member *member)
{
	const struct ur_device *device = device_of(member);

	return device != NULL ? device->ring_order : 0;
}

struct ur_text ur_member_aor(const struct ur_member *member)
{
	const struct ur_device *device = device_of(member);

	return device != NULL ? ur_user_text(member->owner, device->aor)
						  : UR_TEXT("");
}

struct ur_text ur_member_number(const struct ur_member *member)
{
	const struct ur_device *device = device_of(member);

	return device != NULL ? ur_user_text(member->owner, device->number)
						  : member->number;
}

bool ur_member_is_external(const struct ur_member *member)
{
	return ur_member_number(member).len > 0;
}

void ur_member_put(struct ur_output *out, const struct ur_member *member)
{
	if(!ur_member_is_external(member)) {
		ur_output_put(out, ur_member_aor(member));
		return;
	}
	ur_output_put(out, UR_TEXT("+"));
	ur_output_put(out, ur_member_number(member));
}

int ur_plan_find(const struct ur_plan *plan, struct ur_text aor)
{
	int place;

	/* An external phone has none: it is never the caller's. */
	if(ur_text_is_empty(aor))
		return UR_NO_PLACE;
	for(place = 0; place < ur_plan_count(plan); place++) {
		const struct ur_member member = ur_plan_member(plan, place);

		if(ur_text_equal(ur_member_aor(&member), aor))
			return place;
	}
	return UR_NO_PLACE;
}

/* ---- who rings */

enum ur_plan_reason ur_plan_device_reason(const struct ur_device *device,
		enum ur_ring_strategy strategy, bool is_for_all, bool is_dialled)
{
	if(!(device->flags & UR_DEVICE_ACTIVE))
		return UR_PLAN_DISABLED;
	if(is_for_all)
		return ur_device_is_external(device) ? UR_PLAN_EXTERNAL : UR_PLAN_RINGS;
	if(!(device->flags & UR_DEVICE_AVAILABLE))
		return UR_PLAN_UNAVAILABLE;
	if(is_dialled)
		return UR_PLAN_RINGS;
	if(!(device->flags & UR_DEVICE_RING_ON_FORK))
		return UR_PLAN_NOT_ON_FORK;
	if(strategy == UR_RING_SPECIFIC && !(device->flags & UR_DEVICE_SPECIFIC))
		return UR_PLAN_NOT_OPTED_IN;
	return UR_PLAN_RINGS;
}

static enum ur_plan_reason reason_of_device(
		const struct ur_plan *plan, int place)
{
	return ur_plan_device_reason(&plan->user->devices[device_at(plan, place)],
			ur_plan_strategy(plan), is_for_all(plan),
			plan->only != UR_NO_PLACE);
}

enum ur_plan_reason ur_plan_reason(const struct ur_plan *plan, int place)
{
	if(place == plan->caller && !plan->is_transfer)
		return UR_PLAN_CALLER;
	if(plan->roster != NULL)
		return (enum ur_plan_reason)plan->roster->places[place].reason;
	if(plan->only != UR_NO_PLACE && place != plan->only)
		return UR_PLAN_NOT_DIALLED;
	return reason_of_device(plan, place);
}

bool ur_plan_rings(const struct ur_plan *plan, int place)
{
	return ur_plan_reason(plan, place) == UR_PLAN_RINGS;
}

const char *ur_plan_reason_name(enum ur_plan_reason reason)
{
	static const char *const names[] = {
			[UR_PLAN_RINGS] = "rings",
			[UR_PLAN_CALLER] = "caller",
			[UR_PLAN_NOT_DIALLED] = "not-dialled",
			[UR_PLAN_DISABLED] = "disabled",
			[UR_PLAN_UNAVAILABLE] = "unavailable",
			[UR_PLAN_NOT_ON_FORK] = "not-on-fork",
			[UR_PLAN_NOT_OPTED_IN] = "not-opted-in",
			[UR_PLAN_EXTERNAL] = "external",
			[UR_PLAN_OFF] = "member-disabled",
			[UR_PLAN_DND] = "dnd",
			[UR_PLAN_IN_CALL] = "in-call",
			[UR_PLAN_FULL] = "max-calls",
			[UR_PLAN_FORWARDS] = "forwards",
			[UR_PLAN_DECLINED] = "declined",
			[UR_PLAN_NO_TIME] = "no-time",
			[UR_PLAN_NOT_REGISTERED] = "not-registered",
			[UR_PLAN_EXPIRED] = "expired",
			[UR_PLAN_NO_INVITE] = "no-invite",
			[UR_PLAN_NO_BRANCH] = "no-branch",
			[UR_PLAN_NO_GATEWAY] = "no-gateway",
	};

	return names[reason];
}

/* ---- when */

static bool starts_with(
		const struct ur_member *member, const struct ur_member *first)
{
	return member->from_ms == first->from_ms
		   && (member->from_ms != UR_PLAN_WHEN_IDLE
				   || member->step == first->step);
}

/* The first start from the place `from` on; all: together with all that follow. */
static struct ur_plan_start find_start(
		const struct ur_plan *plan, int from, bool all)
{
	const int end = ur_plan_count(plan);
	struct ur_plan_start start = {.first = end, .next = end};
	struct ur_member first;
	int place;

	for(place = from; place < end; place++) {
		const struct ur_member member = ur_plan_member(plan, place);

		if(member.lasts_ms <= 0 || !ur_plan_rings(plan, place))
			continue;
		if(start.count == 0) {
			first = member;
			start.first = place;
			start.from_ms = all ? 0 : member.from_ms;
		} else if(!all && !starts_with(&member, &first)) {
			start.next = place;
			break;
		}
		start.count++;
	}
	return start;
}

struct ur_plan_start ur_plan_next_start(const struct ur_plan *plan, int from)
{
	return find_start(plan, from, false);
}

struct ur_plan_start ur_plan_all_starts(const struct ur_plan *plan, int from)
{
	return find_start(plan, from, true);
}

int ur_plan_ring_ms(const struct ur_plan *plan, bool total)
{
	return total || !is_sequential(plan) ? ur_plan_ring_timeout_ms(plan)
										 : INT_MAX;
}

/* How many steps of members that ring there are before that place; ur_plan_count(): in all. */
static int steps_before(const struct ur_plan *plan, int place)
{
	int steps = 0, last = 0;
	int i;

	for(i = 0; i < place; i++) {
		const int step = ur_plan_member(plan, i).step;

		if(!ur_plan_rings(plan, i) || step == last)
			continue;
		last = step;
		steps++;
	}
	return steps;
}

static bool is_second_of_step(const struct ur_plan *plan, int place)
{
	const int step = ur_plan_member(plan, place).step;
	int i;

	for(i = place - 1; i >= 0 && ur_plan_member(plan, i).step == step; i--) {
		if(ur_plan_rings(plan, i))
			return true;
	}
	return false;
}

int ur_plan_q(const struct ur_plan *plan, int place)
{
	int steps, before, q;

	if(!is_sequential(plan))
		return UR_PLAN_Q_MAX;
	steps = steps_before(plan, ur_plan_count(plan));
	before = steps_before(plan, place) - is_second_of_step(plan, place);
	q = steps ? UR_PLAN_Q_MAX - before * (UR_PLAN_Q_MAX / steps)
			  : UR_PLAN_Q_MAX;
	return q > 0 ? q : 1;
}
