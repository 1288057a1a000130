/*
 * The mirror with a snapshot, on a real PostgreSQL: it serves from the file until
 * the database answers, and keeps the file like the database.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/mirror.h"
#include "support/suite.h"

static char path[64];
static struct ur_mirror_config config;

/* The database lets the mirror in, or not. */
static void database(bool open)
{
	ur_test_db_exec("ALTER ROLE user_routing %s", open ? "LOGIN" : "NOLOGIN");
	if(!open)
		ur_test_db_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
						" WHERE usename = 'user_routing'");
}

static void setup(void)
{
	char folder[] = "/tmp/ur-snapshot.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/snapshot", folder);
	ur_test_mirror_sample();
	ur_test_mirror_free();
	database(true); /* should a test that failed have closed it */
	config = ur_test_config;
	config.snapshot_file = path;
	config.snapshot_interval = 1;
	ur_test_log_clear();
}

static void teardown(void)
{
	char command[96];

	ur_test_mirror_free();
	snprintf(command, sizeof(command), "rm -rf %.*s",
			(int)(strrchr(path, '/') - path), path);
	ck_assert_int_eq(system(command), 0);
}

static bool is_written(void)
{
	return ur_test_report().snapshot_written != 0;
}

static ino_t inode(void)
{
	struct stat st = {0};

	(void)stat(path, &st);
	return st.st_ino;
}

/* A mirror that has written a snapshot and is gone. */
static void leave_snapshot(void)
{
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL(is_written(), 10000);
	ur_test_mirror_free();
}

START_TEST(first_load_is_written)
{
	ur_test_mirror_new(&config);
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_NONE);
	ck_assert_int_eq(ur_test_report().snapshot_written, 0);
	UR_TEST_UNTIL(is_written(), 10000);
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_DATABASE);
	ck_assert_uint_ne(inode(), 0);
	ck_assert_int_eq(ur_test_log_count("there is no snapshot"), 1);
}
END_TEST

START_TEST(later_changes_are_written)
{
	ino_t first;
	long started;

	ur_test_mirror_new(&config);
	UR_TEST_UNTIL(is_written(), 10000);
	started = ur_test_now();
	first = inode();
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(strcmp(ur_test_user_named("al"), "us_a") == 0, 10000);
	ck_assert_uint_eq(inode(), first);
	UR_TEST_UNTIL(inode() != first, 10000);
	ck_assert_int_gt(ur_test_now() - started, 500);
}
END_TEST

START_TEST(it_serves_until_the_database_answers)
{
	leave_snapshot();
	database(false);
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a';"
					"DELETE FROM sip_user WHERE id = 'us_b'");
	ur_test_mirror_new(&config);
	ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_STALE);
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_SNAPSHOT);
	ck_assert_int_ge(ur_test_report().snapshot_written, time(NULL) - 60);
	ck_assert_int_eq(ur_test_log_count("serving from the snapshot of 2"), 1);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_str_eq(ur_test_user_of_device("lap"), "us_b");
	ck_assert_uint_eq(ur_test_stats().users, 3);
	UR_TEST_UNTIL(ur_test_report().last_error[0] != '\0', 10000);
	ck_assert_int_eq(
			ur_test_log_count("calls go on with the data there is"), 1);
	database(true);
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_DATABASE);
	ck_assert_str_eq(ur_test_user_named("alice"), "");
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
	ck_assert_str_eq(ur_test_user_of_device("lap"), "");
	ck_assert_uint_eq(ur_test_stats().users, 2);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
}
END_TEST

/* What is the same in both keeps its record: no churn, no second account. */
START_TEST(records_are_kept_when_nothing_changed)
{
	const struct ur_user *before, *after;

	leave_snapshot();
	ur_test_mirror_new(&config);
	ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
	before = ur_test_user("us_a");
	UR_TEST_UNTIL_READY();
	after = ur_test_user("us_a");
	ck_assert_ptr_eq(before, after);
	ur_user_put(before);
	ur_user_put(after);
	ck_assert_uint_eq(ur_test_stats().accounts, 2);
}
END_TEST

START_TEST(damaged_one_is_refused_and_replaced)
{
	struct stat before, after;

	leave_snapshot();
	ck_assert_int_eq(stat(path, &before), 0);
	ck_assert_int_eq(truncate(path, before.st_size - 1), 0);
	database(false);
	ur_test_mirror_new(&config);
	ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
	ck_assert_int_eq(ur_test_log_count("snapshot is truncated"), 1);
	ck_assert_int_eq(ur_test_log_count("is not used, and replaced when"), 1);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_LOADING);
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_NONE);
	ck_assert_uint_eq(ur_test_stats().users, 0);
	database(true);
	UR_TEST_UNTIL(is_written(), 10000);
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(after.st_size, before.st_size);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {first_load_is_written,
			later_changes_are_written, it_serves_until_the_database_answers,
			records_are_kept_when_nothing_changed,
			damaged_one_is_refused_and_replaced, NULL};
	const struct ur_test_suite suite = {.name = "snapshot_mirror",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
