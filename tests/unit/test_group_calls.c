/*
 * Calls to groups: the call's state machine from the group on, and what follows its ring. For whose devices ring
 * see test_roster.c, for what a leg shows test_group_legs.c, for the state machine test_call.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/call.h"
#include "policy/history.h"
#include "support/calls.h"
#include "support/group_calls.h"
#include "support/groups.h"
#include "support/own_rules.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- the ring */

START_TEST(test_simultaneous)
{
	ur_test_group_call_world("g simultaneous = a.0 b+5/10");
	ur_test_group_call_comes();
	ck_assert_int_eq(
			ur_plan_ring_timeout_ms(&ur_test_group_call.call.plan), 25000);
	ck_assert_ptr_null(ur_call_user(&ur_test_group_call.call));
	ck_assert_str_eq(ur_test_group_call_start(1000), "a0@x until 26000");
	ck_assert_str_eq(ur_test_phases[ur_test_group_call.call.phase], "ringing");
	ck_assert_str_eq(ur_test_group_call_next(1000, 1), "wait until 6000");
	ck_assert(ur_call_joins(&ur_test_group_call.call, 0, 2000));
	ck_assert(!ur_call_joins(&ur_test_group_call.call, 1, 2000));
	ck_assert(!ur_call_ends_early(&ur_test_group_call.call, 0));
	ck_assert_str_eq(ur_test_group_call_next(6000, 1), "b0@x,b1@x until 16000");
	ck_assert(ur_call_joins(&ur_test_group_call.call, 1, 7000));
	ck_assert(ur_call_ends_early(&ur_test_group_call.call, 1));
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 0), 1000);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 2), 1000);
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(26000), "no-answer: 480");
	ur_test_group_call_forget();
}
END_TEST

/* Who does not ring takes no time; each step's time is its own. */
START_TEST(test_steps)
{
	ur_test_group_call_world("g sequential/20 = d a/10 c");
	ur_test_group_call_comes();
	ck_assert_str_eq(ur_test_group_call_next(0, 0), "a0@x,a1@x until 10000");
	ck_assert_str_eq(ur_test_group_call_start(0), "c0@x until 20000");
	ur_test_group_call_forget();
	ur_test_group_call_world("g sequential/20 = a/10 d c b");
	ur_test_group_call_comes();
	ck_assert_str_eq(ur_test_group_call_start(0), "a0@x,a1@x until 10000");
	ck_assert_str_eq(ur_test_group_call_next(5000, 1), "wait");
	ck_assert(ur_call_joins(&ur_test_group_call.call, 1, 5000));
	ck_assert(!ur_call_joins(&ur_test_group_call.call, 2, 5000));
	ur_test_group_call_leg_ends("486");
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(10000), "goes on");
	ck_assert_str_eq(ur_test_group_call_start(10000), "c0@x until 30000");
	ck_assert(!ur_call_joins(&ur_test_group_call.call, 1, 11000));
	ck_assert_int_eq(ur_test_group_call.call.step, 2);
	ur_test_group_call_leg_ends("0");
	ck_assert_str_eq(ur_test_group_call_start(30000), "b0@x,b1@x until 50000");
	/* two of three steps are 1000 and 667 */
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 0), 1000);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 1), 1000);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 2), 667);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 3), 334);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 4), 334);
	ck_assert_str_eq(ur_test_group_call_next(50000, 0), "nobody");
	ur_test_group_call_forget();
}
END_TEST

/* A phone's time may be over before its step's. That the step's is over is the ring's time for all of it
 * that ring. */
