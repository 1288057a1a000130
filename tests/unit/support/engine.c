/*
 * A call in a random world, as the module places it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/engine.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "policy/history.h"
#include "policy/plan.h"
#include "support/world.h"

struct call
{
	const struct ur_random_world *world;
	struct ur_engine_result *result;
	struct ur_chain chain;
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
			.noanswer = ur_random_target(u->forward[UR_FORWARD_NOANSWER]),
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
	ck_assert_int_eq(
			ur_verdict_codes_parse(codes, world->busy, UR_VERDICT_BUSY, &bad),
			0);
	ck_assert_int_eq(ur_verdict_codes_parse(codes, world->no_answer,
							 UR_VERDICT_NOANSWER, &bad),
			0);
	ck_assert_int_eq(ur_verdict_codes_parse(codes, world->unreachable,
							 UR_VERDICT_UNREACHABLE, &bad),
			0);
	ck_assert_int_eq(ur_verdict_codes_parse(codes, world->negotiation,
							 UR_VERDICT_NEGOTIATION, &bad),
			0);
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
		leg->end = (struct ur_leg_end){phone->code, leg->heard};
	} else if(!phone->unsendable && !leg->heard && phone->heard_ms == ms) {
		leg->heard = true;
	} else {
		leg->over = true;
		leg->end = (struct ur_leg_end){0, leg->heard};
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
		leg->end = (struct ur_leg_end){leg->heard ? 487 : 0, false};
	}
}

/* Plays the step to its end. False: the call is over. */
static bool play(struct call *call, struct step *step, struct ur_ring *ring)
{
	const int begin = call->now;
	const int hangs_up = call->world->cancel_ms;
	struct leg *leg;
	int ms;

	while((leg = next_leg(step, &ms)) != NULL) {
		ck_assert_int_le(ms, step->ring_ms);
		if(hangs_up != UR_RANDOM_NEVER && begin + ms > hangs_up) {
			ur_test_tell(&call->result->story, " %d:487", hangs_up);
			return false;
		}
		call->now = begin + ms;
		happen(leg, ms);
		if(!leg->over)
			continue;
		if(leg->end.code == 200) {
			ur_test_tell(&call->result->story, " %d:200", call->now);
			return false;
		}
		ur_ring_note_negotiation(ring, &call->result->codes, leg->end.code);
		if(ur_verdict_declines(leg->end.code))
			cancel(step);
	}
	return true;
}

/* ---- a ring, step by step */

/* A step's phones, as many as there are branches; one is kept for the way out. */
static void gather(struct call *call, const struct ur_plan *plan,
		struct ur_plan_step next, struct step *step)
{
	const struct ur_random_user *user =
			&call->world->user[index_of(plan->user)];
	int i, k;

