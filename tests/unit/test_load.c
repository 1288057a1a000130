/*
 * The full load from a real PostgreSQL: each column, the order, many rows, odd
 * rows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirror/state_update.h"
#include "support/mirror.h"
#include "support/suite.h"

#define ck_slice(base, slice, text) \
	ck_assert_msg(ur_test_slice_is(base, slice, text), "is not '%s'", text)

START_TEST(everything_is_loaded)
{
	ck_assert(!ur_state_is_loaded(ur_test_state));
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_LOADING);
	UR_TEST_UNTIL_READY();
	ck_assert(ur_state_is_loaded(ur_test_state));
	ck_assert_uint_eq(ur_test_stats().users, 3);
	ck_assert_uint_eq(ur_test_stats().devices, 3);
	ck_assert_uint_eq(ur_test_stats().accounts, 2);
	ck_assert_uint_eq(ur_test_stats().domains, 3);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_int_gt(ur_test_report().backend_pid, 0);
	ck_assert_str_eq(ur_test_report().last_error, "");
}
END_TEST

START_TEST(all_columns_arrive)
{
	const struct ur_user *user;

	ur_test_db_exec(
			"UPDATE sip_user SET display_name = 'Zoë', status = 'disabled',"
			" ring_strategy = 'specific', ring_timeout_sec = 600, dnd = 1,"
			" fwd_always_kind = 'user', fwd_always_id = 'us_b',"
			" fwd_busy_kind = 'hangup', fwd_busy_id = '486',"
			" fwd_noanswer_kind = 'queue', fwd_noanswer_id = 'q1',"
			" fwd_unreachable_kind = 'flow', fwd_unreachable_id = 'f1',"
			" voicemail_id = 'vm1', out_cid_number = '4930101',"
			" out_cid_name = 'Acme', dial_class = 'national', max_calls = 1000"
			" WHERE id = 'us_a';"
			"UPDATE sip_device SET ring_order = -5, ring_on_fork = 0,"
			" ring_specific = 1, available = 0, status = 'disabled',"
			" ring_for_sec = 600,"
			" ha1 = '000102030405060708090a0b0c0d0eff'"
			" WHERE id = 'dev_soft'");
	UR_TEST_UNTIL_READY();
	user = ur_test_user("us_a");
	ck_slice(user, user->display_name, "Zoë");
	ck_assert_uint_eq(user->active, 0);
	ck_assert_uint_eq(user->strategy, UR_RING_SPECIFIC);
	ck_assert_uint_eq(user->ring_timeout_sec, 600);
	ck_assert_uint_eq(user->dnd, 1);
	ck_slice(user, user->dial_class, "national");
	ck_assert_uint_eq(user->max_calls, 1000);
	ck_slice(user, user->forward[UR_FORWARD_ALWAYS].kind, "user");
	ck_slice(user, user->forward[UR_FORWARD_ALWAYS].id, "us_b");
	ck_slice(user, user->forward[UR_FORWARD_BUSY].kind, "hangup");
	ck_slice(user, user->forward[UR_FORWARD_BUSY].id, "486");
	ck_slice(user, user->forward[UR_FORWARD_NO_ANSWER].kind, "queue");
	ck_slice(user, user->forward[UR_FORWARD_NO_ANSWER].id, "q1");
	ck_slice(user, user->forward[UR_FORWARD_UNREACHABLE].kind, "flow");
	ck_slice(user, user->forward[UR_FORWARD_UNREACHABLE].id, "f1");
	ck_slice(user, user->voicemail_id, "vm1");
	ck_slice(user, user->out_cid_number, "4930101");
	ck_slice(user, user->out_cid_name, "Acme");
	ck_slice(user, user->devices[0].id, "dev_soft");
	ck_slice(user, user->devices[0].aor, "soft@acme.example");
	ck_assert_int_eq(user->devices[0].ring_order, -5);
	ck_assert_uint_eq(
			user->devices[0].flags, UR_DEVICE_SPECIFIC | UR_DEVICE_HA1);
	ck_assert_uint_eq(user->devices[0].ring_delay_sec, 0);
	ck_assert_uint_eq(user->devices[0].ring_for_sec, 600);
	ck_assert_uint_eq(user->devices[1].ring_for_sec, 0); /* NULL */
	ck_assert_uint_eq(user->devices[0].ha1[1], 0x01);
	ck_assert_uint_eq(user->devices[0].ha1[15], 0xff);
	ck_assert_uint_eq(user->devices[1].flags,
			UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK);
	ur_table_user_put(user);
}
END_TEST

