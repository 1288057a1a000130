/*
 * Settings of the mirror that change while it runs: they apply at once, also to the existing
 * connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/mirror.h"
#include "support/suite.h"

/* As a mirror has them that is left alone, and a snapshot's interval that is long. */
static struct ur_mirror_config config;

static void setup(void)
{
	ur_test_mirror_sample();
	ur_test_mirror_free();
	config = ur_test_config;
	config.query_timeout = 20000;
	config.ping_interval = 60000;
	config.snapshot_interval = 3600;
}

static void begin(void)
{
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL_READY();
}

static void turn_for(int ms)
{
	const long until = ur_test_now() + ms;

	while(ur_test_now() < until)
		ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
}

/* Without a notification. */
static void change_silently(void)
{
	ur_test_db_exec("SET LOCAL session_replication_role = replica;"
					"UPDATE sip_user SET username = 'al' WHERE id = 'us_a';"
					"RESET session_replication_role");
}

START_TEST(audit_interval_changes)
{
	begin();
	change_silently();
	turn_for(300);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	config.audit_interval = 50;
	ur_mirror_configure(ur_test_mirror, &config);
	UR_TEST_UNTIL(strcmp(ur_test_user_named("al"), "us_a") == 0, 10000);
	config.audit_interval = 0;
	ur_mirror_configure(ur_test_mirror, &config);
	ck_assert_uint_eq(ur_test_report().drifts, 1);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
}
END_TEST

/* The loop of Kamailio's process does it at each turn: nothing may begin anew. */
START_TEST(same_settings_disturb_nothing)
{
	const long until = ur_test_now() + 5000;

	config.audit_interval = 50;
	begin();
	change_silently();
	while(ur_test_now() < until && ur_test_report().drifts == 0) {
		ur_mirror_configure(ur_test_mirror, &config);
		ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
	}
	ck_assert_uint_eq(ur_test_report().drifts, 1);
}
END_TEST

/* A server that hangs is noticed by nothing but the test of its connection. */
START_TEST(ping_interval_and_query_timeout_change)
{
	int backend;

	begin();
	backend = ur_test_report().backend_pid;
	config.query_timeout = 300;
	ur_mirror_configure(ur_test_mirror, &config);
	turn_for(100);
	ck_assert_int_eq(kill(backend, SIGSTOP), 0);
	turn_for(600);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
	config.ping_interval = 100;
	ur_mirror_configure(ur_test_mirror, &config);
	turn_for(600);
	UR_TEST_UNTIL(ur_test_log_count("within 300 ms") > 0, 10000);
	ck_assert_int_eq(kill(backend, SIGCONT), 0);
	ck_assert_int_eq(ur_test_log_count("within 300 ms"), 1);
	UR_TEST_UNTIL_READY();
}
END_TEST

static void *hold_lock(void *arg)
{
	(void)arg;
	ur_test_db_exec("LOCK TABLE sip_device IN ACCESS EXCLUSIVE MODE;"
					"SELECT pg_sleep(1.5)");
	return NULL;
}

/* The server cancels by itself what takes longer than it was told: it has to be told
 * again. */
START_TEST(query_timeout_is_raised)
{
	pthread_t holder;

	config.query_timeout = 300;
	begin();
	config.query_timeout = 20000;
	ur_mirror_configure(ur_test_mirror, &config);
	turn_for(100);
	ck_assert_int_eq(pthread_create(&holder, NULL, hold_lock, NULL), 0);
	ur_test_db_wait_locked("sip_device");
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(strcmp(ur_test_user_named("al"), "us_a") == 0, 10000);
	pthread_join(holder, NULL);
	ck_assert_str_eq(ur_test_report().last_error, "");
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
}
END_TEST

/* A wait that was begun with a longer reconnect_max is cut short. */
START_TEST(reconnect_max_is_lowered)
{
	config.reconnect_min = config.reconnect_max = 60000;
	begin();
	ck_assert_int_eq(kill(ur_test_report().backend_pid, SIGTERM), 0);
	UR_TEST_UNTIL(ur_test_report().state == UR_MIRROR_STALE, 10000);
	turn_for(300);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_STALE);
	config.reconnect_min = config.reconnect_max = 50;
	ur_mirror_configure(ur_test_mirror, &config);
	UR_TEST_UNTIL(ur_test_report().state == UR_MIRROR_READY, 10000);
}
END_TEST

/* connect_timeout: connecting is given up in that time. */
START_TEST(connect_timeout_changes)
{
	const int postmaster = ur_test_cluster_pid();
	int backend;

	begin();
	backend = ur_test_report().backend_pid;
	config.connect_timeout = 200;
	ur_mirror_configure(ur_test_mirror, &config);
	ck_assert_int_eq(kill(postmaster, SIGSTOP), 0);
	ck_assert_int_eq(kill(backend, SIGKILL), 0);
	turn_for(1000);
	UR_TEST_UNTIL(ur_test_log_count("within 200 ms") > 0, 10000);
	ck_assert_int_eq(kill(postmaster, SIGCONT), 0);
	ck_assert_int_eq(ur_test_log_count("within 200 ms"), 1);
	UR_TEST_UNTIL_READY();
}
END_TEST

START_TEST(snapshot_interval_changes)
{
	char folder[] = "/tmp/ur-configure.XXXXXX";
	char path[64];
	struct stat first, next;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/snapshot", folder);
	config.snapshot_file = path;
	begin();
	UR_TEST_UNTIL(stat(path, &first) == 0, 10000);
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	turn_for(1500);
	ck_assert_int_eq(stat(path, &next), 0);
	ck_assert_uint_eq(first.st_ino, next.st_ino);
	config.snapshot_interval = 1;
	ur_mirror_configure(ur_test_mirror, &config);
	UR_TEST_UNTIL(stat(path, &next) == 0 && next.st_ino != first.st_ino, 10000);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {audit_interval_changes,
			same_settings_disturb_nothing,
			ping_interval_and_query_timeout_change, query_timeout_is_raised,
			reconnect_max_is_lowered, connect_timeout_changes,
			snapshot_interval_changes, NULL};
	const struct ur_test_suite suite = {.name = "configure",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
