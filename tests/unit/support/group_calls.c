/*
 * Calls to groups.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/group_calls.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/calls.h"
#include "support/groups.h"
#include "support/own_rules.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define RINGS (UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK)

static struct ur_verdict_codes codes;
struct ur_test_group_call ur_test_group_call;

const char *const ur_test_phases[] = {[UR_CALL_NEW] = "new",
		[UR_CALL_OUTBOUND] = "outbound",
		[UR_CALL_TO_RING] = "to-ring",
		[UR_CALL_RINGING] = "ringing",
		[UR_CALL_RUNG] = "rung",
		[UR_CALL_LEFT] = "left",
		[UR_CALL_ENDED] = "ended"};

/* a and b have two phones, c one; d does not want to be disturbed; f forwards to her own number, h's phone
 * is a mobile; i forwards to group g when she does not answer, k
 * always; m has a second phone that rings for 5 s. */
static const struct ur_test_person people[] = {
		{.id = "a", .devices = 2, .device_flags = {RINGS, RINGS}},
		{.id = "b",
				.devices = 2,
				.device_flags = {RINGS, RINGS},
				.voicemail = "7"},
		{.id = "c", .devices = 1, .device_flags = {RINGS}},
		{.id = "d", .dnd = 1, .devices = 1, .device_flags = {RINGS}},
		{.id = "f",
				.always = "forward:49302",
				.devices = 1,
				.device_flags = {RINGS},
				.cid_number = "492"},
		{.id = "h", .devices = 1, .device_flags = {RINGS}, .number = {"49301"}},
		{.id = "i",
				.noanswer = "ring_group:g",
				.devices = 1,
				.device_flags = {RINGS}},
		{.id = "k", .always = "ring_group:g"},
		{.id = "m",
				.devices = 2,
				.device_flags = {RINGS, RINGS},
				.for_sec = {0, 5}},
};

void ur_test_group_call_world(const char *groups)
{
	const char *bad;
	int i;

	ur_test_world_forget();
	ur_test_calls_set(NULL);
	for(i = 0; i < COUNT(people); i++)
		ur_test_world_add(&people[i]);
	ur_test_add_groups(groups);
	ur_verdict_codes_reset(&codes);
	ur_verdict_codes_parse(&codes, "486,603", UR_VERDICT_BUSY, &bad);
	ur_verdict_codes_parse(&codes, "480", UR_VERDICT_NO_ANSWER, &bad);
	ur_verdict_codes_parse(&codes, "404", UR_VERDICT_UNREACHABLE, &bad);
	ur_verdict_codes_parse(&codes, "488", UR_VERDICT_NEGOTIATION, &bad);
	ur_test_group_call.directory = ur_test_directory;
	ur_test_group_call.facts = (struct ur_call_facts){
			.directory = &ur_test_group_call.directory, .chance = 1};
}

/* By device 0 of that user, or by a trunk, if caller is empty. */
void ur_test_group_call_init(const char *caller, enum ur_transfer transfer)
{
	static char aor[16];
	struct ur_caller who = {.dialled = UR_TEXT("x")};

	if(*caller != '\0') {
		snprintf(aor, sizeof(aor), "%s0@x", caller);
		who.user = ur_test_world_user(caller);
		who.aor = (struct ur_text){aor, (int)strlen(aor)};
		who.domain = UR_TEXT("x");
		ur_test_world.references--;
	}
	memset(&ur_test_group_call.call, 0xff, sizeof(ur_test_group_call.call));
	ur_call_init(&ur_test_group_call.call, &who, transfer);
}

/* A user, or extension e20 with that target. */
void ur_test_group_call_begin(const char *callee)
{
	const struct ur_test_line line = {"e20", callee};
	struct ur_callee who = {.kind = UR_CALLEE_USER};

	if(strchr(callee, ':') != NULL) {
		ur_test_world_add_line(&line);
		who.kind = UR_CALLEE_EXTENSION;
		who.extension = ur_test_world_line("e20");
	} else {
		who.user = ur_test_world_user(callee);
	}
	ur_call_begin(&ur_test_group_call.call, &who, 0);
}

const char *ur_test_group_call_decide(void)
{
	if(!ur_call_decide(&ur_test_group_call.call, &ur_test_group_call.facts,
			   &ur_test_group_call.decision))
		return "outbound";
	ur_call_settle(&ur_test_group_call.call, &ur_test_group_call.facts,
			&ur_test_group_call.decision);
	return ur_test_world_print(
			&ur_test_group_call.call.chain, &ur_test_group_call.decision);
}

/* A trunk's call to the group. */
void ur_test_group_call_comes(void)
{
	ur_test_group_call_init("", UR_TRANSFER_NONE);
	ur_test_group_call_begin("ring_group:g");
	ck_assert_str_eq(ur_test_group_call_decide(), "ring g");
	ck_assert_str_eq(ur_test_phases[ur_test_group_call.call.phase], "to-ring");
}

/* As in test_call.c. */
const char *ur_test_group_call_ask(int64_t now)
{
	static char text[100];
	enum ur_event event;

	switch(ur_call_ask(&ur_test_group_call.call, now, &ur_test_group_call.facts,
			&event, &ur_test_group_call.decision)) {
		case UR_CALL_GOES_ON:
			return "goes on";
		case UR_CALL_IS_OVER:
			snprintf(text, sizeof(text), "over %d",
					ur_test_group_call.call.status);
			return text;
		case UR_CALL_DECIDED:
			ur_call_settle(&ur_test_group_call.call, &ur_test_group_call.facts,
					&ur_test_group_call.decision);
			snprintf(text, sizeof(text), "%s: %s", ur_rules_event_name(event),
					ur_test_world_print(&ur_test_group_call.call.chain,
							&ur_test_group_call.decision));
			return text;
		default:
			return "else";
	}
}

/* "a0,a1 until 25000", "wait", "wait until 5000" or "nobody". */
const char *ur_test_group_call_next(int64_t now, int pending)
{
	static char text[200];
	struct ur_plan_start start;
	int64_t until;
	int len = 0, place;

	switch(ur_call_next_start(
			&ur_test_group_call.call, now, pending, &start, &until)) {
		case UR_CALL_WAIT:
			snprintf(text, sizeof(text),
					until == INT64_MAX ? "wait" : "wait until %lld",
					(long long)until);
			return text;
		case UR_CALL_NOBODY:
			return "nobody";
		default:
			break;
	}
	for(place = start.first; place < start.next; place++) {
		const struct ur_member member =
				ur_plan_member(&ur_test_group_call.call.plan, place);
		struct ur_output out = {text, len, sizeof(text)};

		if(!ur_plan_rings(&ur_test_group_call.call.plan, place))
			continue;
		ur_output_put(&out, len > 0 ? UR_TEXT(",") : UR_TEXT(""));
		ur_member_put(&out, &member);
		len = out.len;
	}
	snprintf(text + len, sizeof(text) - len, " until %lld",
			(long long)ur_call_until(&ur_test_group_call.call, start.first));
	return text;
}

const char *ur_test_group_call_start(int64_t now)
{
	const char *text = ur_test_group_call_next(now, 0);

	ur_call_started(&ur_test_group_call.call);
	return text;
}

/* "486", "0" for one that was never heard, "0h" for one that was. */
void ur_test_group_call_leg_ends(const char *how)
{
	ur_call_leg_ended(&ur_test_group_call.call, &codes,
			(struct ur_leg_end){
					.code = atoi(how), .heard = strcmp(how, "0") != 0});
}

void ur_test_group_call_forget(void)
{
	ur_call_release(&ur_test_group_call.call, &ur_test_group_call.directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
