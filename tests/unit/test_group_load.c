/*
 * Ring groups from a real PostgreSQL: loaded, changed, and compared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "support/mirror.h"
#include "support/suite.h"

#define ck_slice(base, slice, text) \
	ck_assert_msg(ur_test_slice_is(base, slice, text), "is not '%s'", text)

static void setup(void)
{
	ur_test_mirror_sample();
	ur_test_db_exec(
			"INSERT INTO ring_group (id, account_id, name, strategy,"
			" ring_timeout_sec, member_rules, skip_busy, cid_name_prefix,"
			" alert_info, count_missed, fwd_busy_kind, fwd_busy_id,"
			" fwd_noanswer_kind, fwd_noanswer_id) VALUES ('grp_s', 'acc_1',"
			" 'Sales', 'random', 600, 'follow', 0, 'S: ', 'info=two', 0,"
			" 'hangup', '486', 'user', 'us_a');"
			"INSERT INTO ring_group (id, account_id) VALUES"
			" ('grp_e', 'acc_1');"
			"INSERT INTO ring_group_member (group_id, position, member_kind,"
			" member_id, ring_delay_sec, ring_for_sec, enabled) VALUES"
			" ('grp_s', 9, 'user', 'us_a', 0, NULL, 1),"
			" ('grp_s', 10, 'device', 'dev_desk', 5, 6, 0),"
			" ('grp_s', -1, 'number', '491701', 600, 600, 1),"
			" ('grp_s', 11, 'ring_group', 'grp_e', 0, NULL, 1)");
	ur_test_log_clear();
}

static void restart(const struct ur_mirror_config *config)
{
	ur_test_mirror_free();
	ur_test_mirror_new(config);
}

static void audit_every(int ms)
{
	struct ur_mirror_config config = ur_test_config;

	config.audit_interval = ms;
	restart(&config);
	UR_TEST_UNTIL_READY();
}

/* Without a notification. */
static void change_silently(const char *statement)
{
	ur_test_db_exec("SET LOCAL session_replication_role = replica; %s; "
					"RESET session_replication_role",
			statement);
}

static const struct ur_group *group_of(const char *id)
{
	const struct ur_group *group =
			ur_table_group_by_id(ur_test_table, ur_test_text(id));

	ck_assert_msg(group != NULL, "there is no group '%s'", id);
	return group;
}

/* The ids of the group's members, with a blank between; "-": it is not there. */
static const char *members_of(const char *id)
{
	static char text[4096];
	const struct ur_group *group =
			ur_table_group_by_id(ur_test_table, ur_test_text(id));
	int i;

	snprintf(text, sizeof(text), "%s", group != NULL ? "" : "-");
	for(i = 0; group != NULL && i < group->member_count; i++) {
		struct ur_text member = ur_slice_text(group, group->members[i].id);

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s",
				i > 0 ? " " : "", member.len, member.s);
	}
	ur_table_group_put(group);
	return text;
}

#define ck_members(id, expected) ck_assert_str_eq(members_of(id), expected)

static bool has_members(const char *id, const char *expected)
{
	return strcmp(members_of(id), expected) == 0;
}

/* ---- loaded and changed */