/* By ring_order, then id as bytes: 'Z' before 'a', which the database's
 * collation denies. */
/* With every change, as calls find them. */
START_TEST(dids_and_dial_plans)
{
	const struct ur_account *account;
	const struct ur_extension *did;

	ur_test_db_exec(
			"UPDATE account SET country_code = '49', area_code = '30',"
			" international_prefix = '011', national_prefix = ''"
			" WHERE id = 'acc_1';"
			"INSERT INTO did VALUES ('4930100', 'acc_1', 'user', 'us_a')");
	UR_TEST_UNTIL_READY();
	account = ur_table_account_by_domain(ur_test_table, UR_TEXT("acme.test"));
	did = ur_table_did(ur_test_table, UR_TEXT("4930100"));
	ck_assert_ptr_nonnull(did);
	ck_slice(account, account->country_code, "49");
	ck_slice(account, account->area_code, "30");
	ck_slice(account, account->international_prefix, "011");
	ck_slice(account, account->national_prefix, "");
	ck_assert_uint_eq(did->account, account->number);
	ck_assert(did->active && did->is_did);
	ck_slice(did, did->id, "4930100");
	ck_slice(did, did->digits, "4930100");
	ck_slice(did, did->target.kind, "user");
	ck_slice(did, did->target.id, "us_a");
	ur_table_account_put(account);
	ur_table_extension_put(did);
	ck_assert_uint_eq(ur_test_stats().dids, 1);
	ur_test_db_exec("UPDATE did SET e164 = '4930101', status = 'disabled'");
	UR_TEST_UNTIL(ur_test_report().changes == 2, 10000);
	ck_assert_ptr_null(ur_table_did(ur_test_table, UR_TEXT("4930100")));
	did = ur_table_did(ur_test_table, UR_TEXT("4930101"));
	ck_assert(did != NULL && !did->active);
	ur_table_extension_put(did);
	ur_test_db_exec("DELETE FROM account WHERE id = 'acc_1'");
	UR_TEST_UNTIL(ur_test_stats().dids == 0, 10000);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

START_TEST(devices_are_in_order)
{
	const struct ur_user *user;

	ur_test_db_exec("INSERT INTO sip_device (id, user_id, auth_username, realm,"
					" ring_order) VALUES ('a', 'us_c', 'c1', 'r.example', 2),"
					" ('Z', 'us_c', 'c2', 'r.example', 2),"
					" ('y', 'us_c', 'c3', 'r.example', -1),"
					" ('b', 'us_c', 'c4', 'r.example', 10)");
	UR_TEST_UNTIL_READY();
	user = ur_test_user("us_c");
	ck_assert_uint_eq(user->device_count, 4);
	ck_slice(user, user->devices[0].id, "y");
	ck_slice(user, user->devices[1].id, "Z");
	ck_slice(user, user->devices[2].id, "a");
	ck_slice(user, user->devices[3].id, "b");
	ur_table_user_put(user);
}
END_TEST

static void ck_devices(const char *a, const char *b, const char *c)
{
	const struct ur_user *user = ur_test_user("us_c");

	ck_assert_uint_eq(user->device_count, 3);
	ck_slice(user, user->devices[0].id, a);
	ck_slice(user, user->devices[1].id, b);
	ck_slice(user, user->devices[2].id, c);
	ur_table_user_put(user);
}

/* In the order in which they begin to ring, which the strategy decides; with every change. */
START_TEST(devices_with_delays_are_in_order)
{
	ur_test_db_exec("INSERT INTO sip_device (id, user_id, auth_username, realm,"
					" ring_order, ring_delay_sec) VALUES"
					" ('a', 'us_c', 'c1', 'r.example', 1, 10),"
					" ('b', 'us_c', 'c2', 'r.example', 2, 5);"
					"INSERT INTO sip_device (id, user_id, number, ring_order)"
					" VALUES ('c', 'us_c', '491701', 3)");
	UR_TEST_UNTIL_READY();
	ck_devices("c", "b", "a");
	ur_test_db_exec("UPDATE sip_user SET ring_strategy = 'sequential'"
					" WHERE id = 'us_c'");
	UR_TEST_UNTIL(ur_test_report().changes == 1, 10000);
	ck_devices("a", "b", "c");
	ur_test_db_exec("UPDATE sip_user SET ring_strategy = 'specific'"
					" WHERE id = 'us_c'");
	UR_TEST_UNTIL(ur_test_report().changes == 2, 10000);
	ck_devices("c", "b", "a");
	ur_test_db_exec("UPDATE sip_device SET ring_delay_sec = 4 WHERE id = 'a'");
	UR_TEST_UNTIL(ur_test_report().changes == 3, 10000);
	ck_devices("c", "a", "b");
}
END_TEST

/* Nobody is found by an empty address, and a device that registers is found beside it. */
START_TEST(external_phones_are_found_by_no_address)
{
	const struct ur_user *user;
	int device;

	ur_test_db_exec(
			"INSERT INTO sip_device (id, user_id, number) VALUES"
			" ('dev_1', 'us_a', '491701'), ('dev_2', 'us_b', '491702')");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ck_assert_uint_eq(ur_test_stats().devices, 5);
	ck_assert_ptr_null(
			ur_table_user_by_device(ur_test_table, UR_TEXT(""), &device));
	ck_assert_ptr_null(
			ur_table_user_by_device(ur_test_table, UR_TEXT("@"), &device));
	user = ur_table_user_by_device(
			ur_test_table, UR_TEXT("soft@acme.example"), &device);
	ck_slice(user, user->devices[device].aor, "soft@acme.example");
	ck_slice(user, user->devices[0].number, "491701");
	ck_slice(user, user->devices[0].aor, "");
	ck_assert_uint_eq(user->devices[0].flags & UR_DEVICE_HA1, 0);
	ur_table_user_put(user);
	ur_test_db_exec("UPDATE sip_device SET number = NULL, realm = 'r.example',"
					" auth_username = 'new' WHERE id = 'dev_1'");
	UR_TEST_UNTIL(ur_test_report().changes == 1, 10000);
	user = ur_table_user_by_device(
			ur_test_table, UR_TEXT("new@r.example"), &device);
	ck_assert_ptr_nonnull(user);
	ur_table_user_put(user);
	ur_test_db_exec("DELETE FROM sip_device WHERE id IN ('dev_1', 'dev_2')");
	UR_TEST_UNTIL(ur_test_stats().devices == 3, 10000);
}
END_TEST

/* Several pages, with the order of ids as bytes and as words different, and
 * users whose devices fall on the border of two pages. */
START_TEST(many_rows_in_pages)
{
	char name[16];
	int i;

	ur_test_db_exec(
			"INSERT INTO sip_user (id, account_id, username) SELECT"
			" CASE i %% 3 WHEN 0 THEN 'U' WHEN 1 THEN 'u' ELSE '_' END || i,"
			" 'acc_1', i FROM generate_series(1, 5000) i;"
			"INSERT INTO sip_device (id, user_id, auth_username, realm)"
			" SELECT 'd' || username || '_' || i, id, username || '-' || i,"
			" 'acme.example' FROM sip_user, generate_series(1, 3) i"
			" WHERE username ~ '^[0-9]*[02468]$'");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_stats().users, 5003);
	ck_assert_uint_eq(ur_test_stats().devices, 7503);
	for(i = 1; i <= 5000; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%c%d", "Uu_"[i % 3], i);
		snprintf(name, sizeof(name), "%d", i);
		ck_assert_str_eq(ur_test_user_named(name), id);
		snprintf(name, sizeof(name), "%d-3", i);
		ck_assert_str_eq(ur_test_user_of_device(name), i % 2 ? "" : id);
	}
}
END_TEST

