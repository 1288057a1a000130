/*
 * Users' own rules: which one decides, what for, and what comes after the last one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "policy/history.h"
#include "support/own_rules.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Of user a. It is within the hours of schedule "day", and outside those of "night"; a trunk asserts +4930123,
 * which is on the list "berlin". b rings, x is nobody. */
static const struct
{
	struct ur_test_person a;
	enum ur_event event;
	const char *result; /* "ring a", "sip:1@queue", "603" */
	const char *why;	/* the rule, or its id, and the reason */
	const char *asked;	/* the rules, and whether they hold */
} cases[] = {
		/* always: the first that holds */
		{{.rules = "always queue:1"}, UR_EVENT_CALLED, "sip:1@queue",
				"r1 unconditional", "r1 holds"},
		{{.rules = "always queue:1; always queue:2"}, UR_EVENT_CALLED,
				"sip:1@queue", "r1 unconditional", "r1 holds"},
		{{.rules = "always internal queue:1; always queue:2"}, UR_EVENT_CALLED,
				"sip:2@queue", "r2 unconditional", "r1 not-internal, r2 holds"},
		{{.rules = "always internal queue:1"}, UR_EVENT_CALLED, "ring a",
				"none ", "r1 not-internal"},
		/* then the user's own columns */
		{{.rules = "always internal queue:1", .always = "queue:3"},
				UR_EVENT_CALLED, "sip:3@queue", "fwd_always unconditional",
				"r1 not-internal"},
		{{.rules = "always queue:1", .always = "queue:3"}, UR_EVENT_CALLED,
				"sip:1@queue", "r1 unconditional", "r1 holds"},
		/* only those of the event */
		{{.rules = "busy queue:1; noanswer queue:1; unreachable queue:1; "
				   "dnd queue:1"},
				UR_EVENT_CALLED, "ring a", "none ", ""},
		{{.rules = "always queue:1"}, UR_EVENT_BUSY, "486", "none user-busy",
				""},
		/* what can't be followed gives way to the next rule */
		{{.rules = "always queue:no; always queue:2"}, UR_EVENT_CALLED,
				"sip:2@queue", "r2 unconditional", "r1 holds, r2 holds"},
		{{.rules = "always user:a; always user:x; always queue:no",
				 .always = "queue:3"},
				UR_EVENT_CALLED, "sip:3@queue", "fwd_always unconditional",
				"r1 holds, r2 holds, r3 holds"},
		{{.rules = "always hangup:99; always hangup:404"}, UR_EVENT_CALLED,
				"404", "r2 unconditional", "r1 holds, r2 holds"},
		{{.rules = "always user:b"}, UR_EVENT_CALLED, "ring b", "none ",
				"r1 holds"},
		/* a schedule is the reason, only where it decided */
		{{.rules = "always in:day queue:1"}, UR_EVENT_CALLED, "sip:1@queue",
				"r1 time-of-day", "r1 holds"},
		{{.rules = "always out:night queue:1"}, UR_EVENT_CALLED, "sip:1@queue",
				"r1 time-of-day", "r1 holds"},
		{{.rules = "always in:day queue:no; always queue:2"}, UR_EVENT_CALLED,
				"sip:2@queue", "r2 unconditional", "r1 holds, r2 holds"},
		{{.rules = "always in:night queue:1; always out:day queue:2; always "
				   "on:berlin queue:4"},
				UR_EVENT_CALLED, "sip:4@queue", "r3 unconditional",
				"r1 outside-hours, r2 inside-hours, r3 holds"},
		{{.rules = "busy in:day queue:1"}, UR_EVENT_BUSY, "sip:1@queue",
				"r1 time-of-day", "r1 holds"},
		{{.rules = "busy in:day queue:no", .busy = "queue:2"}, UR_EVENT_BUSY,
				"sip:2@queue", "fwd_busy user-busy", "r1 holds"},
		{{.rules = "noanswer in:day queue:1"}, UR_EVENT_NO_ANSWER,
				"sip:1@queue", "r1 time-of-day", "r1 holds"},
		{{.rules = "unreachable in:day queue:1"}, UR_EVENT_UNREACHABLE,
				"sip:1@queue", "r1 time-of-day", "r1 holds"},
		{{.rules = "dnd in:day queue:1", .dnd = 1}, UR_EVENT_CALLED,
				"sip:1@queue", "r1 time-of-day", "r1 holds"},
		/* reject: its status, and no voicemail */
		{{.rules = "always reject", .voicemail = "7"}, UR_EVENT_CALLED, "603",
				"r1 unconditional", "r1 holds"},
		{{.rules = "always reject:hangup:486", .voicemail = "7"},
				UR_EVENT_CALLED, "486", "r1 unconditional", "r1 holds"},
		{{.rules = "always external reject"}, UR_EVENT_CALLED, "603",
				"r1 unconditional", "r1 holds"},
		{{.rules = "always anonymous reject"}, UR_EVENT_CALLED, "ring a",
				"none ", "r1 not-anonymous"},
		{{.rules = "busy reject:hangup:480",
				 .busy = "queue:1",
				 .voicemail = "7"},
				UR_EVENT_BUSY, "480", "r1 user-busy", "r1 holds"},
		{{.rules = "noanswer in:day reject", .voicemail = "7"},
				UR_EVENT_NO_ANSWER, "603", "r1 time-of-day", "r1 holds"},
		/* a target that is no status rejects all the same */
		{{.rules = "always reject:hangup:200"}, UR_EVENT_CALLED, "603",
				"r1 unconditional", "r1 holds"},
		{{.rules = "always reject:queue:1"}, UR_EVENT_CALLED, "603",
				"r1 unconditional", "r1 holds"},
		/* ring: no fwd_always */
		{{.rules = "always ring", .always = "queue:3"}, UR_EVENT_CALLED,
				"ring a", "r1 ", "r1 holds"},
		{{.rules = "always in:day ring; always queue:1"}, UR_EVENT_CALLED,
				"ring a", "r1 ", "r1 holds"},
		{{.rules = "always in:night ring; always queue:1"}, UR_EVENT_CALLED,
				"sip:1@queue", "r2 unconditional",
				"r1 outside-hours, r2 holds"},
		/* … but do not disturb is asked, with its own rules */
		{{.rules = "always ring", .always = "queue:3", .dnd = 1},
				UR_EVENT_CALLED, "486", "none do-not-disturb", "r1 holds"},
		{{.rules = "always ring", .busy = "queue:3", .dnd = 1}, UR_EVENT_CALLED,
				"sip:3@queue", "fwd_busy do-not-disturb", "r1 holds"},
		{{.rules = "always ring; dnd ring", .dnd = 1}, UR_EVENT_CALLED,
				"ring a", "r2 ", "r1 holds, r2 holds"},
		{{.rules = "always ring; dnd queue:1", .dnd = 1}, UR_EVENT_CALLED,
				"sip:1@queue", "r2 do-not-disturb", "r1 holds, r2 holds"},
		{{.rules = "always ring; dnd internal ring",
				 .voicemail = "7",
				 .dnd = 1},
				UR_EVENT_CALLED, "sip:7@voicemail", "voicemail do-not-disturb",
				"r1 holds, r2 not-internal"},
		/* without do not disturb they are not */
		{{.rules = "always ring; dnd queue:1"}, UR_EVENT_CALLED, "ring a",
				"r1 ", "r1 holds"},
		{{.rules = "dnd reject"}, UR_EVENT_CALLED, "ring a", "none ", ""},
		/* do not disturb */
		{{.rules = "dnd on:berlin ring", .busy = "queue:3", .dnd = 1},
				UR_EVENT_CALLED, "ring a", "r1 ", "r1 holds"},
		{{.rules = "dnd off:berlin ring", .busy = "queue:3", .dnd = 1},
				UR_EVENT_CALLED, "sip:3@queue", "fwd_busy do-not-disturb",
				"r1 listed"},
		{{.rules = "dnd queue:1; busy queue:2", .dnd = 1}, UR_EVENT_CALLED,
				"sip:1@queue", "r1 do-not-disturb", "r1 holds"},
		{{.rules = "dnd queue:no; busy queue:2", .voicemail = "7", .dnd = 1},
				UR_EVENT_CALLED, "sip:7@voicemail", "voicemail do-not-disturb",
				"r1 holds"},
		{{.rules = "dnd reject", .voicemail = "7", .dnd = 1}, UR_EVENT_CALLED,
				"603", "r1 do-not-disturb", "r1 holds"},
		{{.rules = "dnd ring", .always = "queue:3", .dnd = 1}, UR_EVENT_CALLED,
				"sip:3@queue", "fwd_always unconditional", ""},
		/* busy, no answer */
		{{.rules = "busy queue:1", .busy = "queue:3"}, UR_EVENT_BUSY,
				"sip:1@queue", "r1 user-busy", "r1 holds"},
		{{.rules = "busy internal queue:1", .busy = "queue:3"}, UR_EVENT_BUSY,
				"sip:3@queue", "fwd_busy user-busy", "r1 not-internal"},
		{{.rules = "busy queue:1", .dnd = 1}, UR_EVENT_BUSY, "sip:1@queue",
				"r1 user-busy", "r1 holds"},
		{{.rules = "noanswer queue:1", .noanswer = "queue:3"},
				UR_EVENT_NO_ANSWER, "sip:1@queue", "r1 no-answer", "r1 holds"},
		{{.rules = "noanswer queue:no", .voicemail = "7"}, UR_EVENT_NO_ANSWER,
				"sip:7@voicemail", "voicemail no-answer", "r1 holds"},
		/* unreachable: its rules, fwd_unreachable, then as no answer with those rules */
		{{.rules = "unreachable queue:1; noanswer queue:2",
				 .unreachable = "queue:3"},
				UR_EVENT_UNREACHABLE, "sip:1@queue", "r1 unavailable",
				"r1 holds"},
		{{.rules = "unreachable internal queue:1; noanswer queue:2",
				 .unreachable = "queue:3"},
				UR_EVENT_UNREACHABLE, "sip:3@queue",
				"fwd_unreachable unavailable", "r1 not-internal"},
		{{.rules = "unreachable queue:no; noanswer queue:2",
				 .unreachable = "queue:no"},
				UR_EVENT_UNREACHABLE, "sip:2@queue", "r2 no-answer",
				"r1 holds, r2 holds"},
		{{.rules = "noanswer in:day queue:2"}, UR_EVENT_UNREACHABLE,
				"sip:2@queue", "r1 time-of-day", "r1 holds"},
		{{.rules = "unreachable queue:1"}, UR_EVENT_NO_ANSWER, "480",
				"none no-answer", ""},
		/* a rule that rings where nothing rings any more does not decide */
		{{.rules = "busy ring; busy queue:1"}, UR_EVENT_BUSY, "sip:1@queue",
				"r2 user-busy", "r1 holds, r2 holds"},
		{{.rules = "noanswer ring", .voicemail = "7"}, UR_EVENT_NO_ANSWER,
				"sip:7@voicemail", "voicemail no-answer", "r1 holds"},
		/* what is missing does not hold */
		{{.rules = "always in:none queue:1; always out:none queue:1; always "
				   "on:none queue:1; always off:none queue:1"},
				UR_EVENT_CALLED, "ring a", "none ",
				"r1 schedule-missing, r2 schedule-missing, r3 list-missing, r4 "
				"list-missing"},
		{{.rules = "always in:past queue:1; always out:past queue:1"},
				UR_EVENT_CALLED, "ring a", "none ",
				"r1 hours-unknown, r2 hours-unknown"},
};

