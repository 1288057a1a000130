/*
 * The mirror on a real PostgreSQL: what is committed arrives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/mirror.h"
#include "support/suite.h"

#define ck_soon_str(call, value) UR_TEST_UNTIL(strcmp(call, value) == 0, 10000)

static int compare_long(const void *a, const void *b)
{
	return (int)(*(const long *)a - *(const long *)b);
}

/* Half of all changes must be there well within the time; single ones may
 * suffer from a busy machine. */
START_TEST(change_is_there_within_100_ms)
{
	enum
	{
		CHANGES = 21,
	};
	long took[CHANGES];
	int i;

	UR_TEST_UNTIL_READY();
	ur_test_mirror_run();
	for(i = 0; i < CHANGES; i++) {
		const struct ur_user *user;
		bool done = false;
		long start;

		ur_test_db_exec("UPDATE sip_user SET ring_timeout_sec = %d"
						" WHERE id = 'us_a'",
				100 + i);
		start = ur_test_now();
		while(!done && ur_test_now() < start + 5000) {
			user = ur_test_user("us_a");
			done = user->ring_timeout_sec == 100 + i;
			ur_table_user_put(user);
		}
		ck_assert(done);
		took[i] = ur_test_now() - start;
	}
	ur_test_mirror_halt();
	qsort(took, CHANGES, sizeof(took[0]), compare_long);
	ck_assert_int_lt(took[CHANGES / 2], 100);
	ck_assert_uint_eq(ur_test_report().changes, CHANGES);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_int_ge(ur_test_report().last_change, time(NULL) - 10);
	ck_assert_int_ge(ur_test_report().apply, 0);
	ck_assert_int_lt(ur_test_report().apply, 5000);
	ck_assert_int_eq(ur_test_report().lag, 0);
	ck_assert_int_ge(ur_test_report().heard_ago, 0);
	ck_assert_int_lt(ur_test_report().heard_ago, 5000);
	ck_assert_int_eq(ur_test_report().phase, UR_PHASE_LISTENING);
}
END_TEST

START_TEST(user_comes_and_goes)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec(
			"INSERT INTO sip_user (id, account_id, username) VALUES"
			" ('us_d', 'acc_1', 'dave');"
			"INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES"
			" ('dev_d', 'us_d', 'dect', 'acme.example')");
	ck_soon_str(ur_test_user_named("dave"), "us_d");
	ck_assert_str_eq(ur_test_user_of_device("dect"), "us_d");
	ur_test_db_exec("DELETE FROM sip_user WHERE id = 'us_d'");
	ck_soon_str(ur_test_user_named("dave"), "");
	ck_assert_str_eq(ur_test_user_of_device("dect"), "");
	ck_assert_uint_eq(ur_test_stats().users, 3);
	ck_assert_uint_eq(ur_test_stats().devices, 3);
}
END_TEST

START_TEST(device_moves)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec(
			"UPDATE sip_device SET user_id = 'us_b' WHERE id = 'dev_soft'");
	ck_soon_str(ur_test_user_of_device("soft"), "us_b");
	ck_assert_str_eq(ur_test_user_of_device("desk"), "us_a");
	ur_test_db_exec("DELETE FROM sip_device WHERE id = 'dev_soft'");
	ck_soon_str(ur_test_user_of_device("soft"), "");
	ck_assert_uint_eq(ur_test_stats().devices, 2);
}
END_TEST

/* The first byte of the ha1 of us_b's device; -1: it has none. */
static int first_of_ha1(void)
{
	const struct ur_user *user = ur_test_user("us_b");
	const struct ur_device *device = &user->devices[0];
	int first = device->flags & UR_DEVICE_HA1 ? device->ha1[0] : -1;

	ur_table_user_put(user);
	return first;
}

START_TEST(password_changes)
{
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(first_of_ha1(), -1);
	ur_test_db_exec("UPDATE sip_device SET ha1 = repeat('a1', 16)"
					" WHERE id = 'dev_lap'");
	UR_TEST_UNTIL(first_of_ha1() == 0xa1, 10000);
	ur_test_db_exec("UPDATE sip_device SET ha1 = repeat('b2', 16)"
					" WHERE id = 'dev_lap'");
	UR_TEST_UNTIL(first_of_ha1() == 0xb2, 10000);
	ur_test_db_exec("UPDATE sip_device SET ha1 = NULL WHERE id = 'dev_lap'");
	UR_TEST_UNTIL(first_of_ha1() == -1, 10000);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

START_TEST(user_is_renamed)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("UPDATE sip_user SET username = 'al' WHERE id = 'us_a'");
	ck_soon_str(ur_test_user_named("al"), "us_a");
	ck_assert_str_eq(ur_test_user_named("alice"), "");
	ck_assert_str_eq(ur_test_user_of_device("desk"), "us_a");
}
END_TEST

