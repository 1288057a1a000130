/*
 * A call in a random world, as the module places it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/engine.h"

#include <stdio.h>
#include <string.h>

#include "policy/history.h"
#include "policy/call.h"
#include "support/calls.h"
#include "support/legs.h"
#include "support/own_rules.h"
#include "support/world.h"

struct call
{
	const struct ur_random_world *world;
	struct ur_engine_result *result;
	struct ur_call call;
	struct ur_call_facts facts;
	int now;
	int branches; /* used so far */
	/* Of the ring: */
	struct ur_test_legs legs;
	int64_t due;		  /* when something begins although others ring */
	int registered_until; /* registrations up to this moment have happened */
	int q;				  /* of the last start */
};

/* ---- people; who is disabled is not found, as if there were none */

static void make_user(const struct ur_random_user *u, char name)
{
	const char id[] = {name, '\0'};
	struct ur_test_person p = {.id = id,
			.always = ur_random_target(u->forward[UR_FORWARD_ALWAYS]),
			.busy = ur_random_target(u->forward[UR_FORWARD_BUSY]),
			.noanswer = ur_random_target(u->forward[UR_FORWARD_NO_ANSWER]),
			.unreachable = ur_random_target(u->forward[UR_FORWARD_UNREACHABLE]),
			.voicemail = ur_random_target(u->voicemail),
			.dnd = u->dnd,
			.strategy = u->strategy,
			.devices = u->devices,
			.ring_sec = u->ring_sec,
			.rules = ur_random_rules(u),
			.max_calls = u->max_calls};
	int i;

	for(i = 0; i < u->devices; i++) {
		p.device_flags[i] = u->device[i].flags;
		p.delay_sec[i] = u->device[i].delay_sec;
		p.for_sec[i] = u->device[i].for_sec;
		p.ring_order[i] = u->device[i].order;
	}
	ur_test_world_add(&p);
}

static void make_schedule(const struct ur_random_schedule *s, int number)
{
	char id[8], known[24], hours[100] = "";
	int i, len = 0;

	snprintf(id, sizeof(id), "s%d", number);
	snprintf(known, sizeof(known), "%d-%d", s->known_from, s->known_to);
	for(i = 0; i < s->hours; i++)
		len += snprintf(hours + len, sizeof(hours) - len, "%d-%d ", s->from[i],
				s->to[i]);
	ur_test_add_schedule(id, known, hours);
}

static void make_list(const struct ur_random_list *list, int number)
{
	char id[8], entries[100] = "";
	int i, len = 0;

	snprintf(id, sizeof(id), "l%d", number);
	for(i = 0; i < list->entries; i++)
		len += snprintf(
				entries + len, sizeof(entries) - len, "%s ", list->entry[i]);
	ur_test_add_caller_list(id, entries);
}

/* What rules ask of; and the other account, with a user. */
static void make_conditions(const struct ur_random_world *world)
{
	static const struct ur_test_person z = {.id = "z", .account = 1};
	int i;

	for(i = 0; i < UR_RANDOM_SCHEDULES; i++)
		make_schedule(&world->schedule[i], i);
	for(i = 0; i < UR_RANDOM_LISTS; i++)
		make_list(&world->list[i], i);
	ur_test_add_account(0, world->has_plan ? "49" : "",
			world->has_plan ? "30" : "", "4930555");
	ur_test_add_account(1, "", "",
			world->caller == UR_RANDOM_OTHER && *world->number != '\0'
					? world->number + 1
					: "");
	ur_test_world_add(&z);
}

static void make_people(const struct ur_random_world *world)
{
	int i;

	ur_test_world_forget();
	ur_test_calls_set(NULL);
	for(i = 0; i < UR_RANDOM_USERS; i++) {
		if(!world->user[i].disabled)
			make_user(&world->user[i], 'a' + i);
		ur_test_calls_set_of('a' + i, world->user[i].calls);
	}
	for(i = 0; i < UR_RANDOM_LINES; i++) {
		const char id[] = {'e', '0' + i, '\0'};
		const struct ur_test_line line = {id, world->line[i].target};

		if(world->line[i].disabled)
			continue;
		ur_test_world_add_line(&line);
		((struct ur_extension *)ur_test_world_line(id))->is_did =
				world->line[i].is_did;
		ur_test_world.references--;
	}
	make_conditions(world);
}

