/*
 * What explain reports, apart from the wording: branches, bound, references.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/scenario.h"

/* ---- branches */

/* Five contacts for four branches: the first ones in order ring, over all steps. */
START_TEST(test_branches)
{
	const struct ur_test_scenario s = {.callee = "a",
			.caller = "",
			.contacts = "a0@x:LL a1@x:LLL b0@x:L",
			.people = {{.id = "a",
							   .devices = 2,
							   .noanswer = "user:b",
							   .strategy = _i,
							   .device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}},
					{.id = "b",
							.devices = 1,
							.device_flags = {UR_TEST_RINGS}}}};
	struct ur_explain_world world =
			ur_test_scenario_world(&s, &ur_test_directory);
	const char *text;

	world.branches = 4;
	ur_test_scenario_make(&s);
	text = ur_test_scenario_text(&world, &s);
	ck_assert_ptr_nonnull(strstr(text, "sip:a1@x:5061\n"));
	ck_assert_ptr_nonnull(strstr(text, "sip:a1@x:5062: no-branch\n"));
	ck_assert_ptr_nonnull(
			strstr(text, "      does not ring: b0@x, branches run short\n"
						 "        sip:b0@x:5060: no-branch\n"
						 "      nobody rings: "));
	ur_test_world_forget();
}
END_TEST

/* ---- the bound */

/* Users who forward each way to the next one: 3^30 ways at most. What is told ends, is
 * said to be cut, and all that was begun is done. */
static struct
{
	int begun, open, deepest, cuts, rings;
} seen;

static void count_at(
		void *context, enum ur_event event, const struct ur_chain *chain)
{
	(void)context;
	(void)event;
	(void)chain;
	seen.begun++;
	if(++seen.open > seen.deepest)
		seen.deepest = seen.open;
}

static void count_refused(
		void *context, struct ur_target target, const char *why)
{
	(void)context;
	(void)target;
	(void)why;
}

static void count_decided(
		void *context, const struct ur_explain_decision *decision)
{
	(void)context;
	seen.rings += decision->decision->action == UR_ACTION_RING;
}

static void count_ring(void *context, const struct ur_explain_ring *ring)
{
	(void)context;
	(void)ring;
}

static void count_device(void *context, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	(void)context;
	(void)ring;
	(void)device;
}

static void count_cut(void *context)
{
	(void)context;
	seen.cuts++;
}

static void count_done(void *context)
{
	(void)context;
	seen.open--;
}

static const struct ur_explain_sink sink = {NULL, count_at, NULL, NULL,
		count_refused, count_decided, count_ring, count_device, count_cut,
		count_done};

START_TEST(test_bound)
{
	static char ids[30][16], targets[30][24];
	const struct ur_test_scenario s = {.callee = "u0", .caller = ""};
	struct ur_directory directory = ur_test_directory;
	const struct ur_explain_world world =
			ur_test_scenario_world(&s, &directory);
	int i;

	directory.max_hops = UR_CHAIN_LIMIT;
	ur_test_world_forget();
	for(i = 0; i < 30; i++) {
		const struct ur_test_person p = {.id = ids[i],
				.busy = targets[i],
				.noanswer = targets[i],
				.unreachable = targets[i],
				.devices = _i,
				.device_flags = {UR_TEST_RINGS}};

		snprintf(ids[i], sizeof(ids[i]), "u%d", i);
		snprintf(targets[i], sizeof(targets[i]), "user:u%d", i + 1);
		ur_test_world_add(&p);
	}
	memset(&seen, 0, sizeof(seen));
	ur_test_scenario_explain(&world, &sink, &s);
	ck_assert_int_eq(seen.open, 0);
	ck_assert_int_eq(ur_test_world.references, 0);
	if(_i == 0) { /* nobody rings: one way, to the end */
		ck_assert_int_eq(seen.begun, 1 + 2 * 29 + 1);
		ck_assert_int_eq(seen.rings, 30);
		ck_assert_int_eq(seen.cuts, 0);
	} else {
		ck_assert_int_eq(seen.begun, UR_EXPLAIN_DECISIONS_MAX);
		ck_assert_int_gt(seen.cuts, 0);
	}
	ck_assert_int_le(seen.deepest, UR_EXPLAIN_DECISIONS_MAX);
	ur_test_world_forget();
}
END_TEST

