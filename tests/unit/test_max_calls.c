/*
 * Users with too many calls in progress: what is decided, and for whom a call counts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/call.h"
#include "policy/history.h"
#include "support/calls.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define RINGS (UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK)

static struct ur_directory directory;

/* b rings; x is nobody. */
static void make_world(const struct ur_test_person *a, const char *calls)
{
	static const struct ur_test_person b = {
			.id = "b", .devices = 1, .device_flags = {RINGS}};
	struct ur_test_person own = *a;

	own.id = "a";
	own.devices = 1;
	own.device_flags[0] = RINGS;
	ur_test_world_forget();
	ur_test_world_add(&own);
	ur_test_world_add(&b);
	ur_test_calls_set(calls);
	directory = ur_test_directory;
	directory.add_call = ur_test_add_call;
}

/* ---- rules */

static const struct
{
	struct ur_test_person a;
	const char *calls, *result, *why; /* the rule, or its id, and the reason */
	const char *asked;				  /* who was asked for room */
	bool is_full;
} cases[] = {
		/* up to the limit */
		{{.max_calls = 2}, "a1", "ring a", "none ", "a", false},
		{{.max_calls = 2}, "a2", "486", "none user-busy", "a-", true},
		{{.max_calls = 2}, "a3", "486", "none user-busy", "a-", true},
		{{.max_calls = 1}, NULL, "ring a", "none ", "a", false},
		/* the call counts for those without a limit, too */
		{{.max_calls = 0}, "a1000", "ring a", "none ", "a", false},
		/* each part of the busy line */
		{{.max_calls = 1,
				 .rules = "busy internal queue:1; busy queue:2",
				 .busy = "queue:3",
				 .voicemail = "7"},
				"a1", "sip:2@queue", "r2 user-busy", "a-", true},
		{{.max_calls = 1, .rules = "busy reject", .busy = "queue:3"}, "a1",
				"603", "r1 user-busy", "a-", true},
		{{.max_calls = 1, .rules = "busy ring", .busy = "queue:3"}, "a1",
				"sip:3@queue", "fwd_busy user-busy", "a-", true},
		{{.max_calls = 1, .busy = "queue:3", .voicemail = "7"}, "a1",
				"sip:3@queue", "fwd_busy user-busy", "a-", true},
		{{.max_calls = 1, .busy = "user:x", .voicemail = "7"}, "a1",
				"sip:7@voicemail", "voicemail user-busy", "a-", true},
		{{.max_calls = 1, .busy = "user:x", .voicemail = "no"}, "a1", "486",
				"none user-busy", "a-", true},
		/* no other line's */
		{{.max_calls = 1,
				 .rules = "noanswer queue:1; unreachable queue:1; dnd queue:1",
				 .noanswer = "queue:1",
				 .unreachable = "queue:1"},
				"a1", "486", "none user-busy", "a-", true},
		/* rules of event always and fwd_always come before, and count nothing */
		{{.max_calls = 1, .rules = "always queue:1", .busy = "queue:3"}, "a1",
				"sip:1@queue", "r1 unconditional", "", false},
		{{.max_calls = 1, .rules = "always reject"}, "a1", "603",
				"r1 unconditional", "", false},
		{{.max_calls = 1, .always = "queue:1", .busy = "queue:3"}, "a1",
				"sip:1@queue", "fwd_always unconditional", "", false},
		{{.max_calls = 1, .always = "user:x", .busy = "queue:3"}, "a1",
				"sip:3@queue", "fwd_busy user-busy", "a-", true},
		/* a rule that rings finds the user busy all the same */
		{{.max_calls = 1, .rules = "always ring"}, "a1", "486",
				"none user-busy", "a-", true},
		{{.max_calls = 1, .rules = "always ring; busy queue:2"}, "a1",
				"sip:2@queue", "r2 user-busy", "a-", true},
		{{.max_calls = 2, .rules = "always ring"}, "a1", "ring a", "r1 ", "a",
				false},
		/* do not disturb comes after it */
		{{.max_calls = 1, .dnd = 1, .rules = "dnd queue:1; busy queue:2"}, "a1",
				"sip:2@queue", "r2 user-busy", "a-", true},
		{{.max_calls = 1, .dnd = 1, .rules = "dnd ring"}, "a1", "486",
				"none user-busy", "a-", true},
		{{.max_calls = 1, .dnd = 1}, "a1", "486", "none user-busy", "a-", true},
		{{.max_calls = 2, .dnd = 1}, "a1", "486", "none do-not-disturb", "a",
				false},
		/* on to b */
		{{.max_calls = 1, .busy = "user:b"}, "a1 b9", "ring b", "none ", "a- b",
				false},
		{{.max_calls = 1, .always = "user:b"}, "a1", "ring b", "none ", "b",
				false},
};

