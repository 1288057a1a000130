/*
 * The mirror with a snapshot, on a real PostgreSQL: it serves from the file until
 * the database answers, and keeps the file like the database.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/mirror.h"
#include "support/snapshot.h"
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
	ur_table_user_put(before);
	ur_table_user_put(after);
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

/* At a stop, however long the interval is. */
START_TEST(last_changes_are_written)
{
	ino_t first;

	config.snapshot_interval = 3600;
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL(is_written(), 10000);
	first = inode();
	ur_mirror_finish(ur_test_mirror, 5000);
	ck_assert_uint_eq(inode(), first); /* there is nothing new */
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(strcmp(ur_test_user_named("al"), "us_a") == 0, 10000);
	ck_assert_uint_eq(inode(), first);
	ur_mirror_finish(ur_test_mirror, 5000);
	ur_test_mirror_free();
	database(false);
	ur_test_mirror_new(&config);
	ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
	database(true);
}
END_TEST

/* Nor where none can be written, or nothing was read yet. */
START_TEST(end_does_not_take_long)
{
	const long started = ur_test_now();

	ur_test_mirror_new(&config);
	ur_mirror_finish(ur_test_mirror, 5000);
	ck_assert_int_eq(access(path, F_OK), -1);
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(mkdir(path, 0700), 0); /* nothing can be put there */
	ur_mirror_finish(ur_test_mirror, 5000);
	ck_assert_int_lt(ur_test_now() - started, 4000);
	ck_assert_int_eq(ur_test_log_count("is not written"), 1);
}
END_TEST

/* A mirror that finds the database out of reach, by that db_url. */
static void begin_without_database(const char *url)
{
	struct ur_mirror_config other = config;

	database(false);
	other.db_url = url;
	ur_test_mirror_new(&other);
	ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
}

static void ck_serves(const char *url, bool serves)
{
	begin_without_database(url);
	ck_assert_int_eq(ur_test_report().source,
			serves ? UR_SOURCE_SNAPSHOT : UR_SOURCE_NONE);
	ck_assert_uint_eq(ur_test_stats().users, serves ? 3 : 0);
	ck_assert_int_eq(ur_test_log_count("is of another database: "), !serves);
	ck_assert_int_eq(ur_test_log_count("s3cret"), 0);
	ur_test_mirror_free();
	ur_test_log_clear();
}

START_TEST(another_database_is_not_served)
{
	const char *own = ur_test_db_url("user_routing");
	const char *folder = strstr(own, "host=") + strlen("host=");
	char url[300];

	leave_snapshot();
	snprintf(
			url, sizeof(url), "host=%s dbname=other user=user_routing", folder);
	ck_serves(url, false);
	snprintf(url, sizeof(url), "host=/nowhere dbname=%s user=user_routing",
			ur_test_db_name());
	ck_serves(url, false);
	snprintf(url, sizeof(url), "host=%s port=5433 dbname=%s", folder,
			ur_test_db_name());
	ck_serves(url, false);
	snprintf(url, sizeof(url), "%s&options=-csearch_path%%3Dother", own);
	ck_serves(url, false);
	/* hosts may fail over and be added; it does not matter who connects */
	snprintf(url, sizeof(url), "host=/nowhere,%s dbname=%s user=user_routing",
			folder, ur_test_db_name());
	ck_serves(url, true);
	snprintf(url, sizeof(url), "host=%s dbname=%s user=u password=s3cret",
			folder, ur_test_db_name());
	ck_serves(url, true);
	ck_serves(own, true);
	database(true);
}
END_TEST

/* As if the server of that name had been another one. */
static void forge_server(void)
{
	const size_t at = UR_SNAPSHOT_ORIGIN + offsetof(struct ur_origin, server);
	static uint8_t data[1 << 16];
	FILE *file = fopen(path, "r+");
	size_t size = fread(data, 1, sizeof(data), file);

	ck_assert_int_eq(data[at] >= '1' && data[at] <= '9', 1);
	data[at] ^= 1;
	ur_test_shot_seal(data, size);
	rewind(file);
	ck_assert_uint_eq(fwrite(data, 1, size, file), size);
	fclose(file);
}

START_TEST(snapshot_of_another_server_is_dropped)
{
	leave_snapshot();
	forge_server();
	begin_without_database(NULL);
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_SNAPSHOT);
	/* it answers, and can't be read */
	ur_test_db_exec("ALTER VIEW mirror_device RENAME TO elsewhere");
	database(true);
	UR_TEST_UNTIL(ur_test_log_count("it is dropped") == 1, 10000);
	UR_TEST_UNTIL(strstr(ur_test_report().last_error, "mirror_device") != NULL,
			10000);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_LOADING);
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_NONE);
	ck_assert_str_eq(ur_test_user_named("alice"), "");
	ur_test_db_exec("ALTER VIEW elsewhere RENAME TO mirror_device");
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_int_eq(ur_test_log_count("it is dropped"), 1);
}
END_TEST

/* The server's identifier is for superusers: there is nothing to compare. */
START_TEST(server_that_may_not_be_known)
{
	ur_test_db_exec("REVOKE EXECUTE ON FUNCTION pg_control_system FROM PUBLIC");
	leave_snapshot();
	begin_without_database(NULL);
	ck_assert_int_eq(ur_test_report().source, UR_SOURCE_SNAPSHOT);
	database(true);
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(ur_test_log_count("it is dropped"), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {first_load_is_written,
			later_changes_are_written, it_serves_until_the_database_answers,
			records_are_kept_when_nothing_changed, last_changes_are_written,
			end_does_not_take_long, damaged_one_is_refused_and_replaced,
			another_database_is_not_served,
			snapshot_of_another_server_is_dropped, server_that_may_not_be_known,
			NULL};
	const struct ur_test_suite suite = {.name = "snapshot_mirror",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
