/*
 * The second connection, for long work: whatever happens to it, the first one keeps listening, and
 * changes arrive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "support/mirror.h"
#include "support/suite.h"

static void setup(void)
{
	ur_test_mirror_sample();
}

static void audit_every(int ms)
{
	struct ur_mirror_config config = ur_test_config;

	ur_test_mirror_free();
	config.audit_interval = ms;
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL_READY();
	ur_test_log_clear();
}

/* What reads all extensions takes that long, or fails. */
static void extensions_are(const char *what)
{
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_extension AS SELECT id,"
					" account_id, digits, dest_kind, dest_id, status"
					" FROM extension, (SELECT %s) AS nap OFFSET 0",
			what);
}

static void change_silently(const char *statement)
{
	ur_test_db_exec("SET LOCAL session_replication_role = replica; %s; "
					"RESET session_replication_role",
			statement);
}

/* The first connection is the one that it was, and changes come by it. */
static void ck_listens(int pid)
{
	static int number;

	ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = %d"
					" WHERE id = 'us_c'",
			100 + ++number);
	UR_TEST_UNTIL(ur_test_ring_timeout("us_c") == 100 + number, 10000);
	ck_assert_int_eq(ur_test_report().backend_pid, pid);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
}

START_TEST(audit_that_takes_too_long)
{
	int pid;

	audit_every(50);
	pid = ur_test_report().backend_pid;
	extensions_are("pg_sleep(2)");
	UR_TEST_UNTIL(ur_test_log_count("an audit failed: ") > 0, 10000);
	ck_listens(pid);
	ck_assert(strstr(ur_test_report().last_error, "400 ms") != NULL
			  || strstr(ur_test_report().last_error, "timeout") != NULL);
	ur_test_turn_for(1500);
	ck_listens(pid);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	extensions_are("pg_sleep(0)");
	change_silently("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
	ck_listens(pid);
}
END_TEST

/* It is said once, however often it is tried again. */
START_TEST(audit_that_is_refused)
{
	int pid;

	audit_every(20);
	pid = ur_test_report().backend_pid;
	ur_test_db_exec("REVOKE SELECT ON mirror_extension FROM user_routing");
	UR_TEST_UNTIL(ur_test_log_count("an audit failed: ") > 0, 10000);
	ur_test_turn_for(500);
	ck_assert_int_eq(ur_test_log_count("permission denied"), 1);
	ck_listens(pid);
	ur_test_db_exec("GRANT SELECT ON mirror_extension TO user_routing");
	change_silently("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(ur_test_report().drifts == 1, 10000);
}
END_TEST

START_TEST(full_load_that_takes_too_long)
{
	int pid;

	UR_TEST_UNTIL_READY();
	pid = ur_test_report().backend_pid;
	extensions_are("pg_sleep(2)");
	change_silently("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	ur_test_db_exec("NOTIFY user_routing, 'resync'");
	UR_TEST_UNTIL(ur_test_log_count("a full load failed: ") > 0, 10000);
	ck_listens(pid);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_int_gt(ur_test_report().lag, 0); /* what it was for is missing */
	extensions_are("pg_sleep(0)");
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
	ck_assert_int_eq(ur_test_report().lag, 0);
	ck_listens(pid);
	ur_test_turn_for(300);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
}
END_TEST

START_TEST(full_load_is_cut)
{
	int pid, done;

	UR_TEST_UNTIL_READY();
	pid = ur_test_report().backend_pid;
	extensions_are("pg_sleep(0.3)");
	ur_state_request_resync(ur_test_state);
	ur_test_mirror_run();
	do
		done = (int)ur_test_db_number(
				"SELECT coalesce(max(pg_terminate_backend(pid)::int), 0)"
				" FROM pg_stat_activity WHERE usename = 'user_routing'"
				" AND query LIKE '%%ur_extensions' AND state = 'active'"
				" AND pid <> %d AND datname = current_database()",
				pid);
	while(!done);
	ur_test_mirror_halt();
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_listens(pid);
	ck_assert_int_eq(ur_test_log_count("a full load failed: "), 1);
}
END_TEST

static void *announce_a_load(void *arg)
{
	(void)arg;
	ur_test_db_exec(
			"LOCK TABLE sip_device IN ACCESS EXCLUSIVE "
			"MODE;" UR_TEST_UNTIL_WAITED_FOR "NOTIFY user_routing, 'resync'");
	return NULL;
}

/* Alice and bob have swapped their names. Alice was read; bob, who has hers, comes with the
 * load that fails: until then the old record of that name serves on. */
START_TEST(name_stays_until_the_load_that_is_due)
{
	pthread_t announcer;

	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER TABLE sip_user DISABLE TRIGGER USER;"
					"UPDATE sip_user SET username = 'x' WHERE id = 'us_a';"
					"UPDATE sip_user SET username = 'alice' WHERE id = 'us_b';"
					"UPDATE sip_user SET username = 'bob' WHERE id = 'us_a'");
	extensions_are("pg_sleep(2)");
	ur_test_db_exec("REVOKE SELECT ON mirror_account FROM user_routing");
	ck_assert_int_eq(
			pthread_create(&announcer, NULL, announce_a_load, NULL), 0);
	ur_test_db_wait_locked("sip_device");
	ur_test_db_exec("NOTIFY user_routing, 'user us_a'");
	UR_TEST_UNTIL(ur_test_log_count("a full load failed: ") > 0, 10000);
	pthread_join(announcer, NULL);
	ur_test_db_exec("NOTIFY user_routing, 'user us_c'");
	UR_TEST_UNTIL(ur_test_report().changes == 2, 10000);
	ur_test_turn_for(200);
	ck_assert_str_eq(ur_test_user_named("bob"), "us_a");
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ur_test_db_exec("GRANT SELECT ON mirror_account TO user_routing");
	extensions_are("pg_sleep(0)");
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_b");
}
END_TEST

/* A server that refuses a second connection answers the first one. */
START_TEST(no_second_connection)
{
	int pid;

	UR_TEST_UNTIL_READY();
	pid = ur_test_report().backend_pid;
	ur_test_db_exec("ALTER ROLE user_routing CONNECTION LIMIT 1");
	ur_state_request_resync(ur_test_state);
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_int_eq(ur_test_log_count("no second connection"), 1);
	ck_listens(pid);
	ur_test_db_exec("ALTER ROLE user_routing CONNECTION LIMIT -1");
}
END_TEST

/* After the connection was lost, too: it listens, and loads as soon as that is possible. */
START_TEST(load_fails_after_a_reconnect)
{
	UR_TEST_UNTIL_READY();
	extensions_are("pg_sleep(2)");
	ur_test_db_exec(
			"SELECT pg_terminate_backend(%d)", ur_test_report().backend_pid);
	UR_TEST_UNTIL(ur_test_log_count("a full load failed: ") > 0, 10000);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_STALE);
	ck_assert_uint_eq(ur_test_report().reconnects, 1);
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(strcmp(ur_test_user_named("al"), "us_a") == 0, 10000);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_STALE);
	extensions_are("pg_sleep(0)");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().reconnects, 1);
}
END_TEST