static struct
{
	char text[400];
	int len;
} asked;

static void checked(void *context, const struct ur_chain *chain,
		const struct ur_user_rule *rule, enum ur_condition why)
{
	const struct ur_user *user = ur_chain_user(chain);
	const struct ur_text id = ur_user_text(user, rule->id);

	(void)context;
	ck_assert(rule >= ur_user_rules(user));
	ck_assert(rule < ur_user_rules(user) + user->rule_count);
	asked.len += snprintf(asked.text + asked.len,
			sizeof(asked.text) - asked.len, "%s%.*s %s",
			asked.len > 0 ? ", " : "", id.len, id.s, ur_condition_name(why));
}

static struct ur_text asserted(void *request)
{
	return (struct ur_text){request, (int)strlen(request)};
}

static void make_world(const struct ur_test_person *a)
{
	static const struct ur_test_person b = {.id = "b"};
	struct ur_test_person copy = *a;

	copy.id = "a";
	ur_test_world_forget();
	ur_test_world_add(&copy);
	ur_test_world_add(&b);
	ur_test_add_schedule("day", "0-1440", "480-1020");
	ur_test_add_schedule("night", "0-1440", "0-480 1020-1440");
	ur_test_add_schedule("past", "0-60", "0-60");
	ur_test_add_caller_list("berlin", "+4930");
	ur_test_call.time = 600 * 60;
	ur_test_call.request = (void *)"+4930123";
	ur_test_call.asserted = asserted;
	asked.len = 0;
	asked.text[0] = '\0';
}