static void read_codes(
		const struct ur_random_world *world, struct ur_verdict_codes *codes)
{
	const char *bad;

	ur_verdict_codes_reset(codes);
	UR_TEST_HOLDS(
			ur_verdict_codes_parse(codes, world->busy, UR_VERDICT_BUSY, &bad)
			== 0);
	UR_TEST_HOLDS(ur_verdict_codes_parse(
						  codes, world->no_answer, UR_VERDICT_NO_ANSWER, &bad)
				  == 0);
	UR_TEST_HOLDS(ur_verdict_codes_parse(codes, world->unreachable,
						  UR_VERDICT_UNREACHABLE, &bad)
				  == 0);
	UR_TEST_HOLDS(ur_verdict_codes_parse(codes, world->negotiation,
						  UR_VERDICT_NEGOTIATION, &bad)
				  == 0);
}

/* The reference to the user is given back: the world outlives the call. */
static const struct ur_user *user_called(const char *id)
{
	const struct ur_user *user = ur_test_world_user(id);

	ur_test_world.references -= user != NULL;
	return user;
}

struct ur_caller ur_engine_caller(const struct ur_random_world *world)
{
	static char aor[8];
	struct ur_caller caller = {
			.dialled = UR_TEXT("x"), .is_private = world->is_private};
	const char id[] = {(char)('a' + world->caller), '\0'};

	if(world->caller == UR_RANDOM_TRUNK)
		return caller;
	if(world->caller == UR_RANDOM_OTHER) {
		caller.user = user_called("z");
		caller.aor = UR_TEXT("z0@y");
		caller.domain = UR_TEXT("y");
		return caller;
	}
	snprintf(aor, sizeof(aor), "%s%d@x", id, world->caller_device);
	caller.user = user_called(id);
	caller.aor = (struct ur_text){aor, (int)strlen(aor)};
	caller.domain = UR_TEXT("x");
	return caller;
}

static struct ur_text asserted(void *request)
{
	const struct ur_random_world *world = request;

	UR_TEST_HOLDS(world->caller == UR_RANDOM_TRUNK && !world->is_private);
	return (struct ur_text){world->asserted, (int)strlen(world->asserted)};
}

static int index_of(const struct ur_user *user)
{
	return ur_user_text(user, user->id).s[0] - 'a';
}

/* ---- a ring: who begins */

/* As many as there are branches; one is kept for the way out. */
static bool add_leg(struct call *call, int place, int phone)
{
	const int device = ur_plan_member(&call->call.plan, place).device;
	const struct ur_random_user *user =
			&call->world->user[index_of(call->call.plan.user)];
	const int until = (int)ur_call_until(&call->call, place);
	const int silent = call->now + call->world->fr_timer;

	if(call->branches == call->world->max_branches - 1) {
		call->result->left_out++;
		return false;
	}
	call->branches++;
	call->legs.list[call->legs.count++] =
			(struct ur_test_leg){.phone = &user->device[device].phone[phone],
					.device = device,
					.begin = call->now,
					.until = until,
					.silent_until = silent < until ? silent : until,
					.is_own_time = ur_call_ends_early(&call->call, place)};
	return true;
}

/* The registered phones of the members of a start. */
static void gather(struct call *call, const struct ur_plan_start *start)
{
	const struct ur_plan *plan = &call->call.plan;
	const struct ur_random_user *user =
			&call->world->user[index_of(plan->user)];
	int i, k;

	for(i = start->first; i < start->next; i++) {
		const struct ur_random_device *device =
				&user->device[ur_plan_member(plan, i).device];

		for(k = 0; k < device->phones; k++) {
			if(ur_plan_rings(plan, i) && device->phone[k].late_ms < call->now)
				add_leg(call, i, k);
		}
	}
}

