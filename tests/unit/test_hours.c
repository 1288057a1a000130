/*
 * Schedules, caller lists and rules from a real PostgreSQL: loaded, changed, compared, and read again
 * as time passes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/mirror.h"
#include "support/suite.h"

#define ck_slice(base, slice, text) \
	ck_assert_msg(ur_test_slice_is(base, slice, text), "is not '%s'", text)

static void setup(void)
{
	ur_test_mirror_sample();
	ur_test_db_exec(
			"UPDATE account SET tz = 'Europe/Berlin' WHERE id = 'acc_1';"
			"INSERT INTO schedule (id, account_id, name, tz) VALUES"
			" ('sch_o', 'acc_1', 'Office', NULL),"
			" ('sch_n', 'acc_1', '', 'America/New_York');"
			"INSERT INTO schedule_window (schedule_id, days, from_time,"
			" to_time) VALUES ('sch_o', 'mon-fri', '09:00', '17:00');"
			"INSERT INTO caller_list (id, account_id, name) VALUES"
			" ('cl_v', 'acc_1', 'VIPs'), ('cl_e', 'acc_1', '');"
			"INSERT INTO caller_entry VALUES ('cl_v', 'bob'),"
			" ('cl_v', '+4930'), ('cl_v', 'carol@other.example');"
			"INSERT INTO user_rule (id, user_id, position, event, action,"
			" target_kind, target_id, schedule_id, outside) VALUES"
			" ('rule_2', 'us_a', 2, 'always', 'forward', 'queue', 'q',"
			" 'sch_o', 1);"
			"INSERT INTO user_rule (id, user_id, position, event, action,"
			" caller_list_id, ring_timeout_sec) VALUES"
			" ('rule_1', 'us_a', 1, 'dnd', 'ring', 'cl_v', 7);"
			"INSERT INTO user_rule (id, user_id, position, event, action)"
			" VALUES ('rule_3', 'us_a', -1, 'always', 'reject')");
	ur_test_log_clear();
}

static void restart(const struct ur_mirror_config *config)
{
	ur_test_mirror_free();
	ur_test_mirror_new(config);
}

/* Without a notification. */
static void change_silently(const char *statement)
{
	ur_test_db_exec("SET LOCAL session_replication_role = replica; %s; "
					"RESET session_replication_role",
			statement);
}

static const struct ur_schedule *schedule_of(const char *id)
{
	const struct ur_schedule *schedule =
			ur_table_schedule(ur_test_table, ur_test_text(id));

	ck_assert_msg(schedule != NULL, "there is no schedule '%s'", id);
	return schedule;
}

/* Of the schedule; -1: it is not there. */
static int count_hours(const char *id)
{
	const struct ur_schedule *schedule =
			ur_table_schedule(ur_test_table, ur_test_text(id));
	const int count = schedule != NULL ? schedule->hours_count : -1;

	ur_table_schedule_put(schedule);
	return count;
}

static uint32_t first_hour(const char *id)
{
	const struct ur_schedule *schedule = schedule_of(id);
	const uint32_t first =
			schedule->hours_count > 0 ? schedule->hours[0].from : 0;

	ur_table_schedule_put(schedule);
	return first;
}

/* Of the list; -1: it is not there. */
static int count_entries(const char *id)
{
	const struct ur_caller_list *list =
			ur_table_caller_list(ur_test_table, ur_test_text(id));
	const int count = list != NULL ? list->entry_count : -1;

	ur_table_caller_list_put(list);
	return count;
}

/* The ids of the user's rules, with a blank between. */
static const char *rules_of(const char *id)
{
	static char text[256];
	const struct ur_user *user = ur_test_user(id);
	int i;

	text[0] = '\0';
	for(i = 0; i < user->rule_count; i++) {
		struct ur_text rule = ur_user_text(user, ur_user_rules(user)[i].id);

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s",
				i > 0 ? " " : "", rule.len, rule.s);
	}
	ur_table_user_put(user);
	return text;
}

#define ck_rules(id, expected) ck_assert_str_eq(rules_of(id), expected)

/* ---- loaded and changed */