START_TEST(all_columns_arrive)
{
	const struct ur_group *group;

	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_uint_eq(ur_test_stats().groups, 2);
	group = group_of("grp_s");
	ck_assert_uint_eq(group->account,
			ur_test_account_number(ur_test_table, "acme.example"));
	ck_slice(group, group->name, "Sales");
	ck_assert_uint_eq(group->strategy, UR_GROUP_RANDOM);
	ck_assert_uint_eq(group->ring_timeout_sec, 600);
	ck_assert_uint_eq(group->flags, UR_GROUP_FOLLOW | UR_GROUP_NO_MISSED);
	ck_slice(group, group->cid_name_prefix, "S: ");
	ck_slice(group, group->alert_info, "info=two");
	ck_slice(group, group->forward_busy.kind, "hangup");
	ck_slice(group, group->forward_busy.id, "486");
	ck_slice(group, group->forward_no_answer.kind, "user");
	ck_slice(group, group->forward_no_answer.id, "us_a");
	ck_members("grp_s", "491701 us_a dev_desk grp_e");
	ck_assert_uint_eq(group->members[0].ring_delay_sec, 600);
	ck_assert_uint_eq(group->members[0].ring_for_sec, 600);
	ck_slice(group, group->members[1].user_id, "");
	ck_assert_uint_eq(group->members[1].ring_for_sec, 0);
	ck_slice(group, group->members[2].user_id, "us_a");
	ck_assert_uint_eq(group->members[2].ring_delay_sec, 5);
	ck_assert_uint_eq(group->members[2].ring_for_sec, 6);
	ck_assert_uint_eq(group->members[2].is_enabled, 0);
	ck_assert_uint_eq(group->members[3].is_enabled, 1);
	ur_table_group_put(group);
	group = group_of("grp_e");
	ck_assert_uint_eq(group->flags, UR_GROUP_SKIP_BUSY);
	ck_assert_uint_eq(group->ring_timeout_sec, 25);
	ck_assert_uint_eq(group->member_count, 0);
	ur_table_group_put(group);
}
END_TEST

static bool is_of(const char *id, int i, const char *user)
{
	const struct ur_group *group = group_of(id);
	const bool is = ur_test_slice_is(group, group->members[i].user_id, user);

	ur_table_group_put(group);
	return is;
}

static bool rings_for(const char *id, int seconds)
{
	const struct ur_group *group = group_of(id);
	const bool does = group->ring_timeout_sec == seconds;

	ur_table_group_put(group);
	return does;
}

START_TEST(changes_are_applied)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("DELETE FROM ring_group_member WHERE member_id = '491701'");
	UR_TEST_UNTIL(has_members("grp_s", "us_a dev_desk grp_e"), 10000);
	ur_test_db_exec("UPDATE ring_group_member SET position = 12"
					" WHERE member_id = 'us_a'");
	UR_TEST_UNTIL(has_members("grp_s", "dev_desk grp_e us_a"), 10000);
	ur_test_db_exec("UPDATE ring_group SET ring_timeout_sec = 7"
					" WHERE id = 'grp_e'");
	UR_TEST_UNTIL(rings_for("grp_e", 7), 10000);
	ur_test_db_exec("UPDATE sip_device SET user_id = 'us_b'"
					" WHERE id = 'dev_desk'");
	UR_TEST_UNTIL(is_of("grp_s", 0, "us_b"), 10000);
	ur_test_db_exec("DELETE FROM sip_device WHERE id = 'dev_desk'");
	UR_TEST_UNTIL(has_members("grp_s", "grp_e us_a"), 10000);
	ur_test_db_exec("DELETE FROM ring_group WHERE id = 'grp_e'");
	UR_TEST_UNTIL(has_members("grp_s", "us_a"), 10000);
	ck_members("grp_e", "-");
	ur_test_db_exec("INSERT INTO ring_group (id, account_id) VALUES"
					" ('grp_n', 'acc_2')");
	UR_TEST_UNTIL(has_members("grp_n", ""), 10000);
	ck_assert_uint_eq(ur_test_stats().groups, 2);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

START_TEST(more_members_than_a_page_has)
{
	char id[16], expected[4096] = "";
	int i;

	ur_test_db_exec(
			"INSERT INTO ring_group (id, account_id) SELECT 'g' || i, 'acc_1'"
			" FROM generate_series(10, 60) i;"
			"INSERT INTO ring_group_member (group_id, position, member_kind,"
			" member_id) SELECT 'g' || i, 101 - k, 'number', i || '000' || k"
			" FROM generate_series(10, 60) i, generate_series(1, 100) k");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_uint_eq(ur_test_stats().groups, 53);
	for(i = 10; i <= 60; i++) {
		int k;

		expected[0] = '\0';
		for(k = 100; k >= 1; k--)
			sprintf(expected + strlen(expected), "%s%d000%d",
					k < 100 ? " " : "", i, k);
		snprintf(id, sizeof(id), "g%d", i);
		ck_members(id, expected);
	}
}
END_TEST