static void tell_start(struct call *call, int from)
{
	const struct ur_test_leg *legs = call->legs.list;
	int i, k;

	ur_test_tell(&call->result->story, " %d:", call->now);
	for(i = from; i < call->legs.count; i = k) {
		for(k = i; k < call->legs.count && legs[k].device == legs[i].device;
				k++)
			;
		ur_test_tell(&call->result->story, "%s%c%d%s", i > from ? "+" : "",
				'a' + index_of(call->call.plan.user), legs[i].device,
				k - i > 1 ? "x2" : "");
	}
}

/* One after the other the q-values fall from start to start; else all are the same. */
static void check_q(struct call *call, const struct ur_plan_start *start)
{
	const struct ur_plan *plan = &call->call.plan;
	const int q = ur_plan_q(plan, start->first);
	int i;

	if(start->from_ms == UR_PLAN_WHEN_IDLE)
		UR_TEST_HOLDS(q < call->q);
	else
		UR_TEST_HOLDS(q == UR_PLAN_Q_MAX);
	for(i = start->first; i < start->next; i++)
		UR_TEST_HOLDS(!ur_plan_rings(plan, i) || ur_plan_q(plan, i) == q);
	call->q = q;
}

static void begin_start(struct call *call, const struct ur_plan_start *start)
{
	const int from = call->legs.count;

	check_q(call, start);
	gather(call, start);
	if(call->legs.count == from)
		return;
	call->result->overlaps +=
			ur_test_legs_pending(&call->legs) > call->legs.count - from;
	ur_call_started(&call->call);
	tell_start(call, from);
}

/* All that may begin now. False: the ring is over. */
static bool begin_starts(struct call *call)
{
	struct ur_plan_start start;

	for(;;) {
		switch(ur_call_next_start(&call->call, call->now,
				ur_test_legs_pending(&call->legs), &start, &call->due)) {
			case UR_CALL_START:
				begin_start(call, &start);
				break;
			case UR_CALL_WAIT:
				UR_TEST_HOLDS(call->due > call->now);
				return true;
			default:
				return false;
		}
	}
}

struct registration
{
	const struct ur_random_phone *phone; /* NULL: no more */
	int device, number;
};

/* The next phone of the user that registers, after the last one that did. */
static struct registration next_registration(const struct call *call)
{
	const struct ur_random_user *user =
			&call->world->user[index_of(call->call.plan.user)];
	struct registration next = {.phone = NULL};
	int i, k;

	for(i = 0; i < user->devices; i++) {
		for(k = 0; k < user->device[i].phones; k++) {
			const struct ur_random_phone *phone = &user->device[i].phone[k];

			if(phone->late_ms > call->registered_until
					&& (next.phone == NULL
							|| phone->late_ms < next.phone->late_ms))
				next = (struct registration){phone, i, k};
		}
	}
	return next;
}

static int place_of(const struct call *call, int device)
{
	int place = 0;

	while(ur_plan_member(&call->call.plan, place).device != device)
		place++;
	UR_TEST_HOLDS(place < ur_plan_count(&call->call.plan));
	return place;
}

/* It rings now, if its device does. */
static void register_phone(struct call *call, const struct registration *r)
{
	const int place = place_of(call, r->device);

	call->registered_until = call->now;
	if(!ur_call_joins(&call->call, place, call->now)
			|| !add_leg(call, place, r->number))
		return;
	call->result->joined++;
	ur_test_tell(&call->result->story, " %d:+%c%d", call->now,
			'a' + index_of(call->call.plan.user), r->device);
}

/* ---- a ring, event by event */

/* Asked before its time, the call says when that is, and changes nothing. */
static void check_wait(const struct call *call)
{
	struct ur_call copy = call->call;
	struct ur_plan_start start;
	int64_t due;

	if(call->due <= call->now)
		return;
	UR_TEST_HOLDS(ur_call_next_start(&copy, call->now, 1, &start, &due)
				  == UR_CALL_WAIT);
	/* in the last half second it says that nothing begins */
	UR_TEST_HOLDS(due == call->due || due == INT64_MAX);
	UR_TEST_HOLDS(memcmp(&copy, &call->call, sizeof(copy)) == 0);
}

/* False: the call is over. A phone that declines ends the ring, although its leg is counted later:
 * nothing begins after it. */