static const char *why_of(const struct ur_decision *decision)
{
	static char text[100];
	const struct ur_text reason = ur_history_reason(decision->reason);
	const struct ur_text id = ur_rules_id(decision);
	const char *name = ur_rules_name(decision->rule);

	ck_assert_int_eq(id.len > 0, decision->rule == UR_RULE_OF_USER);
	snprintf(text, sizeof(text), "%.*s %.*s",
			id.len > 0 ? id.len : (int)strlen(name), id.len > 0 ? id.s : name,
			reason.len, reason.s);
	return text;
}

START_TEST(test_rules)
{
	struct ur_decision decision;
	struct ur_chain chain;

	make_world(&cases[_i].a, cases[_i].calls);
	memset(&decision, 0xff, sizeof(decision));
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_test_decide(&chain, &directory, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision), cases[_i].result);
	ck_assert_str_eq(why_of(&decision), cases[_i].why);
	ck_assert_str_eq(ur_test_calls_asked(), cases[_i].asked);
	ck_assert_int_eq(decision.is_full, cases[_i].is_full);
	ur_chain_end(&chain, &directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

/* Nobody counts, or the user has been rung: nobody has too many calls. */
START_TEST(test_not_counted)
{
	const struct ur_test_person a = {.max_calls = 1, .noanswer = "queue:1"};
	struct ur_decision decision;
	struct ur_chain chain;

	make_world(&a, "a1");
	if(_i == 0)
		directory.add_call = NULL;
	memset(&decision, 0xff, sizeof(decision));
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_test_decide(&chain, &directory,
			_i == 0 ? UR_EVENT_CALLED : UR_EVENT_NO_ANSWER, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision),
			_i == 0 ? "ring a" : "sip:1@queue");
	ck_assert_str_eq(ur_test_calls_asked(), "");
	ck_assert(!decision.is_full);
	ur_chain_end(&chain, &directory);
	ur_test_world_forget();
}
END_TEST

START_TEST(test_end)
{
	struct ur_decision decision;

	memset(&decision, 0xff, sizeof(decision));
	ur_rules_decide_end(488, &decision);
	ck_assert(!decision.is_full);
	memset(&decision, 0xff, sizeof(decision));
	ur_rules_decide_device(UR_EVENT_BUSY, &decision);
	ck_assert(!decision.is_full);
}
END_TEST

/* Each user is asked whom the call comes to. */
START_TEST(test_chain)
{
	static const struct ur_test_person people[] = {
			{.id = "a", .max_calls = 1, .busy = "user:b"},
			{.id = "b", .always = "user:c"},
			{.id = "c", .max_calls = 3, .busy = "user:d"},
			{.id = "d", .dnd = 1, .busy = "user:e"},
			{.id = "e", .max_calls = 1},
	};
	struct ur_decision decision;
	struct ur_chain chain;
	int i;

	make_world(&people[1], "a1 b9 c3 d9");
	ur_test_world_forget();
	for(i = 0; i < COUNT(people); i++)
		ur_test_world_add(&people[i]);
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_test_decide(&chain, &directory, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision), "ring e");
	ck_assert_str_eq(ur_test_calls_asked(), "a- c- d e");
	ck_assert_int_eq(chain.hops[0].diversion, UR_DIVERSION_USER_BUSY);
	ck_assert_int_eq(chain.hops[2].diversion, UR_DIVERSION_USER_BUSY);
	ck_assert_int_eq(chain.hops[3].diversion, UR_DIVERSION_DO_NOT_DISTURB);
	ur_chain_end(&chain, &directory);
	ur_test_world_forget();
}
END_TEST

