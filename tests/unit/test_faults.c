/*
 * The mirror with a faulty database: away, hung, without a schema, refusing. Old data stays in
 * service, each turn is short, the log reports a fault once, and the mirror recovers by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/hang.h"
#include "support/mirror.h"
#include "support/suite.h"

static const char rows[] =
		"INSERT INTO account (id) VALUES ('acc_1');"
		"INSERT INTO sip_domain VALUES ('acme.example', 'acc_1');"
		"INSERT INTO sip_user (id, account_id, username) VALUES"
		" ('us_a', 'acc_1', 'alice'), ('us_b', 'acc_1', 'bob');";

static void setup(void)
{
	ur_test_cluster_start(); /* should a test that failed have left it down */
	ur_test_db_new();
	ur_test_db_exec("%s", rows);
}

static void teardown(void)
{
	if(ur_test_mirror != NULL)
		ur_test_mirror_free();
}

static enum ur_mirror_state state(void)
{
	return ur_test_report().state;
}

static bool error_has(const char *text)
{
	return strstr(ur_test_report().last_error, text) != NULL;
}

/* Turns for that long; no single turn may take longer than a deadline and a
 * bit. Returns how many turns there were. */
static int turn_for(long ms, long deadline)
{
	long until = ur_test_now() + ms;
	int turns = 0;

	while(ur_test_now() < until) {
		long start = ur_test_now();

		ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
		ck_assert_int_lt(ur_test_now() - start, deadline + 1000);
		turns++;
	}
	return turns;
}

START_TEST(down_at_start)
{
	int turns;

	ur_test_mirror_new(&ur_test_config);
	ur_test_cluster_stop();
	turns = turn_for(600, UR_TEST_TURN);
	/* it waits between its attempts, and doesn't spin */
	ck_assert_int_lt(turns, 120);
	ck_assert_int_eq(state(), UR_MIRROR_LOADING);
	ck_assert_int_eq(ur_test_report().backend_pid, 0);
	ck_assert(error_has("No such file or directory"));
	ck_assert_int_eq(ur_test_log_count(""), 1);
	ck_assert_int_eq(ur_test_log_count("nothing is loaded yet"), 1);
	ur_test_cluster_start();
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
	ck_assert_int_eq(
			ur_test_log_count("mirror ready (first load): 2 users"), 1);
}
END_TEST

START_TEST(restarted_meanwhile_changed)
{
	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL_READY();
	ur_test_cluster_stop();
	UR_TEST_UNTIL(state() == UR_MIRROR_STALE, 10000);
	ck_assert(ur_state_is_loaded(ur_test_state));
	turn_for(300, UR_TEST_TURN);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_int_eq(
			ur_test_log_count("calls go on"), 2); /* lost; can't connect */
	ck_assert_int_ge(ur_test_report().lag, 300);
	ck_assert_int_le(ur_test_report().lag, ur_test_report().heard_ago);
	UR_TEST_UNTIL(ur_test_report().retry_in > 0, 10000);
	ck_assert_int_eq(ur_test_report().phase, UR_PHASE_PAUSED);
	ur_test_cluster_start();
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a';"
					"DELETE FROM sip_user WHERE id = 'us_b';"
					"INSERT INTO sip_user (id, account_id, username)"
					" VALUES ('us_c', 'acc_1', 'carol')");
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
	ck_assert_str_eq(ur_test_user_named("alice"), "");
	ck_assert_str_eq(ur_test_user_named("bob"), "");
	ck_assert_str_eq(ur_test_user_named("carol"), "us_c");
	ck_assert_uint_eq(ur_test_report().reconnects, 1);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ck_assert_int_eq(ur_test_report().lag, 0);
	ck_assert_int_eq(ur_test_report().phase, UR_PHASE_LISTENING);
	/* and it listens again */
	ur_test_db_exec("UPDATE sip_user SET username = 'x' WHERE id = 'us_a'");
	UR_TEST_UNTIL(strcmp(ur_test_user_named("x"), "us_a") == 0, 10000);
}
END_TEST

START_TEST(connection_cut)
{
	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(ur_test_db_number("SELECT pg_terminate_backend(%d)::int",
							 ur_test_report().backend_pid),
			1);
	UR_TEST_UNTIL(state() == UR_MIRROR_STALE, 10000);
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().reconnects, 1);
}
END_TEST