/* ---- rows of other views */

#define MEMBERS(kind, number, user)                                        \
	"CREATE OR REPLACE VIEW mirror_ring_group_member AS SELECT group_id,"  \
	" position, " kind " AS member_kind, " number " AS member_id, " user   \
	" AS user_id, ring_delay_sec, ring_for_sec, enabled FROM (SELECT m.*," \
	" d.user_id AS owner FROM ring_group_member m LEFT JOIN sip_device d"  \
	" ON d.id = m.device_id) AS m"
#define MEMBER_ID \
	"CASE member_id WHEN '491701' THEN '+491701' ELSE member_id END"
#define MEMBER_KIND \
	"CASE member_kind WHEN 'ring_group' THEN 'queue' ELSE member_kind END"

/* Each is left out alone, and the group rings with the others. */
START_TEST(a_member_that_cannot_be_taken_is_left_out)
{
	ur_test_db_exec(MEMBERS(MEMBER_KIND, MEMBER_ID, "NULL::text"));
	UR_TEST_UNTIL_READY();
	ck_members("grp_s", "us_a");
	ck_assert_uint_eq(ur_test_report().skipped, 3);
	ck_assert_int_eq(
			ur_test_log_count(
					"a member of ring group 'grp_s' is skipped: member_kind is"
					" 'queue', not user, device, number or ring_group: member"
					" 'grp_e'"),
			1);
	ck_assert_int_eq(
			ur_test_log_count("something else than digits in it: member"
							  " '+491701'"),
			1);
	ck_assert_int_eq(
			ur_test_log_count("device has no user_id: member 'dev_desk'"), 1);
	ur_test_db_exec(MEMBERS("member_kind", "member_id",
			"owner") ";SELECT ur_notify('{ring_group grp_s}')");
	UR_TEST_UNTIL(has_members("grp_s", "491701 us_a dev_desk grp_e"), 10000);
}
END_TEST

/* Texts are in pages of 1,000 rows, of which two are there at a time. */
START_TEST(too_many_members)
{
	char expected[1024] = "";
	int i;

	ur_test_db_exec("CREATE OR REPLACE VIEW mirror_ring_group_member AS"
					" SELECT 'grp_e' AS group_id, i AS position,"
					" 'number' AS member_kind, i::text AS member_id,"
					" NULL::text AS user_id, 0 AS ring_delay_sec,"
					" NULL::integer AS ring_for_sec, 1::smallint AS enabled"
					" FROM generate_series(1, 3500) i UNION ALL"
					" SELECT 'grp_s', i, 'user', rpad(i::text, 3000, 'x'),"
					" NULL, 0, NULL, 1::smallint"
					" FROM generate_series(1, 50) i");
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(
			ur_test_log_count("a member of ring group 'grp_e' is skipped: only"
							  " the first 100 of 3500 fit"),
			1);
	ck_assert_int_eq(
			ur_test_log_count("a member of ring group 'grp_s' is skipped: only"
							  " the first 21 of 50 fit"),
			1);
	for(i = 1; i <= 100; i++)
		sprintf(expected + strlen(expected), "%s%d", i > 1 ? " " : "", i);
	ck_members("grp_e", expected);
}
END_TEST

#define GROUPS(strategy, account)                                          \
	"CREATE OR REPLACE VIEW mirror_ring_group AS SELECT id, " account      \
	" AS account_id, name, " strategy " AS strategy, ring_timeout_sec,"    \
	" member_rules, skip_busy, cid_name_prefix, alert_info, count_missed," \
	" fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id FROM" \
	" ring_group"