/* ---- times */

/* When each device begins and ends, if those before it ring as long as they may: "1:0-25000", its step and
 * its times; "-" does not ring. The ring time is 25 s. */
static const struct
{
	enum ur_ring_strategy strategy;
	bool total;
	int delay_sec[UR_TEST_DEVICES], for_sec[UR_TEST_DEVICES];
	const char *contacts, *times;
} rings[] = {
		{UR_RING_SEQUENTIAL, false, {0}, {0}, NULL,
				"1:0-25000 2:25000-50000 3:50000-75000"},
		{UR_RING_SEQUENTIAL, false, {9, 5, 0}, {0, 3, 40}, NULL,
				"1:0-25000 2:25000-28000 3:28000-68000"},
		/* a time for all: who begins only if those before end early */
		{UR_RING_SEQUENTIAL, true, {0}, {0}, NULL, "1:0-25000 2:-1--1 3:-1--1"},
		{UR_RING_SEQUENTIAL, true, {0}, {10, 0, 5}, NULL,
				"1:0-10000 2:10000-25000 3:-1--1"},
		{UR_RING_SEQUENTIAL, true, {0}, {10, 10, 10},
				"a1@x:", "1:0-10000 - 2:10000-20000"},
		{UR_RING_SIMULTANEOUS, false, {0}, {0}, NULL,
				"1:0-25000 1:0-25000 1:0-25000"},
		{UR_RING_SIMULTANEOUS, true, {0, 0, 5}, {10, 0, 5}, NULL,
				"1:0-10000 1:0-25000 2:5000-10000"},
		{UR_RING_SPECIFIC, false, {0, 5, 5}, {0, 40, 20}, NULL,
				"1:0-25000 2:5000-25000 2:5000-25000"},
		/* nobody rings: the next one does not wait */
		{UR_RING_SIMULTANEOUS, false, {0, 5, 9}, {3, 6, 0}, NULL,
				"1:0-3000 2:3000-9000 3:9000-25000"},
		{UR_RING_SIMULTANEOUS, false, {3, 5, 9}, {0},
				"a0@x:", "- 1:0-25000 2:9000-25000"},
		{UR_RING_SIMULTANEOUS, false, {0, 5, 9}, {0},
				"a1@x:", "1:0-25000 - 2:9000-25000"},
		/* a delay that is not below the ring time */
		{UR_RING_SIMULTANEOUS, false, {0, 25, 30}, {0, 0, 3}, NULL,
				"1:0-25000 2:-1--1 3:-1--1"},
		{UR_RING_SIMULTANEOUS, false, {0, 25, 30}, {0},
				"a1@x:", "1:0-25000 - 2:-1--1"},
		{UR_RING_SIMULTANEOUS, false, {0, 24, 25}, {0}, NULL,
				"1:0-25000 2:24000-25000 3:-1--1"},
		{UR_RING_SIMULTANEOUS, false, {0, 25, 30}, {4, 3, 0}, NULL,
				"1:0-4000 2:4000-7000 3:7000-25000"},
		{UR_RING_SIMULTANEOUS, false, {30, 30, 30}, {0}, NULL,
				"1:0-25000 1:0-25000 1:0-25000"},
};

static char told[200];

static void tell_times(void *context, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	char *end = told + strlen(told);

	(void)context;
	(void)ring;
	if(end > told)
		*end++ = ' ';
	if(device->step > 0)
		sprintf(end, "%d:%d-%d", device->step, device->begin_ms,
				device->until_ms);
	else
		strcpy(end, "-");
}