START_TEST(full_pages_end_well)
{
	ur_test_db_exec("INSERT INTO sip_user (id, account_id, username)"
					" SELECT 'n' || i, 'acc_1', i FROM"
					" generate_series(1, 3997) i");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_stats().users, 4000);
}
END_TEST

START_TEST(as_many_devices_as_allowed)
{
	const struct ur_user *user;

	ur_test_db_exec("INSERT INTO sip_device (id, user_id, auth_username, realm)"
					" SELECT 'x' || i, 'us_c', 'x' || i, 'acme.example'"
					" FROM generate_series(1, 200) i;"
					"ALTER TABLE sip_device DISABLE TRIGGER"
					" sip_device_limit_insert;"
					"INSERT INTO sip_device (id, user_id, auth_username, realm)"
					" SELECT 'y' || i, 'us_b', 'y' || i, 'acme.example'"
					" FROM generate_series(1, 4200) i");
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(ur_test_user_of_device("x200"), "us_c");
	user = ur_test_user("us_b");
	ck_assert_int_eq(user->device_count, UR_MAX_DEVICES);
	ur_table_user_put(user);
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
	ck_assert_uint_eq(ur_test_report().skipped, 1);
	ck_assert_int_eq(
			ur_test_log_count("a device of user 'us_b' is skipped: only"
							  " the first 200 of 4201 fit"),
			1);
}
END_TEST