static const char *why_of(const struct ur_decision *decision)
{
	static char text[100];
	const struct ur_text reason = ur_history_reason(decision->reason);
	const struct ur_text id = ur_rules_id(decision);

	ck_assert_int_eq(id.len > 0, decision->rule == UR_RULE_OF_USER);
	if(id.len > 0)
		snprintf(text, sizeof(text), "%.*s %.*s", id.len, id.s, reason.len,
				reason.s);
	else
		snprintf(text, sizeof(text), "%s %.*s", ur_rules_name(decision->rule),
				reason.len, reason.s);
	return text;
}

START_TEST(test_case)
{
	struct ur_directory directory = ur_test_directory;
	struct ur_decision decision;
	struct ur_chain chain;
	int i;

	/* whether anybody hears of the rules or not */
	for(i = 0; i < 2; i++) {
		make_world(&cases[_i].a);
		memset(&decision, 0xff, sizeof(decision));
		directory.checked = i == 0 ? checked : NULL;
		ur_chain_begin_user(&chain, ur_test_world_user("a"));
		ur_test_decide(&chain, &directory, cases[_i].event, &decision);
		ck_assert_str_eq(
				ur_test_world_print(&chain, &decision), cases[_i].result);
		ck_assert_str_eq(why_of(&decision), cases[_i].why);
		ck_assert_str_eq(asked.text, i == 0 ? cases[_i].asked : "");
		ur_chain_end(&chain, &directory);
		ck_assert_int_eq(ur_test_world.references, 0);
	}
	ur_test_world_forget();
}
END_TEST