START_TEST(test_own_time_in_step)
{
	ur_test_group_call_world("g sequential/20 = m a");
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ck_assert_int_eq(ur_call_until(&ur_test_group_call.call, 1), 5000);
	ck_assert(!ur_call_ends_early(&ur_test_group_call.call, 0));
	ck_assert(ur_call_ends_early(&ur_test_group_call.call, 1));
	ur_test_group_call_start(20000);
	ck_assert(!ur_call_ends_early(&ur_test_group_call.call, 2));
	ck_assert(!ur_call_ends_early(&ur_test_group_call.call, 3));
	ur_test_group_call_forget();
	ur_test_group_call_world("g sequential/20 = m/5 a");
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ck_assert(!ur_call_ends_early(&ur_test_group_call.call, 0));
	ck_assert(!ur_call_ends_early(&ur_test_group_call.call, 1));
	ur_test_group_call_forget();
	/* who places the call is in no step */
	ur_test_group_call_world("g sequential/20 = m a");
	ur_test_group_call_init("m", UR_TRANSFER_NONE);
	ur_test_group_call_begin("ring_group:g");
	ur_test_group_call_decide();
	ur_test_group_call_start(0);
	ck_assert(!ur_call_ends_early(&ur_test_group_call.call, 1));
	ur_test_group_call_forget();
}
END_TEST

/* ring_timeout_total: the group's time is for all steps. */
START_TEST(test_total)
{
	ur_test_group_call_world("g sequential/20 = a c/5 b");
	ur_test_group_call.facts.ring_timeout_total = true;
	ur_test_group_call_comes();
	ck_assert_str_eq(ur_test_group_call_start(0), "a0@x,a1@x until 20000");
	ur_test_group_call_leg_ends("486");
	ur_test_group_call_leg_ends("486");
	ck_assert_str_eq(ur_test_group_call_start(12000), "c0@x until 17000");
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_start(17000), "b0@x,b1@x until 20000");
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(20000), "no-answer: 480");
	ur_test_group_call_forget();
}
END_TEST

/* A member declines for themselves. */
START_TEST(test_declined)
{
	ur_test_group_call_world("g sequential = a c");
	ur_test_group_call_comes();
	ck_assert_str_eq(ur_test_group_call_start(0), "a0@x,a1@x until 25000");
	ur_test_group_call_leg_ends("603");
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(5000), "goes on");
	ck_assert_str_eq(ur_test_group_call_start(5000), "c0@x until 30000");
	ck_assert(ur_call_joins(&ur_test_group_call.call, 2, 6000));
	ur_test_group_call_forget();
	ur_test_group_call_world("g simultaneous = c a+5");
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("603");
	ck_assert_str_eq(ur_test_group_call_next(2000, 1), "wait until 5000");
	ck_assert_str_eq(ur_test_group_call_start(2000), "a0@x,a1@x until 25000");
	ur_test_group_call_leg_ends("486");
	ur_test_group_call_leg_ends("486");
	ck_assert_str_eq(ur_test_group_call_ask(3000), "busy: 486");
	ur_test_group_call_forget();
}
END_TEST

/* The caller's phone does not ring, and is no step. */
START_TEST(test_caller_is_member)
{
	ur_test_group_call_world("g sequential = c a b");
	ur_test_group_call_init("c", UR_TRANSFER_NONE);
	ur_test_group_call_begin("ring_group:g");
	ck_assert_str_eq(ur_test_group_call_decide(), "ring g");
	ck_assert_int_eq(ur_test_group_call.call.plan.caller, 0);
	ck_assert_str_eq(ur_test_group_call_start(0), "a0@x,a1@x until 25000");
	ur_test_group_call_forget();
	ur_test_group_call_world("g sequential = c a b");
	ur_test_group_call_init("a", UR_TRANSFER_NONE);
	ur_test_group_call_begin("ring_group:g");
	ur_test_group_call_decide();
	ck_assert_int_eq(ur_test_group_call.call.plan.caller, 1);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 0), 1000);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 2), 667);
	ck_assert_int_eq(ur_plan_q(&ur_test_group_call.call.plan, 3), 334);
	ur_test_group_call_forget();
}
END_TEST

/* ---- after the ring */

#define FORWARDS "g simultaneous busy:user:c noanswer:queue:1 = a "
#define NO_FORWARDS "g simultaneous = a "

