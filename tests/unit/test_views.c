/*
 * What custom views over other tables may show, and what may be done to the tables without the
 * mirror's knowledge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "support/mirror.h"
#include "support/suite.h"

#define ck_soon_str(call, value) UR_TEST_UNTIL(strcmp(call, value) == 0, 10000)

#define DIAL_PLAN                                      \
	", country_code, area_code, international_prefix," \
	" national_prefix, tz, '0+0' AS utc_offsets FROM account"
#define ALL_OF_ACCOUNT "SELECT id, status, default_cid_number" DIAL_PLAN
#define ALL_OF_USER(username, max_calls)                                     \
	"SELECT id, account_id, " username " AS username, display_name, status," \
	" ring_strategy, ring_timeout_sec, dnd, fwd_always_kind, fwd_always_id," \
	" fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,"       \
	" voicemail_id, out_cid_number, out_cid_name, dial_class,"               \
	" fwd_unreachable_kind, fwd_unreachable_id, " max_calls " AS max_calls"  \
	" FROM sip_user"
#define ALL_OF_DEVICE(realm, number)                                    \
	"SELECT id, user_id, auth_username, " realm " AS realm,"            \
	" ring_order, ring_on_fork, ring_specific, available, status, ha1," \
	" ring_delay_sec, ring_for_sec, " number " AS number FROM sip_device"

/* The users stay, and are not announced. */
START_TEST(an_account_leaves_its_view_and_comes_back)
{
	ur_test_db_exec("CREATE TABLE gone (id text);"
					"GRANT SELECT ON gone TO user_routing;"
					"CREATE OR REPLACE VIEW mirror_account AS " ALL_OF_ACCOUNT
					" WHERE id NOT IN (SELECT id FROM gone)");
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("INSERT INTO gone VALUES ('acc_1');"
					"SELECT ur_notify('{account acc_1}')");
	ck_soon_str(ur_test_account_of("acme.example"), "");
	ur_test_db_exec("INSERT INTO account (id) VALUES ('acc_3')");
	UR_TEST_UNTIL(ur_test_report().changes == 2, 10000);
	ur_test_turn_for(1000);
	ck_assert_uint_eq(ur_test_report().resyncs, 1); /* nobody waits for that */
	ur_test_db_exec("DELETE FROM gone; SELECT ur_notify('{account acc_1}')");
	ck_soon_str(ur_test_user_named("alice"), "us_a");
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ur_test_turn_for(300);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
}
END_TEST

/* Its users wait for it; that it is announced again and again is no reason to read all. */
START_TEST(an_account_that_cannot_be_taken)
{
	int i;

	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_account AS SELECT id,"
					" status, CASE id WHEN 'acc_1' THEN E'\\n' END AS"
					" default_cid_number" DIAL_PLAN);
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_named("alice"), "");
	for(i = 0; i < 3; i++) {
		ur_test_db_exec("SELECT ur_notify('{account acc_1}')");
		ur_test_turn_for(300);
	}
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

/* The first row counts, with all its devices. */
START_TEST(an_id_in_two_rows)
{
	const struct ur_user *user;

	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_user AS " ALL_OF_USER(
			"username", "max_calls") " UNION ALL " ALL_OF_USER("'second'",
			"max_calls"));
	UR_TEST_UNTIL_READY();
	user = ur_test_user("us_a");
	ck_assert_uint_eq(user->device_count, 2);
	ur_table_user_put(user);
	ck_assert_uint_eq(ur_test_report().skipped, 3);
	ck_assert_int_eq(ur_test_log_count("user 'us_a' is skipped: its id is"
									   " in more than one row"),
			1);
	ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = 77");
	UR_TEST_UNTIL(ur_test_ring_timeout("us_a") == 77, 10000);
	ck_assert_str_eq(ur_test_user_of_device("soft"), "us_a");
}
END_TEST

START_TEST(a_target_id_with_blanks)
{
	ur_test_db_exec(
			"ALTER TABLE route_target DROP CONSTRAINT "
			"route_target_id_characters;"
			"INSERT INTO route_target (account_id, kind, id, address) VALUES"
			" ('acc_1', 'queue', 'a b  c', 'sip:1@media.invalid')");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_stats().targets, 1);
	ur_test_db_exec("UPDATE route_target SET address = 'sip:2@media.invalid'");
	UR_TEST_UNTIL(ur_test_report().changes == 1, 10000);
	ck_assert_uint_eq(ur_test_stats().targets, 1);
	ur_test_db_exec("DELETE FROM route_target");
	UR_TEST_UNTIL(ur_test_stats().targets == 0, 10000);
	ck_assert_uint_eq(ur_test_report().skipped, 0);
}
END_TEST