/* ---- calls that no rule is asked about */

static struct ur_call call;
static struct ur_call_facts facts;

/* From a trunk, if caller is empty; else from a device of a user, "a0@x". */
static void init(const char *caller, enum ur_transfer transfer)
{
	const char id[] = {caller[0], '\0'};
	struct ur_caller who = {
			.aor = {caller, (int)strlen(caller)}, .dialled = UR_TEXT("x")};

	if(*caller != '\0') {
		who.user = ur_test_world_user(id);
		ur_test_world.references -= who.user != NULL;
	}
	facts = (struct ur_call_facts){.directory = &directory};
	memset(&call, 0xff, sizeof(call));
	ur_call_init(&call, &who, transfer);
}

/* To a device of user a, "a0"; an extension; else to a user. */
static void begin(const char *callee)
{
	struct ur_callee who = {.kind = UR_CALLEE_USER};

	if(*callee == 'e') {
		who.kind = UR_CALLEE_EXTENSION;
		who.extension = ur_test_world_line(callee);
	} else {
		const char id[] = {callee[0], '\0'};

		who.user = ur_test_world_user(id);
		if(callee[1] != '\0')
			who.kind = UR_CALLEE_DEVICE;
	}
	ur_call_begin(&call, &who, 0);
}

static const char *decide(struct ur_decision *decision)
{
	memset(decision, 0xff, sizeof(*decision));
	ck_assert(ur_call_decide(&call, &facts, decision));
	return ur_test_world_print(&call.chain, decision);
}

