/*
 * What explain reports, as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

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
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
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
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
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
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
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
						"a phone sends no response\n"
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
				.contacts = "a0@x:E",
				.people = {{.id = "a",
						.devices = 2,
						.strategy = UR_RING_SEQUENTIAL,
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  one device after another, for 25 s each, 4 s if "
						"a phone sends no response\n"
						"  does not ring: a0@x, its registration has expired\n"
						"    sip:a0@x:5060: expired\n"
						"  step 1, at once: a1@x\n"
						"    sip:a1@x:5060\n"
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
						"a phone sends no response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  step 2, if time is left: a1@x\n"
						"    sip:a1@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* in time: at once, after a delay, and with a delay that leaves it no time */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.devices = 3,
						.delay_sec = {0, 5, 25},
						.for_sec = {0, 10, 0},
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS,
								UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  each after its ring_delay_sec, for 25 s, 4 s if a "
						"phone sends no response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  step 2, from 5 s, for 10 s: a1@x\n"
						"    sip:a1@x:5060\n"
						"  step 3, never while another rings (ring_delay_sec "
						"is "
						"not below the ring time): a2@x\n"
						"    sip:a2@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		/* the delay of a device that does not ring is nothing to tell */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.devices = 2,
						.delay_sec = {0, 5},
						.device_flags = {UR_TEST_RINGS, 0}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  does not ring: a1@x, its status is disabled\n"
						"    sip:a1@x:5060\n"
						"  if busy: no rule → 486 Busy Here\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"},
		{.callee = "a",
				.caller = "",
				.total = true,
				.people = {{.id = "a",
						.devices = 3,
						.strategy = UR_RING_SEQUENTIAL,
						.delay_sec = {5, 0, 0},
						.for_sec = {10, 0, 0},
						.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS,
								UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  one device after another, for 25 s together, 4 s if "
						"a phone sends no response\n"
						"  step 1, at once, for 10 s: a0@x\n"
						"    sip:a0@x:5060\n"
						"  step 2, after 10 s: a1@x\n"
						"    sip:a1@x:5060\n"
						"  step 3, if time is left: a2@x\n"
						"    sip:a2@x:5060\n"
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
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
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
		/* a forward when unreachable has a line; the no-answer line covers it elsewhere */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
								   .devices = 1,
								   .busy = "hangup:600",
								   .unreachable = "user:b",
								   .device_flags = {UR_TEST_RINGS}},
						{.id = "b",
								.devices = 1,
								.noanswer = "queue:q",
								.device_flags = {UR_TEST_RINGS}}},
				.contacts = "b0@x:",
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: fwd_busy → 600 Busy Everywhere\n"
						"  if no answer: no rule → 480 Temporarily "
						"Unavailable\n"
						"  if unreachable: fwd_unreachable → user b\n"
						"    user b: to ring, showing what the trunk asserted\n"
						"      all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"      does not ring: b0@x, it is not registered\n"
						"      nobody rings: fwd_noanswer → queue q: "
						"sip:q@queue, showing what the trunk asserted\n"},
		/* nobody is registered: only that outcome is left */
		{.callee = "a",
				.caller = "",
				.contacts = "a0@x:",
				.people = {{.id = "a",
						.devices = 1,
						.noanswer = "queue:q",
						.unreachable = "voicemail:7",
						.device_flags = {UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  does not ring: a0@x, it is not registered\n"
						"  nobody rings: fwd_unreachable → voicemail 7: "
						"sip:7@voicemail;target=sip:a%40x;cause=503, showing "
						"what the trunk asserted\n"},
		/* if it can't be followed, the rules of no answer are next */
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a",
						.devices = 1,
						.voicemail = "7",
						.unreachable = "queue:none",
						.device_flags = {UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: voicemail → voicemail 7: "
						"sip:7@voicemail;target=sip:a%40x;cause=486, showing "
						"what the trunk asserted\n"
						"  if no answer: voicemail → voicemail 7: "
						"sip:7@voicemail;target=sip:a%40x;cause=408, showing "
						"what the trunk asserted\n"
						"  if unreachable: queue none is not followed: it does "
						"not exist or has no URI\n"
						"  if unreachable: voicemail → voicemail 7: "
						"sip:7@voicemail;target=sip:a%40x;cause=408, showing "
						"what the trunk asserted\n"},
		/* somebody rings on one way, and nobody on the other */
		{.callee = "a",
				.caller = "",
				.contacts = "c0@x:",
				.people = {{.id = "a",
								   .devices = 1,
								   .busy = "user:b",
								   .noanswer = "user:c",
								   .device_flags = {UR_TEST_RINGS}},
						{.id = "b",
								.devices = 1,
								.device_flags = {UR_TEST_RINGS}},
						{.id = "c",
								.devices = 1,
								.device_flags = {UR_TEST_RINGS}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"  step 1, at once: a0@x\n"
						"    sip:a0@x:5060\n"
						"  if busy: fwd_busy → user b\n"
						"    user b: to ring, showing what the trunk asserted\n"
						"      all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"      step 1, at once: b0@x\n"
						"        sip:b0@x:5060\n"
						"      if busy: no rule → 486 Busy Here\n"
						"      if no answer: no rule → 480 Temporarily "
						"Unavailable\n"
						"  if no answer: fwd_noanswer → user c\n"
						"    user c: to ring, showing what the trunk asserted\n"
						"      all at once, for 25 s, 4 s if a phone sends no "
						"response\n"
						"      does not ring: c0@x, it is not registered\n"
						"      nobody rings: no rule → 480 Temporarily "
						"Unavailable\n"},
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
						.unreachable = "queue:q",
						.devices = 2,
						.device_flags = {UR_TEST_RINGS, 3}}},
				.text = "user a: to ring, showing what the trunk asserted\n"
						"  the device that was dialled, for 25 s, 4 s if "
						"a phone sends no response\n"
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

/* ---- lines that no scenario has */

static char lines[8192];

static void add_line(void *context, struct ur_text line)
{
	const int len = strlen(lines);

	ck_assert_ptr_eq(context, lines);
	ck_assert_int_lt(len + line.len + 1, (int)sizeof(lines));
	snprintf(lines + len, sizeof(lines) - len, "%.*s\n", line.len, line.s);
}

/* User a has two devices. */
static void make(struct ur_explain_text *text, struct ur_plan *plan)
{
	const struct ur_test_person a = {.id = "a", .devices = 2};

	ur_test_world_forget();
	ur_test_world_add(&a);
	memset(text, 0, sizeof(*text));
	text->context = lines;
	text->line = add_line;
	lines[0] = '\0';
	memset(plan, 0, sizeof(*plan));
	plan->user = ur_test_world_user("a");
	plan->only = UR_NO_PLACE;
}

/* Where a contact's requests go, and why it does not ring. */
START_TEST(test_contacts)
{
	static const struct ur_explain_contact contacts[] = {
			{.uri = UR_TEXT_INIT("sip:1")},
			{.uri = UR_TEXT_INIT("sip:2"), .received = UR_TEXT_INIT("sip:r")},
			{.uri = UR_TEXT_INIT("sip:3"), .path = UR_TEXT_INIT("<sip:p;lr>")},
			{.uri = UR_TEXT_INIT("sip:4"),
					.received = UR_TEXT_INIT("sip:r"),
					.path = UR_TEXT_INIT("<sip:p;lr>"),
					.state = UR_CONTACT_NO_BRANCH},
			{.uri = UR_TEXT_INIT("sip:5"), .connection = UR_CONNECTION_OPEN},
			{.uri = UR_TEXT_INIT("sip:6"), .connection = UR_CONNECTION_GONE},
			{.uri = UR_TEXT_INIT("sip:7"),
					.state = UR_CONTACT_EXPIRED,
					.connection = UR_CONNECTION_GONE},
	};
	struct ur_explain_device device = {
			.step = 1, .contact_count = 7, .contacts = contacts};
	struct ur_explain_text text;
	struct ur_plan plan;
	const struct ur_explain_ring ring = {.plan = &plan};

	make(&text, &plan);
	device.member = ur_plan_member(&plan, 1);
	ur_explain_text_sink(&text).device(&text, &ring, &device);
	ck_assert_str_eq(lines,
			"step 1, at once: a1@x\n"
			"  sip:1\n"
			"  sip:2, received from sip:r\n"
			"  sip:3, via Path <sip:p;lr>\n"
			"  sip:4, received from sip:r, via Path <sip:p;lr>: "
			"no-branch\n"
			"  sip:5\n"
			"  sip:6, its connection is gone\n"
			"  sip:7: expired, its connection is gone\n");
	ck_assert_str_eq(ur_explain_connection_name(UR_CONNECTION_NONE), "none");
	ck_assert_str_eq(ur_explain_connection_name(UR_CONNECTION_OPEN), "open");
	ck_assert_str_eq(ur_explain_connection_name(UR_CONNECTION_GONE), "gone");
	ck_assert(text.rings[0]);
	ur_test_world_forget();
}
END_TEST

/* Of a ring of 25 s; for_ms: how long it rings at most. */
static const struct
{
	enum ur_ring_strategy strategy;
	bool total;
	int step, begin_ms, until_ms, for_ms;
	const char *line;
} steps[] = {
		{UR_RING_SIMULTANEOUS, false, 1, 0, 25000, 25000,
				"step 1, at once: a0@x\n"},
		{UR_RING_SIMULTANEOUS, true, 1, 0, 25000, 25000,
				"step 1, at once: a0@x\n"},
		{UR_RING_SEQUENTIAL, false, 2, 0, 25000, 25000,
				"step 2, at once: a0@x\n"},
		{UR_RING_SEQUENTIAL, true, 2, -1, -1, 25000,
				"step 2, if time is left: a0@x\n"},
		{UR_RING_SEQUENTIAL, false, 2, 25000, 50000, 25000,
				"step 2, after 25 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, false, 12, 2500, 27500, 25000,
				"step 12, after 2.5 s: a0@x\n"},
		{UR_RING_SIMULTANEOUS, false, 0, 0, 0, 25000,
				"does not ring: a0@x, available is 0\n"},
		/* a device's own times */
		{UR_RING_SIMULTANEOUS, false, 2, 5000, 25000, 25000,
				"step 2, from 5 s: a0@x\n"},
		{UR_RING_SPECIFIC, false, 2, 5000, 15000, 10000,
				"step 2, from 5 s, for 10 s: a0@x\n"},
		{UR_RING_SIMULTANEOUS, true, 2, 5000, 25000, 600000,
				"step 2, from 5 s: a0@x\n"},
		{UR_RING_SIMULTANEOUS, false, 1, 0, 10000, 10000,
				"step 1, at once, for 10 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, false, 1, 0, 10000, 10000,
				"step 1, at once, for 10 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, false, 2, 10000, 25000, 15000,
				"step 2, after 10 s, for 15 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, false, 2, 10000, 70000, 60000,
				"step 2, after 10 s, for 60 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, true, 2, 10000, 25000, 25000,
				"step 2, after 10 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, true, 2, 10000, 15000, 5000,
				"step 2, after 10 s, for 5 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, true, 3, -1, -1, 5000,
				"step 3, if time is left, for 5 s: a0@x\n"},
		{UR_RING_SEQUENTIAL, true, 3, -1, -1, 60000,
				"step 3, if time is left: a0@x\n"},
		{UR_RING_SIMULTANEOUS, false, 2, -1, -1, 25000,
				"step 2, never while another rings (ring_delay_sec is not "
				"below the ring time): a0@x\n"},
		{UR_RING_SPECIFIC, false, 2, -1, -1, 5000,
				"step 2, never while another rings (ring_delay_sec is not "
				"below the ring time), for 5 s: a0@x\n"},
};

START_TEST(test_steps)
{
	const struct ur_test_person a = {
			.id = "a", .devices = 1, .strategy = steps[_i].strategy};
	struct ur_explain_device device = {.step = steps[_i].step,
			.begin_ms = steps[_i].begin_ms,
			.until_ms = steps[_i].until_ms,
			.reason = UR_PLAN_UNAVAILABLE};
	struct ur_explain_text text;
	struct ur_plan plan;
	const struct ur_explain_ring ring = {
			.plan = &plan, .step_ms = 25000, .total = steps[_i].total};

	make(&text, &plan);
	ur_test_world_forget();
	ur_test_world_add(&a);
	plan.user = ur_test_world_user("a");
	device.member = ur_plan_member(&plan, 0);
	device.member.lasts_ms = steps[_i].for_ms;
	ur_explain_text_sink(&text).device(&text, &ring, &device);
	ck_assert_str_eq(lines, steps[_i].line);
	ck_assert_int_eq(text.rings[0], steps[_i].step > 0);
	ur_test_world_forget();
}
END_TEST

/* An external phone has no address: it is told by its number. */
START_TEST(test_external)
{
	union
	{
		struct ur_user user;
		char block[512];
	} u = {0};
	const uint16_t at = sizeof(u.user) + sizeof(u.user.devices[0]);
	struct ur_explain_device device = {.reason = UR_PLAN_EXTERNAL};
	struct ur_explain_text text;
	struct ur_plan plan;
	const struct ur_explain_ring ring = {.plan = &plan};

	make(&text, &plan);
	memcpy(u.block + at, "4930", 4);
	u.user.device_count = 1;
	u.user.devices[0].number = (struct ur_slice){at, 4};
	plan.user = &u.user;
	device.member = ur_plan_member(&plan, 0);
	ur_explain_text_sink(&text).device(&text, &ring, &device);
	ck_assert_str_eq(lines, "does not ring: +4930, it is an external phone\n");
	device.reason = ur_explain_no_contact(&device.member);
	ur_explain_text_sink(&text).device(&text, &ring, &device);
	ck_assert_str_eq(lines
							 + strlen("does not ring: +4930, it is an external "
									  "phone\n"),
			"does not ring: +4930, route_target_kind has no uri_template for"
			" forward\n");
	ur_test_world_forget();
}
END_TEST

/* Times are cut to tenths of a second. */
static const struct
{
	int step_ms, silent_ms;
	const char *line;
} times[] = {
		{25000, 4000,
				"all at once, for 25 s, 4 s if a phone sends no response\n"},
		{1000, 999,
				"all at once, for 1 s, 0.9 s if a phone sends no response\n"},
		{1500, 100,
				"all at once, for 1.5 s, 0.1 s if a phone sends no response\n"},
		{60000, 10900,
				"all at once, for 60 s, 10.9 s if a phone sends no response\n"},
};

START_TEST(test_times)
{
	struct ur_explain_text text;
	struct ur_plan plan;
	const struct ur_explain_ring ring = {.plan = &plan,
			.step_ms = times[_i].step_ms,
			.silent_ms = times[_i].silent_ms};

	make(&text, &plan);
	ur_explain_text_sink(&text).ring(&text, &ring);
	ck_assert_str_eq(lines, times[_i].line);
	ur_test_world_forget();
}
END_TEST

static const struct
{
	enum ur_ring_strategy strategy;
	int only;
	bool total;
	const char *begin;
	int delay_sec; /* of the second device */
} strategies[] = {
		{UR_RING_SIMULTANEOUS, UR_NO_PLACE, true, "all at once, for 9 s, ", 0},
		{UR_RING_SPECIFIC, UR_NO_PLACE, false,
				"those with ring_specific = 1 at once, for 9 s, ", 0},
		{UR_RING_SEQUENTIAL, UR_NO_PLACE, false,
				"one device after another, for 9 s each, ", 0},
		{UR_RING_SEQUENTIAL, UR_NO_PLACE, true,
				"one device after another, for 9 s together, ", 0},
		{UR_RING_SEQUENTIAL, 0, true, "the device that was dialled, for 9 s, ",
				0},
		/* delays: where they count, and somebody has one */
		{UR_RING_SIMULTANEOUS, UR_NO_PLACE, false,
				"each after its ring_delay_sec, for 9 s, ", 5},
		{UR_RING_SPECIFIC, UR_NO_PLACE, false,
				"those with ring_specific = 1, each after its ring_delay_sec, "
				"for 9 s, ",
				5},
		{UR_RING_SEQUENTIAL, UR_NO_PLACE, false,
				"one device after another, for 9 s each, ", 5},
		{UR_RING_SIMULTANEOUS, 1, false,
				"the device that was dialled, for 9 s, ", 5},
};

START_TEST(test_strategies)
{
	const struct ur_test_person a = {.id = "a",
			.devices = 2,
			.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS},
			.delay_sec = {0, strategies[_i].delay_sec},
			.strategy = strategies[_i].strategy};
	struct ur_explain_text text;
	struct ur_plan plan;
	const struct ur_explain_ring ring = {
			.plan = &plan, .step_ms = 9000, .total = strategies[_i].total};

	make(&text, &plan);
	ur_test_world_forget();
	ur_test_world_add(&a);
	plan.user = ur_test_world_user("a");
	plan.caller = UR_NO_PLACE;
	plan.only = strategies[_i].only;
	ur_explain_text_sink(&text).ring(&text, &ring);
	ck_assert_int_eq(
			strncmp(lines, strategies[_i].begin, strlen(strategies[_i].begin)),
			0);
	ur_test_world_forget();
}
END_TEST

/* A walk that is too long, and a line that is: at depth 1, by two blanks less. */
START_TEST(test_too_long)
{
	static char path[4096];
	struct ur_explain_contact contact = {.uri = UR_TEXT_INIT("sip:1"),
			.path = {path, sizeof(path) - 2 - (int)strlen("sip:1, via Path ")}};
	struct ur_explain_device device = {
			.contact_count = 1, .contacts = &contact};
	struct ur_explain_text text;
	struct ur_explain_sink sink;
	struct ur_plan plan;
	const struct ur_explain_ring ring = {.plan = &plan};

	make(&text, &plan);
	device.member = ur_plan_member(&plan, 0);
	sink = ur_explain_text_sink(&text);
	memset(path, 'p', sizeof(path));
	sink.device(&text, &ring, &device);
	ck_assert_int_eq(strlen(strchr(lines, '\n') + 1), 4096 + 1);
	contact.path.len++;
	lines[0] = '\0';
	sink.device(&text, &ring, &device);
	ck_assert_str_eq(strchr(lines, '\n') + 1, "(this line is too long)\n");
	lines[0] = '\0';
	text.depth = 2;
	sink.cut(&text);
	ck_assert_str_eq(
			lines, "    not shown further: ask about the user above\n");
	ur_test_world_forget();
}
END_TEST

START_TEST(test_shown)
{
	struct ur_identity shown = {.display = "\"Bob\"",
			.display_len = 5,
			.uri = "sip:1002@acme.example",
			.uri_len = 21};
	char buf[100];
	struct ur_output out = {buf, 0, sizeof(buf)};

	ur_explain_text_put_shown(&out, &shown);
	ck_assert_int_eq(out.len, 29);
	ck_assert_mem_eq(buf, "\"Bob\" <sip:1002@acme.example>", out.len);
	shown.display_len = 1;
	out.len = 0;
	ur_explain_text_put_shown(&out, &shown);
	ck_assert_mem_eq(buf, "\" <sip:1002@acme.example>", out.len);
	shown.display_len = 0;
	out.len = 0;
	ur_explain_text_put_shown(&out, &shown);
	ck_assert_int_eq(out.len, 23);
	ck_assert_mem_eq(buf, "<sip:1002@acme.example>", out.len);
	out.len = 0;
	ur_explain_text_put_shown(&out, NULL);
	ck_assert_mem_eq(buf, "what the trunk asserted", out.len);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain_text");
	TCase *tcase = tcase_create("explain_text");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_text, 0, COUNT(scenarios));
	tcase_add_test(tcase, test_contacts);
	tcase_add_loop_test(tcase, test_steps, 0, COUNT(steps));
	tcase_add_test(tcase, test_external);
	tcase_add_loop_test(tcase, test_times, 0, COUNT(times));
	tcase_add_loop_test(tcase, test_strategies, 0, COUNT(strategies));
	tcase_add_test(tcase, test_too_long);
	tcase_add_test(tcase, test_shown);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