/* Fails closed: there is no group, until it can be taken. */
START_TEST(a_group_that_cannot_be_taken_is_left_out)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec(GROUPS("CASE id WHEN 'grp_s' THEN 'loud' ELSE strategy END",
			"account_id") ";SELECT ur_notify('{ring_group grp_s}')");
	UR_TEST_UNTIL(has_members("grp_s", "-"), 10000);
	ck_assert_int_eq(
			ur_test_log_count("ring group 'grp_s' is skipped: strategy is"
							  " 'loud'"),
			1);
	ck_members("grp_e", "");
	ur_test_db_exec(GROUPS("strategy",
			"account_id") ";SELECT ur_notify('{ring_group grp_s}')");
	UR_TEST_UNTIL(has_members("grp_s", "491701 us_a dev_desk grp_e"), 10000);
}
END_TEST

START_TEST(a_group_of_an_account_that_comes_later)
{
	ur_test_db_exec(GROUPS("strategy", "'acc_new'::text"));
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_stats().groups, 0);
	ck_assert_int_eq(
			ur_test_log_count(
					"ring group 'grp_s' is skipped: its account is unknown"),
			1);
	ur_test_db_exec("INSERT INTO account (id) VALUES ('acc_new')");
	UR_TEST_UNTIL(ur_test_stats().groups == 2, 10000);
	ck_members("grp_s", "491701 us_a dev_desk grp_e");
}
END_TEST

/* ---- audits */

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
	ck_is_found("UPDATE ring_group SET name = 'x' WHERE id = 'grp_e'");
	ck_is_found("UPDATE ring_group SET alert_info = 'x' WHERE id = 'grp_e'");
	ck_is_found("UPDATE ring_group_member SET enabled = 1");
	ck_is_found("DELETE FROM ring_group_member WHERE member_id = '491701'");
	ck_members("grp_s", "us_a dev_desk grp_e");
}
END_TEST

/* What was skipped is no difference. */
START_TEST(what_is_left_out_is_no_drift)
{
	ur_test_db_exec(MEMBERS(MEMBER_KIND, MEMBER_ID, "owner"));
	ur_test_db_exec(GROUPS("CASE id WHEN 'grp_e' THEN 'loud' ELSE strategy END",
			"account_id"));
	audit_every(50);
	ck_assert_uint_eq(ur_test_report().skipped, 3);
	ur_test_turn_for(1500);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_members("grp_s", "us_a dev_desk");
}
END_TEST

/* ---- older schemas */

#define DROP_VIEWS \
	"DROP VIEW mirror_ring_group, mirror_ring_group_member CASCADE"

START_TEST(an_older_schema_has_no_groups)
{
	ur_test_db_exec(DROP_VIEWS "; CREATE OR REPLACE VIEW mirror_meta AS"
							   " SELECT 7 AS schema_version,"
							   " 2 AS compatible_from");
	audit_every(50);
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_uint_eq(ur_test_stats().users, 3);
	ck_assert_uint_eq(ur_test_stats().groups, 0);
	ur_test_db_exec("SELECT ur_notify('{ring_group grp_s}')");
	ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = 77");
	UR_TEST_UNTIL(ur_test_ring_timeout("us_a") == 77, 10000);
	ur_test_turn_for(1000);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
}
END_TEST

/* Groups of one that is not older must not vanish unnoticed. */
START_TEST(a_view_that_is_lost_is_an_error)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec(DROP_VIEWS);
	UR_TEST_UNTIL(ur_test_log_count("does not exist") > 0, 10000);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_members("grp_s", "491701 us_a dev_desk grp_e");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {all_columns_arrive, changes_are_applied,
			more_members_than_a_page_has,
			a_member_that_cannot_be_taken_is_left_out, too_many_members,
			a_group_that_cannot_be_taken_is_left_out,
			a_group_of_an_account_that_comes_later, silent_changes_are_found,
			what_is_left_out_is_no_drift, an_older_schema_has_no_groups,
			a_view_that_is_lost_is_an_error, NULL};
	const struct ur_test_suite suite = {.name = "group_load",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