START_TEST(test_times)
{
	struct ur_test_scenario s = {.callee = "a",
			.caller = "",
			.total = rings[_i].total,
			.contacts = rings[_i].contacts,
			.people = {{.id = "a",
					.devices = 3,
					.strategy = rings[_i].strategy,
					.device_flags = {
							UR_TEST_RINGS, UR_TEST_RINGS, UR_TEST_RINGS}}}};
	const struct ur_explain_world world =
			ur_test_scenario_world(&s, &ur_test_directory);
	struct ur_explain_sink times = sink;

	memcpy(s.people[0].delay_sec, rings[_i].delay_sec,
			sizeof(rings[_i].delay_sec));
	memcpy(s.people[0].for_sec, rings[_i].for_sec, sizeof(rings[_i].for_sec));
	told[0] = '\0';
	times.device = tell_times;
	ur_test_scenario_make(&s);
	ur_test_scenario_explain(&world, &times, &s);
	ck_assert_str_eq(told, rings[_i].times);
	ur_test_world_forget();
}
END_TEST

/* The ring of a user whom the call reaches next has its own times. */
START_TEST(test_times_of_next)
{
	const struct ur_test_scenario s = {.callee = "a",
			.caller = "",
			.people = {{.id = "a",
							   .devices = 2,
							   .busy = "user:b",
							   .noanswer = "queue:1",
							   .delay_sec = {0, 5},
							   .device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}},
					{.id = "b",
							.devices = 2,
							.ring_sec = 9,
							.delay_sec = {0, 9},
							.device_flags = {UR_TEST_RINGS, UR_TEST_RINGS}}}};
	const struct ur_explain_world world =
			ur_test_scenario_world(&s, &ur_test_directory);
	struct ur_explain_sink times = sink;

	told[0] = '\0';
	times.device = tell_times;
	ur_test_scenario_make(&s);
	ur_test_scenario_explain(&world, &times, &s);
	ck_assert_str_eq(told, "1:0-25000 2:5000-25000 1:0-9000 2:-1--1");
	ur_test_world_forget();
}
END_TEST

/* ---- the account */

static struct
{
	uint64_t memory[16];
	int references;
} acme;

static const struct ur_account *find_acme(void *context, uint32_t number)
{
	(void)context;
	ck_assert_uint_eq(number, 0);
	acme.references++;
	return (const struct ur_account *)acme.memory;
}

static void put_acme(const struct ur_account *account)
{
	ck_assert_ptr_eq(account, acme.memory);
	acme.references--;
}

/* A call into the PSTN shows the account's number; the account is given back. */
START_TEST(test_outbound)
{
	static const char uri[] = "sip:+4930@x";
	const struct ur_test_scenario s = {.people = {{.id = "a"}}};
	struct ur_explain_world world =
			ur_test_scenario_world(&s, &ur_test_directory);
	struct ur_account *account = (struct ur_account *)acme.memory;
	const int at = sizeof(*account) + sizeof(account->texts[0]);
	struct ur_caller caller = {.aor = UR_TEXT("a0@x"), .domain = UR_TEXT("x")};
	struct ur_identity identity;

	memset(&acme, 0, sizeof(acme));
	account->number_count = 1;
	account->texts[0] = account->default_cid_number = (struct ur_slice){at, 4};
	memcpy((char *)account + at, "4930", 4);
	world.find_account = find_acme;
	world.put_account = put_acme;
	ur_test_scenario_make(&s);
	caller.user = ur_test_world_user("a");
	ur_explain_outbound(&world, false, &caller, &identity);
	ck_assert_int_eq(identity.uri_len, sizeof(uri) - 1);
	ck_assert_mem_eq(identity.uri, uri, sizeof(uri) - 1);
	ck_assert_int_eq(acme.references, 0);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain");
	TCase *tcase = tcase_create("explain");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
			tcase, test_branches, UR_RING_SIMULTANEOUS, UR_RING_SPECIFIC + 1);
	tcase_add_loop_test(tcase, test_bound, 0, 2);
	tcase_add_loop_test(tcase, test_times, 0, sizeof(rings) / sizeof(rings[0]));
	tcase_add_test(tcase, test_times_of_next);
	tcase_add_test(tcase, test_outbound);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