/* How the legs of the first start end: "": nobody has a contact. */
static const struct
{
	const char *groups, *legs, *decision;
} outcomes[] = {
		{FORWARDS, "486 486", "busy: ring c"},
		{FORWARDS, "486 0h", "no-answer: sip:1@queue"},
		{FORWARDS, "480 486", "busy: ring c"},
		/* who declines speaks for nobody else */
		{FORWARDS, "603 0h", "no-answer: sip:1@queue"},
		{FORWARDS, "603 480", "busy: ring c"},
		{FORWARDS, "480 480", "no-answer: sip:1@queue"},
		{FORWARDS, "500 404", "no-answer: sip:1@queue"},
		/* a group has no forward for that */
		{FORWARDS, "404 404", "unreachable: sip:1@queue"},
		{FORWARDS, "0 0", "unreachable: sip:1@queue"},
		{FORWARDS, "", "unreachable: sip:1@queue"},
		{FORWARDS, "488 488", "negotiation: 488"},
		{NO_FORWARDS, "486 480", "busy: 486"},
		{NO_FORWARDS, "0h 0h", "no-answer: 480"},
		{NO_FORWARDS, "", "unreachable: 480"},
		/* a member who was left out counts only where nobody has rung */
		{FORWARDS "d", "480 480", "no-answer: sip:1@queue"},
		{FORWARDS "d", "0 0", "unreachable: sip:1@queue"},
		{FORWARDS "d", "", "busy: ring c"},
		{NO_FORWARDS "d", "", "busy: 486"},
		/* a member's own forwards and box have no part in it */
		{"g simultaneous = b", "0h 0h", "no-answer: 480"},
		{"g simultaneous = i", "0h", "no-answer: 480"},
		/* where a forward can't be used, the call ends */
		{"g simultaneous busy:queue:no = a", "486 486", "busy: 486"},
		{"g simultaneous noanswer:user:x = a", "480 480", "no-answer: 480"},
		{"g simultaneous noanswer:ring_group:g = a", "480 480",
				"no-answer: 480"},
		{"g simultaneous noanswer:extension:e20 = a", "480 480",
				"no-answer: 480"},
		{"g simultaneous noanswer:user:k = a", "480 480", "no-answer: ring k"},
		/* to another group, to a status, and to what is no group */
		{"g simultaneous busy:ring_group:j = a; j simultaneous = c", "486 486",
				"busy: ring j"},
		{"g simultaneous busy:hangup:603 = a", "486 486", "busy: 603"},
		{"g simultaneous busy:ring_group:x = a", "486 486",
				"busy: sip:x@ring_group"},
};

START_TEST(test_outcome)
{
	char legs[32], *rest = legs, *leg;

	ur_test_group_call_world(outcomes[_i].groups);
	ur_test_group_call_comes();
	snprintf(legs, sizeof(legs), "%s", outcomes[_i].legs);
	ck_assert(ur_call_has_start(&ur_test_group_call.call, 0));
	if(*legs != '\0') {
		ur_test_group_call_start(0);
	} else {
		ur_test_group_call_next(0, 0);
		ck_assert_str_eq(ur_test_group_call_next(0, 0), "nobody");
	}
	while(*legs != '\0' && (leg = strsep(&rest, " ")) != NULL)
		ur_test_group_call_leg_ends(leg);
	ck_assert_str_eq(ur_test_group_call_ask(10000), outcomes[_i].decision);
	ur_test_group_call_forget();
}
END_TEST

/* Nobody can be rung at all: the group is busy where that is why. */
static const struct
{
	const char *groups, *calls, *decision;
} nobody[] = {
		{"g simultaneous = d", NULL, "busy: 486"},
		{"g simultaneous busy:user:c noanswer:queue:1 = d", NULL,
				"busy: ring c"},
		{"g sequential skip_busy = a b", "a1 b1", "busy: 486"},
		{"g sequential skip_busy busy:voicemail:9 = a d", "a1",
				"busy: sip:9@voicemail"},
		{"g simultaneous noanswer:queue:1 =", NULL, "unreachable: sip:1@queue"},
		{"g simultaneous noanswer:queue:1 = -d x", NULL,
				"unreachable: sip:1@queue"},
		{"g simultaneous = k", NULL, "unreachable: 480"},
};