START_TEST(names_are_swapped)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("UPDATE sip_user SET username = 'x' WHERE id = 'us_a';"
					"UPDATE sip_user SET username = 'alice' WHERE id = 'us_b';"
					"UPDATE sip_user SET username = 'bob' WHERE id = 'us_a'");
	ck_soon_str(ur_test_user_named("alice"), "us_b");
	ck_assert_str_eq(ur_test_user_named("bob"), "us_a");
	ck_assert_str_eq(ur_test_user_named("x"), "");
	ck_assert_str_eq(ur_test_user_of_device("desk"), "us_a");
}
END_TEST

static int account_is_active(const char *domain)
{
	const struct ur_account *account =
			ur_table_account_by_domain(ur_test_table, ur_test_text(domain));
	int active = account != NULL ? account->active : -1;

	ur_table_account_put(account);
	return active;
}

START_TEST(account_is_suspended)
{
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(account_is_active("acme.example"), 1);
	ur_test_db_exec(
			"UPDATE account SET status = 'suspended' WHERE id = 'acc_1'");
	UR_TEST_UNTIL(account_is_active("acme.example") == 0, 10000);
	/* its number is the same: the users are still in it */
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
}
END_TEST

START_TEST(domains_come_move_and_go)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("INSERT INTO sip_domain VALUES ('new.example', 'acc_2')");
	ck_soon_str(ur_test_account_of("new.example"), "acc_2");
	ur_test_db_exec("UPDATE sip_domain SET account_id = 'acc_1'"
					" WHERE domain = 'new.example'");
	ck_soon_str(ur_test_account_of("new.example"), "acc_1");
	ur_test_db_exec("DELETE FROM sip_domain WHERE domain = 'new.example'");
	ck_soon_str(ur_test_account_of("new.example"), "");
	ck_assert_uint_eq(ur_test_stats().domains, 3);
}
END_TEST

START_TEST(account_comes_whole_and_goes_whole)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("DELETE FROM account WHERE id = 'acc_1'");
	ck_soon_str(ur_test_account_of("acme.example"), "");
	UR_TEST_UNTIL(ur_test_stats().users == 1, 10000);
	ck_assert_uint_eq(ur_test_stats().devices, 0);
	ur_test_db_exec(
			"INSERT INTO account (id) VALUES ('acc_1');"
			"INSERT INTO sip_domain VALUES ('acme.example', 'acc_1');"
			"INSERT INTO sip_user (id, account_id, username) VALUES"
			" ('us_a', 'acc_1', 'alice');"
			"INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES"
			" ('dev_desk', 'us_a', 'desk', 'acme.example')");
	ck_soon_str(ur_test_user_named("alice"), "us_a");
	ck_assert_str_eq(ur_test_user_of_device("desk"), "us_a");
	ck_assert_int_eq(ur_test_log_count("skipped:"), 0);
}
END_TEST

/* Holds the devices until the load waits for them, then changes a user. */
static void *change_under_a_lock(void *arg)
{
	(void)arg;
	ur_test_db_exec("LOCK TABLE sip_device IN ACCESS EXCLUSIVE "
					"MODE;" UR_TEST_UNTIL_WAITED_FOR
					"UPDATE sip_user SET ring_timeout_sec = 77"
					" WHERE id = 'us_a'");
	return NULL;
}

/* Holds the devices until bob's announcement has been sent. */
static void *hold_devices(void *arg)
{
	(void)arg;
	ur_test_db_exec("LOCK TABLE sip_device IN ACCESS EXCLUSIVE MODE;"
					"DO $$BEGIN WHILE NOT EXISTS (SELECT FROM pg_class"
					"  WHERE relname = 'bob_was_announced') LOOP"
					" PERFORM pg_sleep(0.01); END LOOP; END$$;");
	return NULL;
}

/* Bob's announcement comes when the mirror has begun to read. */
static void *announce_bob(void *arg)
{
	(void)arg;
	ur_test_db_exec(
			UR_TEST_UNTIL_WAITED_FOR "NOTIFY user_routing, 'user us_b'");
	ur_test_db_exec("CREATE TABLE bob_was_announced ()");
	return NULL;
}

/* Alice and bob swap their names. Alice was changed just before, and is read with the
 * name that she has now; bob, who has hers, is announced while she is read. At no turn
 * is there nobody of that name. */
START_TEST(name_is_never_nobodys)
{
	struct ur_mirror_config config = ur_test_config;
	pthread_t holder, announcer;

	ur_test_mirror_free();
	config.query_timeout = 5000;
	config.ping_interval = 30000;
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("ALTER TABLE sip_user DISABLE TRIGGER USER;"
					"UPDATE sip_user SET username = 'x' WHERE id = 'us_a';"
					"UPDATE sip_user SET username = 'alice' WHERE id = 'us_b';"
					"UPDATE sip_user SET username = 'bob' WHERE id = 'us_a'");
	ck_assert_int_eq(pthread_create(&holder, NULL, hold_devices, NULL), 0);
	ur_test_db_wait_locked("sip_device");
	ck_assert_int_eq(pthread_create(&announcer, NULL, announce_bob, NULL), 0);
	ur_test_db_exec("NOTIFY user_routing, 'user us_a'");
	while(strcmp(ur_test_user_named("bob"), "us_a") != 0) {
		ur_mirror_turn(ur_test_mirror, 5000);
		ck_assert_str_ne(ur_test_user_named("alice"), "");
	}
	ck_soon_str(ur_test_user_named("alice"), "us_b");
	pthread_join(announcer, NULL);
	pthread_join(holder, NULL);
}
END_TEST