/* One device that is good, first, and pages of others that are not. */
START_TEST(odd_devices_do_not_hide_a_good_one)
{
	const struct ur_user *user;

	ur_test_db_exec(
			"CREATE OR REPLACE VIEW mirror_device AS SELECT id, user_id,"
			" auth_username, realm, ring_order, ring_on_fork,"
			" ring_specific, available, status, ha1, ring_delay_sec,"
			" ring_for_sec, number FROM sip_device"
			" UNION ALL SELECT 'z' || i, 'us_a', 'z' || i, 'a realm',"
			" 1, 1::smallint, 0::smallint, 1::smallint, 'active', NULL, 0,"
			" NULL, NULL"
			" FROM generate_series(1, 9000) i");
	UR_TEST_UNTIL_READY();
	user = ur_test_user("us_a");
	ck_assert_int_eq(user->device_count, 2);
	ur_table_user_put(user);
	ck_assert_str_eq(ur_test_user_of_device("desk"), "us_a");
}
END_TEST

/* A foreign schema behind the views, with rows that ours would refuse. */
START_TEST(odd_rows_are_skipped_and_named_once)
{
	ur_test_db_exec(
			"INSERT INTO sip_device (id, user_id, auth_username, realm)"
			" VALUES ('dev_odd', 'us_c', 'odd', 'other.example');"
			"CREATE OR REPLACE VIEW mirror_user AS SELECT id, account_id,"
			" username, display_name, status, ring_strategy,"
			" CASE id WHEN 'us_b' THEN 0 ELSE ring_timeout_sec END"
			"   AS ring_timeout_sec,"
			" dnd, fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id,"
			" fwd_noanswer_kind, fwd_noanswer_id, voicemail_id,"
			" out_cid_number, out_cid_name, dial_class, fwd_unreachable_kind,"
			" fwd_unreachable_id, max_calls FROM sip_user"
			" UNION ALL SELECT 'us_n', 'acc_nowhere', 'n', '', 'active',"
			" 'simultaneous', 25, 0::smallint, NULL, NULL, NULL, NULL, NULL,"
			" NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL;"
			"CREATE OR REPLACE VIEW mirror_device AS SELECT id, user_id,"
			" auth_username, realm,"
			" CASE id WHEN 'dev_soft' THEN NULL ELSE ring_order END"
			"   AS ring_order,"
			" ring_on_fork, ring_specific, available, status,"
			" CASE id WHEN 'dev_odd' THEN 'ABCD' END AS ha1,"
			" ring_delay_sec, ring_for_sec, number FROM sip_device"
			" UNION ALL SELECT 'o' || i, 'nobody' || i, 'o' || i, 'r', 0,"
			" 1::smallint, 0::smallint, 1::smallint, 'active', NULL, 0, NULL,"
			" NULL FROM generate_series(1, 3000) i");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_report().skipped, 3004);
	ck_assert_uint_eq(ur_test_stats().users, 2);
	ck_assert_str_eq(ur_test_user_named("bob"), "");
	ur_table_user_put(ur_test_user("us_c"));
	ck_assert_str_eq(ur_test_user_of_device("odd"), "");
	ck_assert_str_eq(ur_test_user_of_device("soft"), "");
	ur_state_request_resync(ur_test_state);
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_uint_eq(ur_test_report().skipped, 3004);
	ck_assert_int_eq(
			ur_test_log_count("a device of user 'us_c' is skipped: ha1 of its"
							  " device 'dev_odd'"),
			1);
	ck_assert_int_eq(ur_test_log_count("ABCD"), 0);
	ck_assert_int_eq(
			ur_test_log_count("'us_b' is skipped: ring_timeout_sec is 0"), 1);
	ck_assert_int_eq(
			ur_test_log_count("a device of user 'us_a' is skipped: ring_order"
							  " is not a number: device 'dev_soft'"),
			1);
	ck_assert_int_eq(
			ur_test_log_count("'us_n' is skipped: its account is unknown"), 1);
	ck_assert_int_eq(
			ur_test_log_count("there is nobody with that id, and 2999 more"
							  " rows have no owner"),
			1);
}
END_TEST

