/*
 * The roster of a group's ring.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/roster.h"

#include <string.h>

#include "policy/plan.h"
#include "policy/rules.h"

/* When a member rings. */
struct span
{
	int from_ms;
	int lasts_ms;
	bool is_own; /* lasts_ms is the member's own time, not the ring's */
};

struct build
{
	const struct ur_roster_question *question;
	const struct ur_directory *directory;
	const struct ur_group *called;
	bool has_steps;
	bool has_busy;
	int step;
	uint32_t chance;
	int users_left, devices_left; /* that may still be looked at */
	/* The question's; a target outside is followed only to its number. */
	struct ur_directory of_members;
	int group_count; /* references, but to the first one */
	const struct ur_group *groups[UR_ROSTER_GROUPS_MAX];
	int count;
	struct ur_roster_place places[UR_ROSTER_PLACES_MAX];
};

/* ---- places */

static bool rings(const struct ur_roster_place *place)
{
	return place->reason == UR_PLAN_RINGS;
}

static const struct ur_device *device_of(const struct ur_roster_place *place)
{
	return place->device == UR_ROSTER_NO_DEVICE
				   ? NULL
				   : &place->owner->devices[place->device];
}

/* E.164 without +; empty: a phone that registers. */
static struct ur_text number_of(const struct ur_roster_place *place)
{
	const struct ur_device *device = device_of(place);

	return device != NULL ? ur_user_text(place->owner, device->number)
						  : ur_number_digits(&place->number);
}

/* The same phone, also by two records of its user. */
static bool is_same(
		const struct ur_roster_place *a, const struct ur_roster_place *b)
{
	const struct ur_device *one = device_of(a), *other = device_of(b);

	if(number_of(a).len > 0 || number_of(b).len > 0)
		return ur_text_equal(number_of(a), number_of(b));
	return ur_text_equal(
			ur_user_text(a->owner, one->id), ur_user_text(b->owner, other->id));
}

/* Does the place begin before the other one? Those that do not ring are last. */
static bool is_before(
		const struct ur_roster_place *a, const struct ur_roster_place *b)
{
	if(rings(a) != rings(b))
		return rings(a);
	return a->step != b->step ? a->step < b->step : a->from_ms < b->from_ms;
}

static void release(struct build *b, const struct ur_roster_place *place)
{
	if(place->owner != NULL)
		b->directory->put_user(place->owner);
}

static struct ur_roster_place *find_same(
		struct build *b, const struct ur_roster_place *place)
{
	int i;

	for(i = 0; i < b->count; i++) {
		if(is_same(&b->places[i], place))
			return &b->places[i];
	}
	return NULL;
}

static struct ur_roster_place *last_of(struct build *b)
{
	struct ur_roster_place *last = &b->places[0];
	int i;

	for(i = 1; i < b->count; i++) {
		if(!is_before(&b->places[i], last))
			last = &b->places[i];
	}
	return last;
}

static void drop(struct build *b, struct ur_roster_place *place)
{
	const struct ur_roster_place *next = place + 1;

	release(b, place);
	memmove(place, next,
			(size_t)(&b->places[b->count] - next) * sizeof(*place));
	b->count--;
}

/* Takes over the place's reference. Of two places of one phone the earlier one stays; where there is no
 * room, those stay that begin first. */
static void add(struct build *b, struct ur_roster_place *place)
{
	struct ur_roster_place *other = find_same(b, place);

	if(rings(place) && place->lasts_ms <= 0)
		place->reason = UR_PLAN_NO_TIME;
	if(other == NULL && b->count == UR_ROSTER_PLACES_MAX)
		other = last_of(b);
	if(other != NULL && !is_before(place, other)) {
		release(b, place);
		return;
	}
	if(other != NULL)
		drop(b, other);
	b->places[b->count++] = *place;
}

