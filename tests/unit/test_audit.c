/*
 * The audit on a real PostgreSQL: it finds a change that nobody announced.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/mirror.h"
#include "support/suite.h"

/* So many changes: for races. */
#define CHANGES 100

static void audit_every(int ms)
{
	struct ur_mirror_config config = ur_test_config;

	ur_test_mirror_free();
	config.audit_interval = ms;
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL_READY();
}

static void setup(void)
{
	ur_test_mirror_sample();
	ur_test_db_exec("INSERT INTO extension (id, account_id, digits, dest_kind,"
					" dest_id) VALUES ('ext', 'acc_1', '200', 'user', 'us_a');"
					"INSERT INTO route_target (account_id, kind, id, address)"
					" VALUES ('acc_1', 'queue', 'q', NULL);"
					"INSERT INTO cid_number VALUES ('acc_1', '4930100', 1)");
	audit_every(50);
}

/* Without a notification. */
static void change_silently(const char *statement)
{
	ur_test_db_exec("SET LOCAL session_replication_role = replica; %s; "
					"RESET session_replication_role",
			statement);
}

static void ck_is_found(const char *statement)
{
	const uint64_t before = ur_test_report().drifts;

	change_silently(statement);
	UR_TEST_UNTIL(ur_test_report().drifts == before + 1, 30000);
	ck_assert_uint_eq(ur_test_report().changes, 0);
	UR_TEST_UNTIL(ur_test_report().resyncs == before + 2, 30000);
	ur_test_turn_for(300); /* it is mended: another look finds nothing */
	ck_assert_uint_eq(ur_test_report().drifts, before + 1);
}

START_TEST(silent_changes_of_users_are_found)
{
	ck_is_found("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
	ck_assert_int_eq(ur_test_log_count("differs from the database"), 1);
	ck_is_found("DELETE FROM sip_device WHERE id = 'dev_lap'");
	ck_assert_str_eq(ur_test_user_of_device("lap@acme.example"), "");
	ck_is_found("INSERT INTO sip_user (id, account_id, username)"
				" VALUES ('us_d', 'acc_1', 'dave')");
	ck_assert_str_eq(ur_test_user_named("dave"), "us_d");
}
END_TEST

/* Each of the columns that came later. */
START_TEST(silent_changes_of_new_columns_are_found)
{
	ck_is_found("UPDATE sip_user SET fwd_unreachable_kind = 'queue',"
				" fwd_unreachable_id = 'q' WHERE id = 'us_a'");
	ck_is_found("UPDATE sip_user SET fwd_unreachable_id = 'r'"
				" WHERE id = 'us_a'");
	ck_is_found("UPDATE sip_user SET max_calls = 2 WHERE id = 'us_a'");
	ck_is_found("UPDATE sip_user SET max_calls = 3 WHERE id = 'us_a'");
	ck_is_found("UPDATE sip_device SET ring_delay_sec = 1"
				" WHERE id = 'dev_desk'");
	ck_is_found("UPDATE sip_device SET ring_for_sec = 1 WHERE id = 'dev_desk'");
	ck_is_found("UPDATE sip_device SET number = '491701', auth_username = NULL,"
				" realm = NULL, ha1 = NULL WHERE id = 'dev_desk'");
	ck_assert_str_eq(ur_test_user_of_device("desk"), "");
}
END_TEST

START_TEST(silent_changes_of_accounts_are_found)
{
	ck_is_found("UPDATE account SET status = 'suspended' WHERE id = 'acc_1'");
	ck_is_found("INSERT INTO sip_domain VALUES ('new.example', 'acc_1')");
	ck_assert_str_eq(ur_test_account_of("new.example"), "acc_1");
	ck_is_found("UPDATE cid_number SET verified = 0");
}
END_TEST

START_TEST(silent_changes_of_targets_are_found)
{
	ck_is_found("UPDATE extension SET digits = '201'");
	ck_is_found("UPDATE route_target SET address = 'sip:q@q.example'");
	ck_is_found(
			"UPDATE route_target_kind SET uri_template = 'sip:{id}@m.example'"
			" WHERE kind = 'queue'");
	ck_is_found("INSERT INTO target_host VALUES ('media.example')");
}
END_TEST

/* The same number of rows, and other ones. */
START_TEST(a_swap_is_found)
{
	ck_is_found("UPDATE sip_user SET username = 'x' WHERE id = 'us_a';"
				" UPDATE sip_user SET username = 'alice' WHERE id = 'us_b'");
	ck_assert_str_eq(ur_test_user_named("alice"), "us_b");
}
END_TEST

START_TEST(announced_changes_are_no_drift)
{
	int i;

	ur_test_mirror_run();
	for(i = 0; i < CHANGES; i++) {
		ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = %d,"
						" out_cid_name = nullif('', '') WHERE id <> 'us_c'",
				1 + i);
		if(i % 100 == 50)
			ur_test_db_exec("DELETE FROM sip_device WHERE id = 'dev_soft';"
							"INSERT INTO sip_device (id, user_id,"
							" auth_username, realm) VALUES ('dev_soft', 'us_a',"
							" 'soft', 'acme.example')");
	}
	ur_test_mirror_halt();
	ur_test_turn_for(500);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	/* (A busy machine may take longer than the query timeout.) */
	ck_assert_uint_eq(
			ur_test_report().resyncs, 1 + ur_test_report().reconnects);
}
END_TEST

