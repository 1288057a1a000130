/*
 * The call's state machine: each phase with each event, and the times of a ring. For whole calls
 * see test_calls.c and test_random_calls.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "policy/call.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct ur_verdict_codes codes;
static struct ur_call call;
static struct ur_call_facts facts;

static const char *const phases[] = {[UR_CALL_NEW] = "new",
		[UR_CALL_OUTBOUND] = "outbound",
		[UR_CALL_TO_RING] = "to-ring",
		[UR_CALL_RINGING] = "ringing",
		[UR_CALL_RUNG] = "rung",
		[UR_CALL_LEFT] = "left",
		[UR_CALL_ENDED] = "ended"};

/* a rings two devices, one after the other, 10 s each; busy goes to b, no answer to 603, unreachable
 * to a queue; b has a box. */
static void make_world(void)
{
	static const struct ur_test_person a = {.id = "a",
			.busy = "user:b",
			.noanswer = "hangup:603",
			.unreachable = "queue:9",
			.strategy = UR_RING_SEQUENTIAL,
			.devices = 2,
			.device_flags = {UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE
									 | UR_DEVICE_RING_ON_FORK,
					UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE
							| UR_DEVICE_RING_ON_FORK},
			.ring_sec = 10};
	static const struct ur_test_person b = {.id = "b",
			.devices = 1,
			.voicemail = "7",
			.device_flags = {UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE
							 | UR_DEVICE_RING_ON_FORK},
			.ring_sec = 10};
	static const struct ur_test_person away = {
			.id = "away", .always = "queue:1"};
	static const struct ur_test_person dnd = {.id = "dnd", .dnd = 1};
	const char *bad;

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add(&b);
	ur_test_world_add(&away);
	ur_test_world_add(&dnd);
	ur_verdict_codes_reset(&codes);
	ur_verdict_codes_parse(&codes, "486,603", UR_VERDICT_BUSY, &bad);
	ur_verdict_codes_parse(&codes, "488", UR_VERDICT_NEGOTIATION, &bad);
	facts = (struct ur_call_facts){.directory = &ur_test_directory};
}

/* By a trunk, if caller is empty. */
static void init(const char *caller, enum ur_transfer transfer)
{
	const struct ur_caller who = {
			.aor = {caller, (int)strlen(caller)}, .dialled = UR_TEXT("x")};

	memset(&call, 0xff, sizeof(call));
	ur_call_init(&call, &who, transfer);
}

static void begin(const char *user)
{
	const struct ur_callee callee = {
			.kind = UR_CALLEE_USER, .user = ur_test_world_user(user)};

	ur_call_begin(&call, &callee, 0);
}

/* "ring b", "sip:1@queue", "486" or "outbound". */
static const char *decide(void)
{
	struct ur_decision decision;

	if(!ur_call_decide(&call, &facts, &decision))
		return "outbound";
	ur_call_settle(&call, &facts, &decision);
	return ur_test_world_print(&call.chain, &decision);
}

/* What the machine answers: the decision, its event before it, or what else. */
static const char *ask(int64_t now)
{
	static char text[100];
	struct ur_decision decision;
	enum ur_event event;

	switch(ur_call_ask(&call, now, &facts, &event, &decision)) {
		case UR_CALL_IS_OUTBOUND:
			return "outbound";
		case UR_CALL_GOES_ON:
			return "goes on";
		case UR_CALL_IS_OVER:
			snprintf(text, sizeof(text), "over %d", call.status);
			return text;
		case UR_CALL_IS_CANCELLED:
			return "cancelled";
		default:
			ur_call_settle(&call, &facts, &decision);
			snprintf(text, sizeof(text), "%s: %s", ur_rules_event_name(event),
					ur_test_world_print(&call.chain, &decision));
			return text;
	}
}