static bool play_leg(struct call *call, struct ur_test_leg *leg)
{
	check_wait(call);
	ur_test_legs_happen(leg, call->now);
	if(!leg->over)
		return true;
	if(leg->end.code == 200) {
		ur_test_tell(&call->result->story, " %d:200", call->now);
		return false;
	}
	ur_ring_note_negotiation(
			&call->call.ring, &call->result->codes, leg->end.code);
	if(ur_verdict_declines(leg->end.code))
		ur_test_legs_cancel(&call->legs);
	return true;
}

static bool hangs_up_before(struct call *call, int64_t at)
{
	const int cancel_ms = call->world->cancel_ms;

	if(cancel_ms == UR_RANDOM_NEVER || at <= cancel_ms)
		return false;
	ur_test_tell(&call->result->story, " %d:487", cancel_ms);
	return true;
}

/* Plays what rings, until nobody does. For the order in a millisecond see support/random_world.h.
 * False: the call is over. */
static bool play(struct call *call)
{
	struct registration late;
	struct ur_test_leg *leg;
	int64_t next;
	int ms;

	while((leg = ur_test_legs_next(&call->legs, &ms)) != NULL) {
		late = next_registration(call);
		next = ms < call->due ? ms : call->due;
		if(late.phone != NULL && late.phone->late_ms < next)
			next = late.phone->late_ms;
		if(hangs_up_before(call, next))
			return false;
		call->now = (int)next;
		if(next == ms) {
			if(!play_leg(call, leg))
				return false;
		} else if(next == call->due) {
			begin_starts(call);
		} else {
			register_phone(call, &late);
		}
	}
	return true;
}

/* As kam/legs.c does it: those that decline first. */
static void count_legs(struct call *call, int from, bool that_decline)
{
	struct ur_leg_end *ends =
			call->result->ends[index_of(call->call.plan.user)];
	bool *rang = call->result->rang[index_of(call->call.plan.user)];
	int i;

	for(i = from; i < call->legs.count; i++) {
		const struct ur_test_leg *leg = &call->legs.list[i];

		if(ur_verdict_declines(leg->end.code) != that_decline)
			continue;
		ur_call_leg_ended(&call->call, &call->result->codes, leg->end);
		call->result->own_ends += leg->end.is_own_time && leg->end.heard;
		if(!rang[leg->device])
			ends[leg->device] = leg->end;
		rang[leg->device] = true;
	}
}

static void check_times(const struct call *call, int begin)
{
	const int longest = ur_plan_ring_timeout_ms(&call->call.plan);

	if(call->world->total
			|| ur_plan_strategy(&call->call.plan) != UR_RING_SEQUENTIAL)
		UR_TEST_HOLDS(call->now - begin <= longest);
}

/* Rings the user the call is at. False: the call is over. */
static bool ring_user(struct call *call)
{
	const int begin = call->now;
	int counted = 0;

	call->result->rung[index_of(ur_call_user(&call->call))]++;
	call->legs.count = 0;
	call->registered_until = begin - 1;
	call->q = UR_PLAN_Q_MAX + 1;
	while(begin_starts(call)) {
		if(!play(call))
			return false;
		count_legs(call, counted, true);
		count_legs(call, counted, false);
		counted = call->legs.count;
		check_times(call, begin);
	}
	return true;
}

/* ---- a call, decision by decision */

static void tell_end(struct call *call, const struct ur_decision *decision)
{
	const char *before = " (";
	int i;

	ur_test_tell(&call->result->story, " %d:%s", call->now,
			ur_test_world_print(&call->call.chain, decision));
	if(decision->action != UR_ACTION_LEAVE)
		return;
	for(i = 0; i < call->call.chain.count; i++) {
		const struct ur_hop *hop = &call->call.chain.hops[i];
		const struct ur_text why = ur_history_reason(hop->diversion);

		if(ur_text_is_empty(why))
			continue;
		ur_test_tell(&call->result->story, "%s%c %.*s", before,
				'a' + index_of(hop->user), why.len, why.s);
		before = ", ";
	}
	ur_test_tell(&call->result->story, "%s", *before == ',' ? ")" : "");
}

static void check_chain(const struct call *call)
{
	int i;

	UR_TEST_HOLDS(call->call.chain.count <= call->world->max_hops);
	for(i = 0; i < UR_RANDOM_USERS; i++)
		UR_TEST_HOLDS(call->result->rung[i] <= 1);
}