START_TEST(schedules_are_loaded)
{
	const struct ur_schedule *schedule;
	const struct ur_account *account;

	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_uint_eq(ur_test_stats().schedules, 2);
	schedule = schedule_of("sch_o");
	ck_slice(schedule, schedule->name, "Office");
	ck_assert_int_gt(schedule->windows.len, 0);
	ck_assert_uint_eq(schedule->account,
			ur_test_account_number(ur_test_table, "acme.example"));
	ck_assert_uint_eq(schedule->is_over, 0);
	ck_assert_int_ge(schedule->hours_count, 9 * 5);
	ck_assert_uint_eq(schedule->hours[0].to - schedule->hours[0].from, 480);
	ck_assert_int_eq(schedule->known_to - schedule->known_from, 64 * 1440);
	ck_assert_int_ge(schedule->known_to, time(NULL) / 60 + 62 * 1440);
	ck_assert_uint_eq(ur_test_stats().hours_until, schedule->known_to);
	ur_table_schedule_put(schedule);
	schedule = schedule_of("sch_n");
	ck_assert_uint_eq(schedule->hours_count, 0);
	ck_assert_uint_eq(schedule->is_over, 1);
	ur_table_schedule_put(schedule);
	account = ur_table_account_by_id(ur_test_table, UR_TEXT("acc_1"));
	ck_slice(account, account->tz, "Europe/Berlin");
	ck_assert_int_gt(account->utc_offsets.len, 30);
	ur_table_account_put(account);
}
END_TEST

START_TEST(lists_and_rules_are_loaded)
{
	const struct ur_caller_list *list;
	const struct ur_user *user;

	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_stats().caller_lists, 2);
	ck_assert_uint_eq(ur_test_stats().rules, 3);
	list = ur_table_caller_list(ur_test_table, UR_TEXT("cl_v"));
	ck_assert_uint_eq(list->entry_count, 3);
	ck_slice(list, list->name, "VIPs");
	ck_slice(list, list->entries[0], "+4930");
	ck_slice(list, list->entries[2], "carol@other.example");
	ur_table_caller_list_put(list);
	ck_assert_int_eq(count_entries("cl_e"), 0);
	ck_rules("us_a", "rule_3 rule_2 rule_1");
	ck_rules("us_b", "");
	user = ur_test_user("us_a");
	ck_assert_uint_eq(user->device_count, 2);
	ck_slice(user, ur_user_rules(user)[1].schedule_id, "sch_o");
	ck_assert_uint_eq(ur_user_rules(user)[1].flags, UR_RULE_OUTSIDE);
	ck_slice(user, ur_user_rules(user)[1].target.id, "q");
	ck_slice(user, ur_user_rules(user)[2].caller_list_id, "cl_v");
	ck_assert_uint_eq(ur_user_rules(user)[2].ring_timeout_sec, 7);
	ur_table_user_put(user);
}
END_TEST

