/*
 * Chains of several users and extensions: one line each, then the cases that need more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct
{
	struct ur_test_person people[4];
	struct ur_test_line lines[3];
	enum ur_event event;
	const char *comes_to;
	int refusals;
} chains[] = {
		/* A→B→A and A→A: the forward back counts as not set */
		{{{.id = "a", .always = "user:b"}, {.id = "b", .always = "user:a"}}, {},
				UR_EVENT_CALLED, "ring b", 1},
		{{{.id = "a", .always = "user:a"}}, {}, UR_EVENT_CALLED, "ring a", 1},
		{{{.id = "a", .always = "user:b"},
				 {.id = "b", .always = "user:a", .dnd = 1, .voicemail = "7"}},
				{}, UR_EVENT_CALLED, "sip:7@voicemail", 1},
		/* the loop appears after ringing */
		{{{.id = "a", .busy = "user:b"},
				 {.id = "b", .dnd = 1, .busy = "user:a"}},
				{}, UR_EVENT_BUSY, "486", 1},
		/* through extensions, and extensions that loop */
		{{{.id = "a", .noanswer = "extension:e"}, {.id = "b", .dnd = 1}},
				{{"e", "extension:f"}, {"f", "user:b"}}, UR_EVENT_NO_ANSWER,
				"486", 0},
		{{{.id = "a", .noanswer = "extension:e"}},
				{{"e", "extension:f"}, {"f", "extension:e"}},
				UR_EVENT_NO_ANSWER, "480", 1},
		{{{.id = "a", .always = "extension:e"}}, {{"e", "hangup:404"}},
				UR_EVENT_CALLED, "404", 0},
		{{{.id = "a", .always = "extension:e"}}, {{"e", "queue:1"}},
				UR_EVENT_CALLED, "sip:1@queue", 0},
		/* B's own rules count, not A's */
		{{{.id = "a", .always = "user:b", .voicemail = "1"},
				 {.id = "b", .dnd = 1, .voicemail = "2"}},
				{}, UR_EVENT_CALLED, "sip:2@voicemail", 0},
		{{{.id = "a", .always = "user:b", .voicemail = "1"},
				 {.id = "b", .dnd = 1}},
				{}, UR_EVENT_CALLED, "486", 0},
};

