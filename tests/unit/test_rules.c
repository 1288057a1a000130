/*
 * The decision table: every combination of a user's rules, event and place in the chain, against an
 * independent, deliberately naive table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "policy/history.h"
#include "support/world.h"

/* What a rule can be set to, and what the naive table thinks of it. "a" is the
 * user himself, "b" rings, "x" is nobody. */
static const struct
{
	const char *target, *comes_to; /* NULL: counts as not set */
} settings[] = {
		{NULL, NULL}, {"user:b", "ring b"}, {"user:a", NULL}, /* himself */
		{"user:x", NULL},									  /* dangling */
		{"queue:1", "sip:1@queue"}, {"queue:none", NULL},	  /* has no URI */
		{"hangup:603", "603"}, {"hangup:200", NULL},
		{"extension:e", "ring b"}, /* leads to user b */
		{"extension:f", NULL},	   /* leads back to a */
		{"extension:y", NULL},	   /* dangling */
};
static const struct
{
	const char *id, *comes_to;
} boxes[] = {{NULL, NULL}, {"7", "sip:7@voicemail"}, {"none", NULL}};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define SETTINGS COUNT(settings)

struct combination
{
	int always, busy, noanswer, unreachable, box, dnd, event, last_hop;
};

/* Behind the last hop no user and no extension can be reached. */
static const char *can_be_used(int setting, const struct combination *c)
{
	const char *target = settings[setting].target;

	if(c->last_hop && target != NULL
			&& (strncmp(target, "user:", 5) == 0
					|| strncmp(target, "extension:", 10) == 0))
		return NULL;
	return settings[setting].comes_to;
}

static const char *first_of(const char *one, const char *two, const char *three)
{
	return one != NULL ? one : two != NULL ? two : three;
}

/* The same table, for what the decision says it was made by. What moves on to b ends
 * there, with a ring and by none of b's rules. */
static const char *expected_rule(const struct combination *c)
{
	const char *always = can_be_used(c->always, c);
	const bool asks_busy = c->event == UR_EVENT_BUSY
						   || (c->event == UR_EVENT_CALLED && c->dnd);
	const char *forward =
			asks_busy ? can_be_used(c->busy, c) : can_be_used(c->noanswer, c);
	const char *unreachable = can_be_used(c->unreachable, c);

	if(c->event == UR_EVENT_CALLED && always != NULL)
		return strcmp(always, "ring b") == 0 ? "none "
											 : "fwd_always unconditional";
	if(c->event == UR_EVENT_CALLED && !c->dnd)
		return "none ";
	if(c->event == UR_EVENT_UNREACHABLE && unreachable != NULL)
		return strcmp(unreachable, "ring b") == 0
					   ? "none "
					   : "fwd_unreachable unavailable";
	if(forward != NULL && strcmp(forward, "ring b") == 0)
		return "none ";
	if(c->event == UR_EVENT_CALLED)
		return forward != NULL					? "fwd_busy do-not-disturb"
			   : boxes[c->box].comes_to != NULL ? "voicemail do-not-disturb"
												: "none do-not-disturb";
	if(c->event == UR_EVENT_BUSY)
		return forward != NULL					? "fwd_busy user-busy"
			   : boxes[c->box].comes_to != NULL ? "voicemail user-busy"
												: "none user-busy";
	return forward != NULL					? "fwd_noanswer no-answer"
		   : boxes[c->box].comes_to != NULL ? "voicemail no-answer"
											: "none no-answer";
}

static const char *rule_of(const struct ur_decision *decision)
{
	static char text[64];
	const struct ur_text reason = ur_history_reason(decision->reason);

	snprintf(text, sizeof(text), "%s %.*s", ur_rules_name(decision->rule),
			reason.len, reason.s);
	return text;
}

/* Sections 2 and 4 of the contract, read line by line. */
static const char *expected(const struct combination *c)
{
	const char *always = can_be_used(c->always, c);
	const char *busy =
			first_of(can_be_used(c->busy, c), boxes[c->box].comes_to, "486");
	const char *noanswer = first_of(
			can_be_used(c->noanswer, c), boxes[c->box].comes_to, "480");
	const char *unreachable = can_be_used(c->unreachable, c);

	if(c->event == UR_EVENT_BUSY)
		return busy;
	if(c->event == UR_EVENT_NO_ANSWER)
		return noanswer;
	if(c->event == UR_EVENT_UNREACHABLE)
		return unreachable != NULL ? unreachable : noanswer;
	if(always != NULL)
		return always;
	return c->dnd ? busy : "ring a";
}

/* The chain that has come to user a: alone, or as the last of max_hops. */
static void come_to_a(struct ur_chain *chain, const struct combination *c)
{
	static const char *const before[] = {
			"u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9"};
	int i;

	memset(chain, 0, sizeof(*chain));
	for(i = 0; c->last_hop && i < COUNT(before); i++) {
		const struct ur_test_person p = {.id = before[i]};

		ur_test_world_add(&p);
		chain->hops[chain->count++].user = ur_test_world_user(before[i]);
	}
	chain->hops[chain->count++].user = ur_test_world_user("a");
}