START_TEST(test_nobody)
{
	ur_test_group_call_world(nobody[_i].groups);
	ur_test_calls_set(nobody[_i].calls);
	ur_test_group_call_comes();
	ck_assert(!ur_call_has_start(&ur_test_group_call.call, 0));
	ck_assert_str_eq(ur_test_group_call_next(0, 0), "nobody");
	ck_assert_str_eq(ur_test_group_call_ask(0), nobody[_i].decision);
	ur_test_group_call_forget();
}
END_TEST

/* The next ring knows nothing of the one before; each group of the call has its roster. */
START_TEST(test_group_after_group)
{
	ur_test_group_call_world(
			"g sequential busy:ring_group:j = d a.0 c; j simultaneous/7 "
			"noanswer:user:b = d c");
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("486");
	ur_test_group_call_start(1000);
	ur_test_group_call_leg_ends("486");
	ck_assert_str_eq(ur_test_group_call_ask(2000), "busy: ring j");
	ck_assert_int_eq(ur_test_group_call.call.step, 0);
	ck_assert_ptr_nonnull(ur_test_group_call.call.rosters->next);
	ck_assert_str_eq(ur_test_group_call_start(3000), "c0@x until 10000");
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(10000), "no-answer: ring b");
	ck_assert_ptr_null(ur_test_group_call.call.plan.roster);
	ck_assert_str_eq(ur_test_group_call_start(10000), "b0@x,b1@x until 35000");
	/* of a user the ring ends where one declines */
	ur_test_group_call_leg_ends("603");
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(12000), "busy: sip:7@voicemail");
	ur_test_group_call_forget();
}
END_TEST

/* To the group by a user, who may be a member. */
START_TEST(test_user_before_group)
{
	ur_test_group_call_world("g simultaneous noanswer:user:i = i k a.0");
	ur_test_group_call_init("", UR_TRANSFER_NONE);
	ur_test_group_call_begin("i");
	ck_assert_str_eq(ur_test_group_call_decide(), "ring i");
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(25000), "no-answer: ring g");
	ck_assert_str_eq(ur_test_group_call_start(25000), "i0@x,a0@x until 50000");
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(50000), "no-answer: 480");
	ck_assert_int_eq(ur_test_world.refusals, 1);
	ur_test_group_call_forget();
}
END_TEST

/* Groups are hops as users are. What is no group is none. */
START_TEST(test_max_hops)
{
	ur_test_group_call_world(
			"g simultaneous noanswer:ring_group:j busy:ring_group:x = a; j "
			"simultaneous = c");
	ur_test_group_call.directory.max_hops = 2;
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(ur_test_group_call_ask(25000), "no-answer: 480");
	ck_assert_str_eq(ur_test_world.why, "max_hops is reached");
	ur_test_group_call_forget();
	ur_test_group_call_world("g simultaneous busy:ring_group:x = a");
	ur_test_group_call.directory.max_hops = 2;
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("486");
	ck_assert_str_eq(ur_test_group_call_ask(25000), "busy: sip:x@ring_group");
	ur_test_group_call_forget();
}
END_TEST

/* An extension whose target is no group of ours leads outside. */
START_TEST(test_no_group)
{
	ur_test_group_call_world(NULL);
	ur_test_group_call_init("", UR_TRANSFER_NONE);
	ur_test_group_call_begin("ring_group:g");
	ck_assert_str_eq(ur_test_group_call_decide(), "sip:g@ring_group");
	ck_assert_str_eq(ur_test_phases[ur_test_group_call.call.phase], "left");
	ur_test_group_call_forget();
}
END_TEST