START_TEST(wrong_password)
{
	static const char secret[] = "not-the-right-one";
	struct ur_mirror_config config = ur_test_config;
	char url[200];

	snprintf(url, sizeof(url), "%s&password=%s", ur_test_db_url("locked"),
			secret);
	config.db_url = url;
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL(error_has("password authentication failed"), 10000);
	turn_for(500, UR_TEST_TURN);
	ck_assert_int_eq(state(), UR_MIRROR_LOADING);
	ck_assert(!error_has(secret));
	ck_assert_int_eq(ur_test_log_count("password authentication failed"), 1);
	ck_assert_int_eq(ur_test_log_count(secret), 0);
}
END_TEST

START_TEST(unusable_url)
{
	struct ur_mirror_config config = ur_test_config;
	struct ur_mirror *mirror = NULL;

	ur_test_mirror_new(&ur_test_config);
	config.db_url = "postgresql://u:s3cret@in@host/db";
	ck_assert_int_eq(
			ur_mirror_alloc(&mirror, ur_test_table, ur_test_state, &config),
			EINVAL);
	ck_assert_int_eq(ur_test_log_count("db_url can't be used: "), 1);
	ck_assert_int_eq(ur_test_log_count("s3cret"), 0);
	ck_assert(error_has("db_url can't be used: "));
	ck_assert(!error_has("s3cret"));
}
END_TEST

/* Nothing is sent there: it is the first words of the log, and has no password in it. */
START_TEST(host_that_is_not_verified)
{
	struct ur_mirror_config config = ur_test_config;

	config.db_url = "postgresql://u:s3cret@192.0.2.1/db?sslmode=require";
	ur_test_mirror_new(&config);
	ck_assert_int_eq(ur_test_log_count("another host, \"192.0.2.1\""), 1);
	ck_assert_int_eq(ur_test_log_count("set sslmode=verify-full"), 1);
	ck_assert_int_eq(ur_test_log_count("s3cret"), 0);
	ur_test_mirror_free();
	config.db_url = "postgresql://u:s3cret@192.0.2.1/db?sslmode=verify-full";
	ur_test_mirror_new(&config);
	ck_assert_int_eq(ur_test_log_count("another host"), 1);
}
END_TEST

START_TEST(schema_missing)
{
	ur_test_db_exec("DROP VIEW mirror_meta");
	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL(error_has("mirror_meta"), 10000);
	turn_for(300, UR_TEST_TURN);
	ck_assert_int_eq(state(), UR_MIRROR_LOADING);
	ck_assert(error_has("sql/apply"));
	ck_assert_int_eq(ur_test_log_count("apply it with sql/apply"), 1);
	ur_test_db_exec("CREATE VIEW mirror_meta AS SELECT 4 AS schema_version;"
					"GRANT SELECT ON mirror_meta TO user_routing");
	UR_TEST_UNTIL_READY();
}
END_TEST

START_TEST(schema_of_another_version)
{
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_meta AS"
					" SELECT 999 AS schema_version, 9 AS compatible_from");
	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL(error_has("version 999"), 10000);
	turn_for(300, UR_TEST_TURN);
	ck_assert_int_eq(state(), UR_MIRROR_LOADING);
	ck_assert_int_eq(ur_test_log_count("install a newer module"), 1);
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_meta AS"
					" SELECT 3 AS schema_version, 2 AS compatible_from");
	UR_TEST_UNTIL(error_has("run sql/apply"), 10000);
}
END_TEST

/* Views that were added, or columns: this module reads what it knows. */
START_TEST(schema_that_is_newer_and_compatible)
{
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_meta AS"
					" SELECT 999 AS schema_version, 5 AS compatible_from");
	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL_READY();
}
END_TEST

START_TEST(rights_missing)
{
	struct ur_mirror_config config = ur_test_config;

	config.db_url = ur_test_db_url("stranger");
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL(error_has("permission denied"), 10000);
	turn_for(300, UR_TEST_TURN);
	ck_assert_int_eq(ur_test_log_count("sql/roles.sql"), 1);
}
END_TEST

START_TEST(out_of_connections)
{
	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER ROLE user_routing CONNECTION LIMIT 0;"
					"SELECT pg_terminate_backend(%d)",
			ur_test_report().backend_pid);
	UR_TEST_UNTIL(error_has("too many connections"), 10000);
	ck_assert_int_eq(state(), UR_MIRROR_STALE);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ur_test_db_exec("ALTER ROLE user_routing CONNECTION LIMIT -1");
	UR_TEST_UNTIL_READY();
}
END_TEST