static struct ur_roster_place place_of(const struct build *b,
		const struct ur_user *owner, const struct span *span)
{
	struct ur_roster_place place;

	memset(&place, 0, sizeof(place));
	place.owner = owner;
	place.device = UR_ROSTER_NO_DEVICE;
	place.step = (uint16_t)b->step;
	place.from_ms = b->has_steps ? UR_PLAN_WHEN_IDLE : span->from_ms;
	place.lasts_ms = span->lasts_ms;
	return place;
}

/* ---- users and their devices */

/* With a reference; NULL: there is none, or too many were found before. */
static const struct ur_user *find_user(struct build *b, struct ur_text id)
{
	if(b->users_left-- <= 0)
		return NULL;
	return b->directory->find_user(b->directory->context, id);
}

static bool is_caller(const struct build *b, const struct ur_user *user)
{
	const struct ur_user *caller = b->question->call->caller->user;

	return caller != NULL
		   && ur_text_equal(ur_user_text(caller, caller->id),
				   ur_user_text(user, user->id));
}

static enum ur_plan_reason reason_of_calls(
		const struct build *b, const struct ur_user *user)
{
	const struct ur_directory *directory = b->directory;
	const bool skips = b->called->flags & UR_GROUP_SKIP_BUSY;
	const int calls =
			directory->calls_of != NULL && (skips || user->max_calls > 0)
					? directory->calls_of(directory->context, user)
					: 0;

	if(skips && (calls > 0 || is_caller(b, user)))
		return UR_PLAN_IN_CALL;
	return user->max_calls > 0 && calls >= user->max_calls ? UR_PLAN_FULL
														   : UR_PLAN_RINGS;
}

/* What keeps all devices of a user from ringing. */
static enum ur_plan_reason reason_of_user(
		struct build *b, const struct ur_user *user)
{
	enum ur_plan_reason reason = UR_PLAN_RINGS;

	if(b->question->is_for_all)
		return reason;
	reason = user->dnd ? UR_PLAN_DND : reason_of_calls(b, user);
	/* A group is not busy because one of its members calls it. */
	b->has_busy |= reason != UR_PLAN_RINGS && !is_caller(b, user);
	return reason;
}

/* The time of a device within that of its member. */
static void set_times(struct ur_roster_place *place,
		const struct ur_device *device, const struct ur_user *user,
		const struct span *span)
{
	const int delay_ms = user->strategy == UR_RING_SEQUENTIAL
										 || place->from_ms == UR_PLAN_WHEN_IDLE
								 ? 0
								 : 1000 * device->ring_delay_sec;
	const int for_ms = 1000 * device->ring_for_sec;

	if(delay_ms > 0)
		place->from_ms += delay_ms;
	if(span->is_own)
		place->lasts_ms -= delay_ms;
	if(for_ms > 0 && for_ms < place->lasts_ms)
		place->lasts_ms = for_ms;
}

/* The reason is that of the whole user. */
static void add_device(struct build *b, const struct ur_user *user, int device,
		enum ur_plan_reason reason, const struct span *span, bool is_dialled)
{
	const struct ur_device *row = &user->devices[device];
	const bool is_for_all = b->question->is_for_all;
	struct ur_roster_place place = place_of(b, user, span);

	b->directory->ref_user(user);
	place.device = (uint16_t)device;
	place.reason = (uint8_t)reason;
	if(reason == UR_PLAN_RINGS)
		place.reason = (uint8_t)ur_plan_device_reason(
				row, user->strategy, is_for_all, is_dialled);
	if(!is_for_all && !is_dialled)
		set_times(&place, row, user, span);
	add(b, &place);
}

static void add_devices(struct build *b, const struct ur_user *user,
		enum ur_plan_reason reason, const struct span *span)
{
	int i;

	for(i = 0; i < user->device_count && b->devices_left > 0; i++) {
		b->devices_left--;
		add_device(b, user, i, reason, span, false);
	}
}