START_TEST(changes_are_applied)
{
	const struct ur_schedule *schedule;
	uint32_t first;

	UR_TEST_UNTIL_READY();
	ur_test_db_exec("INSERT INTO schedule_window (schedule_id) VALUES"
					" ('sch_n')");
	UR_TEST_UNTIL(count_hours("sch_n") == 1, 10000);
	first = first_hour("sch_o");
	ur_test_db_exec("UPDATE account SET tz = 'UTC' WHERE id = 'acc_1'");
	UR_TEST_UNTIL(first_hour("sch_o") != first, 10000);
	schedule = schedule_of("sch_o");
	ck_assert_uint_eq(schedule->hours[0].from % 1440, 9 * 60);
	ur_table_schedule_put(schedule);
	ur_test_db_exec("DELETE FROM caller_entry WHERE what = 'bob'");
	UR_TEST_UNTIL(count_entries("cl_v") == 2, 10000);
	ur_test_db_exec("UPDATE user_rule SET position = 9 WHERE id = 'rule_3'");
	UR_TEST_UNTIL(strcmp(rules_of("us_a"), "rule_2 rule_3 rule_1") == 0, 10000);
	ur_test_db_exec("DELETE FROM user_rule; DELETE FROM schedule;"
					"DELETE FROM caller_list");
	UR_TEST_UNTIL(count_hours("sch_o") == -1, 10000);
	UR_TEST_UNTIL(count_entries("cl_v") == -1, 10000);
	UR_TEST_UNTIL(strcmp(rules_of("us_a"), "") == 0, 10000);
	ck_assert_uint_eq(ur_test_stats().hours_until, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

/* Their texts are in pages of 1,000 rows, of which two are there at a time. Users, devices and rules
 * are read side by side. */
START_TEST(more_parts_than_a_page_has)
{
	const struct ur_caller_list *list;
	const struct ur_user *user;
	char last[16];
	int i;

	ur_test_db_exec(
			"INSERT INTO caller_entry SELECT 'cl_e', 'a' || i"
			" FROM generate_series(1, 999) i;"
			"INSERT INTO caller_entry SELECT 'cl_v', 'v' || lpad(i::text, 4,"
			" '0') FROM generate_series(1, 1997) i;"
			"INSERT INTO user_rule (id, user_id, position, event, action)"
			" SELECT 'r' || i, 'us_b', i, 'always', 'reject'"
			" FROM generate_series(1, 200) i;"
			"INSERT INTO sip_user (id, account_id, username) SELECT 'u' || i,"
			" 'acc_1', 'u' || i FROM generate_series(1, 2000) i;"
			"INSERT INTO sip_device (user_id, auth_username, realm)"
			" SELECT 'u' || i, 'u' || i, 'acme.example'"
			" FROM generate_series(1, 2000) i;"
			"INSERT INTO user_rule (user_id, position, event, action)"
			" SELECT 'u' || i, k, 'busy', 'reject'"
			" FROM generate_series(1, 2000) i, generate_series(1, 2) k");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_uint_eq(ur_test_stats().rules, 3 + 200 + 4000);
	ck_assert_int_eq(count_entries("cl_e"), 999);
	list = ur_table_caller_list(ur_test_table, UR_TEXT("cl_v"));
	ck_assert_uint_eq(list->entry_count, 2000);
	for(i = 1; i <= 1997; i++) {
		snprintf(last, sizeof(last), "v%04d", i);
		ck_slice(list, list->entries[i + 2], last);
	}
	ur_table_caller_list_put(list);
	user = ur_test_user("us_b");
	ck_assert_uint_eq(user->rule_count, 200);
	ck_slice(user, ur_user_rules(user)[199].id, "r200");
	ur_table_user_put(user);
}
END_TEST

/* ---- rows of other views */

START_TEST(too_many_parts)
{
	ur_test_db_exec(
			"CREATE OR REPLACE VIEW mirror_caller_entry AS SELECT list_id,"
			" what FROM caller_entry UNION ALL SELECT 'cl_e', lpad(i::text, 5,"
			" '0') FROM generate_series(1, 3500) i UNION ALL"
			" SELECT 'cl_v', rpad('z' || i, 100, 'x')"
			" FROM generate_series(1, 1500) i;"
			"CREATE OR REPLACE VIEW mirror_user_rule AS SELECT 'us_b' AS"
			" user_id, lpad(i::text, 3, '0') AS id, i AS position,"
			" 'always' AS event, NULL AS schedule_id, 0::smallint AS outside,"
			" NULL AS caller_list_id, 0::smallint AS except_listed,"
			" 'any' AS scope, 'reject' AS action, NULL AS target_kind,"
			" NULL AS target_id, NULL AS ring_strategy,"
			" NULL::integer AS ring_timeout_sec FROM generate_series(1, 250) "
			"i");
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(count_entries("cl_e"), 2000);
	ck_assert_int_eq(
			ur_test_log_count("an entry of caller list 'cl_e' is skipped: only"
							  " the first 2000 of 3500 fit"),
			1);
	ck_assert_int_gt(count_entries("cl_v"), 600);
	ck_assert_int_lt(count_entries("cl_v"), 660);
	ck_assert_int_eq(ur_test_log_count("'cl_v' is skipped: only the"), 1);
	ck_assert_uint_eq(ur_test_stats().rules, 200);
	ck_assert_int_eq(
			ur_test_log_count("a rule of user 'us_b' is skipped: only the first"
							  " 200 of 250 fit"),
			1);
}
END_TEST

#define RULES(scope)                                                      \
	"CREATE OR REPLACE VIEW mirror_user_rule AS SELECT user_id, id,"      \
	" position, event, schedule_id, outside, caller_list_id,"             \
	" except_listed, " scope " AS scope, action, target_kind, target_id," \
	" ring_strategy, ring_timeout_sec FROM user_rule"

/* Fails closed: what comes after it might not be meant for that caller. What rejects stays. */
START_TEST(a_rule_that_cannot_be_taken_hides_others)
{
	ur_test_db_exec(RULES(
			"CASE id WHEN 'rule_3' THEN 'vip' ELSE scope END") ";"
															   "INSERT INTO "
															   "user_rule (id, "
															   "user_id, "
															   "position, "
															   "event, action) "
															   "VALUES"
															   " ('rule_0', "
															   "'us_a', -2, "
															   "'always', "
															   "'ring'),"
															   " ('rule_4', "
															   "'us_a', 4, "
															   "'always', "
															   "'reject'),"
															   " ('rule_5', "
															   "'us_a', 5, "
															   "'always', "
															   "'ring')");
	UR_TEST_UNTIL_READY();
	ck_rules("us_a", "rule_0 rule_4 rule_1");
	ck_assert_uint_eq(ur_test_report().skipped, 2);
	ck_assert_int_eq(
			ur_test_log_count("a rule of user 'us_a' is skipped: scope is"
							  " 'vip', not any, internal, external or"
							  " anonymous: rule 'rule_3'"),
			1);
	ck_assert_int_eq(
			ur_test_log_count("a rule of user 'us_a' is skipped: and with it 2"
							  " that come after it"),
			1);
	ur_test_db_exec(RULES("scope") "; SELECT ur_notify('{user us_a}')");
	UR_TEST_UNTIL(strcmp(rules_of("us_a"),
						  "rule_0 rule_3 rule_2 rule_4 rule_5 rule_1")
						  == 0,
			10000);
}
END_TEST

/* A table in the place of the hours that PostgreSQL makes. */
static void make_hours(const char *text, const char *known_to)
{
	ur_test_db_exec(
			"CREATE TABLE made (hours text, known_to integer, offsets text);"
			"INSERT INTO made VALUES ('%s', %s, '0+0');"
			"CREATE OR REPLACE VIEW mirror_schedule AS SELECT id, account_id,"
			" name, '' AS windows, made.hours, 0 AS known_from, made.known_to,"
			" 0::smallint AS is_over FROM schedule, made;"
			"CREATE OR REPLACE VIEW mirror_account AS SELECT id, status,"
			" default_cid_number, country_code, area_code,"
			" international_prefix, national_prefix, tz,"
			" made.offsets AS utc_offsets FROM account, made",
			text, known_to);
}

/* What was true of it is true no longer: no rule that needs it holds. */
START_TEST(odd_hours_are_no_schedule)
{
	make_hours("1-2", "1000");
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(count_hours("sch_o"), 1);
	ur_test_db_exec("UPDATE made SET hours = '1-2 2-3';"
					"SELECT ur_notify('{schedule sch_o}')");
	UR_TEST_UNTIL(count_hours("sch_o") == -1, 10000);
	ck_assert_int_eq(
			ur_test_log_count("schedule 'sch_o' is skipped: its hours are not"
							  " in order, or touch each other: 2-3"),
			1);
	ur_test_db_exec("UPDATE made SET hours = '';"
					"SELECT ur_notify('{schedule sch_o}')");
	UR_TEST_UNTIL(count_hours("sch_o") == 0, 10000);
}
END_TEST

/* ---- audits */

static void audit_every(int ms)
{
	struct ur_mirror_config config = ur_test_config;

	config.audit_interval = ms;
	restart(&config);
	UR_TEST_UNTIL_READY();
}

START_TEST(hours_that_change_by_themselves_are_no_drift)
{
	make_hours("1-2", "1000");
	audit_every(50);
	change_silently("UPDATE made SET hours = '3-4 5-6', known_to = 7,"
					" offsets = '0+60'");
	ur_test_turn_for(1500);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_int_eq(count_hours("sch_o"), 1);
}
END_TEST

static void ck_is_found(const char *statement)
{
	const uint64_t before = ur_test_report().drifts;

	change_silently(statement);
	UR_TEST_UNTIL(ur_test_report().drifts == before + 1, 30000);
	UR_TEST_UNTIL(ur_test_report().resyncs == before + 2, 30000);
	ur_test_turn_for(500);
	ck_assert_uint_eq(ur_test_report().drifts, before + 1);
}

START_TEST(silent_changes_are_found)
{
	audit_every(50);
	ck_is_found("UPDATE schedule_window SET from_time = '08:00'");
	ck_is_found("UPDATE account SET tz = 'UTC' WHERE id = 'acc_1'");
	ck_is_found("UPDATE caller_entry SET what = 'alice' WHERE what = 'bob'");
	ck_is_found("UPDATE caller_list SET name = 'x' WHERE id = 'cl_e'");
	ck_is_found("DELETE FROM user_rule WHERE id = 'rule_2'");
	ck_rules("us_a", "rule_3 rule_1");
}
END_TEST

/* ---- older schemas */

#define DROP_VIEWS                                                     \
	"DROP VIEW mirror_user_rule, mirror_schedule, mirror_caller_list," \
	" mirror_caller_entry CASCADE"

START_TEST(an_older_schema_has_no_rules)
{
	const struct ur_account *account;

	ur_test_db_exec(DROP_VIEWS "; CREATE OR REPLACE VIEW mirror_meta AS"
							   " SELECT 5 AS schema_version,"
							   " 2 AS compatible_from;"
							   "DROP VIEW mirror_account CASCADE;"
							   "CREATE VIEW mirror_account AS SELECT id,"
							   " status, default_cid_number FROM account;"
							   "GRANT SELECT ON mirror_account TO"
							   " user_routing");
	audit_every(50);
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_uint_eq(ur_test_stats().users, 3);
	ck_assert_uint_eq(ur_test_stats().schedules, 0);
	ck_assert_uint_eq(ur_test_stats().caller_lists, 0);
	ck_rules("us_a", "");
	account = ur_table_account_by_id(ur_test_table, UR_TEXT("acc_1"));
	ck_slice(account, account->tz, "UTC");
	ck_slice(account, account->utc_offsets, "");
	ur_table_account_put(account);
	ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = 77");
	UR_TEST_UNTIL(ur_test_ring_timeout("us_a") == 77, 10000);
	ur_test_db_exec("SELECT ur_notify('{schedule sch_o,callers cl_v}')");
	ur_test_turn_for(1000);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
}
END_TEST

/* Rules of one that is not older must not vanish unnoticed. */
START_TEST(a_view_that_is_lost_is_an_error)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec(DROP_VIEWS);
	UR_TEST_UNTIL(ur_test_log_count("does not exist") > 0, 10000);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_rules("us_a", "rule_3 rule_2 rule_1");
	ck_assert_int_eq(count_entries("cl_v"), 3);
}
END_TEST

/* ---- as time passes */

static void renew_every(int seconds, int audit)
{
	struct ur_mirror_config config = ur_test_config;

	config.hours_interval = seconds;
	config.audit_interval = audit;
	config.query_timeout = 5000; /* a busy machine's */
	restart(&config);
	UR_TEST_UNTIL_READY();
}

START_TEST(hours_are_read_again)
{
	const struct ur_account *account;

	make_hours("1-2", "1000");
	renew_every(1, 50);
	ck_assert_uint_eq(ur_test_stats().hours_until, 1000);
	change_silently("UPDATE made SET hours = '3-4 5-6', known_to = 2000,"
					" offsets = '0+60'");
	UR_TEST_UNTIL(count_hours("sch_o") == 2, 10000);
	ck_assert_int_eq(count_hours("sch_n"), 2);
	account = ur_table_account_by_id(ur_test_table, UR_TEXT("acc_2"));
	ck_slice(account, account->utc_offsets, "0+60");
	ur_table_account_put(account);
	ck_assert_uint_eq(ur_test_stats().hours_until, 2000);
	ur_test_turn_for(500);
	ck_assert_uint_eq(ur_test_stats().schedules, 2);
	ck_assert_uint_eq(ur_test_stats().accounts, 2);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_uint_eq(ur_test_report().changes, 0);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
}
END_TEST

/* Neither counted twice nor logged twice, and no drift. */
START_TEST(what_cannot_be_taken_is_skipped_again)
{
	make_hours("1-2", "1000");
	ur_test_db_exec(
			"CREATE OR REPLACE VIEW mirror_schedule AS SELECT id, account_id,"
			" name, '' AS windows, CASE id WHEN 'sch_n' THEN 'x' ELSE"
			" made.hours END AS hours, 0 AS known_from, made.known_to,"
			" 0::smallint AS is_over FROM schedule, made");
	renew_every(1, 50);
	ck_assert_uint_eq(ur_test_report().skipped, 1);
	change_silently("UPDATE made SET hours = '3-4 5-6'");
	UR_TEST_UNTIL(count_hours("sch_o") == 2, 10000);
	change_silently("UPDATE made SET hours = '3-4'");
	UR_TEST_UNTIL(count_hours("sch_o") == 1, 10000);
	ur_test_turn_for(700);
	ck_assert_uint_eq(ur_test_report().skipped, 1);
	ck_assert_int_eq(ur_test_log_count("schedule 'sch_n' is skipped"), 1);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

static long sleeping(void)
{
	return ur_test_db_number("SELECT count(*) FROM pg_stat_activity"
							 " WHERE wait_event = 'PgSleep'");
}

/* The reading began before, and has the schedule still. */
START_TEST(what_is_removed_meanwhile_stays_removed)
{
	make_hours("1-2", "1000");
	ur_test_db_exec(
			"CREATE TABLE naps (seconds integer); INSERT INTO naps VALUES (0);"
			"CREATE OR REPLACE VIEW mirror_schedule AS SELECT id, account_id,"
			" name, '' AS windows, made.hours, 0 AS known_from, made.known_to,"
			" 0::smallint AS is_over FROM schedule, made,"
			" (SELECT pg_sleep(seconds) FROM naps) AS nap OFFSET 0");
	renew_every(1, 0);
	change_silently("UPDATE naps SET seconds = 5;"
					" UPDATE made SET hours = '3-4 5-6'");
	ur_test_mirror_run();
	while(sleeping() == 0)
		usleep(1000);
	ur_test_db_exec("UPDATE naps SET seconds = 0;"
					"DELETE FROM schedule WHERE id = 'sch_n'");
	while(count_hours("sch_n") != -1)
		usleep(1000);
	ck_assert_int_gt(sleeping(), 0);
	while(count_hours("sch_o") != 2)
		usleep(1000);
	ur_test_mirror_halt();
	ur_test_turn_for(300);
	ck_assert_int_eq(count_hours("sch_n"), -1);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

START_TEST(reading_that_fails_is_tried_again)
{
	make_hours("1-2", "1000");
	renew_every(1, 50);
	ur_test_log_clear();
	change_silently(
			"CREATE TABLE broken (zero integer); INSERT INTO broken VALUES (0);"
			"CREATE OR REPLACE VIEW mirror_schedule AS SELECT id, account_id,"
			" name, '' AS windows, made.hours, 1 / zero AS known_from,"
			" made.known_to, 0::smallint AS is_over FROM schedule, made,"
			" broken");
	UR_TEST_UNTIL(
			ur_test_log_count("reading the hours of schedules failed") == 1
					|| ur_test_log_count("a full load failed") == 1,
			10000);
	ur_test_turn_for(500);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
	ck_assert_int_eq(count_hours("sch_o"), 1);
	change_silently("UPDATE broken SET zero = 1; UPDATE made SET hours = ''");
	UR_TEST_UNTIL(count_hours("sch_o") == 0, 10000);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
}
END_TEST

/* The minute that is so many ahead of this one. */
static const char *in_minutes(int minutes)
{
	static char text[24];

	snprintf(
			text, sizeof(text), "%lld", (long long)(time(NULL) / 60 + minutes));
	return text;
}

static void leave(const char *known_to)
{
	make_hours("1-2", known_to);
	restart(&ur_test_config);
	UR_TEST_UNTIL_READY();
	ur_test_turn_for(100);
	ck_assert_int_eq(ur_test_log_count("the hours of schedules"), 0);
	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_meta AS SELECT 99 AS"
					" schema_version, 99 AS compatible_from;"
					"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
					" WHERE usename = 'user_routing'");
	UR_TEST_UNTIL(ur_test_report().state == UR_MIRROR_STALE, 10000);
	ur_test_turn_for(500);
}

START_TEST(a_warning_comes_before_the_hours_end)
{
	leave(in_minutes(60 * (7 * 24 - 1) - 1));
	ck_assert_int_eq(
			ur_test_log_count("the hours of schedules are known for 166 more"
							  " hours only"),
			1);
}
END_TEST

START_TEST(a_warning_comes_when_the_hours_have_ended)
{
	leave(in_minutes(0));
	ck_assert_int_eq(
			ur_test_log_count("the known hours of schedules have ended"), 1);
}
END_TEST

START_TEST(no_warning_comes_too_early)
{
	leave(in_minutes(60 * (7 * 24 + 1)));
	ck_assert_int_eq(ur_test_log_count("hours of schedules"), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {schedules_are_loaded,
			lists_and_rules_are_loaded, changes_are_applied,
			more_parts_than_a_page_has, too_many_parts,
			a_rule_that_cannot_be_taken_hides_others, odd_hours_are_no_schedule,
			hours_that_change_by_themselves_are_no_drift,
			silent_changes_are_found, an_older_schema_has_no_rules,
			a_view_that_is_lost_is_an_error, hours_are_read_again,
			what_cannot_be_taken_is_skipped_again,
			what_is_removed_meanwhile_stays_removed,
			reading_that_fails_is_tried_again,
			a_warning_comes_before_the_hours_end,
			a_warning_comes_when_the_hours_have_ended,
			no_warning_comes_too_early, NULL};
	const struct ur_test_suite suite = {.name = "hours",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
