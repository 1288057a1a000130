/*
 * What explain says of calls to groups.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "support/calls.h"
#include "support/groups.h"
#include "support/scenario.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Users with one phone each. */
#define PHONE(name)                                                 \
	{                                                               \
		.id = name, .devices = 1, .device_flags = { UR_TEST_RINGS } \
	}
#define LINE                                    \
	{                                           \
		{                                       \
			.id = "e", .target = "ring_group:g" \
		}                                       \
	}

static const struct ur_test_scenario scenarios[] = {
		/* both outcomes */
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.people = {PHONE("a"), {.id = "b",
											   .dnd = 1,
											   .devices = 1,
											   .device_flags = {UR_TEST_RINGS},
											   .voicemail = "7"}},
				.groups =
						"g simultaneous busy:user:b noanswer:voicemail:9 = a b",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"    step 1, at once: a0@x\n"
						"      sip:a0@x:5060\n"
						"    does not ring: b0@x, the member has dnd = 1\n"
						"      sip:b0@x:5060\n"
						"    if busy: fwd_busy → user b\n"
						"      user b: do not disturb, voicemail → voicemail "
						"7: sip:7@voicemail;target=sip:b%40x;cause=486, "
						"showing what the trunk asserted\n"
						"    if no answer: fwd_noanswer → voicemail 9: "
						"sip:9@voicemail;target=sip:e%40x;cause=408, showing "
						"what the trunk asserted\n"},
		/* all are busy; not by a forward to itself, which is ignored */
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.calls = "a1",
				.people = {PHONE("a"), PHONE("b")},
				.groups = "g simultaneous skip_busy busy:ring_group:g "
						  "noanswer:queue:1 = a -b",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"    does not ring: a0@x, the member is in a call\n"
						"      sip:a0@x:5060\n"
						"    does not ring: b0@x, the member has enabled = 0\n"
						"      sip:b0@x:5060\n"
						"    nobody rings: ring_group g is not followed: the "
						"call has already been there\n"
						"    nobody rings: no rule → 486 Busy Here\n"},
		/* nobody is there */
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.contacts = "a0@x: b0@x:E",
				.people = {PHONE("a"), PHONE("b")},
				.groups = "g simultaneous busy:user:a noanswer:queue:1 = a b",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"    does not ring: a0@x, it is not registered\n"
						"    does not ring: b0@x, its registration has "
						"expired\n"
						"      sip:b0@x:5060: expired\n"
						"    nobody rings: fwd_noanswer → queue 1: "
						"sip:1@queue, showing what the trunk asserted\n"},
		/* steps, and their times */
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.contacts = "b0@x:",
				.people = {{.id = "a",
								   .devices = 2,
								   .device_flags = {UR_TEST_RINGS,
										   UR_TEST_RINGS}},
						PHONE("b"), PHONE("c")},
				.groups = "g sequential/20 = a/10 b c",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    one member after another, for 20 s each, 4 s if a "
						"phone sends no response\n"
						"    step 1, at once, for 10 s: a0@x\n"
						"      sip:a0@x:5060\n"
						"    step 1, at once, for 10 s: a1@x\n"
						"      sip:a1@x:5060\n"
						"    does not ring: b0@x, it is not registered\n"
						"    step 2, after 10 s: c0@x\n"
						"      sip:c0@x:5060\n"
						"    if busy: no rule → 486 Busy Here\n"
						"    if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* delays; external members; who forwards */
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.contacts = "a0@x: ",
				.people = {{.id = "a",
								   .always = "forward:49301",
								   .devices = 1,
								   .device_flags = {UR_TEST_RINGS}},
						PHONE("b"), PHONE("c")},
				.groups = "g simultaneous/20 follow = a+5/5 b #49302+10",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    members each after the ring_delay_sec, for 20 s, "
						"4 s if a phone sends no response\n"
						"    step 1, at once: b0@x\n"
						"      sip:b0@x:5060\n"
						"    step 2, from 5 s, for 5 s: +49301, through the "
						"gateway\n"
						"      sip:+49301:5060\n"
						"    step 3, from 10 s: +49302, through the gateway\n"
						"      sip:+49302:5060\n"
						"    does not ring: a0@x, the member forwards all "
						"calls\n"
						"    if busy: no rule → 486 Busy Here\n"
						"    if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* a member who forwards to the group, and one whose own time is over too early */
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.people = {{.id = "a",
								   .always = "ring_group:g",
								   .devices = 1,
								   .device_flags = {UR_TEST_RINGS}},
						{.id = "b",
								.devices = 1,
								.device_flags = {UR_TEST_RINGS},
								.delay_sec = {10}}},
				.groups = "g simultaneous/20 follow = a b/10",
				.text = "extension e: its target → group g\n"
						"  group g: ring_group g is not followed: the call has "
						"already been there\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    all members at once, for 20 s, 4 s if a phone "
						"sends no response\n"
						"    step 1, at once: a0@x\n"
						"      sip:a0@x:5060\n"
						"    does not ring: b0@x, its ring_delay_sec is not "
						"below the member's ring_for_sec\n"
						"      sip:b0@x:5060\n"
						"    if busy: no rule → 486 Busy Here\n"
						"    if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* orders: that of the next call, which does not take it */
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.people = {PHONE("a"), PHONE("b")},
				.groups = "g round_robin/5 = a b",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    one member after another, beginning with the next "
						"one, for 5 s each, 4 s if a phone sends no response\n"
						"    step 1, at once: a0@x\n"
						"      sip:a0@x:5060\n"
						"    step 2, after 5 s: b0@x\n"
						"      sip:b0@x:5060\n"
						"    if busy: no rule → 486 Busy Here\n"
						"    if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		{.callee = "e",
				.caller = "",
				.lines = LINE,
				.people = {PHONE("a")},
				.groups = "g random/5 = a",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    one member after another, in an order of chance "
						"such as this one, for 5 s each, 4 s if a phone sends "
						"no response\n"
						"    step 1, at once: a0@x\n"
						"      sip:a0@x:5060\n"
						"    if busy: no rule → 486 Busy Here\n"
						"    if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* from a user to a group to a group */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a", .always = "ring_group:g"}, PHONE("b")},
				.groups = "g simultaneous busy:ring_group:h "
						  "noanswer:ring_group:h = b; h simultaneous = a",
				.text = "user a: fwd_always → group g\n"
						"  group g: to ring, showing what the trunk asserted\n"
						"    all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"    step 1, at once: b0@x\n"
						"      sip:b0@x:5060\n"
						"    if busy: fwd_busy → group h\n"
						"      group h: to ring, showing what the trunk "
						"asserted\n"
						"        all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"        nobody rings: no rule → 480 Temporarily "
						"Unavailable\n"
						"    if no answer: fwd_noanswer → group h\n"
						"      group h: to ring, showing what the trunk "
						"asserted\n"
						"        all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"        nobody rings: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* a group has no outcome unreachable, whoever rang before */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
								   .noanswer = "ring_group:g",
								   .unreachable = "hangup:404",
								   .devices = 1,
								   .device_flags = {UR_TEST_RINGS}},
						PHONE("b")},
				.groups = "g simultaneous = b",
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: fwd_noanswer → group g\n"
						"    group g: to ring, showing what the trunk "
						"asserted\n"
						"      all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"      step 1, at once: b0@x\n"
						"        sip:b0@x:5060\n"
						"      if busy: no rule → 486 Busy Here\n"
						"      if no answer: no rule → 480 Temporarily "
						"Unavailable\n"
						"  if unreachable: fwd_unreachable → 404 Not Found\n"},
		/* the caller is a member */
		{.callee = "e",
				.caller = "a1@x",
				.lines = LINE,
				.people = {{.id = "a",
								   .devices = 2,
								   .device_flags = {UR_TEST_RINGS,
										   UR_TEST_RINGS}},
						PHONE("b")},
				.groups = "g simultaneous = a b",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing <sip:a@x>\n"
						"    all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"    step 1, at once: a0@x\n"
						"      sip:a0@x:5060\n"
						"    does not ring: a1@x, it places the call\n"
						"      sip:a1@x:5060\n"
						"    step 1, at once: b0@x\n"
						"      sip:b0@x:5060\n"
						"    if busy: no rule → 486 Busy Here\n"
						"    if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		{.callee = "e",
				.caller = "a1@x",
				.lines = LINE,
				.people = {{.id = "a",
								   .devices = 2,
								   .device_flags = {UR_TEST_RINGS,
										   UR_TEST_RINGS}},
						PHONE("b")},
				.groups = "g simultaneous skip_busy = a b",
				.text = "extension e: its target → group g\n"
						"  group g: to ring, showing <sip:a@x>\n"
						"    all members at once, for 25 s, 4 s if a phone "
						"sends no response\n"
						"    step 1, at once: b0@x\n"
						"      sip:b0@x:5060\n"
						"    does not ring: a0@x, the member is in a call\n"
						"      sip:a0@x:5060\n"
						"    does not ring: a1@x, it places the call\n"
						"      sip:a1@x:5060\n"
						"    if busy: no rule → 486 Busy Here\n"
						"    if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
};