/* 433, where the rule is for anonymous callers; not where it is for all and one of them is anonymous. */
static const struct
{
	const char *rules, *result;
} anonymous[] = {
		{"always anonymous reject", "433"},
		{"always anonymous reject:hangup:404", "404"},
		{"always anonymous reject:hangup:1", "433"},
		{"always reject", "603"},
		{"always external reject", "603"},
		{"always anonymous queue:1", "sip:1@queue"},
};

START_TEST(test_anonymous)
{
	const struct ur_test_person a = {.rules = anonymous[_i].rules};
	struct ur_decision decision;
	struct ur_chain chain;

	make_world(&a);
	ur_test_call.asserted = NULL;
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_test_decide(&chain, &ur_test_directory, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(
			ur_test_world_print(&chain, &decision), anonymous[_i].result);
	ur_chain_end(&chain, &ur_test_directory);
	ur_test_world_forget();
}
END_TEST

/* After a move the rule and its user are still told; the next user's rules are asked of the same call. */
START_TEST(test_move)
{
	static const struct ur_test_person a = {
			.rules = "always internal queue:1; always in:day user:c"};
	static const struct ur_test_person c = {.id = "c",
			.rules = "always on:berlin user:a; always on:berlin queue:2"};
	struct ur_directory directory = ur_test_directory;
	struct ur_decision decision;
	struct ur_chain chain;

	make_world(&a);
	ur_test_world_add(&c);
	directory.checked = checked;
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_rules_decide(
			&chain, &directory, &ur_test_call, UR_EVENT_CALLED, &decision);
	ck_assert_int_eq(decision.action, UR_ACTION_MOVE);
	ck_assert_ptr_eq(decision.user, chain.hops[0].user);
	ck_assert_ptr_eq(decision.user_rule, ur_user_rules(chain.hops[0].user) + 1);
	ck_assert_str_eq(why_of(&decision), "r2 time-of-day");
	ck_assert_int_eq(chain.hops[0].diversion, UR_DIVERSION_TIME_OF_DAY);
	ur_rules_decide(
			&chain, &directory, &ur_test_call, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision), "sip:2@queue");
	ck_assert_str_eq(why_of(&decision), "r2 unconditional");
	ck_assert_int_eq(chain.hops[1].diversion, UR_DIVERSION_UNCONDITIONAL);
	ck_assert_str_eq(
			asked.text, "r1 not-internal, r2 holds, r1 holds, r2 holds");
	ck_assert_int_eq(ur_test_world.refusals, 1);
	ur_chain_end(&chain, &directory);
	ur_test_world_forget();
}
END_TEST