static void add_user(
		struct build *b, const struct ur_user *user, const struct span *span)
{
	add_devices(b, user, reason_of_user(b, user), span);
}

/* ---- numbers */

/* A carrier may bring the call back, as to a target of the chain. */
static bool comes_back(const struct build *b)
{
	const struct ur_chain *chain = b->question->chain;

	return chain->before + chain->count > b->directory->max_hops;
}

static void add_number(struct build *b, const struct ur_number *number,
		const struct ur_user *owner, const struct span *span)
{
	struct ur_roster_place place = place_of(b, owner, span);

	place.number = *number;
	if(b->question->is_for_all)
		place.reason = UR_PLAN_EXTERNAL;
	if(comes_back(b))
		return;
	if(owner != NULL)
		b->directory->ref_user(owner);
	add(b, &place);
}

static void add_own_number(
		struct build *b, struct ur_text digits, const struct span *span)
{
	struct ur_number number;

	if(ur_number_of_trunk(digits, &number))
		add_number(b, &number, NULL, span);
}

/* ---- members' forwards */

static void add_group(struct build *b, const struct ur_group *group,
		const struct span *span, int depth);

/* The call leaves the member for a target outside: a number rings in the member's place. */
static void add_forward(struct build *b, const struct ur_user *user,
		const struct ur_arrival *arrival, const struct span *span)
{
	if(arrival->kind == UR_ARRIVAL_URI && arrival->number.len > 0)
		add_number(b, &arrival->number, user, span);
}

/* The chain has moved on: to whom rings in place of those before. */
static void add_current(struct build *b, const struct span *span, int depth)
{
	const struct ur_group *group = ur_chain_group(b->question->chain);

	if(group == NULL) {
		add_user(b, ur_chain_user(b->question->chain), span);
	} else if(depth < UR_ROSTER_DEPTH_MAX) {
		b->directory->ref_group(group);
		add_group(b, group, span, depth + 1);
	}
}

/* From the chain's current user on. */
static void follow(struct build *b, const struct span *span, int depth)
{
	struct ur_chain *chain = b->question->chain;
	struct ur_decision decision;
	const struct ur_user *user;

	while((user = ur_chain_user(chain)) != NULL) {
		if(b->users_left-- <= 0)
			return;
		ur_rules_decide_member(
				chain, &b->of_members, b->question->call, &decision);
		if(decision.action == UR_ACTION_RING)
			break;
		add_devices(b, user, UR_PLAN_FORWARDS, span);
		if(decision.action == UR_ACTION_MOVE)
			continue;
		add_forward(b, user, &decision.arrival, span);
		return;
	}
	add_current(b, span, depth);
}

/* ---- members */

static bool follows(const struct build *b)
{
	return (b->called->flags & UR_GROUP_FOLLOW) && !b->question->is_for_all;
}

/* Who was visited before has no forward any more. */
static void add_member_user(
		struct build *b, struct ur_text id, const struct span *span, int depth)
{
	struct ur_chain *chain = b->question->chain;
	const int hops = chain->count;
	const struct ur_user *user;

	if(follows(b)
			&& ur_chain_visit(chain, b->directory, id) == UR_REFUSAL_NONE) {
		follow(b, span, depth);
		ur_chain_go_back(chain, b->directory, hops);
		return;
	}
	user = find_user(b, id);
	if(user == NULL)
		return;
	add_user(b, user, span);
	b->directory->put_user(user);
}

static void add_member_device(struct build *b, struct ur_text user_id,
		struct ur_text id, const struct span *span)
{
	const struct ur_user *user = find_user(b, user_id);
	int i;

	if(user == NULL)
		return;
	for(i = 0; i < user->device_count; i++) {
		if(ur_text_equal(ur_user_text(user, user->devices[i].id), id))
			add_device(b, user, i, reason_of_user(b, user), span, true);
	}
	b->directory->put_user(user);
}

