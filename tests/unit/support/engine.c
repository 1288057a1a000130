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
#include "support/world.h"

struct call
{
	const struct ur_random_world *world;
	struct ur_engine_result *result;
	struct ur_call call;
	struct ur_call_facts facts;
	int now;
	int branches; /* used so far */
};

/* ---- people; who is disabled is not found, as if there were none */

static void make_user(const struct ur_random_user *u, char name)
{
	const char id[] = {name, '\0'};
	struct ur_test_person p = {.id = id,
			.always = ur_random_target(u->forward[UR_FORWARD_ALWAYS]),
			.busy = ur_random_target(u->forward[UR_FORWARD_BUSY]),
			.noanswer = ur_random_target(u->forward[UR_FORWARD_NO_ANSWER]),
			.voicemail = ur_random_target(u->voicemail),
			.dnd = u->dnd,
			.strategy = u->strategy,
			.devices = u->devices,
			.ring_sec = u->ring_sec};
	int i;

	for(i = 0; i < u->devices; i++)
		p.device_flags[i] = u->device[i].flags;
	ur_test_world_add(&p);
}

static void make_people(const struct ur_random_world *world)
{
	int i;

	ur_test_world_forget();
	for(i = 0; i < UR_RANDOM_USERS; i++) {
		if(!world->user[i].disabled)
			make_user(&world->user[i], 'a' + i);
	}
	for(i = 0; i < UR_RANDOM_LINES; i++) {
		const char id[] = {'e', '0' + i, '\0'};
		const struct ur_test_line line = {id, world->line[i].target};

		if(!world->line[i].disabled)
			ur_test_world_add_line(&line);
	}
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

struct ur_text ur_engine_caller(const struct ur_random_world *world)
{
	static char aor[8];

	if(world->caller == UR_RANDOM_TRUNK)
		return UR_TEXT("");
	snprintf(aor, sizeof(aor), "%c%d@x", 'a' + world->caller,
			world->caller_device);
	return (struct ur_text){aor, (int)strlen(aor)};
}

static int index_of(const struct ur_user *user)
{
	return ur_user_text(user, user->id).s[0] - 'a';
}

/* ---- a step, event by event */

struct leg
{
	const struct ur_random_phone *phone;
	int device;
	bool heard, over;
	struct ur_leg_end end;
};

struct step
{
	struct leg legs[UR_RANDOM_DEVICES * UR_RANDOM_PHONES];
	int count;
	int ring_ms, silent_ms;
};

/* When the leg's next event is. */
static int next_event(const struct step *step, const struct leg *leg)
{
	const struct ur_random_phone *phone = leg->phone;
	int ms = leg->heard ? step->ring_ms : step->silent_ms;

	if(phone->unsendable)
		return 0;
	if(phone->code != 0 && phone->end_ms < ms)
		ms = phone->end_ms;
	if(!leg->heard && phone->heard_ms != UR_RANDOM_NEVER
			&& phone->heard_ms < ms)
		ms = phone->heard_ms;
	return ms;
}

/* The leg that has the next event of all; NULL: each one is over. */
static struct leg *next_leg(struct step *step, int *ms)
{
	struct leg *next = NULL;
	int i;

	*ms = 0;
	for(i = 0; i < step->count; i++) {
		struct leg *leg = &step->legs[i];

		if(!leg->over && (next == NULL || next_event(step, leg) < *ms)) {
			next = leg;
			*ms = next_event(step, leg);
		}
	}
	return next;
}

/* The response or the timer of that moment. */
static void happen(struct leg *leg, int ms)
{
	const struct ur_random_phone *phone = leg->phone;

	if(!phone->unsendable && phone->code != 0 && phone->end_ms == ms) {
		leg->over = true;
		leg->end =
				(struct ur_leg_end){.code = phone->code, .heard = leg->heard};
	} else if(!phone->unsendable && !leg->heard && phone->heard_ms == ms) {
		leg->heard = true;
	} else {
		leg->over = true;
		leg->end = (struct ur_leg_end){.code = 0, .heard = leg->heard};
	}
}

/* Legs that still ring are cancelled: who has been heard answers that. */
static void cancel(struct step *step)
{
	int i;

	for(i = 0; i < step->count; i++) {
		struct leg *leg = &step->legs[i];

		if(leg->over)
			continue;
		leg->over = true;
		leg->end = (struct ur_leg_end){
				.code = leg->heard ? 487 : 0, .heard = false};
	}
}

/* While a leg is pending nothing starts: the ring's starts do not overlap. */
static void check_wait(const struct call *call)
{
	struct ur_call copy = call->call;
	struct ur_plan_start start;
	int64_t until;

	ck_assert_int_eq(ur_call_next_start(&copy, call->now, 1, &start, &until),
			UR_CALL_WAIT);
	ck_assert_int_eq(until, INT64_MAX);
	ck_assert_int_eq(memcmp(&copy, &call->call, sizeof(copy)), 0);
}

/* Plays the step to its end. False: the call is over. */
static bool play(struct call *call, struct step *step)
{
	const int begin = call->now;
	const int hangs_up = call->world->cancel_ms;
	struct leg *leg;
	int ms;

	while((leg = next_leg(step, &ms)) != NULL) {
		UR_TEST_HOLDS(ms <= step->ring_ms);
		if(hangs_up != UR_RANDOM_NEVER && begin + ms > hangs_up) {
			ur_test_tell(&call->result->story, " %d:487", hangs_up);
			return false;
		}
		call->now = begin + ms;
		check_wait(call);
		happen(leg, ms);
		if(!leg->over)
			continue;
		if(leg->end.code == 200) {
			ur_test_tell(&call->result->story, " %d:200", call->now);
			return false;
		}
		ur_ring_note_negotiation(
				&call->call.ring, &call->result->codes, leg->end.code);
		if(ur_verdict_declines(leg->end.code))
			cancel(step);
	}
	return true;
}

/* ---- a ring, step by step */

/* A step's phones, as many as there are branches; one is kept for the way out. */
static void gather(struct call *call, const struct ur_plan *plan,
		const struct ur_plan_start *next, struct step *step)
{
	const struct ur_random_user *user =
			&call->world->user[index_of(plan->user)];
	int i, k;

	step->count = 0;
	for(i = next->first; i < next->next; i++) {
		if(!ur_plan_rings(plan, i))
			continue;
		for(k = 0; k < user->device[i].phones; k++) {
			if(call->branches == call->world->max_branches - 1) {
				call->result->left_out++;
				continue;
			}
			call->branches++;
			step->legs[step->count++] = (struct leg){
					.phone = &user->device[i].phone[k], .device = i};
		}
	}
}

static void tell_step(
		struct call *call, const struct ur_plan *plan, const struct step *step)
{
	int i, k;

	ur_test_tell(&call->result->story, " %d:", call->now);
	for(i = 0; i < step->count; i = k) {
		for(k = i;
				k < step->count && step->legs[k].device == step->legs[i].device;
				k++)
			;
		ur_test_tell(&call->result->story, "%s%c%d%s", i > 0 ? "+" : "",
				'a' + index_of(plan->user), step->legs[i].device,
				k - i > 1 ? "x2" : "");
	}
}

static void count_legs(
		struct call *call, const struct ur_plan *plan, const struct step *step)
{
	struct ur_leg_end *ends = call->result->ends[index_of(plan->user)];
	int i;

	for(i = 0; i < step->count; i++) {
		ur_call_leg_ended(&call->call, &call->result->codes, step->legs[i].end);
		if(i == 0 || step->legs[i].device != step->legs[i - 1].device)
			ends[step->legs[i].device] = step->legs[i].end;
	}
}

/* q-values fall from step to step and are the same within one. */
static void check_q(const struct ur_plan *plan, const struct step *step, int *q)
{
	const int first = ur_plan_q(plan, step->legs[0].device);
	int i;

	UR_TEST_HOLDS(first < *q);
	for(i = 0; i < step->count; i++)
		UR_TEST_HOLDS(ur_plan_q(plan, step->legs[i].device) == first);
	*q = first;
}

/* The next step that somebody rings in; false: there is none. */
static bool find_step(struct call *call, struct step *step)
{
	struct ur_plan_start start;
	int64_t until;

	do {
		if(ur_call_next_start(&call->call, call->now, 0, &start, &until)
				!= UR_CALL_START)
			return false;
		gather(call, &call->call.plan, &start, step);
	} while(step->count == 0);
	step->ring_ms = (int)ur_call_until(&call->call, start.first) - call->now;
	step->silent_ms = call->world->fr_timer < step->ring_ms
							  ? call->world->fr_timer
							  : step->ring_ms;
	ur_call_started(&call->call);
	return true;
}

/* Rings the user the call is at. False: the call is over. */
static bool ring_user(struct call *call)
{
	const struct ur_user *user = ur_call_user(&call->call);
	const struct ur_plan *plan = &call->call.plan;
	const int longest = user->ring_timeout_sec * 1000;
	const int begin = call->now;
	struct step step;
	int q = UR_PLAN_Q_MAX + 1;

	call->result->rung[index_of(user)]++;
	while(find_step(call, &step)) {
		UR_TEST_HOLDS(step.ring_ms <= longest);
		check_q(plan, &step, &q);
		tell_step(call, plan, &step);
		if(!play(call, &step))
			return false;
		count_legs(call, plan, &step);
	}
	if(call->world->total)
		UR_TEST_HOLDS(call->now - begin <= longest);
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

/* What comes after the first decision. */
static void go_on(struct call *call, struct ur_decision *decision)
{
	enum ur_event event;

	check_chain(call);
	while(decision->action == UR_ACTION_RING) {
		if(!ring_user(call)) {
			call->result->is_over = true;
			return;
		}
		ck_assert_int_eq(ur_call_ask(&call->call, call->now, &call->facts,
								 &event, decision),
				UR_CALL_DECIDED);
		call->result->disagreed |= event == UR_EVENT_NEGOTIATION;
		ur_call_settle(&call->call, &call->facts, decision);
		check_chain(call);
	}
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

/* False: nobody is called. */
static bool begin(struct call *call, struct ur_decision *decision)
{
	const struct ur_caller caller = {
			.aor = ur_engine_caller(call->world), .dialled = UR_TEXT("x")};
	const struct ur_callee callee = callee_of(call->world);

	memset(&call->call, 0xff, sizeof(call->call));
	ur_call_init(&call->call, &caller, UR_TRANSFER_NONE);
	ur_call_begin(&call->call, &callee, 0);
	if(call->call.phase == UR_CALL_OUTBOUND
			|| !ur_call_decide(&call->call, &call->facts, decision))
		return false;
	ur_call_settle(&call->call, &call->facts, decision);
	return true;
}

void ur_engine_call(
		const struct ur_random_world *world, struct ur_engine_result *result)
{
	struct call call = {.world = world, .result = result};
	struct ur_decision decision = {0};

	memset(result, 0, sizeof(*result));
	result->directory = ur_test_directory;
	result->directory.max_hops = world->max_hops;
	make_people(world);
	read_codes(world, &result->codes);
	call.facts = (struct ur_call_facts){.directory = &result->directory,
			.ring_timeout_total = world->total};
	if(begin(&call, &decision))
		go_on(&call, &decision);
	else
		ur_test_tell(&result->story, " 0:404");
	ur_chain_end(&call.call.chain, &result->directory);
	UR_TEST_HOLDS(ur_test_world.references == 0);
}
