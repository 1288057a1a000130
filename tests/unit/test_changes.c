/*
 * How the mirror reads text from outside: notifications, and rows that it can't take.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/source/changes.h"
#include "mirror/skips.h"
#include "support/heap.h"
#include "support/port.h"
#include "support/sample.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Payloads, and the ids that must come out. */
static const struct
{
	const char *payload, *accounts, *users;
	bool resync;
} payloads[] = {
		{"user us_1", "{}", "{\"us_1\"}", false},
		{"user us_1\n", "{}", "{\"us_1\"}", false},
		{"account acc_1", "{\"acc_1\"}", "{}", false},
		{"user b\nuser a\naccount x\nuser b", "{\"x\"}", "{\"a\",\"b\"}",
				false},
		{"resync", "{}", "{}", true},
		{"user a\nresync\nuser b", "{}", "{}", true},
		/* of other kinds, or of none */
		{"", "{}", "{}", false},
		{"\n\n\n", "{}", "{}", false},
		{"user", "{}", "{}", false},
		{"user ", "{}", "{}", false},
		{"account \nuser \n", "{}", "{}", false},
		{"users us_1", "{}", "{}", false},
		{"USER us_1", "{}", "{}", false},
		{" user us_1", "{}", "{}", false},
		{"user\tus_1", "{}", "{}", false},
		{"resync now", "{}", "{}", false},
		{"resyn", "{}", "{}", false},
		{"us", "{}", "{}", false},
		/* ids as a foreign schema may have them */
		{"user a b", "{}", "{\"a b\"}", false},
		{"user \"}\\{,", "{}", "{\"\\\"}\\\\{,\"}", false},
		{"user NULL", "{}", "{\"NULL\"}", false},
		{"user \xff\xfe", "{}", "{\"\xff\xfe\"}", false},
};

START_TEST(payload)
{
	struct ur_changes changes = {0};
	char *accounts, *users;

	ur_changes_add(&changes, payloads[_i].payload);
	ur_changes_settle(&changes);
	accounts = ur_changes_array(&changes.accounts, 0, 100);
	users = ur_changes_array(&changes.users, 0, 100);
	ck_assert_str_eq(accounts, payloads[_i].accounts);
	ck_assert_str_eq(users, payloads[_i].users);
	ck_assert(changes.resync == payloads[_i].resync);
	ck_assert(ur_changes_is_empty(&changes)
			  == (!payloads[_i].resync && strlen(accounts) == 2
					  && strlen(users) == 2));
	free(accounts);
	free(users);
	ur_changes_clear(&changes);
	ck_assert(ur_changes_is_empty(&changes));
}
END_TEST

static void check_ids(const struct ur_ids *ids, const char *expected)
{
	char *array = ur_changes_array(ids, 0, 100);

	ck_assert_str_eq(array, expected);
	free(array);
}

START_TEST(other_kinds)
{
	struct ur_changes changes = {0};

	ur_changes_add(&changes, "extension ex_1\ntarget acc_1 queue q\n"
							 "kind queue\nextension ex_1\ntargets x\n"
							 "did 4930\ndids 4931\nschedule sch_1\n"
							 "callers cl_1\ncaller cl_2\nschedule sch_1\n"
							 "ring_group grp_1\nring_groups g\nring_group ");
	ur_changes_settle(&changes);
	check_ids(&changes.extensions, "{\"ex_1\"}");
	check_ids(&changes.dids, "{\"4930\"}");
	check_ids(&changes.schedules, "{\"sch_1\"}");
	check_ids(&changes.caller_lists, "{\"cl_1\"}");
	check_ids(&changes.groups, "{\"grp_1\"}");
	check_ids(&changes.targets, "{\"acc_1 queue q\"}");
	check_ids(&changes.kinds, "{\"queue\"}");
	ck_assert_uint_eq(ur_changes_count(&changes), 7);
	ck_assert(!ur_changes_is_empty(&changes));
	ur_changes_clear(&changes);
	ck_assert(ur_changes_is_empty(&changes));
}
END_TEST

START_TEST(arrays_in_batches)
{
	struct ur_changes changes = {0};
	char *array;

	ur_changes_add(&changes, "user a\nuser b\nuser c");
	array = ur_changes_array(&changes.users, 0, 2);
	ck_assert_str_eq(array, "{\"a\",\"b\"}");
	free(array);
	array = ur_changes_array(&changes.users, 2, 2);
	ck_assert_str_eq(array, "{\"c\"}");
	free(array);
	ur_changes_clear(&changes);
}
END_TEST

static void add_numbered(struct ur_changes *changes, int count, int distinct)
{
	char text[32];
	int i;

	for(i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "user us_%d", i % distinct);
		ur_changes_add(changes, text);
	}
}

START_TEST(too_many_ids_become_a_resync)
{
	struct ur_changes changes = {0};

	add_numbered(&changes, UR_CHANGES_MAX, UR_CHANGES_MAX);
	ck_assert(!changes.resync);
	ur_changes_add(&changes, "user one_more");
	ck_assert(changes.resync);
	ck_assert_uint_eq(changes.users.count, 0);
	ur_changes_add(&changes, "user after\naccount that");
	ck_assert_uint_eq(changes.users.count, 0);
	ur_changes_clear(&changes);
}
END_TEST

