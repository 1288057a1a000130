/*
 * Calls to users who have rules of their own: how a rule rings, and what rules are asked of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "policy/call.h"
#include "support/own_rules.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define RINGS (UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK)

static struct ur_verdict_codes codes;
static struct ur_call call;
static struct ur_call_facts facts;

/* b rings one device. */
static void make_world(void)
{
	static const struct ur_test_person b = {
			.id = "b", .devices = 1, .device_flags = {RINGS}, .ring_sec = 10};
	const char *bad;

	ur_test_world_forget();
	ur_test_world_add(&b);
	ur_verdict_codes_reset(&codes);
	ur_verdict_codes_parse(&codes, "486", UR_VERDICT_BUSY, &bad);
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

/* "ring b", "sip:1@queue" or "486". */
static const char *decide(void)
{
	struct ur_decision decision;

	ck_assert(ur_call_decide(&call, &facts, &decision));
	ur_call_settle(&call, &facts, &decision);
	return ur_test_world_print(&call.chain, &decision);
}

static const char *after_busy(int64_t now)
{
	struct ur_decision decision;
	enum ur_event event;

	ck_assert_int_eq(ur_call_ask(&call, now, &facts, &event, &decision),
			UR_CALL_DECIDED);
	ck_assert_int_eq(event, UR_EVENT_BUSY);
	ur_call_settle(&call, &facts, &decision);
	return ur_test_world_print(&call.chain, &decision);
}

/* The places that start, and until when: "start 0-1 until 10000", up to before 1; else "wait". */
static const char *next(int64_t now, int pending)
{
	static char text[100];
	struct ur_plan_start start;
	int64_t until;

	if(ur_call_next_start(&call, now, pending, &start, &until) != UR_CALL_START)
		return "wait";
	snprintf(text, sizeof(text), "start %d-%d until %lld", start.first,
			start.next, (long long)ur_call_until(&call, start.first));
	return text;
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

/* a's own strategy is one after the other, 10 s each; the rule's holds for this ring alone. */
static const struct
{
	const char *rules;
	int dnd;
	const char *starts; /* what starts at 0, and at 5 s while it rings */
} ring_rules[] = {
		{"always ring", 0, "start 0-1 until 10000, wait"},
		{"always ring:/3", 0, "start 0-1 until 3000, wait"},
		{"always ring:simultaneous", 0, "start 0-2 until 10000, wait"},
		{"always ring:simultaneous/4", 0, "start 0-2 until 4000, wait"},
		{"always ring:simultaneous/4; dnd ring:/3", 0,
				"start 0-2 until 4000, wait"},
		/* do not disturb's replaces it as a whole */
		{"always ring:simultaneous/4; dnd ring", 1,
				"start 0-1 until 10000, wait"},
		{"always ring:simultaneous; dnd ring:/3", 1,
				"start 0-1 until 3000, wait"},
		{"always internal ring:/3", 0, "start 0-1 until 10000, wait"},
};

START_TEST(test_ring_rule)
{
	const struct ur_test_person c = {.id = "c",
			.strategy = UR_RING_SEQUENTIAL,
			.devices = 2,
			.device_flags = {RINGS, RINGS},
			.ring_sec = 10,
			.dnd = ring_rules[_i].dnd,
			.busy = "user:b",
			.rules = ring_rules[_i].rules};
	char text[100];

	make_world();
	ur_test_world_add(&c);
	init("", UR_TRANSFER_NONE);
	begin("c");
	ck_assert_str_eq(decide(), "ring c");
	snprintf(text, sizeof(text), "%s", start(0));
	snprintf(text + strlen(text), sizeof(text) - strlen(text), ", %s",
			next(1, 1));
	ck_assert_str_eq(text, ring_rules[_i].starts);
	/* the next user is not rung by it */
	leg_ends(486, true);
	if(ur_call_has_start(&call, 0)) {
		start(0);
		leg_ends(486, true);
	}
	ck_assert_str_eq(after_busy(1), "ring b");
	ck_assert_ptr_null(call.plan.rule);
	ck_assert_str_eq(start(1), "start 0-1 until 10001");
	forget();
}
END_TEST

/* The devices' places are those of the rule's order; so is the caller's. */
START_TEST(test_ring_rule_places)
{
	const struct ur_test_person c = {.id = "c",
			.devices = 3,
			.device_flags = {RINGS, RINGS, RINGS},
			.delay_sec = {0, 1, 2},
			.ring_order = {3, 2, 1},
			.rules = "always ring:sequential"};

	make_world();
	ur_test_world_add(&c);
	init("c2@x", UR_TRANSFER_NONE);
	begin("c");
	ck_assert_str_eq(decide(), "ring c");
	ck_assert_int_eq(call.plan.caller, 0);
	ck_assert_int_eq(ur_plan_find(&call.plan, UR_TEXT("c0@x")), 2);
	ck_assert_int_eq(ur_plan_reason(&call.plan, 0), UR_PLAN_CALLER);
	ck_assert_str_eq(start(0), "start 1-2 until 25000");
	ck_assert_int_eq(ur_plan_member(&call.plan, 1).device, 1);
	ck_assert(ur_call_joins(&call, 1, 100));
	ck_assert(!ur_call_joins(&call, 2, 100));
	forget();
}
END_TEST

/* A transfer, a message and a device at its own address know no rules. */
static const struct
{
	enum ur_transfer transfer;
	bool is_message, is_device;
} ruleless[] = {
		{UR_TRANSFER_ASKED, false, false},
		{UR_TRANSFER_NONE, true, false},
		{UR_TRANSFER_NONE, false, true},
};

START_TEST(test_no_rule)
{
	const struct ur_test_person c = {.id = "c",
			.devices = 1,
			.device_flags = {RINGS},
			.rules = "always reject"};
	struct ur_callee callee;

	make_world();
	ur_test_world_add(&c);
	init("", ruleless[_i].transfer);
	call.is_message = ruleless[_i].is_message;
	callee = (struct ur_callee){
			.kind = ruleless[_i].is_device ? UR_CALLEE_DEVICE : UR_CALLEE_USER,
			.user = ur_test_world_user("c")};
	ur_call_begin(&call, &callee, 0);
	ck_assert_str_eq(decide(), "ring c");
	ck_assert_ptr_null(call.plan.rule);
	forget();
}
END_TEST

static struct ur_text assert_number(void *request)
{
	return (struct ur_text){request, (int)strlen(request)};
}

/* What rules are asked of: the moment of each decision, the caller, and the number of a trunk. */
START_TEST(test_facts_of_rules)
{
	const struct ur_test_person c = {.id = "c",
			.rules = "always in:first on:l queue:1; busy in:second queue:2"};

	make_world();
	ur_test_world_add(&c);
	ur_test_add_schedule("first", "0-100", "0-1");
	ur_test_add_schedule("second", "0-100", "1-2");
	ur_test_add_caller_list("l", "+4930");
	facts.request = (void *)(_i ? "+4940" : "+4930");
	facts.asserted = assert_number;
	facts.time = 59;
	init("", UR_TRANSFER_NONE);
	begin("c");
	ck_assert_str_eq(decide(), _i ? "ring c" : "sip:1@queue");
	if(_i) {
		struct ur_decision decision;

		ur_call_after_ring(&call, UR_EVENT_BUSY, &facts, &decision);
		ck_assert_int_eq(decision.arrival.status, 486);
		facts.time = 60;
		ur_call_after_ring(&call, UR_EVENT_BUSY, &facts, &decision);
		ck_assert_str_eq(
				ur_test_world_print(&call.chain, &decision), "sip:2@queue");
		ck_assert_int_eq(
				call.chain.hops[0].diversion, UR_DIVERSION_TIME_OF_DAY);
	}
	forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call_rules");
	TCase *tcase = tcase_create("call_rules");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_ring_rule, 0, COUNT(ring_rules));
	tcase_add_test(tcase, test_ring_rule_places);
	tcase_add_loop_test(tcase, test_no_rule, 0, COUNT(ruleless));
	tcase_add_loop_test(tcase, test_facts_of_rules, 0, 2);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