/* A target behind max_hops can't be followed: the next rule is asked. */
START_TEST(test_max_hops)
{
	static const struct ur_test_person a = {
			.rules = "always user:b; always queue:1"};
	struct ur_directory directory = ur_test_directory;
	struct ur_decision decision;
	struct ur_chain chain;

	make_world(&a);
	directory.max_hops = 1;
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_test_decide(&chain, &directory, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision), "sip:1@queue");
	ck_assert_str_eq(why_of(&decision), "r2 unconditional");
	ur_chain_end(&chain, &directory);
	ur_test_world_forget();
}
END_TEST

START_TEST(test_names)
{
	static const struct ur_test_person a = {.rules = "busy ring; dnd ring"};
	const struct ur_decision none = {.rule = UR_RULE_BUSY};
	const struct ur_user *user;

	make_world(&a);
	user = ur_test_world_user("a");
	ck_assert(ur_rules_has(user, UR_RULES_BUSY));
	ck_assert(ur_rules_has(user, UR_RULES_DND));
	ck_assert(!ur_rules_has(user, UR_RULES_ALWAYS));
	ck_assert(!ur_rules_has(ur_test_world_user("b"), UR_RULES_BUSY));
	ck_assert_int_eq(ur_rules_id(&none).len, 0);
	ck_assert_str_eq(ur_rules_name(UR_RULE_OF_USER), "user_rule");
	ck_assert_str_eq(ur_user_rule_event_name(UR_RULES_ALWAYS), "always");
	ck_assert_str_eq(ur_user_rule_event_name(UR_RULES_NO_ANSWER), "noanswer");
	ck_assert_str_eq(
			ur_user_rule_event_name(UR_RULES_UNREACHABLE), "unreachable");
	ck_assert_str_eq(ur_user_rule_action_name(UR_RULE_FORWARD), "forward");
	ck_assert_str_eq(ur_user_rule_action_name(UR_RULE_REJECT), "reject");
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("own_rules");
	TCase *tcase = tcase_create("own_rules");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_anonymous, 0, COUNT(anonymous));
	tcase_add_test(tcase, test_move);
	tcase_add_test(tcase, test_max_hops);
	tcase_add_test(tcase, test_names);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