/* In the chain no member's forward comes back to the group. */
static void add_member_group(
		struct build *b, struct ur_text id, const struct span *span, int depth)
{
	struct ur_chain *chain = b->question->chain;
	const int hops = chain->count;
	const struct ur_group *group =
			depth < UR_ROSTER_DEPTH_MAX
					? b->directory->find_group(b->directory->context, id)
					: NULL;

	if(group == NULL)
		return;
	if(follows(b))
		ur_chain_visit_group(chain, b->directory, id);
	add_group(b, group, span, depth + 1);
	ur_chain_go_back(chain, b->directory, hops);
}

/* The time of a member within that of its group. In a step its own time stands for the step's. */
static struct span span_of(const struct build *b,
		const struct ur_group_member *member, const struct span *outer)
{
	const int delay_ms = b->has_steps ? 0 : 1000 * member->ring_delay_sec;
	const int for_ms = 1000 * member->ring_for_sec;
	struct span span = *outer;

	if(b->question->is_for_all)
		return span;
	span.from_ms += delay_ms;
	if(span.is_own)
		span.lasts_ms -= delay_ms;
	if(for_ms > 0 && (b->has_steps || for_ms < span.lasts_ms)) {
		span.lasts_ms = for_ms;
		span.is_own = true;
	}
	return span;
}

static void add_member(struct build *b, const struct ur_group *group,
		const struct ur_group_member *member, const struct span *outer,
		int depth)
{
	const struct ur_text id = ur_slice_text(group, member->id);
	const struct span span = span_of(b, member, outer);

	switch(member->kind) {
		case UR_GROUP_USER:
			add_member_user(b, id, &span, depth);
			break;
		case UR_GROUP_DEVICE:
			add_member_device(
					b, ur_slice_text(group, member->user_id), id, &span);
			break;
		case UR_GROUP_NUMBER:
			add_own_number(b, id, &span);
			break;
		default:
			add_member_group(b, id, &span, depth);
	}
}

/* ---- the order of members */

struct order
{
	int count;
	uint8_t member[UR_GROUP_MEMBERS_MAX];
};

/* Marsaglia's xorshift: good enough to mix members. */
static uint32_t draw(struct build *b)
{
	b->chance ^= b->chance << 13;
	b->chance ^= b->chance >> 17;
	b->chance ^= b->chance << 5;
	return b->chance;
}

/* Fisher and Yates: each order is as likely as any other. */
static void mix(struct build *b, struct order *order)
{
	int i;

	for(i = order->count - 1; i > 0; i--) {
		const int other = (int)(draw(b) % (uint32_t)(i + 1));
		const uint8_t member = order->member[i];

		order->member[i] = order->member[other];
		order->member[other] = member;
	}
}

static void rotate(struct order *order, uint32_t turn)
{
	const struct order from = *order;
	const int first = (int)(turn % (uint32_t)from.count);
	int i;

	for(i = 0; i < order->count; i++)
		order->member[i] = from.member[(first + i) % from.count];
}

/* The enabled members, as the group's strategy has them. Where they ring at once, no turn is taken. */
static struct order order_of(struct build *b, const struct ur_group *group)
{
	struct order order = {.count = 0};
	int i;

	for(i = 0; i < group->member_count && i < UR_GROUP_MEMBERS_MAX; i++) {
		if(group->members[i].is_enabled)
			order.member[order.count++] = (uint8_t)i;
	}
	if(!b->has_steps || order.count == 0)
		return order;
	if(group->strategy == UR_GROUP_RANDOM)
		mix(b, &order);
	if(group->strategy == UR_GROUP_ROUND_ROBIN)
		rotate(&order, b->directory->turn(b->directory->context, group));
	return order;
}

/* ---- groups */