	step->count = 0;
	for(i = next.first; i < next.next; i++) {
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

static void count_legs(struct call *call, const struct ur_plan *plan,
		const struct step *step, struct ur_ring *ring)
{
	struct ur_leg_end *ends = call->result->ends[index_of(plan->user)];
	int i;

	for(i = 0; i < step->count; i++) {
		ur_ring_add(ring, &call->result->codes, step->legs[i].end);
		if(i == 0 || step->legs[i].device != step->legs[i - 1].device)
			ends[step->legs[i].device] = step->legs[i].end;
	}
}

/* q-values fall from step to step and are the same within one. */
static void check_q(const struct ur_plan *plan, const struct step *step, int *q)
{
	const int first = ur_plan_q(plan, step->legs[0].device);
	int i;

	ck_assert_int_lt(first, *q);
	for(i = 0; i < step->count; i++)
		ck_assert_int_eq(ur_plan_q(plan, step->legs[i].device), first);
	*q = first;
}

/* The next step that somebody rings in; false: there is none. */
static bool find_step(struct call *call, const struct ur_plan *plan, int *from,
		struct step *step)
{
	do {
		const struct ur_plan_step next = ur_plan_next_step(plan, *from);

		if(next.count == 0)
			return false;
		*from = next.next;
		gather(call, plan, next, step);
	} while(step->count == 0);
	return true;
}

/* Rings the user the call is at, and says what comes of it. False: the call is over. */
static bool ring_user(
		struct call *call, int only, enum ur_event *event, int *negotiation)
{
	const struct ur_user *user = ur_chain_user(&call->chain);
	const struct ur_plan plan = {user,
			ur_plan_find_device(user, ur_engine_caller(call->world)), only,
			false};
	const int longest = user->ring_timeout_sec * 1000;
	const int begin = call->now;
	struct ur_ring ring = {0};
	struct step step;
	int steps = 0, from = 0, deadline = 0, q = UR_PLAN_Q_MAX + 1;

	call->result->rung[index_of(user)]++;
	while(!ring.declined) {
		step.ring_ms = ur_plan_step_ms(
				user, call->world->total, steps, deadline - call->now);
		if(step.ring_ms <= 0 || !find_step(call, &plan, &from, &step))
			break;
		step.silent_ms = call->world->fr_timer < step.ring_ms
								 ? call->world->fr_timer
								 : step.ring_ms;
		ck_assert_int_le(step.ring_ms, longest);
		deadline = call->now + step.ring_ms;
		steps++;
		check_q(&plan, &step, &q);
		tell_step(call, &plan, &step);
		if(!play(call, &step, &ring))
			return false;
		count_legs(call, &plan, &step, &ring);
	}
	if(call->world->total)
		ck_assert_int_le(call->now - begin, longest);
	*event = ur_rules_event(ur_ring_outcome(&ring));
	*negotiation = ring.negotiation;
	return true;
}

/* ---- a call, decision by decision */

static void tell_end(struct call *call, const struct ur_decision *decision)
{
	const char *before = " (";
	int i;

	ur_test_tell(&call->result->story, " %d:%s", call->now,
			ur_test_world_print(&call->chain, decision));
	if(decision->action != UR_ACTION_LEAVE)
		return;
	for(i = 0; i < call->chain.count; i++) {
		const struct ur_hop *hop = &call->chain.hops[i];
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

	ck_assert_int_le(call->chain.count, call->world->max_hops);
	for(i = 0; i < UR_RANDOM_USERS; i++)
		ck_assert_int_le(call->result->rung[i], 1);
}

/* What comes after the first decision. */
static void go_on(struct call *call, struct ur_decision *decision, int only)
{
	enum ur_event event;
	int negotiation;

	check_chain(call);
	while(decision->action == UR_ACTION_RING) {
		if(!ring_user(call, only, &event, &negotiation)) {
			call->result->is_over = true;
			return;
		}
		if(event == UR_EVENT_NEGOTIATION) {
			call->result->disagreed = true;
			ur_rules_decide_end(negotiation, decision);
		} else if(only != UR_NO_DEVICE)
			ur_rules_decide_device(event, decision);
		else
			ur_rules_decide(
					&call->chain, &call->result->directory, event, decision);
		check_chain(call);
	}
	tell_end(call, decision);
}

static bool begin_line(struct call *call, struct ur_decision *decision)
{
	const char id[] = {'e', '0' + call->world->callee, '\0'};
	const struct ur_extension *line = ur_test_world_line(id);

	if(line == NULL)
		return false;
	ur_chain_begin_extension(&call->chain, line);
	return ur_rules_decide_extension(
			&call->chain, &call->result->directory, decision);
}

static bool begin(struct call *call, struct ur_decision *decision, int *only)
{
	const char id[] = {'a' + call->world->callee, '\0'};
	const struct ur_user *user;

	if(call->world->kind == UR_RANDOM_LINE)
		return begin_line(call, decision);
	user = ur_test_world_user(id);
	if(user == NULL)
		return false;
	ur_chain_begin_user(&call->chain, user);
	if(call->world->kind == UR_RANDOM_DEVICE) {
		*only = call->world->callee_device;
		ur_rules_decide_device(UR_EVENT_CALLED, decision);
	} else {
		ur_rules_decide(&call->chain, &call->result->directory, UR_EVENT_CALLED,
				decision);
	}
	return true;
}

void ur_engine_call(
		const struct ur_random_world *world, struct ur_engine_result *result)
{
	struct call call = {.world = world, .result = result};
	struct ur_decision decision = {0};
	int only = UR_NO_DEVICE;

	memset(result, 0, sizeof(*result));
	result->directory = ur_test_directory;
	result->directory.max_hops = world->max_hops;
	make_people(world);
	read_codes(world, &result->codes);
	if(begin(&call, &decision, &only))
		go_on(&call, &decision, only);
	else
		ur_test_tell(&result->story, " 0:404");
	ur_chain_end(&call.chain, &result->directory);
	ck_assert_int_eq(ur_test_world.references, 0);
}
