/*
 * What does not fit, by its size or for lack of memory: it is left out, and what was revoked does
 * not stay in service.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "support/mirror.h"
#include "support/suite.h"

#define ck_soon_str(call, value) UR_TEST_UNTIL(strcmp(call, value) == 0, 10000)

static bool is_user_active(const char *id)
{
	const struct ur_user *user = ur_test_user(id);
	const bool is_active = user->active;

	ur_table_user_put(user);
	return is_active;
}

/* More devices than there is room for: the user goes on with the first of them, and with all
 * that changes. */
START_TEST(what_does_not_fit_is_left_out)
{
	const struct ur_user *user;

	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER TABLE sip_device DISABLE TRIGGER"
					" sip_device_limit_insert;"
					"INSERT INTO sip_device (id, user_id, auth_username, realm,"
					" ring_order) SELECT 'x' || i, 'us_a', 'x' || i,"
					" 'acme.example', 100 + i FROM generate_series(1, 250) i");
	UR_TEST_UNTIL(ur_test_report().changes == 1, 10000);
	ck_assert_int_eq(
			ur_test_log_count("a device of user 'us_a' is skipped: only"
							  " the first 200 of 252 fit"),
			1);
	ur_state_request_resync(ur_test_state);
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	user = ur_test_user("us_a");
	ck_assert_uint_eq(user->device_count, UR_MAX_DEVICES);
	ur_table_user_put(user);
	ck_assert_str_eq(ur_test_user_of_device("x198"), "us_a");
	ck_assert_str_eq(ur_test_user_of_device("x199"), "");
	ur_test_db_exec("UPDATE sip_user SET status = 'disabled'"
					" WHERE id = 'us_a'");
	UR_TEST_UNTIL(!is_user_active("us_a"), 10000);
	ur_test_db_exec("DELETE FROM sip_device WHERE id = 'x1'");
	ck_soon_str(ur_test_user_of_device("x1"), "");
	ck_assert_str_eq(ur_test_user_of_device("x199"), "us_a");
}
END_TEST

/* As much as the schema takes of a user and an account, in number and in bytes. */
START_TEST(what_the_schema_takes_fits)
{
	const struct ur_user *user;

	ur_test_db_exec(
			"INSERT INTO account (id, default_cid_number)"
			" VALUES (repeat('a', 64), '123456789012345');"
			"INSERT INTO sip_domain SELECT i || '.' || repeat('d', 45),"
			" repeat('a', 64) FROM generate_series(1000, 1999) i;"
			"INSERT INTO sip_user (id, account_id, username, display_name,"
			" fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id,"
			" fwd_noanswer_kind, fwd_noanswer_id, fwd_unreachable_kind,"
			" fwd_unreachable_id, voicemail_id, out_cid_number,"
			" out_cid_name, dial_class)"
			" SELECT repeat('u', 64), 'acc_1', repeat('n', 64), long,"
			" 'ring_group', long, 'ring_group', long, 'ring_group', long,"
			" 'ring_group', long, long, '123456789012345', long, long"
			" FROM repeat(U&'\\+01F600', 128) AS long;"
			"INSERT INTO sip_device (id, user_id, auth_username, realm, ha1)"
			" SELECT i || repeat('i', 61), repeat('u', 64),"
			" i || repeat('n', 61), repeat('r.', 60) || 'rr', md5('')"
			" FROM generate_series(100, 299) i");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	user = ur_test_user(
			"uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu");
	ck_assert_uint_eq(user->device_count, UR_MAX_DEVICES);
	ur_table_user_put(user);
	ck_assert_str_ne(
			ur_test_account_of(
					"1999.ddddddddddddddddddddddddddddddddddddddddddddd"),
			"");
	ck_assert_int_eq(
			ur_test_db_number("SELECT sum(octet_length(domain))::int"
							  " FROM sip_domain WHERE account_id LIKE 'aaa%%'"),
			50000);
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_int_eq(
			ur_test_db_number("SELECT sum(octet_length(id || auth_username"
							  " || realm))::int"
							  " FROM sip_device WHERE user_id LIKE 'uuu%%'"),
			50000);
}
END_TEST

/* Without memory for what is new: what was before must not allow what is not allowed now. */
START_TEST(without_memory_it_fails_closed)
{
	UR_TEST_UNTIL_READY();
	ur_test_port_limit(ur_test_port_blocks());
	ur_test_db_exec("UPDATE sip_user SET status = 'disabled'"
					" WHERE id = 'us_a';"
					"UPDATE sip_user SET display_name = 'Bobby'"
					" WHERE id = 'us_b'");
	ck_soon_str(ur_test_user_named("alice"), "");
	ck_assert_str_eq(ur_test_user_of_device("desk"), "");
	ck_assert_str_eq(ur_test_user_named("bob"), "us_b");
	ur_test_port_limit(0);
	ur_state_request_resync(ur_test_state);
	ck_soon_str(ur_test_user_named("alice"), "us_a");
	ck_assert(!is_user_active("us_a"));
	ck_assert_uint_eq(ur_test_report().skipped, 0);
}
END_TEST

START_TEST(no_shared_memory_left)
{
	UR_TEST_UNTIL_READY();
	ur_test_port_limit(ur_test_port_blocks());
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a';"
					"DELETE FROM sip_user WHERE id = 'us_b'");
	ck_soon_str(ur_test_user_named("bob"), "");
	ck_assert_int_eq(
			ur_test_log_count("shared memory has no room for 1 records"), 1);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_PARTIAL);
	ur_test_port_limit(0);
	ur_state_request_resync(ur_test_state);
	ck_soon_str(ur_test_user_named("al"), "us_a");
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
}
END_TEST

/* What is partial is no less stale when the database is lost. */
START_TEST(partial_gets_stale)
{
	UR_TEST_UNTIL_READY();
	ur_test_port_limit(ur_test_port_blocks());
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	UR_TEST_UNTIL(ur_test_report().state == UR_MIRROR_PARTIAL, 10000);
	ur_test_db_exec("REVOKE SELECT ON mirror_extension FROM user_routing");
	ur_test_db_exec(
			"SELECT pg_terminate_backend(%d)", ur_test_report().backend_pid);
	UR_TEST_UNTIL(ur_test_log_count("a full load failed: ") > 0, 10000);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_STALE);
	ur_test_port_limit(0);
	ur_test_db_exec("GRANT SELECT ON mirror_extension TO user_routing");
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_named("al"), "us_a");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {what_does_not_fit_is_left_out,
			what_the_schema_takes_fits, without_memory_it_fails_closed,
			no_shared_memory_left, partial_gets_stale, NULL};
	const struct ur_test_suite suite = {.name = "left out",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_mirror_sample,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