/* Some come between any two looks. */
START_TEST(a_drift_is_found_though_changes_never_pause)
{
	int i;

	audit_every(200); /* and as long from one look to the next */
	ur_test_mirror_run();
	for(i = 0; i < 1500 && ur_test_report().drifts == 0; i++) {
		if(i == 10)
			change_silently("UPDATE sip_user SET username = 'al'"
							" WHERE id = 'us_a'");
		ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = %d"
						" WHERE id = 'us_c'",
				1 + i % 600);
		usleep(20000);
	}
	ur_test_mirror_halt();
	/* Twelve looks at most, of nine types and three of the last: ten changes each. A busy machine has
	 * time, but not until the changes pause. */
	ck_assert_int_lt(i, 1400);
	ck_assert_uint_eq(ur_test_report().drifts, 1);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
}
END_TEST

/* As if there were always something else that is not announced yet. */
START_TEST(what_always_differs_otherwise_is_read_again)
{
	int i;

	audit_every(20);
	for(i = 0; i < 200 && ur_test_report().resyncs == 1; i++) {
		change_silently("UPDATE sip_user SET username = 'al',"
						" ring_timeout_sec = 1 + ring_timeout_sec % 600"
						" WHERE id = 'us_a'");
		ur_test_turn_for(10);
	}
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
}
END_TEST

/* While the mirror runs by itself. */
static void wait_for_resyncs(unsigned count)
{
	int i;

	for(i = 0; i < 1000 && ur_test_report().resyncs <= count; i++)
		usleep(10000);
	ck_assert_uint_gt(ur_test_report().resyncs, count);
}

/* Changes in the midst of one full load after the other. */
START_TEST(changes_during_full_loads_are_no_drift)
{
	char last[16];
	int i;

	ur_test_db_exec("INSERT INTO sip_user (id, account_id, username)"
					" SELECT 'us_' || i, 'acc_1', 'n' || i"
					" FROM generate_series(1, 5000) i");
	UR_TEST_UNTIL(ur_test_stats().users == 5003, 10000);
	ur_test_mirror_run();
	for(i = 1; i <= CHANGES; i++) {
		if(i % 10 == 0)
			ur_state_request_resync(ur_test_state);
		ur_test_db_exec("UPDATE sip_user SET username = 'x%d' WHERE id ="
						" 'us_%d';"
						"DELETE FROM sip_user WHERE id = 'us_%d';"
						"INSERT INTO sip_user (id, account_id, username)"
						" VALUES ('us_new%d', 'acc_1', 'new%d')",
				i, 5000 - i * 7, i * 7, i, i);
		if(i % (CHANGES / 5) == 0) /* however slow the machine is */
			wait_for_resyncs(i / (CHANGES / 5));
	}
	ur_test_mirror_halt();
	snprintf(last, sizeof(last), "new%d", CHANGES);
	UR_TEST_UNTIL(strcmp(ur_test_user_named(last), "") != 0, 10000);
	ur_test_turn_for(500);
	ck_assert_uint_gt(ur_test_report().resyncs, 5);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_uint_eq(ur_test_stats().users,
			ur_test_db_number("SELECT count(*) FROM sip_user"));
}
END_TEST