START_TEST(the_same_ids_again_and_again_do_not)
{
	struct ur_changes changes = {0};

	add_numbered(&changes, 3 * UR_CHANGES_MAX, 1000);
	ck_assert(!changes.resync);
	ck_assert_uint_le(changes.users.count, UR_CHANGES_MAX);
	ur_changes_settle(&changes);
	ck_assert_uint_eq(changes.users.count, 1000);
	ur_changes_clear(&changes);
}
END_TEST

/* Without memory for an id nothing gets lost: everything is read again. */
static void add_some(void)
{
	struct ur_changes changes = {0};

	ur_changes_add(&changes, "user a\nuser b\naccount c");
	ur_test_heap_arm(false);
	if(ur_test_heap_failed())
		ck_assert(changes.resync);
	else
		ck_assert_uint_eq(changes.users.count, 2);
	ur_changes_clear(&changes);
}

START_TEST(no_memory_becomes_a_resync)
{
	UR_TEST_HEAP_OOM(add_some());
}
END_TEST

START_TEST(no_memory_for_an_array)
{
	struct ur_changes changes = {0};
	char *array;

	ur_changes_add(&changes, "user a");
	ur_test_heap_fail_at(1);
	array = ur_changes_array(&changes.users, 0, 1);
	ur_test_heap_arm(false);
	ck_assert_ptr_null(array);
	ur_changes_clear(&changes);
}
END_TEST

START_TEST(skipped_rows_are_named_once)
{
	struct ur_skips skips = {0};
	int i;

	for(i = 0; i < 3; i++) {
		ur_skips_begin(&skips);
		ur_skips_add(&skips, "user", UR_TEXT("us_1"), "it is odd");
		ur_skips_add(&skips, "user", UR_TEXT("us_2"), "it is odd");
		ur_skips_add(&skips, "account", UR_TEXT("us_1"), "it is odd");
		ur_skips_end(&skips);
		ck_assert_uint_eq(skips.total, 3);
	}
	ck_assert_int_eq(ur_test_log_count("user 'us_1' is skipped: it is odd"), 1);
	ck_assert_int_eq(ur_test_log_count(""), 3);
	ur_skips_add(&skips, "user", UR_TEXT("us_1"), "it is worse");
	ck_assert_int_eq(ur_test_log_count("it is worse"), 1);
	/* mended, and broken again */
	ur_skips_begin(&skips);
	ur_skips_end(&skips);
	ck_assert_uint_eq(skips.total, 0);
	ur_skips_add(&skips, "user", UR_TEXT("us_1"), "it is odd");
	ck_assert_int_eq(ur_test_log_count("user 'us_1' is skipped: it is odd"), 2);
}
END_TEST

START_TEST(many_skipped_rows_do_not_flood_the_log)
{
	struct ur_skips skips = {0};
	char id[16];
	int i;

	for(i = 0; i < 10000; i++) {
		struct ur_text text = {id, 0};

		text.len = snprintf(id, sizeof(id), "us_%d", i);
		ur_skips_add(&skips, "user", text, "it is odd");
	}
	ck_assert_uint_eq(skips.total, 10000);
	ck_assert_int_eq(ur_test_log_count("is skipped"), UR_SKIPS_NAMED);
	ck_assert_int_eq(ur_test_log_count(""), UR_SKIPS_NAMED + 1);
}
END_TEST

START_TEST(odd_ids_do_not_break_the_log)
{
	struct ur_skips skips = {0};
	char big[1000];

	memset(big, 'x', sizeof(big));
	ur_skips_add(&skips, "user", UR_TEXT("a\nb\x1b[31m\xff"), "it is odd");
	ur_skips_add(
			&skips, "user", (struct ur_text){big, sizeof(big)}, "too long");
	ck_assert_int_eq(ur_test_log_count("user 'a?b?[31m?' is skipped"), 1);
	ck_assert_int_eq(ur_test_log_count("xxx' is skipped: too long"), 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {other_kinds, arrays_in_batches,
			too_many_ids_become_a_resync, the_same_ids_again_and_again_do_not,
			skipped_rows_are_named_once, many_skipped_rows_do_not_flood_the_log,
			odd_ids_do_not_break_the_log};
	const TTest *const heap_tests[] = {
			no_memory_becomes_a_resync, no_memory_for_an_array};
	Suite *suite = suite_create("changes");
	TCase *tcase = tcase_create("changes");
	SRunner *runner;
	size_t i;
	int failed;

	tcase_add_checked_fixture(tcase, ur_test_log_clear, NULL);
	tcase_add_loop_test(tcase, payload, 0, COUNT(payloads));
	for(i = 0; i < COUNT(tests); i++)
		tcase_add_test(tcase, tests[i]);
	for(i = 0; ur_test_heap_is_wrapped() && i < COUNT(heap_tests); i++)
		tcase_add_test(tcase, heap_tests[i]);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