static void try_combination(const struct combination *c)
{
	const struct ur_test_person people[] = {
			{.id = "a",
					.always = settings[c->always].target,
					.busy = settings[c->busy].target,
					.noanswer = settings[c->noanswer].target,
					.unreachable = settings[c->unreachable].target,
					.voicemail = boxes[c->box].id,
					.dnd = c->dnd},
			{.id = "b"},
	};
	const struct ur_test_line lines[] = {{"e", "user:b"}, {"f", "user:a"}};
	struct ur_decision decision;
	struct ur_chain chain;

	ur_test_world_forget();
	ur_test_world_add(&people[0]);
	ur_test_world_add(&people[1]);
	ur_test_world_add_line(&lines[0]);
	ur_test_world_add_line(&lines[1]);
	come_to_a(&chain, c);
	ur_test_decide(&chain, &ur_test_directory, c->event, &decision);
	if(strcmp(ur_test_world_print(&chain, &decision), expected(c)) != 0)
		ck_abort_msg("always %s, busy %s, noanswer %s, unreachable %s, "
					 "voicemail %s, dnd %d, event %d, last hop %d: got \"%s\", "
					 "expected \"%s\"",
				settings[c->always].target, settings[c->busy].target,
				settings[c->noanswer].target, settings[c->unreachable].target,
				boxes[c->box].id, c->dnd, c->event, c->last_hop,
				ur_test_world_print(&chain, &decision), expected(c));
	UR_TEST_HOLDS(strcmp(rule_of(&decision), expected_rule(c)) == 0);
	ur_chain_end(&chain, &ur_test_directory);
	UR_TEST_HOLDS(ur_test_world.references == 0);
}

static void try_circumstances(struct combination *c)
{
	for(c->box = 0; c->box < COUNT(boxes); c->box++)
		for(c->dnd = 0; c->dnd < 2; c->dnd++)
			for(c->event = 0; c->event <= UR_EVENT_UNREACHABLE; c->event++)
				for(c->last_hop = 0; c->last_hop < 2; c->last_hop++)
					try_combination(c);
}

/* fwd_unreachable meets each fwd_noanswer: where it counts, fwd_busy does not. */
START_TEST(test_decision_table)
{
	struct combination c = {.always = _i};

	for(c.busy = 0; c.busy < SETTINGS; c.busy++)
		for(c.noanswer = 0; c.noanswer < SETTINGS; c.noanswer++) {
			c.unreachable = (c.busy + c.noanswer) % SETTINGS;
			try_circumstances(&c);
		}
	ur_test_world_forget();
}
END_TEST

/* A device that was dialled at its own address has no rule; the reason is that of no answer. */
static const struct
{
	enum ur_event event;
	int status; /* 0: it rings */
	enum ur_diversion reason;
} devices[] = {
		{UR_EVENT_CALLED, 0, UR_DIVERSION_NONE},
		{UR_EVENT_BUSY, 486, UR_DIVERSION_USER_BUSY},
		{UR_EVENT_NO_ANSWER, 480, UR_DIVERSION_NO_ANSWER},
		{UR_EVENT_UNREACHABLE, 480, UR_DIVERSION_NO_ANSWER},
};

START_TEST(test_device)
{
	struct ur_decision decision;

	memset(&decision, 0xff, sizeof(decision));
	ur_rules_decide_device(devices[_i].event, &decision);
	ck_assert_int_eq(decision.action,
			devices[_i].status != 0 ? UR_ACTION_END : UR_ACTION_RING);
	if(devices[_i].status != 0)
		ck_assert_int_eq(decision.arrival.status, devices[_i].status);
	ck_assert_int_eq(decision.rule, UR_RULE_NONE);
	ck_assert_int_eq(decision.reason, devices[_i].reason);
}
END_TEST

START_TEST(test_names)
{
	ck_assert_str_eq(ur_rules_name(UR_RULE_UNREACHABLE), "fwd_unreachable");
	ck_assert_str_eq(ur_rules_event_name(UR_EVENT_UNREACHABLE), "unreachable");
	ck_assert_int_eq(
			ur_rules_event(UR_OUTCOME_UNREACHABLE), UR_EVENT_UNREACHABLE);
}
END_TEST

START_TEST(test_end)
{
	struct ur_decision decision;

	memset(&decision, 0xff, sizeof(decision));
	ur_rules_decide_end(488, &decision);
	ck_assert_int_eq(decision.action, UR_ACTION_END);
	ck_assert_int_eq(decision.arrival.status, 488);
	ck_assert_int_eq(decision.rule, UR_RULE_NONE);
	ck_assert_int_eq(decision.reason, UR_DIVERSION_NONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rules");
	TCase *tcase = tcase_create("rules");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_decision_table, 0, SETTINGS);
	tcase_add_loop_test(tcase, test_device, 0, COUNT(devices));
	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_end);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