static void forget(void)
{
	ur_chain_end(&call.chain, &directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}

static const struct
{
	const char *callee;
	enum ur_transfer transfer;
	bool is_message;
	const char *calls, *result, *asked;
	bool is_full;
} ruleless[] = {
		/* a device at its own address: no rule, no forward */
		{"a0", UR_TRANSFER_NONE, false, "a1", "486", "a-", true},
		{"a0", UR_TRANSFER_NONE, false, NULL, "ring a", "a", false},
		/* a transfer is counted, whether there is room or not */
		{"a", UR_TRANSFER_ASKED, false, "a1", "ring a", "a!", false},
		{"a", UR_TRANSFER_ASKED, false, NULL, "ring a", "a!", false},
		{"a0", UR_TRANSFER_ASKED, false, "a1", "ring a", "a!", false},
		{"a", UR_TRANSFER_BAD, false, NULL, "400", "", false},
		/* a message is no call */
		{"a", UR_TRANSFER_NONE, true, "a1", "ring a", "", false},
		{"a0", UR_TRANSFER_NONE, true, "a1", "ring a", "", false},
		{"a", UR_TRANSFER_ASKED, true, "a1", "ring a", "", false},
		/* and one that is decided by rules */
		{"a", UR_TRANSFER_NONE, false, "a1", "sip:3@queue", "a-", true},
};

START_TEST(test_ruleless)
{
	const struct ur_test_person a = {
			.max_calls = 1, .busy = "queue:3", .voicemail = "7"};
	struct ur_decision decision;

	make_world(&a, ruleless[_i].calls);
	init("", ruleless[_i].transfer);
	call.is_message = ruleless[_i].is_message;
	begin(ruleless[_i].callee);
	ck_assert_str_eq(decide(&decision), ruleless[_i].result);
	ck_assert_str_eq(ur_test_calls_asked(), ruleless[_i].asked);
	ck_assert_int_eq(decision.is_full, ruleless[_i].is_full);
	if(call.phase == UR_CALL_ENDED)
		ck_assert_int_eq(call.status, atoi(ruleless[_i].result));
	forget();
}
END_TEST

/* Who may not continue calls of that user has no transfer, but a call. */
START_TEST(test_transfer_of_stranger)
{
	const struct ur_test_person a = {.max_calls = 1};
	struct ur_decision decision;

	make_world(&a, "a1");
	init("z0@y", UR_TRANSFER_ASKED);
	begin("a");
	ck_assert_str_eq(decide(&decision), "486");
	ck_assert_str_eq(ur_test_calls_asked(), "a-");
	forget();
}
END_TEST

/* After the ring nobody is asked again, but the next user. */
START_TEST(test_after_ring)
{
	const struct ur_test_person a = {.max_calls = 1, .busy = "user:b"};
	struct ur_decision decision;

	make_world(&a, NULL);
	init("", UR_TRANSFER_NONE);
	begin("a");
	ck_assert_str_eq(decide(&decision), "ring a");
	ur_call_after_ring(&call, UR_EVENT_BUSY, &facts, &decision);
	ur_call_settle(&call, &facts, &decision);
	ck_assert_str_eq(ur_test_world_print(&call.chain, &decision), "ring b");
	ck_assert_str_eq(ur_test_calls_asked(), "a b");
	forget();
}
END_TEST

/* ---- the caller */

static const struct
{
	const char *caller, *callee;
	enum ur_transfer transfer;
	bool is_message;
	const char *calls;
	bool may;
	const char *asked;
} callers[] = {
		{"a0@x", "b", UR_TRANSFER_NONE, false, NULL, true, "a"},
		{"a0@x", "b", UR_TRANSFER_NONE, false, "a1", false, "a-"},
		{"b0@x", "a", UR_TRANSFER_NONE, false, "a1 b99", true, "b"},
		{"", "a", UR_TRANSFER_NONE, false, "a1", true, ""},
		/* a phone whose user was deleted */
		{"x0@x", "a", UR_TRANSFER_NONE, false, "a1", true, ""},
		{"a0@x", "b", UR_TRANSFER_NONE, true, "a1", true, ""},
		{"a0@x", "b", UR_TRANSFER_ASKED, true, "a1", true, ""},
		/* a transfer to a user of ours */
		{"a0@x", "b", UR_TRANSFER_ASKED, false, "a1", true, "a!"},
		{"a0@x", "b", UR_TRANSFER_BAD, false, "a1", false, "a-"},
		{"a0@x", "e1", UR_TRANSFER_ASKED, false, "a1", true, "a!"},
		/* … not to anybody else */
		{"a0@x", "c", UR_TRANSFER_ASKED, false, "a1", false, "a-"},
		{"a0@x", "e2", UR_TRANSFER_ASKED, false, "a1", false, "a-"},
		{"a0@x", "e3", UR_TRANSFER_ASKED, false, "a1", false, "a-"},
		{"a0@x", "e4", UR_TRANSFER_ASKED, false, "a1", false, "a-"},
		{"a0@x", "e5", UR_TRANSFER_ASKED, false, "a1", false, "a-"},
};

/* c is of another account. e1 leads to b, e2 nowhere, e3 to a queue, e4 to e1; e5 is another
 * account's, and leads to b. */
static void make_callees(void)
{
	static const struct ur_test_person c = {.id = "c", .account = 1};
	static const struct ur_test_line lines[] = {{"e1", "user:b"},
			{"e2", "user:x"}, {"e3", "queue:b"}, {"e4", "extension:e1"},
			{"e5", "user:b"}};
	int i;

	ur_test_world_add(&c);
	for(i = 0; i < COUNT(lines); i++)
		ur_test_world_add_line(&lines[i]);
	((struct ur_extension *)ur_test_world_line("e5"))->account = 1;
	ur_test_world.references--;
}

START_TEST(test_caller)
{
	const struct ur_test_person a = {.max_calls = 1};

	make_world(&a, callers[_i].calls);
	make_callees();
	init(callers[_i].caller, callers[_i].transfer);
	call.is_message = callers[_i].is_message;
	begin(callers[_i].callee);
	ck_assert_int_eq(ur_call_may_begin(&call, &facts), callers[_i].may);
	ck_assert_str_eq(ur_test_calls_asked(), callers[_i].asked);
	forget();
}
END_TEST

/* A media server calls for a user: no device of theirs places that call. */
START_TEST(test_media_server)
{
	const struct ur_test_person a = {.max_calls = 1};

	make_world(&a, "a1");
	init("a0@x", UR_TRANSFER_NONE);
	call.caller.aor = UR_TEXT("");
	begin("b");
	ck_assert(ur_call_may_begin(&call, &facts));
	ck_assert_str_eq(ur_test_calls_asked(), "");
	forget();
}
END_TEST

/* Who calls themself has one call. */
START_TEST(test_self)
{
	const struct ur_test_person a = {.max_calls = 1};
	struct ur_decision decision;

	make_world(&a, NULL);
	init("a0@x", UR_TRANSFER_NONE);
	begin("a");
	ck_assert(ur_call_may_begin(&call, &facts));
	ck_assert_str_eq(decide(&decision), "ring a");
	ck_assert_str_eq(ur_test_calls_asked(), "a a");
	forget();
}
END_TEST

/* Out of the module: an emergency call always may, but counts; no header makes a transfer of another. */
static const struct
{
	bool is_emergency;
	enum ur_transfer transfer;
	bool may;
	const char *asked;
} outbound[] = {
		{false, UR_TRANSFER_NONE, false, "a-"},
		{false, UR_TRANSFER_ASKED, false, "a-"},
		{true, UR_TRANSFER_NONE, true, "a!"},
};

START_TEST(test_outbound)
{
	const struct ur_test_person a = {.max_calls = 1};
	const struct ur_callee nobody = {.kind = UR_CALLEE_UNKNOWN};

	make_world(&a, "a1");
	init("a0@x", outbound[_i].transfer);
	ur_call_begin(&call, &nobody, 0);
	call.is_emergency = outbound[_i].is_emergency;
	ck_assert_int_eq(ur_call_may_begin(&call, &facts), outbound[_i].may);
	ck_assert_str_eq(ur_test_calls_asked(), outbound[_i].asked);
	forget();
}
END_TEST

static bool add_nothing(void *context, const struct ur_user *user, bool must)
{
	(void)context;
	(void)user;
	(void)must;
	return false;
}

/* Nobody counts; and an emergency call may even if it can't be counted. */
START_TEST(test_caller_not_counted)
{
	const struct ur_test_person a = {.max_calls = 1};
	const struct ur_callee nobody = {.kind = UR_CALLEE_UNKNOWN};

	make_world(&a, "a1");
	directory.add_call = _i == 0 ? NULL : add_nothing;
	init("a0@x", UR_TRANSFER_NONE);
	ur_call_begin(&call, &nobody, 0);
	call.is_emergency = _i == 1;
	ck_assert(ur_call_may_begin(&call, &facts));
	forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("max_calls");
	TCase *tcase = tcase_create("max_calls");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_rules, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_not_counted, 0, 2);
	tcase_add_test(tcase, test_end);
	tcase_add_test(tcase, test_chain);
	tcase_add_loop_test(tcase, test_ruleless, 0, COUNT(ruleless));
	tcase_add_test(tcase, test_transfer_of_stranger);
	tcase_add_test(tcase, test_after_ring);
	tcase_add_loop_test(tcase, test_caller, 0, COUNT(callers));
	tcase_add_test(tcase, test_media_server);
	tcase_add_test(tcase, test_self);
	tcase_add_loop_test(tcase, test_outbound, 0, COUNT(outbound));
	tcase_add_loop_test(tcase, test_caller_not_counted, 0, 2);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