/* Ids are those of their kind. */
START_TEST(test_same_id)
{
	static const struct ur_test_line line = {"g", "ring_group:g"};
	struct ur_callee callee = {.kind = UR_CALLEE_EXTENSION};

	ur_test_group_call_world("g simultaneous = a");
	ur_test_world_add_line(&line);
	callee.extension = ur_test_world_line("g");
	ur_test_group_call_init("", UR_TRANSFER_NONE);
	ur_call_begin(&ur_test_group_call.call, &callee, 0);
	ck_assert_str_eq(ur_test_group_call_decide(), "ring g");
	ur_test_group_call_forget();
}
END_TEST

/* ---- out of memory */

START_TEST(test_out_of_memory)
{
	ur_test_group_call_world("g simultaneous = a");
	ur_test_world.is_out_of_memory = true;
	ur_test_group_call_init("", UR_TRANSFER_NONE);
	ur_test_group_call_begin("ring_group:g");
	ck_assert_str_eq(ur_test_group_call_decide(), "500");
	ck_assert_str_eq(ur_test_phases[ur_test_group_call.call.phase], "ended");
	ck_assert_str_eq(ur_test_group_call_next(0, 0), "nobody");
	ck_assert_str_eq(ur_test_group_call_ask(0), "over 500");
	ur_test_group_call_forget();
}
END_TEST

/* In the middle of a call, whose first group has rung. */
START_TEST(test_out_of_memory_later)
{
	ur_test_group_call_world(
			"g simultaneous busy:ring_group:j = a; j simultaneous = c");
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("486");
	ur_test_world.is_out_of_memory = true;
	ck_assert_str_eq(ur_test_group_call_ask(1000), "busy: 500");
	ck_assert_str_eq(ur_test_phases[ur_test_group_call.call.phase], "ended");
	ck_assert(!ur_call_has_start(&ur_test_group_call.call, 1000));
	ck_assert_str_eq(ur_test_group_call_ask(1000), "over 500");
	ur_test_group_call_forget();
}
END_TEST

/* ---- transfers and messages */

/* All active phones, at once, whatever the rules say. */
static const struct
{
	const char *groups, *legs, *end;
} transfers[] = {
		{"g sequential skip_busy = d c+30 f h #4930 k", "481 481 481",
				"over 481"},
		{"g simultaneous follow = f/3 c+30 d", "481 486 481", "over 486"},
		{"g random busy:user:a noanswer:user:a = d.0 f *j; j round_robin = c",
				"480 481 481", "over 480"},
};

START_TEST(test_transfer)
{
	char legs[32], *rest = legs, *leg;

	ur_test_group_call_world(transfers[_i].groups);
	ur_test_calls_set("c1 d1");
	ur_test_group_call.directory.add_call = ur_test_add_call;
	ur_test_group_call_init("", UR_TRANSFER_ASKED);
	ur_test_group_call_begin("ring_group:g");
	ck_assert_str_eq(ur_test_group_call_decide(), "ring g");
	ck_assert_str_eq(ur_test_calls_asked(), "");
	ck_assert_int_eq(ur_test_group_call.call.plan.is_transfer, true);
	ur_test_group_call_start(0);
	ck_assert_int_eq(ur_call_until(&ur_test_group_call.call, 0), 25000);
	ck_assert_ptr_nonnull(ur_test_group_call.call.plan.roster);
	ck_assert_str_eq(ur_test_group_call_next(0, 0), "nobody");
	snprintf(legs, sizeof(legs), "%s", transfers[_i].legs);
	while((leg = strsep(&rest, " ")) != NULL)
		ur_test_group_call_leg_ends(leg);
	ur_test_group_call_ask(1000);
	ck_assert_str_eq(ur_test_group_call_ask(1000), transfers[_i].end);
	ck_assert_uint_eq(ur_test_world.turns, 0);
	ur_test_group_call_forget();
}
END_TEST

