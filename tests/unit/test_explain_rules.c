/*
 * What explain says of users' own rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/own_rules.h"
#include "support/scenario.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Minute 600 of 1970-01-01 is in the hours of "day". */
static const struct ur_test_scenario scenarios[] = {
		/* each rule that is asked, and why it does not hold */
		{.callee = "a",
				.caller = "",
				.time = 36000,
				.asserted = "+4930123",
				.people = {{.id = "a",
						.rules = "always internal queue:1; always anonymous "
								 "reject; always in:night queue:1; always "
								 "out:day queue:1; always in:none queue:1; "
								 "always in:past queue:1; always on:people "
								 "queue:1; always off:berlin queue:1; always "
								 "on:none queue:1; always external on:berlin "
								 "in:day queue:2; always queue:3"}},
				.text = "user a: rule r1 does not hold: the caller is not "
						"internal\n"
						"user a: rule r2 does not hold: the caller is not "
						"anonymous\n"
						"user a: rule r3 does not hold: it is outside the "
						"hours of schedule night\n"
						"user a: rule r4 does not hold: it is within the hours "
						"of schedule day\n"
						"user a: rule r5 does not hold: there is no schedule "
						"none\n"
						"user a: rule r6 does not hold: it is not known "
						"whether it is within the hours of schedule past\n"
						"user a: rule r7 does not hold: the caller is not on "
						"the list people\n"
						"user a: rule r8 does not hold: the caller is on the "
						"list berlin\n"
						"user a: rule r9 does not hold: there is no caller "
						"list none\n"
						"user a: rule r10 holds\n"
						"user a: rule r10 → queue 2: sip:2@queue, showing what "
						"the trunk asserted\n"},
		{.callee = "b",
				.people = {{.id = "a"},
						{.id = "b",
								.rules = "always external queue:1; always "
										 "on:people reject"}},
				.text = "user b: rule r1 does not hold: the caller is not "
						"external\n"
						"user b: rule r2 holds\n"
						"user b: rule r2 → 603 Decline\n"},
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a", .rules = "always anonymous reject"}},
				.text = "user a: rule r1 holds\n"
						"user a: rule r1 → 433 Anonymity Disallowed\n"},
		/* one that can't be followed; at another time it would be another one */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
								   .rules = "always out:day queue:no; always "
											"in:day "
											"queue:1; always user:b"},
						{.id = "b", .rules = "always reject:hangup:404"}},
				.text = "user a: rule r1 holds\n"
						"user a: queue no is not followed: it does not exist "
						"or "
						"has no URI\n"
						"user a: rule r2 does not hold: it is outside the "
						"hours of schedule day\n"
						"user a: rule r3 holds\n"
						"user a: rule r3 → user b\n"
						"  user b: rule r1 holds\n"
						"  user b: rule r1 → 404 Not Found\n"},
		/* do not disturb */
		{.callee = "a",
				.caller = "",
				.time = 36000,
				.people = {{.id = "a",
						.dnd = 1,
						.rules = "always ring; dnd in:day queue:1"}},
				.text = "user a: rule r1 holds\n"
						"user a: rule r2 holds\n"
						"user a: do not disturb, rule r2 → queue 1: "
						"sip:1@queue, showing what the trunk asserted\n"},
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.dnd = 1,
						.rules = "dnd internal queue:1"}},
				.text = "user a: rule r1 does not hold: the caller is not "
						"internal\n"
						"user a: do not disturb, no rule → 486 Busy Here\n"},
		/* a rule rings, with its own strategy and time */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.devices = 2,
						.delay_sec = {0, 3},
						.ring_order = {2, 1},
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS},
						.rules = "always ring:sequential/9; busy queue:1; "
								 "noanswer in:day queue:2"}},
				.text = "user a: rule r1 holds\n"
						"user a: rule r1 → to ring, showing what the trunk "
						"asserted\n"
						"  one device after another, for 9 s each, 4 s if a "
						"phone sends no response\n"
						"  step 1, at once: a1@x\n"
						"    sip:a1@x:5060\n"
						"  step 2, after 9 s: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: rule r2 holds\n"
						"  if busy: rule r2 → queue 1: sip:1@queue, showing "
						"what the trunk asserted\n"
						"  if no answer: rule r3 does not hold: it is outside "
						"the hours of schedule day\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.dnd = 1,
						.devices = 1,
						.device_flags = {UR_TEST_RINGS},
						.rules = "always ring:/9; dnd ring"}},
				.text = "user a: rule r1 holds\n"
						"user a: rule r2 holds\n"
						"user a: do not disturb, rule r2 → to ring, showing "
						"what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* the rule of one ring is not that of the next outcome */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
								   .devices = 1,
								   .device_flags = {UR_TEST_RINGS},
								   .busy = "user:b",
								   .rules = "always ring:/9; unreachable "
											"user:b"},
						{.id = "b",
								.devices = 1,
								.device_flags = {UR_TEST_RINGS},
								.ring_sec = 7}},
				.text = "user a: rule r1 holds\n"
						"user a: rule r1 → to ring, showing what the trunk "
						"asserted\n"
						"  all at once, for 9 s, 4 s if a phone sends no "
						"response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: fwd_busy → user b\n"
						"    user b: to ring, showing what the trunk asserted\n"
						"      all at once, for 7 s, 4 s if a phone sends no "
						"response\n"
						"      step 1, at once: b0@x\n"
						"        sip:b0@x:5060\n"
						"      if busy: no rule → 486 Busy Here\n"
						"      if no answer: no rule → 480 Temporarily "
						"Unavailable\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"
						"  if unreachable: rule r2 holds\n"
						"  if unreachable: rule r2 → user b\n"
						"    user b: to ring, showing what the trunk asserted\n"
						"      all at once, for 7 s, 4 s if a phone sends no "
						"response\n"
						"      step 1, at once: b0@x\n"
						"        sip:b0@x:5060\n"
						"      if busy: no rule → 486 Busy Here\n"
						"      if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* nobody rings: unreachable has rules, then those of no answer */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.rules = "unreachable internal queue:1; noanswer "
								 "queue:2"}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  nobody rings: rule r1 does not hold: the caller is "
						"not internal\n"
						"  nobody rings: rule r2 holds\n"
						"  nobody rings: rule r2 → queue 2: sip:2@queue, "
						"showing what the trunk asserted\n"},
};

static void make_conditions(void)
{
	ur_test_add_schedule("day", "0-1440", "480-1020");
	ur_test_add_schedule("night", "0-1440", "0-480 1020-1440");
	ur_test_add_schedule("past", "0-60", "0-60");
	ur_test_add_caller_list("berlin", "+4930");
	ur_test_add_caller_list("people", "a");
}

START_TEST(test_text)
{
	const struct ur_test_scenario *s = &scenarios[_i];
	const struct ur_explain_world world =
			ur_test_scenario_world(s, &ur_test_directory);

	ur_test_scenario_make(s);
	make_conditions();
	ck_assert_str_eq(ur_test_scenario_text(&world, s), s->text);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain_rules");
	TCase *tcase = tcase_create("explain_rules");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_text, 0, COUNT(scenarios));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