/* A job announces one full load after another, each of which takes a quarter of a second. */
START_TEST(full_loads_rest)
{
	unsigned long before;
	int number = 0;
	long began;

	UR_TEST_UNTIL_READY();
	extensions_are("pg_sleep(0.25)");
	before = ur_test_report().resyncs;
	began = ur_test_now();
	while(ur_test_now() < began + 3000) {
		ur_test_db_exec("SELECT ur_notify_send('resync')");
		ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = %d"
						" WHERE id = 'us_c'",
				100 + ++number % 100);
		UR_TEST_UNTIL(
				ur_test_ring_timeout("us_c") == 100 + number % 100, 10000);
	}
	ck_assert_uint_ge(ur_test_report().resyncs - before, 2);
	ck_assert_int_le(ur_test_report().resyncs - before,
			(ur_test_now() - began) / 750 + 1);
	ck_assert(ur_test_log_count("a notification asks for it") > 0);
	/* the last one comes, too */
	before = ur_test_report().resyncs;
	ur_test_db_exec("SELECT ur_notify_send('resync')");
	UR_TEST_UNTIL(ur_test_report().resyncs > before, 10000);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {audit_that_takes_too_long,
			audit_that_is_refused, full_load_that_takes_too_long,
			full_load_is_cut, name_stays_until_the_load_that_is_due,
			no_second_connection, load_fails_after_a_reconnect, full_loads_rest,
			NULL};
	const struct ur_test_suite suite = {.name = "second",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