/* Nobody is there who could have the ur_test_group_call.call. */
START_TEST(test_transfer_to_nobody)
{
	ur_test_group_call_world("g simultaneous busy:user:a = -d #4930");
	ur_test_group_call_init("", UR_TRANSFER_ASKED);
	ur_test_group_call_begin("ring_group:g");
	ck_assert_str_eq(ur_test_group_call_decide(), "ring g");
	ck_assert_str_eq(ur_test_group_call_next(0, 0), "nobody");
	ur_test_group_call_ask(0);
	ck_assert_str_eq(ur_test_group_call_ask(0), "over 481");
	ur_test_group_call_forget();
}
END_TEST

/* A caller with too many calls may continue one of the group's. */
static const struct
{
	const char *callee;
	enum ur_transfer transfer;
	bool may;
} may_begin[] = {
		{"ring_group:g", UR_TRANSFER_ASKED, true},
		{"ring_group:g", UR_TRANSFER_NONE, false},
		{"ring_group:x", UR_TRANSFER_ASKED, false},
		{"user:a", UR_TRANSFER_ASKED, true},
		{"queue:1", UR_TRANSFER_ASKED, false},
};

START_TEST(test_may_begin)
{
	static const struct ur_test_person z = {
			.id = "z", .max_calls = 1, .devices = 1};

	ur_test_group_call_world("g simultaneous = a");
	ur_test_world_add(&z);
	ur_test_calls_set("z1");
	ur_test_group_call.directory.add_call = ur_test_add_call;
	ur_test_group_call_init("z", may_begin[_i].transfer);
	ur_test_group_call_begin(may_begin[_i].callee);
	ck_assert(ur_call_may_begin(
					  &ur_test_group_call.call, &ur_test_group_call.facts)
			  == may_begin[_i].may);
	ur_test_group_call_forget();
}
END_TEST

/* The group itself is in no call, and no member is counted before an answer. */
START_TEST(test_calls_are_not_counted)
{
	ur_test_group_call_world("g simultaneous = a b");
	ur_test_group_call.directory.add_call = ur_test_add_call;
	ur_test_group_call_comes();
	ck_assert_str_eq(ur_test_calls_asked(), "");
	ur_test_group_call_forget();
}
END_TEST

START_TEST(test_message)
{
	ur_test_group_call_world("g sequential skip_busy = d c+30/3 f");
	ur_test_group_call_init("", UR_TRANSFER_NONE);
	ur_test_group_call.call.is_message = true;
	ur_test_group_call_begin("ring_group:g");
	ck_assert_str_eq(ur_test_group_call_decide(), "ring g");
	ck_assert_str_eq(ur_test_group_call_start(0), "d0@x,c0@x,f0@x until 25000");
	ur_test_group_call_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("group_calls");
	TCase *tcase = tcase_create("group_calls");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_simultaneous);
	tcase_add_test(tcase, test_steps);
	tcase_add_test(tcase, test_own_time_in_step);
	tcase_add_test(tcase, test_total);
	tcase_add_test(tcase, test_declined);
	tcase_add_test(tcase, test_caller_is_member);
	tcase_add_loop_test(tcase, test_outcome, 0, COUNT(outcomes));
	tcase_add_loop_test(tcase, test_nobody, 0, COUNT(nobody));
	tcase_add_test(tcase, test_group_after_group);
	tcase_add_test(tcase, test_user_before_group);
	tcase_add_test(tcase, test_max_hops);
	tcase_add_test(tcase, test_no_group);
	tcase_add_test(tcase, test_same_id);
	tcase_add_test(tcase, test_out_of_memory);
	tcase_add_test(tcase, test_out_of_memory_later);
	tcase_add_loop_test(tcase, test_transfer, 0, COUNT(transfers));
	tcase_add_test(tcase, test_transfer_to_nobody);
	tcase_add_loop_test(tcase, test_may_begin, 0, COUNT(may_begin));
	tcase_add_test(tcase, test_calls_are_not_counted);
	tcase_add_test(tcase, test_message);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
