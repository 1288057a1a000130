/*
 * What explain reports, as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>

#include "support/scenario.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct ur_test_scenario scenarios[] = {
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.name = "Ann",
						.devices = 2,
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}}},
				.text = "user a (Ann): to ring, showing what the trunk "
						"asserted\n"
						"  all at once, for 25 s, 4 s if nothing is heard\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  step 1, at once: a1@x\n"
						"    sip:a1@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* a line stays one, whatever a name of a foreign schema holds */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a", .name = "A\r\nB\x7f", .dnd = 1}},
				.text = "user a (A??B?): do not disturb, no rule → 486 Busy "
						"Here\n"},
		/* why devices do not ring */
		{.callee = "a",
				.caller = "a1@x",
				.contacts = "a0@x:EE",
				.people = {{.id = "a",
						.devices = 2,
						.voicemail = "7",
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}}},
				.text = "user a: to ring, showing <sip:a@x>\n"
						"  all at once, for 25 s, 4 s if nothing is heard\n"
						"  does not ring: a0@x, its registration has expired\n"
						"    sip:a0@x:5060: expired\n"
						"    sip:a0@x:5061: expired\n"
						"  does not ring: a1@x, it places the call\n"
						"    sip:a1@x:5060\n"
						"  nobody rings: voicemail → voicemail 7: "
						"sip:7@voicemail;target=sip:a%40x;cause=408, showing "
						"<sip:a@x>\n"},
		{.callee = "a",
				.contacts = "a0@x:EI a1@x:",
				.people = {{.id = "a",
						.devices = 2,
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}}},
				.text = "user a: to ring, showing <sip:a@x>\n"
						"  all at once, for 25 s, 4 s if nothing is heard\n"
						"  does not ring: a0@x, it has registered without "
						"INVITE\n"
						"    sip:a0@x:5060: expired\n"
						"    sip:a0@x:5061: no-invite\n"
						"  does not ring: a1@x, it is not registered\n"
						"  nobody rings: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* steps: who can't ring takes no time */
		{.callee = "a",
				.caller = "",
				.contacts = "a1@x:OEL",
				.people = {{.id = "a",
						.devices = 2,
						.strategy = UR_RING_SEQUENTIAL,
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  one device after another, for 25 s each, 4 s if "
						"nothing is heard\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  step 2, after 25 s: a1@x\n"
						"    sip:a1@x:5060: older-flow\n"
						"    sip:a1@x:5061: expired\n"
						"    sip:a1@x:5062\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		{.callee = "a",
				.caller = "",
				.total = true,
				.people = {{.id = "a",
						.devices = 2,
						.strategy = UR_RING_SEQUENTIAL,
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  one device after another, for 25 s together, 4 s if "
						"nothing is heard\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  step 2, if time is left: a1@x\n"
						"    sip:a1@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* through hops, both ways, to the end; a loop counts as not set */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
								   .name = "Ann",
								   .devices = 1,
								   .busy = "extension:e",
								   .noanswer = "queue:q",
								   .device_flags = {UR_TEST_RINGS}},
						{.id = "b",
								.dnd = 1,
								.busy = "user:a",
								.voicemail = "9"}},
				.lines = {{"e", "user:b"}},
				.text = "user a (Ann): to ring, showing what the trunk "
						"asserted\n"
						"  all at once, for 25 s, 4 s if nothing is heard\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: fwd_busy → extension e → user b\n"
						"    user b: user a is not followed: the call has "
						"already been there\n"
						"    user b: do not disturb, voicemail → voicemail 9: "
						"sip:9@voicemail;target=sip:b%40x;cause=486, showing "
						"what the trunk asserted\n"
						"  if no answer: fwd_noanswer → queue q: sip:q@queue, "
						"showing what the trunk asserted\n"},
		/* before ringing */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a", .always = "user:b"},
						{.id = "b", .always = "hangup:603"}},
				.text = "user a: fwd_always → user b\n"
						"  user b: fwd_always → 603 Decline\n"},
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a", .always = "queue:none", .dnd = 1}},
				.text = "user a: queue none is not followed: it does not exist "
						"or has no URI\n"
						"user a: do not disturb, no rule → 486 Busy "
						"Here\n"},
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a", .always = "forward:49"}},
				.text = "user a: fwd_always → forward 49: sip:49@forward, "
						"showing \"Anonymous\" "
						"<sip:anonymous@anonymous.invalid>\n"},
		/* extensions */
		{.callee = "e",
				.caller = "",
				.people = {{.id = "a", .dnd = 1}},
				.lines = {{"e", "extension:f"}, {"f", "user:a"}},
				.text = "extension e: its target → extension f → user a\n"
						"  user a: do not disturb, no rule → 486 Busy "
						"Here\n"},
		{.callee = "e",
				.caller = "",
				.people = {{.id = "a"}},
				.lines = {{"e", "user:nobody"}},
				.text = "extension e: user nobody is not followed: it does not "
						"exist, or is disabled\n"
						"extension e: its target can't be used → 404 Not "
						"Found, as for an unknown number\n"},
		/* a device at its own address: no rules */
		{.callee = "a1@x",
				.caller = "",
				.people = {{.id = "a",
						.dnd = 1,
						.voicemail = "7",
						.devices = 2,
						.device_flags = {UR_TEST_RINGS, 3}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  the device that was dialled, for 25 s, 4 s if "
						"nothing is heard\n"
						"  does not ring: a0@x, another device was dialled\n"
						"    sip:a0@x:5060\n"
						"  step 1, at once: a1@x\n"
						"    sip:a1@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
};

START_TEST(test_text)
{
	const struct ur_test_scenario *s = &scenarios[_i];
	const struct ur_explain_world world =
			ur_test_scenario_world(s, &ur_test_directory);

	ur_test_scenario_make(s);
	ck_assert_str_eq(ur_test_scenario_text(&world, s), s->text);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain_text");
	TCase *tcase = tcase_create("explain_text");
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