/* Two errors that take turns fill no log. */
START_TEST(errors_take_turns)
{
	int i;

	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER ROLE user_routing CONNECTION LIMIT 0;"
					"SELECT pg_terminate_backend(%d)",
			ur_test_report().backend_pid);
	for(i = 0; i < 3; i++) {
		ur_test_db_exec("ALTER ROLE user_routing LOGIN");
		UR_TEST_UNTIL(error_has("too many connections"), 10000);
		ur_test_db_exec("ALTER ROLE user_routing NOLOGIN");
		UR_TEST_UNTIL(error_has("not permitted to log in"), 10000);
	}
	ck_assert_int_eq(ur_test_log_count("too many connections"), 1);
	ck_assert_int_eq(ur_test_log_count("not permitted to log in"), 1);
	ur_test_db_exec("ALTER ROLE user_routing LOGIN CONNECTION LIMIT -1");
	UR_TEST_UNTIL_READY();
}
END_TEST

/* The host that comes first hangs: it doesn't take the time of the second. */
START_TEST(first_host_hangs)
{
	struct ur_mirror_config config = ur_test_config;

	config.db_url = ur_test_hang_begin("user_routing");
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL(ur_test_report().state == UR_MIRROR_READY,
			UR_TEST_CONNECT_TIMEOUT + 500);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_str_eq(ur_test_report().last_error, "");
	/* now both are away */
	ur_test_cluster_stop();
	UR_TEST_UNTIL(error_has("No such file"), 10000);
	ck_assert(error_has("within 500 ms; "));
	ck_assert(error_has(ur_test_hang_host()));
	ur_test_hang_end();
}
END_TEST

/* The kernel still acknowledges for a stopped process: only a deadline
 * tells. */
START_TEST(server_hangs)
{
	int backend;
	int postmaster = ur_test_cluster_pid();

	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL_READY();
	backend = ur_test_report().backend_pid;
	ck_assert_int_eq(kill(postmaster, SIGSTOP), 0);
	ck_assert_int_eq(kill(backend, SIGSTOP), 0);
	turn_for(1000, UR_TEST_QUERY_TIMEOUT);
	UR_TEST_UNTIL(state() == UR_MIRROR_STALE, 10000);
	ck_assert_int_eq(ur_test_log_count("no answer from the database"), 1);
	/* nor does connecting hang */
	turn_for(1000, UR_TEST_TURN);
	UR_TEST_UNTIL(error_has("within 500 ms"), 10000);
	ck_assert_int_eq(ur_test_log_count("no connection to the database"), 1);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_int_eq(kill(backend, SIGCONT), 0);
	ck_assert_int_eq(kill(postmaster, SIGCONT), 0);
	UR_TEST_UNTIL_READY();
}
END_TEST

static void *hold_lock(void *arg)
{
	(void)arg;
	ur_test_db_exec("LOCK TABLE sip_device IN ACCESS EXCLUSIVE MODE;"
					"DO $$BEGIN PERFORM pg_sleep(15);"
					" EXCEPTION WHEN query_canceled THEN NULL; END$$");
	return NULL;
}

/* A lock that somebody holds: the load gives up in time, and so does the
 * server's end of it: its readers don't pile up. */
START_TEST(load_is_blocked)
{
	static const char here[] =
			"FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
			" WHERE d.datname = current_database()"
			" AND l.relation = 'sip_device'::regclass";
	pthread_t holder;

	ck_assert_int_eq(pthread_create(&holder, NULL, hold_lock, NULL), 0);
	ur_test_db_wait_locked("sip_device");
	ur_test_mirror_new(&ur_test_config);
	turn_for(1200, UR_TEST_QUERY_TIMEOUT);
	ck_assert_int_le(
			ur_test_db_number("SELECT count(*) %s AND NOT granted", here), 1);
	ck_assert_int_eq(state(), UR_MIRROR_LOADING);
	UR_TEST_UNTIL(error_has("no answer from the database within 400 ms")
						  || error_has("statement timeout"),
			10000);
	ur_test_db_exec("SELECT pg_cancel_backend(pid) %s AND granted", here);
	pthread_join(holder, NULL);
	UR_TEST_UNTIL_READY();
}
END_TEST

/* A table goes away while the mirror runs: seen when it is read again. */
START_TEST(view_goes_away)
{
	ur_test_mirror_new(&ur_test_config);
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER VIEW mirror_device RENAME TO elsewhere;"
					"UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(state() == UR_MIRROR_STALE, 10000);
	ck_assert(error_has("mirror_device"));
	ur_test_db_exec("ALTER VIEW elsewhere RENAME TO mirror_device");
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {down_at_start, restarted_meanwhile_changed,
			connection_cut, wrong_password, unusable_url,
			host_that_is_not_verified, schema_missing,
			schema_of_another_version, schema_that_is_newer_and_compatible,
			rights_missing, out_of_connections, server_hangs, errors_take_turns,
			first_host_hangs, load_is_blocked, view_goes_away, NULL};
	const struct ur_test_suite suite = {.name = "faults",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