/* Takes over the reference. False: the group rings already, or there are too many. */
static bool take_group(struct build *b, const struct ur_group *group)
{
	bool is_new = b->group_count < UR_ROSTER_GROUPS_MAX;
	int i;

	for(i = 0; i < b->group_count && is_new; i++)
		is_new = !ur_text_equal(ur_slice_text(b->groups[i], b->groups[i]->id),
				ur_slice_text(group, group->id));
	if(is_new)
		b->groups[b->group_count++] = group;
	else
		b->directory->put_group(group);
	return is_new;
}

/* Those who are members no more for now, so that people see why. */
static void add_disabled(struct build *b, const struct ur_group *group)
{
	const struct span never = {.lasts_ms = 0};
	const struct ur_user *user;
	int i;

	for(i = 0; i < group->member_count; i++) {
		const struct ur_group_member *member = &group->members[i];

		if(member->is_enabled || member->kind != UR_GROUP_USER)
			continue;
		user = find_user(b, ur_slice_text(group, member->id));
		if(user == NULL)
			continue;
		add_devices(b, user, UR_PLAN_OFF, &never);
		b->directory->put_user(user);
	}
}

static void add_group(struct build *b, const struct ur_group *group,
		const struct span *span, int depth)
{
	struct order order;
	int i;

	if(!take_group(b, group))
		return;
	order = order_of(b, group);
	for(i = 0; i < order.count; i++) {
		b->step += b->has_steps && group->strategy != UR_GROUP_SIMULTANEOUS;
		add_member(b, group, &group->members[order.member[i]], span, depth);
	}
	add_disabled(b, group);
}

/* ---- the roster */

/* Stable, by insertion: members come in the order of their starts, most of them. */
static void sort(struct build *b)
{
	int i, at;

	for(i = 1; i < b->count; i++) {
		const struct ur_roster_place place = b->places[i];

		for(at = i; at > 0 && is_before(&place, &b->places[at - 1]); at--)
			b->places[at] = b->places[at - 1];
		b->places[at] = place;
	}
}

static void begin(struct build *b, const struct ur_roster_question *question)
{
	memset(b, 0, offsetof(struct build, places));
	b->question = question;
	b->directory = question->directory;
	b->called = ur_chain_group(question->chain);
	b->has_steps = b->called->strategy != UR_GROUP_SIMULTANEOUS
				   && !question->is_for_all;
	b->users_left = UR_ROSTER_USERS_MAX;
	b->devices_left = UR_ROSTER_DEVICES_MAX;
	b->of_members = *question->directory;
	b->of_members.locate = question->directory->locate_number;
	b->chance = question->chance != 0 ? question->chance : 1;
}

static struct ur_roster *finish(struct build *b)
{
	struct ur_roster *roster = b->directory->allocate(
			sizeof(*roster) + (size_t)b->count * sizeof(b->places[0]));
	int i;

	for(i = 1; i < b->group_count; i++)
		b->directory->put_group(b->groups[i]);
	if(roster == NULL) {
		for(i = 0; i < b->count; i++)
			release(b, &b->places[i]);
		return NULL;
	}
	memset(roster, 0, sizeof(*roster));
	roster->group = b->called;
	roster->count = (uint32_t)b->count;
	roster->has_steps = b->has_steps;
	roster->has_busy = b->has_busy;
	memcpy(roster->places, b->places, (size_t)b->count * sizeof(b->places[0]));
	return roster;
}

struct ur_roster *ur_roster_make(const struct ur_roster_question *question)
{
	struct build b;
	struct span span = {.from_ms = 0};

	begin(&b, question);
	span.lasts_ms = 1000 * b.called->ring_timeout_sec;
	add_group(&b, b.called, &span, 1);
	sort(&b);
	return finish(&b);
}

void ur_roster_put(const struct ur_roster *roster,
		void (*put_user)(const struct ur_user *user))
{
	uint32_t i;

	for(i = 0; i < roster->count; i++) {
		if(roster->places[i].owner != NULL)
			put_user(roster->places[i].owner);
	}
}