START_TEST(test_chain)
{
	struct ur_decision decision;
	struct ur_chain chain;
	int i;

	ur_test_world_forget();
	for(i = 0; i < 4 && chains[_i].people[i].id != NULL; i++)
		ur_test_world_add(&chains[_i].people[i]);
	for(i = 0; i < 3 && chains[_i].lines[i].id != NULL; i++)
		ur_test_world_add_line(&chains[_i].lines[i]);
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_test_decide(&chain, &ur_test_directory, chains[_i].event, &decision);
	ck_assert_str_eq(
			ur_test_world_print(&chain, &decision), chains[_i].comes_to);
	ck_assert_int_eq(ur_test_world.refusals, chains[_i].refusals);
	ur_chain_end(&chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

/* A chain of 50 forwards: at most max_hops users are come to, the last one rings; and never
 * more than there is room for. */
static const struct
{
	int max_hops, count;
	const char *comes_to;
} long_chains[] = {
		{10, 10, "ring u9"},
		{1, 1, "ring u0"},
		{UR_CHAIN_LIMIT, UR_CHAIN_LIMIT, "ring u29"},
		{1000, UR_CHAIN_LIMIT, "ring u29"},
};

START_TEST(test_long_chain)
{
	static char ids[50][16], targets[50][24];
	struct ur_directory directory = ur_test_directory;
	struct ur_decision decision;
	struct ur_chain chain;
	int i;

	directory.max_hops = long_chains[_i].max_hops;
	ur_test_world_forget();
	for(i = 0; i < 50; i++) {
		struct ur_test_person p = {.id = ids[i], .always = targets[i]};

		snprintf(ids[i], sizeof(ids[i]), "u%d", i);
		snprintf(targets[i], sizeof(targets[i]), "user:u%d", i + 1);
		ur_test_world_add(&p);
	}
	ur_chain_begin_user(&chain, ur_test_world_user("u0"));
	ur_test_decide(&chain, &directory, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(
			ur_test_world_print(&chain, &decision), long_chains[_i].comes_to);
	ck_assert_int_eq(chain.count, long_chains[_i].count);
	ck_assert_str_eq(ur_test_world.why, "max_hops is reached");
	ur_chain_end(&chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

/* What the call brings with it counts: a forward to a number may have brought it here, and what
 * stays here may go on. */
static const struct
{
	int before;
	const char *forward, *comes_to;
} brought[] = {
		{0, "forward:1", "sip:1@forward"},
		{9, "forward:1", "sip:1@forward"},
		{10, "forward:1", "ring a"},
		{99, "forward:1", "ring a"},
		{8, "user:b", "ring b"},
		{9, "user:b", "ring a"},
		{10, "queue:1", "sip:1@queue"},
		{10, "hangup:410", "410"},
};

START_TEST(test_diverted_before)
{
	const struct ur_test_person a = {.id = "a", .always = brought[_i].forward},
								b = {.id = "b"};
	struct ur_decision decision;
	struct ur_chain chain;

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add(&b);
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	chain.before = brought[_i].before;
	ur_test_decide(&chain, &ur_test_directory, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(
			ur_test_world_print(&chain, &decision), brought[_i].comes_to);
	ur_chain_end(&chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

static const struct
{
	const char *target, *comes_to; /* NULL: as good as unknown */
} dialled[] = {
		{"user:b", "ring b"},
		{"user:c", "486"}, /* do not disturb */
		{"user:x", NULL},
		{"queue:1", "sip:1@queue"},
		{"queue:none", NULL},
		{"hangup:410", "410"},
		{"hangup:400", "400"},
		{"hangup:499", "499"},
		{"hangup:699", "699"},
		{"hangup:399", NULL},
		{"hangup:700", NULL},
		{"hangup:4000", NULL},
		{"hangup:40", NULL},
		{"hangup:0400", NULL},
		{"hangup:400x", NULL},
		{"hangup:489", "489"},
		{"hangup:4:0", NULL},
		{"hangup:4/0", NULL},
		{"hangup:", NULL},
		{"extension:e", NULL},
};

START_TEST(test_dialled_extension)
{
	const struct ur_test_person b = {.id = "b"}, c = {.id = "c", .dnd = 1};
	const struct ur_test_line e = {"e", dialled[_i].target};
	struct ur_decision decision;
	struct ur_chain chain;
	bool known;

	ur_test_world_forget();
	ur_test_world_add(&b);
	ur_test_world_add(&c);
	ur_test_world_add_line(&e);
	ur_chain_begin_extension(&chain, ur_test_world_line("e"));
	memset(&decision, 0xff, sizeof(decision));
	known = ur_rules_decide_extension(&chain, &ur_test_directory, &decision);
	if(known && decision.action == UR_ACTION_MOVE)
		ur_test_decide(&chain, &ur_test_directory, UR_EVENT_CALLED, &decision);
	ck_assert_int_eq(known, dialled[_i].comes_to != NULL);
	if(known)
		ck_assert_str_eq(
				ur_test_world_print(&chain, &decision), dialled[_i].comes_to);
	else
		ck_assert_int_eq(decision.rule, UR_RULE_NONE);
	ur_chain_end(&chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

/* Who diverted and why, for Diversion and History-Info. */
START_TEST(test_reasons)
{
	const struct ur_test_person a = {.id = "a", .always = "extension:e"};
	const struct ur_test_person b = {.id = "b", .noanswer = "user:c"};
	const struct ur_test_person c = {.id = "c", .dnd = 1, .voicemail = "7"};
	const struct ur_test_line e = {"e", "user:b"};
	struct ur_decision decision;
	struct ur_chain chain;

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add(&b);
	ur_test_world_add(&c);
	ur_test_world_add_line(&e);
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ur_test_decide(&chain, &ur_test_directory, UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision), "ring b");
	ur_test_decide(&chain, &ur_test_directory, UR_EVENT_NO_ANSWER, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision), "sip:7@voicemail");
	ck_assert_int_eq(chain.count, 4);
	ck_assert_int_eq(chain.hops[0].diversion, UR_DIVERSION_UNCONDITIONAL);
	ck_assert_int_eq(chain.hops[1].diversion, UR_DIVERSION_NONE);
	ck_assert_int_eq(chain.hops[2].diversion, UR_DIVERSION_NO_ANSWER);
	ck_assert_int_eq(chain.hops[3].diversion, UR_DIVERSION_DO_NOT_DISTURB);
	ur_chain_end(&chain, &ur_test_directory);
	ur_test_world_forget();
}
END_TEST

/* Extensions alone: there is no user, and nobody is marked as one who was left. */
START_TEST(test_nobody)
{
	const struct ur_test_person a = {.id = "a"};
	const struct ur_test_line e = {"e", "queue:1"};
	static struct ur_arrival arrival;
	struct ur_chain chain;

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add_line(&e);
	ur_chain_begin_extension(&chain, ur_test_world_line("e"));
	ck_assert_ptr_null(ur_chain_user(&chain));
	arrival.next_hop_len = 7;
	ur_chain_follow(&chain, &ur_test_directory,
			(struct ur_target){UR_TEXT("queue"), UR_TEXT("1")},
			UR_DIVERSION_UNCONDITIONAL, &arrival);
	ck_assert_int_eq(arrival.kind, UR_ARRIVAL_URI);
	ck_assert_int_eq(arrival.next_hop_len, 0); /* nobody has looked one up */
	ck_assert_int_eq(chain.count, 1);
	ck_assert_int_eq(chain.hops[0].diversion, UR_DIVERSION_NONE);
	ur_chain_end(&chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ck_assert_ptr_nonnull(ur_chain_user(&chain));
	ur_chain_end(&chain, &ur_test_directory);
	ck_assert_ptr_null(ur_chain_user(&chain));
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

/* What is left behind a chain's end has not been visited: a loop is within it. */
START_TEST(test_left_behind)
{
	const struct ur_test_person a = {.id = "a", .busy = "user:b"},
								b = {.id = "b"};
	struct ur_decision decision;
	struct ur_chain chain;

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add(&b);
	memset(&chain, 0, sizeof(chain));
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	chain.hops[1].user = ur_test_world_user("b");
	ur_test_decide(&chain, &ur_test_directory, UR_EVENT_BUSY, &decision);
	ck_assert_str_eq(ur_test_world_print(&chain, &decision), "ring b");
	ur_chain_end(&chain, &ur_test_directory);
	ur_test_world_forget();
}
END_TEST

/* A chain that begins has brought nothing with it, whatever was there before. */
START_TEST(test_begins_with_nothing)
{
	const struct ur_test_person a = {.id = "a"};
	const struct ur_test_line e = {"e", "user:a"};
	struct ur_chain chain;

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add_line(&e);
	memset(&chain, 0xff, sizeof(chain));
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	ck_assert_int_eq(chain.before, 0);
	ck_assert_int_eq(chain.count, 1);
	ur_chain_end(&chain, &ur_test_directory);
	memset(&chain, 0xff, sizeof(chain));
	ur_chain_begin_extension(&chain, ur_test_world_line("e"));
	ck_assert_int_eq(chain.before, 0);
	ck_assert_int_eq(chain.count, 1);
	ur_chain_end(&chain, &ur_test_directory);
	ur_test_world_forget();
}
END_TEST

/* For people: each one another sentence, but for NONE. */
START_TEST(test_refusals)
{
	int i, k;

	ck_assert_str_eq(ur_chain_refusal_text(UR_REFUSAL_NONE), "");
	for(i = UR_REFUSAL_NONE; i <= UR_REFUSAL_RESOLVED; i++) {
		for(k = UR_REFUSAL_NONE; k < i; k++)
			ck_assert_str_ne(
					ur_chain_refusal_text(i), ur_chain_refusal_text(k));
	}
}
END_TEST

/* What could happen next is tried, and the chain is as it was: as often as one likes. */
START_TEST(test_go_back)
{
	const struct ur_test_person a = {
			.id = "a", .busy = "extension:e", .noanswer = "queue:1"};
	const struct ur_test_person b = {.id = "b", .dnd = 1, .busy = "user:c"};
	const struct ur_test_person c = {.id = "c"};
	const struct ur_test_line e = {"e", "user:b"};
	struct ur_decision decision;
	struct ur_chain chain;
	int i;

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add(&b);
	ur_test_world_add(&c);
	ur_test_world_add_line(&e);
	ur_chain_begin_user(&chain, ur_test_world_user("a"));
	for(i = 0; i < 2; i++) {
		ur_test_decide(&chain, &ur_test_directory, UR_EVENT_BUSY, &decision);
		ck_assert_str_eq(ur_test_world_print(&chain, &decision), "ring c");
		ck_assert_int_eq(chain.count, 4);
		ck_assert_int_eq(ur_test_world.references, 4);
		ur_chain_go_back(&chain, &ur_test_directory, 1);
		ck_assert_int_eq(chain.count, 1);
		ck_assert_int_eq(ur_test_world.references, 1);
		ck_assert_int_eq(chain.hops[0].diversion, UR_DIVERSION_NONE);
		ur_test_decide(
				&chain, &ur_test_directory, UR_EVENT_NO_ANSWER, &decision);
		ck_assert_str_eq(ur_test_world_print(&chain, &decision), "sip:1@queue");
		ck_assert_int_eq(chain.hops[0].diversion, UR_DIVERSION_NO_ANSWER);
		ur_chain_go_back(&chain, &ur_test_directory, 1);
		ck_assert_int_eq(chain.hops[0].diversion, UR_DIVERSION_NONE);
	}
	ur_chain_end(&chain, &ur_test_directory);
	ur_chain_begin_extension(&chain, ur_test_world_line("e"));
	ck_assert(ur_rules_decide_extension(&chain, &ur_test_directory, &decision));
	ck_assert_int_eq(decision.action, UR_ACTION_MOVE);
	ck_assert_int_eq(decision.rule, UR_RULE_EXTENSION);
	ur_chain_go_back(&chain, &ur_test_directory, 1);
	ck_assert_ptr_null(ur_chain_user(&chain));
	ur_chain_end(&chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chain");
	TCase *tcase = tcase_create("chain");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_chain, 0, COUNT(chains));
	tcase_add_loop_test(tcase, test_diverted_before, 0, COUNT(brought));
	tcase_add_loop_test(tcase, test_long_chain, 0, COUNT(long_chains));
	tcase_add_loop_test(tcase, test_dialled_extension, 0, COUNT(dialled));
	tcase_add_test(tcase, test_reasons);
	tcase_add_test(tcase, test_nobody);
	tcase_add_test(tcase, test_left_behind);
	tcase_add_test(tcase, test_begins_with_nothing);
	tcase_add_test(tcase, test_refusals);
	tcase_add_test(tcase, test_go_back);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