/* Parts of nobody, and rows that can't be taken, are in the database only. */
START_TEST(rows_left_out_are_no_drift)
{
	change_silently("INSERT INTO sip_device (id, user_id, auth_username, realm)"
					" VALUES ('dev_0', 'us_0', 'zero', 'acme.example'),"
					" ('dev_z', 'us_z', 'last', 'acme.example')");
	change_silently("INSERT INTO sip_device (id, user_id, auth_username, realm)"
					" SELECT 'x' || i, 'us_b', 'x' || i, 'acme.example'"
					" FROM generate_series(1, 250) i");
	UR_TEST_UNTIL(ur_test_report().drifts == 1, 10000);
	ur_test_turn_for(500);
	ck_assert_uint_eq(ur_test_report().drifts, 1);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ck_assert_uint_eq(ur_test_report().skipped, 3);
	ck_is_found("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
}
END_TEST

/* A row that is left out costs no full load when something changes, be it itself: it is known
 * what it comes to. */
START_TEST(changes_beside_rows_left_out_are_no_drift)
{
	int i;

	ur_test_db_exec(
			"CREATE OR REPLACE VIEW mirror_user AS SELECT id, account_id,"
			" username, display_name, status, ring_strategy,"
			" CASE id WHEN 'us_b' THEN ring_timeout_sec - 700 ELSE"
			" ring_timeout_sec END AS ring_timeout_sec,"
			" dnd, fwd_always_kind, fwd_always_id, fwd_busy_kind,"
			" fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,"
			" voicemail_id, out_cid_number, out_cid_name, dial_class,"
			" fwd_unreachable_kind, fwd_unreachable_id, max_calls"
			" FROM sip_user");
	audit_every(50);
	ck_assert_uint_eq(ur_test_report().skipped, 1);
	for(i = 0; i < 5; i++) {
		ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = %d", 100 + i);
		UR_TEST_UNTIL(ur_test_ring_timeout("us_c") == 100 + i, 10000);
		ur_test_db_exec(
				"UPDATE account SET default_cid_number = '%d'", 4930100 + i);
		ur_test_turn_for(200);
	}
	ck_assert_str_eq(ur_test_user_named("bob"), "");
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	/* and it is still seen what is not announced, of such a row, too */
	change_silently("UPDATE sip_user SET ring_timeout_sec = 1");
	UR_TEST_UNTIL(ur_test_report().drifts == 1, 10000);
}
END_TEST

/* Who could not be taken for want of an account comes with it, announced or not. */
START_TEST(users_come_with_their_account)
{
	change_silently("INSERT INTO sip_user (id, account_id, username)"
					" VALUES ('us_d', 'acc_new', 'dave')");
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ur_test_turn_for(300);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ur_test_db_exec("INSERT INTO account (id) VALUES ('acc_new')");
	UR_TEST_UNTIL(ur_test_stats().users == 4, 10000);
}
END_TEST

/* As a foreign schema may do it: the user goes, and is announced, the device stays. */
START_TEST(parts_left_behind_are_no_drift)
{
	ur_test_db_exec("ALTER TABLE sip_device"
					" DROP CONSTRAINT sip_device_user_id_fkey;"
					"DELETE FROM sip_user WHERE id = 'us_b'");
	UR_TEST_UNTIL(ur_test_report().changes == 1, 10000);
	ur_test_turn_for(500);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
}
END_TEST

/* What did not fit gets its chance when there is room. */
START_TEST(what_did_not_fit_is_tried_again)
{
	ur_test_port_limit(ur_test_port_blocks());
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	ur_test_turn_for(300);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ur_test_port_limit(0);
	UR_TEST_UNTIL(strcmp(ur_test_user_named("al"), "us_a") == 0, 10000);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
}
END_TEST

/* Of all types one takes four seconds. */
static void slow_audits(void)
{
	struct ur_mirror_config config = ur_test_config;

	ur_test_mirror_free();
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_extension AS SELECT id,"
					" account_id, digits, dest_kind, dest_id, status"
					" FROM extension, (SELECT pg_sleep(4)) AS nap OFFSET 0");
	config.audit_interval = 50;
	config.query_timeout = 15000;
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL_READY();
}

/* If they did, half of them would take two seconds and more, and hardly one less than a second: that
 * each one is that quick a busy machine can't promise. */
START_TEST(changes_do_not_wait_for_an_audit)
{
	const long until = ur_test_now() + 4000;
	char name[16];
	int quick = 0;
	int i;

	slow_audits();
	ur_test_mirror_run();
	for(i = 0; i < 12 || ur_test_now() < until; i++) {
		const long start = ur_test_now();

		snprintf(name, sizeof(name), "al%d", i);
		ur_test_db_exec("UPDATE sip_user SET username = '%s'"
						" WHERE id = 'us_a'",
				name);
		while(strcmp(ur_test_user_named(name), "us_a") != 0
				&& ur_test_now() < start + 6000)
			usleep(1000);
		quick += ur_test_now() - start < 1000;
		usleep(20000);
	}
	ur_test_mirror_halt();
	ck_assert_int_gt(2 * quick, i);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {silent_changes_of_users_are_found,
			silent_changes_of_new_columns_are_found,
			silent_changes_of_accounts_are_found,
			silent_changes_of_targets_are_found, a_swap_is_found,
			announced_changes_are_no_drift,
			a_drift_is_found_though_changes_never_pause,
			what_always_differs_otherwise_is_read_again,
			changes_during_full_loads_are_no_drift, rows_left_out_are_no_drift,
			changes_beside_rows_left_out_are_no_drift,
			users_come_with_their_account, parts_left_behind_are_no_drift,
			what_did_not_fit_is_tried_again, changes_do_not_wait_for_an_audit,
			NULL};
	const struct ur_test_suite suite = {.name = "audit",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
