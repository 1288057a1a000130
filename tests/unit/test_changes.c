/*
 * What the mirror makes of text from outside: notifications, connection
 * strings, rows that can't be taken.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/changes.h"
#include "mirror/conninfo.h"
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
							 "kind queue\nextension ex_1\ntargets x");
	ur_changes_settle(&changes);
	check_ids(&changes.extensions, "{\"ex_1\"}");
	check_ids(&changes.targets, "{\"acc_1 queue q\"}");
	check_ids(&changes.kinds, "{\"queue\"}");
	ck_assert_uint_eq(ur_changes_count(&changes), 3);
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

static const char *host_setting(
		struct ur_conninfo *info, int host, const char *keyword)
{
	const char *const *keywords;
	const char *const *values;
	struct ur_conninfo_host to;
	int i;

	ck_assert_int_eq(ur_conninfo_host(info, host, &to), 0);
	ur_conninfo_to(info, &to, &keywords, &values);
	for(i = 0; keywords[i] != NULL; i++) {
		if(strcmp(keywords[i], keyword) == 0)
			return values[i];
	}
	return NULL;
}

static const char *setting(struct ur_conninfo *info, const char *keyword)
{
	return host_setting(info, 0, keyword);
}

START_TEST(connection_gets_defaults)
{
	struct ur_conninfo *info;
	const char *why = NULL;

	ck_assert_int_eq(ur_conninfo_alloc(&info,
							 "postgresql://u:p%40ss@h1,h2:5433/db", &why),
			0);
	ck_assert_str_eq(setting(info, "password"), "p@ss");
	ck_assert_str_eq(setting(info, "application_name"), "user_routing");
	ck_assert_str_eq(setting(info, "target_session_attrs"), "primary");
	ck_assert_str_eq(setting(info, "keepalives_idle"), "2");
	ck_assert_str_eq(setting(info, "tcp_user_timeout"), "3000");
	ck_assert_str_eq(setting(info, "client_encoding"), "UTF8");
	ur_conninfo_free(info);
}
END_TEST

/* Each host by itself, as libpq pairs them with addresses and ports. */
START_TEST(connection_of_each_host)
{
	static const struct
	{
		const char *string, *host, *hostaddr, *port;
		int hosts;
	} cases[] = {
			{"", "", "", "5432", 1},
			{"host=a", "a", "", "5432", 1},
			{"host=a,b", "b", "", "5432", 2},
			{"host=a,b port=1", "b", "", "1", 2},
			{"host=a,b port=1,2", "b", "", "2", 2},
			{"host=a,,c port=1,,3", "", "", "", 3},
			{"hostaddr=1.1.1.1,1.1.1.2", "", "1.1.1.2", "5432", 2},
			{"host=a,b hostaddr=1.1.1.1,1.1.1.2 port=1,2", "b", "1.1.1.2", "2",
					2},
			/* libpq is to say what is wrong with it */
			{"host=a,b port=1,2,3", "b", "", "1,2,3", 2},
	};
	size_t i;

	for(i = 0; i < COUNT(cases); i++) {
		struct ur_conninfo *info;
		const char *why = NULL;
		int host = cases[i].hosts > 1;

		ck_assert_int_eq(ur_conninfo_alloc(&info, cases[i].string, &why), 0);
		ck_assert_int_eq(ur_conninfo_hosts(info), cases[i].hosts);
		ck_assert_str_eq(host_setting(info, host, "host"), cases[i].host);
		ck_assert_str_eq(
				host_setting(info, host, "hostaddr"), cases[i].hostaddr);
		ck_assert_str_eq(host_setting(info, host, "port"), cases[i].port);
		ur_conninfo_free(info);
	}
}
END_TEST

START_TEST(connection_string_overrides_defaults)
{
	struct ur_conninfo *info;
	const char *why = NULL;

	ck_assert_int_eq(
			ur_conninfo_alloc(&info,
					"host=/run/postgresql dbname=x application_name=me "
					"keepalives_idle=60 target_session_attrs=any",
					&why),
			0);
	ck_assert_str_eq(setting(info, "application_name"), "me");
	ck_assert_str_eq(setting(info, "keepalives_idle"), "60");
	ck_assert_str_eq(setting(info, "target_session_attrs"), "any");
	ur_conninfo_free(info);
}
END_TEST

/* Refused with a reason that has nothing of the string in it. */
static const char *const bad_strings[] = {
		"postgresql//u:s3cret@h/db",
		"postgresql://u:s3cret@h/db?nonsense=1",
		"postgresql://u:s3cret@h:s3cret/db",
		"postgresql://u:s3@s3cret@h/db",
		"postgresql://u:s3/s3cret@h/db",
		"postgresql://u:12/s3cret@h/db",
		"postgresql://u:s3%zzcret@h/db",
		"password=s3cret host",
		"s3cret",
};

START_TEST(bad_connection_string)
{
	struct ur_conninfo *info = NULL;
	const char *why = NULL;

	ck_assert_int_eq(ur_conninfo_alloc(&info, bad_strings[_i], &why), EINVAL);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_null(strstr(why, "cret"));
	ck_assert_ptr_null(info);
}
END_TEST

START_TEST(good_connection_strings)
{
	static const char *const strings[] = {"", "postgresql:///db?host=@abstract",
			"postgresql://u:s3?cret@h/db",
			"postgres://u:s3%2Fcret@[::1]:5432,127.0.0.1:5433/db",
			"host='a b' password='x@y/z'"};
	size_t i;

	for(i = 0; i < COUNT(strings); i++) {
		struct ur_conninfo *info;
		const char *why = NULL;

		ck_assert_int_eq(ur_conninfo_alloc(&info, strings[i], &why), 0);
		ur_conninfo_free(info);
	}
	ur_conninfo_free(NULL);
}
END_TEST

static void parse_without_memory(void)
{
	struct ur_conninfo *info = NULL;
	const char *why = NULL;
	int err = ur_conninfo_alloc(&info, "host=h dbname=d", &why);

	ur_test_heap_arm(false);
	ck_assert_int_eq(err, ur_test_heap_failed() ? ENOMEM : 0);
	ur_conninfo_free(info);
}

START_TEST(no_memory_for_a_connection_string)
{
	UR_TEST_HEAP_OOM(parse_without_memory());
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
			connection_gets_defaults, connection_of_each_host,
			connection_string_overrides_defaults, good_connection_strings,
			skipped_rows_are_named_once, many_skipped_rows_do_not_flood_the_log,
			odd_ids_do_not_break_the_log};
	const TTest *const heap_tests[] = {no_memory_becomes_a_resync,
			no_memory_for_an_array, no_memory_for_a_connection_string};
	Suite *suite = suite_create("changes");
	TCase *tcase = tcase_create("changes");
	SRunner *runner;
	size_t i;
	int failed;

	tcase_add_loop_test(tcase, payload, 0, COUNT(payloads));
	tcase_add_loop_test(tcase, bad_connection_string, 0, COUNT(bad_strings));
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