/* Its name could not be told from another's. */
START_TEST(a_target_kind_with_a_blank_is_refused)
{
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_route_target AS SELECT"
					" account_id, 'a b' AS kind, id, address FROM route_target;"
					"INSERT INTO route_target (account_id, kind, id) VALUES"
					" ('acc_1', 'queue', 'q')");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 1);
	ck_assert_int_eq(ur_test_log_count("has a blank in it"), 1);
}
END_TEST

START_TEST(a_realm_in_capitals)
{
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_device AS " ALL_OF_DEVICE(
			"upper(realm)", "number"));
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_of_device("desk"), "us_a");
}
END_TEST

START_TEST(a_device_of_nobody_is_named)
{
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_user AS " ALL_OF_USER(
			"username", "max_calls") " WHERE id <> 'us_b'");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 1);
	ck_assert_int_eq(ur_test_log_count("a device of user 'us_b' is skipped:"
									   " there is nobody with that id"),
			1);
}
END_TEST

/* ---- behind its back */

/* As pg_dump --disable-triggers does it; an audit comes in minutes, if ever. */
START_TEST(triggers_that_were_off_are_noticed)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER TABLE sip_user DISABLE TRIGGER ALL;"
					"UPDATE sip_user SET username = 'al' WHERE id = 'us_a';"
					"ALTER TABLE sip_user ENABLE TRIGGER ALL");
	ck_soon_str(ur_test_user_named("al"), "us_a");
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ck_assert_int_eq(
			ur_test_log_count("mirror ready (views or triggers were"), 1);
	ck_assert_int_eq(ur_test_log_count("are disabled"), 0);
	ur_test_turn_for(500);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
}
END_TEST

START_TEST(triggers_that_stay_off_are_told)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER TABLE sip_user DISABLE TRIGGER USER");
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_int_eq(
			ur_test_log_count("4 triggers that announce changes are disabled"),
			1);
}
END_TEST

/* Without a pause in which nothing is announced, too. */
START_TEST(a_trigger_made_anew_is_noticed)
{
	int i;

	UR_TEST_UNTIL_READY();
	ur_test_db_exec("DROP TRIGGER sip_user_notify_update ON sip_user;"
					"UPDATE sip_user SET username = 'al' WHERE id = 'us_a';"
					"SELECT ur_notify_watch('sip_user', $$'user ' || id$$,"
					" '*')");
	for(i = 0; i < 200 && ur_test_report().resyncs == 1; i++) {
		ur_test_db_exec(
				"UPDATE account SET default_cid_number = '%d'", 4930100 + i);
		ur_test_turn_for(20);
	}
	ck_assert_uint_gt(ur_test_report().resyncs, 1);
	ck_soon_str(ur_test_user_named("al"), "us_a");
}
END_TEST

/* It is left out, and what it was before does not stay: nobody registers as it any more. */
START_TEST(a_device_with_both_a_number_and_credentials)
{
	const struct ur_user *user;

	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_of_device("desk"), "us_a");
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_device AS " ALL_OF_DEVICE(
			"realm",
			"CASE id WHEN 'dev_desk' THEN '491701' END") ";"
														 "SELECT "
														 "ur_notify('{user "
														 "us_a}')");
	UR_TEST_UNTIL(ur_test_report().skipped == 1, 10000);
	ck_soon_str(ur_test_user_of_device("desk"), "");
	ck_assert_str_eq(ur_test_user_of_device("soft"), "us_a");
	user = ur_test_user("us_a");
	ck_assert_uint_eq(user->device_count, 1);
	ur_table_user_put(user);
	ck_assert_int_eq(
			ur_test_log_count("a device of user 'us_a' is skipped: its device"
							  " 'dev_desk' has a number and an auth_username,"
							  " realm or ha1: it must have either"),
			1);
}
END_TEST

static int max_calls_of(const char *id)
{
	const struct ur_user *user = ur_test_user(id);
	const int max_calls = user->max_calls;

	ur_table_user_put(user);
	return max_calls;
}

#define SAID_MAX_CALLS \
	"(SELECT max_calls FROM said WHERE said.id = sip_user.id)"