/* Of the decision that is next. */
static void tell_time(struct call *call)
{
	call->facts.time = call->world->time + call->now / 1000;
	call->result->crossed |= call->facts.time / 60 != call->world->time / 60;
}

/* What comes after the first decision. */
static void go_on(struct call *call, struct ur_decision *decision)
{
	enum ur_event event;

	check_chain(call);
	while(decision->action == UR_ACTION_RING) {
		call->result->by_rule += decision->rule == UR_RULE_OF_USER;
		call->result->reordered += call->call.plan.is_reordered;
		if(!ring_user(call)) {
			call->result->is_over = true;
			return;
		}
		tell_time(call);
		ck_assert_int_eq(ur_call_ask(&call->call, call->now, &call->facts,
								 &event, decision),
				UR_CALL_DECIDED);
		call->result->disagreed |= event == UR_EVENT_NEGOTIATION;
		ur_call_settle(&call->call, &call->facts, decision);
		check_chain(call);
	}
	call->result->by_rule += decision->rule == UR_RULE_OF_USER;
	tell_end(call, decision);
}

/* Of the world's callee; who is disabled is not there. */
static struct ur_callee callee_of(const struct ur_random_world *world)
{
	const char user[] = {'a' + world->callee, '\0'};
	const char line[] = {'e', '0' + world->callee, '\0'};
	struct ur_callee callee = {.device = world->callee_device};

	if(world->kind == UR_RANDOM_LINE)
		callee.extension = ur_test_world_line(line);
	else
		callee.user = ur_test_world_user(user);
	callee.kind = callee.extension != NULL			? UR_CALLEE_EXTENSION
				  : callee.user == NULL				? UR_CALLEE_UNKNOWN
				  : world->kind == UR_RANDOM_DEVICE ? UR_CALLEE_DEVICE
													: UR_CALLEE_USER;
	return callee;
}

/* False: nobody is called, or the caller has too many calls. */
static bool begin(struct call *call, struct ur_decision *decision)
{
	const struct ur_caller caller = ur_engine_caller(call->world);
	const struct ur_callee callee = callee_of(call->world);

	memset(&call->call, 0xff, sizeof(call->call));
	ur_call_init(&call->call, &caller, UR_TRANSFER_NONE);
	ur_call_begin(&call->call, &callee, 0);
	if(!ur_call_may_begin(&call->call, &call->facts)) {
		ur_call_end(&call->call, 486);
		return false;
	}
	if(call->call.phase == UR_CALL_OUTBOUND
			|| !ur_call_decide(&call->call, &call->facts, decision)) {
		ur_call_end(&call->call, 404);
		return false;
	}
	ur_call_settle(&call->call, &call->facts, decision);
	return true;
}

/* Whom the call counts for, and how many had no room for it. */
static void note_calls(struct ur_engine_result *result)
{
	const char *asked = ur_test_calls_asked();
	char *out = result->counted;
	char user;

	for(user = 'a'; user < 'a' + UR_RANDOM_USERS; user++) {
		if(ur_test_calls_count(user))
			*out++ = user;
	}
	*out = '\0';
	for(; *asked != '\0'; asked++)
		result->full += *asked == '-';
}

void ur_engine_call(
		const struct ur_random_world *world, struct ur_engine_result *result)
{
	struct call call = {.world = world, .result = result};
	struct ur_decision decision = {0};

	memset(result, 0, sizeof(*result));
	result->directory = ur_test_directory;
	result->directory.max_hops = world->max_hops;
	result->directory.add_call = ur_test_add_call;
	make_people(world);
	read_codes(world, &result->codes);
	call.facts = (struct ur_call_facts){.directory = &result->directory,
			.ring_timeout_total = world->total,
			.request = (void *)world,
			.asserted = asserted};
	tell_time(&call);
	if(begin(&call, &decision))
		go_on(&call, &decision);
	else
		ur_test_tell(&result->story, " 0:%d", call.call.status);
	note_calls(result);
	ur_call_release(&call.call, &result->directory);
	UR_TEST_HOLDS(ur_test_world.references == 0);
}