START_TEST(what_a_change_could_not_take_is_counted_at_once)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER TABLE sip_device DISABLE TRIGGER"
					" sip_device_limit_insert;"
					"INSERT INTO sip_device (user_id, auth_username, realm)"
					" SELECT 'us_a', 'n' || i, 'many.example' FROM"
					" generate_series(1, 201) i");
	UR_TEST_UNTIL(ur_test_report().skipped == 1, 10000);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

/* A load that is under way has begun too early, and if it fails the next one is not yet
 * what was promised. */
START_TEST(who_asks_in_the_midst_of_a_load_waits_for_two)
{
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_state_request_resync(ur_test_state), 2);
	ur_state_drop_resync_request(ur_test_state);
	ck_assert(!ur_state_take_resync_request(ur_test_state));

	ur_state_set_phase(ur_test_state, UR_PHASE_LOADING, 0);
	ck_assert_uint_eq(ur_state_request_resync(ur_test_state), 3);
	ur_state_set_phase(ur_test_state, UR_PHASE_LISTENING, 0);
	ck_assert_uint_eq(ur_state_request_resync(ur_test_state), 2);
	ur_state_drop_resync_request(ur_test_state);
	ck_assert(ur_state_take_resync_request(ur_test_state));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {everything_is_loaded, all_columns_arrive,
			dids_and_dial_plans, devices_are_in_order,
			devices_with_delays_are_in_order,
			external_phones_are_found_by_no_address, many_rows_in_pages,
			full_pages_end_well, as_many_devices_as_allowed,
			odd_devices_do_not_hide_a_good_one,
			odd_rows_are_skipped_and_named_once,
			what_a_change_could_not_take_is_counted_at_once,
			who_asks_in_the_midst_of_a_load_waits_for_two, NULL};
	const struct ur_test_suite suite = {.name = "load",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_mirror_sample,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