/* The load stands still at the devices, its snapshot taken, while a change is
 * committed: the load can't have it, so it must come after. Its notification
 * has arrived with the load's last answer: it must not wait for another one. */
START_TEST(change_during_the_load)
{
	struct ur_mirror_config config = ur_test_config;
	pthread_t changer;
	long start;

	ur_test_mirror_free();
	config.query_timeout = 5000;
	config.ping_interval = 30000;
	ck_assert_int_eq(
			pthread_create(&changer, NULL, change_under_a_lock, NULL), 0);
	ur_test_db_wait_locked("sip_device");
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(ur_test_ring_timeout("us_a"), 25);
	start = ur_test_now();
	ur_mirror_turn(ur_test_mirror, 5000);
	ck_assert_int_lt(ur_test_now() - start, 2000);
	ck_assert_int_eq(ur_test_ring_timeout("us_a"), 77);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_uint_eq(ur_test_report().changes, 1);
	pthread_join(changer, NULL);
}
END_TEST

START_TEST(big_change_is_a_resync)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("INSERT INTO sip_user (id, account_id, username)"
					" SELECT 'n' || i, 'acc_1', i FROM"
					" generate_series(1, 20001) i");
	UR_TEST_UNTIL(ur_test_stats().users == 20004, 10000);
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ck_assert_int_ge(ur_test_report().apply, 0);
	ck_assert_int_eq(ur_test_report().lag, 0);
	ck_assert_uint_eq(ur_test_report().changes, 0);
	ck_assert_str_eq(ur_test_user_named("1500"), "n1500");
	ur_test_db_exec("TRUNCATE sip_user CASCADE");
	UR_TEST_UNTIL(ur_test_stats().users == 0, 10000);
	ck_assert_uint_eq(ur_test_stats().devices, 0);
	ck_assert_uint_eq(ur_test_stats().accounts, 2);
}
END_TEST

START_TEST(resync_on_request)
{
	UR_TEST_UNTIL_READY();
	ur_state_request_resync(ur_test_state);
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
}
END_TEST

START_TEST(notifications_of_other_kinds_do_nothing)
{
	int i;

	UR_TEST_UNTIL_READY();
	ur_test_db_exec("NOTIFY user_routing; NOTIFY user_routing, 'flow f';"
					"NOTIFY user_routing, E'\\n\\nuser\\n'; NOTIFY other, 'x'");
	for(i = 0; i < 10; i++)
		ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
	ck_assert_uint_eq(ur_test_report().changes, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
}
END_TEST

/* A full load that stands still for a while: at a lock, as at a sort that takes long. */
static void *hold_the_devices(void *arg)
{
	(void)arg;
	ur_test_db_exec("LOCK TABLE sip_device IN ACCESS EXCLUSIVE MODE;"
					"SELECT pg_sleep(1.5)");
	return NULL;
}

START_TEST(changes_do_not_wait_for_a_full_load)
{
	struct ur_mirror_config config = ur_test_config;
	pthread_t holder;
	long start;

	ur_test_mirror_free();
	config.query_timeout = 5000;
	ur_test_mirror_new(&config);
	UR_TEST_UNTIL_READY();
	ck_assert_int_eq(pthread_create(&holder, NULL, hold_the_devices, NULL), 0);
	ur_test_db_wait_locked("sip_device");
	ur_state_request_resync(ur_test_state);
	ur_test_mirror_run();
	start = ur_test_now();
	ur_test_db_exec(
			"UPDATE account SET status = 'suspended' WHERE id = 'acc_1';"
			"DELETE FROM sip_domain WHERE domain = 'other.example'");
	while(account_is_active("acme.example") && ur_test_now() < start + 5000)
		;
	ck_assert_int_lt(ur_test_now() - start, 700);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
	ck_assert_int_eq(ur_test_report().phase, UR_PHASE_LOADING);
	pthread_join(holder, NULL);
	start = ur_test_now();
	while(ur_test_report().resyncs < 2 && ur_test_now() < start + 5000)
		usleep(1000);
	ur_test_mirror_halt();
	ck_assert_uint_eq(ur_test_report().resyncs, 2);
	ck_assert_int_eq(account_is_active("acme.example"), 0);
	ck_assert_str_eq(ur_test_account_of("other.example"), "");
	ck_assert_uint_eq(ur_test_stats().users, 3);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {change_is_there_within_100_ms,
			user_comes_and_goes, device_moves, password_changes,
			user_is_renamed, names_are_swapped, account_is_suspended,
			domains_come_move_and_go, account_comes_whole_and_goes_whole,
			change_during_the_load, name_is_never_nobodys,
			big_change_is_a_resync, resync_on_request,
			changes_do_not_wait_for_a_full_load,
			notifications_of_other_kinds_do_nothing, NULL};
	const struct ur_test_suite suite = {.name = "mirror",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_mirror_sample,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