START_TEST(test_text)
{
	const struct ur_test_scenario *s = &scenarios[_i];
	const struct ur_explain_world world =
			ur_test_scenario_world(s, &ur_test_directory);

	ur_test_scenario_make(s);
	ck_assert_str_eq(ur_test_scenario_text(&world, s), s->text);
	ck_assert_uint_eq(ur_test_world.turns, 0);
	ur_test_world_forget();
}
END_TEST

/* Asks the directory as it is, not the walk's. */
static int calls_of(void *context, const struct ur_user *user)
{
	ck_assert_ptr_null(context);
	return ur_test_calls_of(context, user);
}

/* The turn is that of the next call. */
START_TEST(test_turn)
{
	const struct ur_test_scenario s = {.callee = "e",
			.caller = "",
			.lines = LINE,
			.people = {PHONE("a"), PHONE("b")},
			.groups = "g round_robin skip_busy = a b"};
	struct ur_directory directory = ur_test_directory;
	const struct ur_explain_world world =
			ur_test_scenario_world(&s, &directory);
	const char *text;

	directory.calls_of = calls_of;
	ur_test_scenario_make(&s);
	ur_test_world.turns = 3;
	text = ur_test_scenario_text(&world, &s);
	ck_assert_ptr_nonnull(strstr(text, "step 1, at once: b0@x"));
	ck_assert_ptr_nonnull(strstr(text, "step 2, after 25 s: a0@x"));
	ck_assert_uint_eq(ur_test_world.turns, 3);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain_groups");
	TCase *tcase = tcase_create("explain_groups");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_text, 0, COUNT(scenarios));
	tcase_add_test(tcase, test_turn);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