/* A user whose limit is invalid is left out, as one whose ring time is. */
START_TEST(max_calls_of_all_kinds)
{
	ur_test_db_exec("CREATE TABLE said (id text, max_calls text);"
					"INSERT INTO said VALUES ('us_a', '1000'),"
					" ('us_b', '70000'), ('us_c', 'many'), ('us_d', '-1'),"
					" ('us_e', '1001'), ('us_f', '0'), ('us_g', NULL);"
					"INSERT INTO sip_user (id, account_id, username)"
					" SELECT id, 'acc_2', id FROM said WHERE id > 'us_c'");
	ur_test_db_exec("DROP VIEW mirror_user;"
					"CREATE VIEW mirror_user AS " ALL_OF_USER(
							"username", SAID_MAX_CALLS));
	ur_test_db_exec("GRANT SELECT ON mirror_user TO user_routing");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 4);
	ck_assert_int_eq(ur_test_log_count("'us_b' is skipped: max_calls is 70000,"
									   " not 0 to 1000"),
			1);
	ck_assert_int_eq(
			ur_test_log_count("'us_c' is skipped: max_calls is not a number"),
			1);
	ck_assert_int_eq(
			ur_test_log_count("'us_d' is skipped: max_calls is -1"), 1);
	ck_assert_int_eq(
			ur_test_log_count("'us_e' is skipped: max_calls is 1001"), 1);
	ck_assert_int_eq(max_calls_of("us_a"), 1000);
	ck_assert_int_eq(max_calls_of("us_f"), 0); /* as NULL */
	ck_assert_int_eq(max_calls_of("us_g"), 0);
	ur_test_db_exec("UPDATE said SET max_calls = '2';"
					"SELECT ur_notify('{user us_b}')");
	ck_soon_str(ur_test_user_named("bob"), "us_b");
	ck_assert_int_eq(max_calls_of("us_b"), 2);
}
END_TEST

/* As they were before the module knew of dial plans, dial classes and external phones, in a schema
 * of that time. */
START_TEST(views_without_new_columns)
{
	const struct ur_account *account;
	const struct ur_user *user;

	ur_test_db_exec(
			"DROP VIEW mirror_account; CREATE VIEW mirror_account AS"
			" SELECT id, status, default_cid_number FROM account;"
			"DROP VIEW mirror_user; CREATE VIEW mirror_user AS"
			" SELECT id, account_id, username, display_name, status,"
			" ring_strategy, ring_timeout_sec, dnd, fwd_always_kind,"
			" fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind,"
			" fwd_noanswer_id, voicemail_id, out_cid_number, out_cid_name"
			" FROM sip_user;"
			"DROP VIEW mirror_device; CREATE VIEW mirror_device AS SELECT id,"
			" user_id, auth_username, realm, ring_order, ring_on_fork,"
			" ring_specific, available, status, ha1 FROM sip_device;"
			"CREATE OR REPLACE VIEW mirror_meta AS"
			" SELECT 4 AS schema_version, 2 AS compatible_from;"
			"UPDATE sip_user SET max_calls = 9;"
			"UPDATE sip_device SET ring_delay_sec = 9, ring_for_sec = 9;"
			"GRANT SELECT ON mirror_account, mirror_user, mirror_device"
			" TO user_routing");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	account = ur_table_account_by_domain(ur_test_table, UR_TEXT("acme.test"));
	ck_assert(ur_test_slice_is(account, account->international_prefix, "00"));
	ck_assert(ur_test_slice_is(account, account->national_prefix, "0"));
	ck_assert(ur_test_slice_is(account, account->country_code, ""));
	ur_table_account_put(account);
	user = ur_test_user("us_a");
	ck_assert_uint_eq(user->device_count, 2);
	ck_assert_uint_eq(user->devices[0].ring_delay_sec, 0);
	ck_assert_uint_eq(user->devices[0].ring_for_sec, 0);
	ck_assert(!ur_device_is_external(&user->devices[0]));
	ck_assert_uint_eq(user->forward[UR_FORWARD_UNREACHABLE].kind.len, 0);
	ck_assert_uint_eq(user->max_calls, 0);
	ur_table_user_put(user);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {an_account_leaves_its_view_and_comes_back,
			an_account_that_cannot_be_taken, an_id_in_two_rows,
			a_target_id_with_blanks, a_target_kind_with_a_blank_is_refused,
			a_realm_in_capitals, a_device_of_nobody_is_named,
			triggers_that_were_off_are_noticed, triggers_that_stay_off_are_told,
			a_trigger_made_anew_is_noticed,
			a_device_with_both_a_number_and_credentials, max_calls_of_all_kinds,
			views_without_new_columns, NULL};
	const struct ur_test_suite suite = {.name = "views",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_mirror_sample,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