/* "start 0-1 until 10000", "wait", "wait until 5000" or "nobody". */
static const char *next(int64_t now, int pending)
{
	static char text[100];
	struct ur_plan_start start;
	int64_t until;

	switch(ur_call_next_start(&call, now, pending, &start, &until)) {
		case UR_CALL_START:
			snprintf(text, sizeof(text), "start %d-%d until %lld", start.first,
					start.next, (long long)ur_call_until(&call, start.first));
			return text;
		case UR_CALL_WAIT:
			ck_assert_int_eq(until, INT64_MAX);
			return "wait";
		default:
			return "nobody";
	}
}

static const char *start(int64_t now)
{
	const char *text = next(now, 0);

	ur_call_started(&call);
	return text;
}

static void leg_ends(int code, bool heard)
{
	ur_call_leg_ended(
			&call, &codes, (struct ur_leg_end){.code = code, .heard = heard});
}

static void forget(void)
{
	ur_chain_end(&call.chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}

/* ---- each phase with each event */

/* How a call gets there, from a trunk. */
static void come_to(enum ur_call_phase phase)
{
	init("", UR_TRANSFER_NONE);
	switch(phase) {
		case UR_CALL_OUTBOUND:
			ur_call_begin(&call,
					&(const struct ur_callee){.kind = UR_CALLEE_UNKNOWN}, 0);
			return;
		case UR_CALL_LEFT:
			begin("away");
			break;
		case UR_CALL_ENDED:
			begin("dnd");
			break;
		default:
			begin("a");
	}
	if(phase != UR_CALL_NEW)
		decide();
	if(phase == UR_CALL_RINGING)
		start(0);
	if(phase == UR_CALL_RUNG) {
		start(0);
		start(10000);
		ck_assert_str_eq(next(20000, 0), "nobody");
	}
	ck_assert_str_eq(phases[call.phase], phases[phase]);
}

static const char *ask_at_5(void)
{
	return ask(5000);
}

static const char *ask_cancelled(void)
{
	facts.is_cancelled = true;
	return ask(5000);
}

static const char *next_when_idle(void)
{
	return next(5000, 0);
}

static const char *next_when_pending(void)
{
	return next(5000, 1);
}

static const char *leg_is_busy(void)
{
	leg_ends(486, true);
	return "";
}

static const char *leg_declines(void)
{
	leg_ends(603, true);
	return next(5000, 0);
}

static const struct
{
	enum ur_call_phase phase;
	const char *(*event)(void);
	const char *answer, *after;
} events[] = {
		{UR_CALL_NEW, decide, "ring a", "to-ring"},
		{UR_CALL_NEW, ask_cancelled, "cancelled", "new"},
		{UR_CALL_NEW, next_when_idle, "nobody", "new"},
		{UR_CALL_NEW, next_when_pending, "wait", "new"},
		{UR_CALL_NEW, leg_is_busy, "", "new"},
		{UR_CALL_OUTBOUND, ask_at_5, "outbound", "outbound"},
		{UR_CALL_OUTBOUND, ask_cancelled, "cancelled", "outbound"},
		{UR_CALL_OUTBOUND, next_when_idle, "nobody", "outbound"},
		{UR_CALL_OUTBOUND, next_when_pending, "wait", "outbound"},
		{UR_CALL_OUTBOUND, leg_is_busy, "", "outbound"},
		{UR_CALL_TO_RING, ask_at_5, "goes on", "to-ring"},
		{UR_CALL_TO_RING, ask_cancelled, "cancelled", "to-ring"},
		{UR_CALL_TO_RING, next_when_idle, "start 0-1 until 15000", "to-ring"},
		{UR_CALL_TO_RING, next_when_pending, "start 0-1 until 15000",
				"to-ring"},
		{UR_CALL_TO_RING, leg_is_busy, "", "to-ring"},
		{UR_CALL_RINGING, ask_at_5, "goes on", "ringing"},
		{UR_CALL_RINGING, ask_cancelled, "cancelled", "ringing"},
		{UR_CALL_RINGING, next_when_idle, "start 1-2 until 15000", "ringing"},
		{UR_CALL_RINGING, next_when_pending, "wait", "ringing"},
		{UR_CALL_RINGING, leg_is_busy, "", "ringing"},
		{UR_CALL_RINGING, leg_declines, "nobody", "rung"},
		{UR_CALL_RUNG, ask_at_5, "unreachable: sip:9@queue", "left"},
		{UR_CALL_RUNG, ask_cancelled, "cancelled", "rung"},
		{UR_CALL_RUNG, next_when_idle, "nobody", "rung"},
		{UR_CALL_RUNG, next_when_pending, "wait", "rung"},
		{UR_CALL_RUNG, leg_is_busy, "", "rung"},
		{UR_CALL_LEFT, ask_at_5, "over 480", "left"},
		{UR_CALL_LEFT, ask_cancelled, "cancelled", "left"},
		{UR_CALL_LEFT, next_when_idle, "nobody", "left"},
		{UR_CALL_LEFT, next_when_pending, "wait", "left"},
		{UR_CALL_LEFT, leg_is_busy, "", "left"},
		{UR_CALL_ENDED, ask_at_5, "over 486", "ended"},
		{UR_CALL_ENDED, ask_cancelled, "cancelled", "ended"},
		{UR_CALL_ENDED, next_when_idle, "nobody", "ended"},
		{UR_CALL_ENDED, next_when_pending, "wait", "ended"},
		{UR_CALL_ENDED, leg_is_busy, "", "ended"},
};

START_TEST(test_event)
{
	make_world();
	come_to(events[_i].phase);
	ck_assert_str_eq(events[_i].event(), events[_i].answer);
	ck_assert_str_eq(phases[call.phase], events[_i].after);
	forget();
}
END_TEST

/* ---- the ring */

/* A start that nobody can be reached by gives way at once; each rings for its whole time. */
START_TEST(test_sequence)
{
	make_world();
	come_to(UR_CALL_TO_RING);
	ck_assert_str_eq(next(1000, 0), "start 0-1 until 11000");
	ck_assert_str_eq(start(1000), "start 1-2 until 11000");
	ck_assert_int_eq(call.step, 1);
	ck_assert_str_eq(next(11500, 0), "nobody");
	forget();
}
END_TEST

/* The ring's time begins with the first start, whether or not it reaches anybody. */
START_TEST(test_total_begins_once)
{
	make_world();
	facts.ring_timeout_total = true;
	come_to(UR_CALL_TO_RING);
	ck_assert_str_eq(next(1000, 0), "start 0-1 until 11000");
	ck_assert_str_eq(start(4000), "start 1-2 until 11000");
	forget();
}
END_TEST

/* ring_timeout_total: what the first has used, the second has not. */
START_TEST(test_total)
{
	make_world();
	facts.ring_timeout_total = true;
	come_to(UR_CALL_TO_RING);
	ck_assert_str_eq(start(1000), "start 0-1 until 11000");
	leg_ends(486, true);
	ck_assert(ur_call_has_start(&call, 10500));
	ck_assert(!ur_call_has_start(&call, 10501));
	facts.ring_timeout_total = false; /* for rings that begin now */
	ck_assert_str_eq(start(4000), "start 1-2 until 11000");
	ck_assert_int_eq(call.step, 2);
	forget();
}
END_TEST

/* The time is over before the second could begin: the rules are asked at once. */
START_TEST(test_total_is_over)
{
	make_world();
	facts.ring_timeout_total = true;
	come_to(UR_CALL_RINGING);
	leg_ends(0, true);
	ck_assert_str_eq(ask(10000), "no-answer: 603");
	forget();
}
END_TEST

/* A timer may end the first a little early: nobody rings for what is left. */
START_TEST(test_total_is_over_early)
{
	make_world();
	facts.ring_timeout_total = true;
	come_to(UR_CALL_RINGING);
	leg_ends(0, true);
	ck_assert_str_eq(ask(9969), "no-answer: 603");
	forget();
}
END_TEST

START_TEST(test_total_has_no_time_left)
{
	make_world();
	facts.ring_timeout_total = true;
	come_to(UR_CALL_RINGING);
	leg_ends(0, true);
	ck_assert_str_eq(next(9969, 0), "nobody");
	ck_assert_str_eq(phases[call.phase], "rung");
	forget();
}
END_TEST

/* The script that times the starts gets all at once, and no second time. */
START_TEST(test_by_script)
{
	make_world();
	come_to(UR_CALL_TO_RING);
	call.is_by_script = true;
	ck_assert_str_eq(start(0), "start 0-2 until 10000");
	ck_assert_str_eq(next(0, 0), "nobody");
	leg_ends(486, true);
	ck_assert_str_eq(ask(10000), "busy: ring b");
	ck_assert(!call.is_by_script); /* of this ring alone */
	forget();
}
END_TEST

/* The next user's ring knows nothing of the one before. */
START_TEST(test_next_user)
{
	make_world();
	come_to(UR_CALL_RINGING);
	leg_ends(488, true);
	start(5000);
	leg_ends(486, true);
	ck_assert_str_eq(ask(15000), "busy: ring b");
	ck_assert_str_eq(phases[call.phase], "to-ring");
	ck_assert_int_eq(call.step, 0);
	ck_assert_int_eq(call.ring.negotiation, 0);
	ck_assert_int_eq(ur_call_leg_to(&call, (struct ur_target){0}, UR_NO_PLACE),
			UR_LEG_TO_DEVICE);
	ck_assert_str_eq(start(16000), "start 0-1 until 26000");
	leg_ends(0, true);
	ck_assert_str_eq(ask(26000), "no-answer: sip:7@voicemail");
	ck_assert_str_eq(phases[call.phase], "left");
	ck_assert_int_eq(ur_call_leg_to(&call, (struct ur_target){0}, UR_NO_PLACE),
			UR_LEG_TO_TARGET);
	forget();
}
END_TEST

/* On its way to the next user a call does not ring: a driver's timer leaves it alone. */
START_TEST(test_move_after_ring)
{
	struct ur_decision decision;
	enum ur_event event;

	make_world();
	come_to(UR_CALL_RINGING);
	leg_ends(603, true);
	leg_ends(486, true);
	ck_assert_int_eq(ur_call_ask(&call, 5000, &facts, &event, &decision),
			UR_CALL_DECIDED);
	ck_assert_int_eq(decision.action, UR_ACTION_MOVE);
	ck_assert_str_eq(phases[call.phase], "rung");
	forget();
}
END_TEST

/* d's only phone is silent; the ring of a, whom the call reaches then, has its own outcome. */
START_TEST(test_unreachable)
{
	static const struct ur_test_person c = {.id = "c", .always = "user:a"};
	static const struct ur_test_person d = {.id = "d",
			.unreachable = "user:c",
			.devices = 1,
			.device_flags = {UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE
							 | UR_DEVICE_RING_ON_FORK}};

	make_world();
	ur_test_world_add(&c);
	ur_test_world_add(&d);
	init("", UR_TRANSFER_NONE);
	begin("d");
	decide();
	start(0);
	leg_ends(0, false);
	ck_assert_str_eq(ask(4000), "unreachable: ring a");
	ck_assert_int_eq(call.chain.hops[0].diversion, UR_DIVERSION_UNAVAILABLE);
	start(4000);
	leg_ends(0, true);
	start(14000);
	leg_ends(0, false);
	ck_assert_str_eq(ask(18000), "no-answer: 603");
	forget();
}
END_TEST

START_TEST(test_negotiation)
{
	make_world();
	come_to(UR_CALL_RINGING);
	leg_ends(488, true);
	start(1000);
	leg_ends(488, true);
	ck_assert_str_eq(ask(2000), "negotiation: 488");
	ck_assert_str_eq(ask(2000), "over 488");
	forget();
}
END_TEST

/* ---- who is called */

/* No rule applies. */
static const struct
{
	int code;
	const char *end;
} device_ends[] = {
		{486, "busy: 486"}, {480, "no-answer: 480"}, {0, "unreachable: 480"}};

START_TEST(test_device)
{
	struct ur_callee callee = {.kind = UR_CALLEE_DEVICE, .device = 1};

	make_world();
	callee.user = ur_test_world_user("a");
	init("", UR_TRANSFER_NONE);
	ur_call_begin(&call, &callee, 5);
	ck_assert_int_eq(call.chain.before, 0);
	ck_assert_str_eq(decide(), "ring a");
	ck_assert_str_eq(start(0), "start 1-2 until 10000");
	leg_ends(device_ends[_i].code, false);
	ck_assert_str_eq(ask(100), device_ends[_i].end);
	forget();
}
END_TEST

static const struct
{
	const char *target, *decision, *phase;
} lines[] = {
		{"user:a", "ring a", "to-ring"},
		{"user:away", "sip:1@queue", "left"},
		{"hangup:404", "404", "ended"},
		{"user:x", "outbound", "outbound"},
};

START_TEST(test_extension)
{
	const struct ur_test_line line = {"e", lines[_i].target};
	struct ur_callee callee = {.kind = UR_CALLEE_EXTENSION};

	make_world();
	ur_test_world_add_line(&line);
	callee.extension = ur_test_world_line("e");
	init("", UR_TRANSFER_NONE);
	ur_call_begin(&call, &callee, 3);
	ck_assert_int_eq(call.chain.before, 3);
	ck_assert_str_eq(decide(), lines[_i].decision);
	ck_assert_str_eq(phases[call.phase], lines[_i].phase);
	forget();
}
END_TEST

START_TEST(test_outbound)
{
	static const enum ur_callee_kind kinds[] = {
			UR_CALLEE_UNKNOWN, UR_CALLEE_FOREIGN};
	const struct ur_callee callee = {.kind = kinds[_i], .number = {"+4930", 5}};

	init("a0@x", UR_TRANSFER_NONE);
	ur_call_begin(&call, &callee, 0);
	ck_assert_str_eq(phases[call.phase], "outbound");
	ck_assert(ur_text_equal(ur_number_text(&call.number), UR_TEXT("+4930")));
	ck_assert_int_eq(ur_call_leg_to(&call, (struct ur_target){0}, UR_NO_PLACE),
			UR_LEG_TO_OUTBOUND);
	ck_assert_ptr_null(ur_call_user(&call));
}
END_TEST

/* ---- a transfer */

/* All active devices at once, whatever the rules say; its end is its own. Code 0: nothing is heard. */
static const struct
{
	const char *callee;
	int code;
	const char *end;
} transfers[] = {
		{"a", 481, "over 481"},
		{"a", 486, "over 486"},
		{"a", 480, "over 480"},
		{"a", 0, "over 481"},
		{"away", 0, "over 481"},
		{"dnd", 0, "over 481"},
};

START_TEST(test_transfer)
{
	make_world();
	init("", UR_TRANSFER_ASKED);
	begin(transfers[_i].callee);
	decide();
	ck_assert_str_eq(phases[call.phase], "to-ring");
	if(ur_call_has_start(&call, 0)) {
		ck_assert_str_eq(start(0), "start 0-2 until 10000");
		leg_ends(transfers[_i].code, transfers[_i].code != 0);
	}
	ck_assert_str_eq(next(10000, 0), "nobody");
	ask(10000);
	ck_assert_str_eq(ask(10000), transfers[_i].end);
	forget();
}
END_TEST

START_TEST(test_bad_transfer)
{
	make_world();
	init("", UR_TRANSFER_BAD);
	begin("a");
	ck_assert_str_eq(decide(), "400");
	ck_assert_str_eq(phases[call.phase], "ended");
	forget();
}
END_TEST

/* Who may not ask for a call of that user calls as anybody does. */
static const struct
{
	enum ur_transfer transfer;
	const char *decision;
} strangers[] = {
		{UR_TRANSFER_ASKED, "sip:1@queue"}, {UR_TRANSFER_BAD, "sip:1@queue"}};

START_TEST(test_transfer_of_stranger)
{
	make_world();
	init("z0@y", strangers[_i].transfer);
	begin("away");
	ck_assert_str_eq(decide(), strangers[_i].decision);
	ck_assert_int_eq(call.transfer, UR_TRANSFER_NONE);
	forget();
}
END_TEST

/* No rule holds for a message. */
static const char *const receivers[] = {"a", "away", "dnd"};

START_TEST(test_message)
{
	make_world();
	init("", UR_TRANSFER_NONE);
	call.is_message = true;
	begin(receivers[_i]);
	decide();
	ck_assert_str_eq(phases[call.phase], "to-ring");
	ck_assert(call.plan.is_message);
	forget();
}
END_TEST

/* ---- leaving */

/* A box is told whose it is, and why; with a domain that makes that too long the call ends. */
static const struct
{
	int domain_length;
	const char *uri;
	int status;
} boxes[] = {
		{1, "sip:7@voicemail;target=sip:b%40x;cause=408", 0},
		{1000, NULL, 500},
};

START_TEST(test_box)
{
	static char domain[1000];
	struct ur_decision decision;
	enum ur_event event;

	make_world();
	memset(domain, 'x', sizeof(domain));
	init("", UR_TRANSFER_NONE);
	call.caller.dialled = (struct ur_text){domain, boxes[_i].domain_length};
	begin("b");
	decide();
	start(0);
	leg_ends(0, true);
	ck_assert_int_eq(ur_call_ask(&call, 10000, &facts, &event, &decision),
			UR_CALL_DECIDED);
	if(boxes[_i].uri != NULL) {
		ck_assert_int_eq(decision.action, UR_ACTION_LEAVE);
		ck_assert(ur_text_equal((struct ur_text){decision.arrival.uri,
										decision.arrival.uri_len},
				(struct ur_text){boxes[_i].uri, (int)strlen(boxes[_i].uri)}));
	} else {
		ck_assert_int_eq(decision.action, UR_ACTION_END);
		ck_assert_int_eq(call.status, boxes[_i].status);
		ck_assert_str_eq(phases[call.phase], "ended");
	}
	forget();
}
END_TEST

/* The driver could not leave: there is no target any more, and it is not asked for again. */
START_TEST(test_cannot_leave)
{
	make_world();
	come_to(UR_CALL_LEFT);
	ur_call_end(&call, 500);
	ck_assert_str_eq(phases[call.phase], "ended");
	ck_assert_str_eq(ask(5000), "over 500");
	forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call");
	TCase *tcase = tcase_create("call");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_event, 0, COUNT(events));
	tcase_add_test(tcase, test_sequence);
	tcase_add_test(tcase, test_total_begins_once);
	tcase_add_test(tcase, test_total);
	tcase_add_test(tcase, test_total_is_over);
	tcase_add_test(tcase, test_total_is_over_early);
	tcase_add_test(tcase, test_total_has_no_time_left);
	tcase_add_test(tcase, test_by_script);
	tcase_add_test(tcase, test_next_user);
	tcase_add_test(tcase, test_move_after_ring);
	tcase_add_test(tcase, test_unreachable);
	tcase_add_test(tcase, test_negotiation);
	tcase_add_loop_test(tcase, test_device, 0, COUNT(device_ends));
	tcase_add_loop_test(tcase, test_extension, 0, COUNT(lines));
	tcase_add_loop_test(tcase, test_outbound, 0, 2);
	tcase_add_loop_test(tcase, test_transfer, 0, COUNT(transfers));
	tcase_add_loop_test(tcase, test_message, 0, COUNT(receivers));
	tcase_add_test(tcase, test_bad_transfer);
	tcase_add_loop_test(tcase, test_transfer_of_stranger, 0, COUNT(strangers));
	tcase_add_loop_test(tcase, test_box, 0, COUNT(boxes));
	tcase_add_test(tcase, test_cannot_leave);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
