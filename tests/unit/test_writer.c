/*
 * The writer of the table: keys move without a gap, deleted records are swept, and what does not
 * fit leaves the old record. Reader threads check it meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/lookup.h"
#include "support/port.h"
#include "support/sample.h"
#include "support/suite.h"

static struct ur_table *table;
static struct ur_writer writer;	 /* of full loads */
static struct ur_writer changes; /* of what is read one by one */

static void setup(void)
{
	ck_assert_int_eq(ur_table_alloc(&table), 0);
	ur_writer_init(&writer, table);
	ur_writer_init(&changes, table);
	writer.marks->last_account = 1;
}

static void teardown(void)
{
	ur_writer_exit(&changes);
	ur_writer_exit(&writer);
	ur_table_free(table);
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}

static void publish(const char *id, const char *username, const char *devices)
{
	ck_assert_int_eq(
			ur_test_publish_user(&writer, 1, id, username, devices), 0);
}

static void remove_unseen(const char *id)
{
	struct ur_key key = {UR_KEY_USER_ID, 0, ur_test_text(id)};

	ur_writer_remove_unseen(&writer, &key);
}

static const char *by_name(const char *name)
{
	return ur_test_by_name(table, 1, name);
}

static const char *by_id(const char *id)
{
	return ur_test_by_id(table, id);
}

static const char *by_device(const char *name)
{
	return ur_test_by_device(table, name);
}

static uint32_t account_of_domain(const char *domain)
{
	return ur_test_account_number(table, domain);
}

static struct ur_table_stats stats(void)
{
	struct ur_table_stats result;

	ur_table_stats(table, &result);
	return result;
}

/* Two users swap their names, and a third takes a device of one of them: in
 * one transaction, so at no moment does anything that was there before and
 * is there after miss. */
START_TEST(keys_move_without_a_gap)
{
	publish("us_1", "1001", "desk soft");
	publish("us_2", "1002", "lap");
	publish("us_3", "1003", "");
	publish("us_1", "1002", "desk");
	ck_assert_str_ne(by_name("1001"), "");
	ck_assert_str_eq(by_name("1002"), "us_1");
	ck_assert_str_eq(by_device("soft"), "us_1"); /* of the old record */
	publish("us_2", "1001", "lap");
	ck_assert_str_eq(by_name("1001"), "us_2");
	publish("us_3", "1003", "soft");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_name("1001"), "us_2");
	ck_assert_str_eq(by_name("1002"), "us_1");
	ck_assert_str_eq(by_device("soft"), "us_3");
	ck_assert_str_eq(by_device("lap"), "us_2");
	ck_assert_uint_eq(stats().users, 3);
	ck_assert_uint_eq(stats().devices, 3);
}
END_TEST

/* The same in two transactions: the new owner of the name stays when the old
 * one's record goes. */
START_TEST(removal_is_by_record_not_by_key)
{
	publish("us_1", "1001", "desk");
	publish("us_2", "1001", "desk");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_name("1001"), "us_2");
	publish("us_1", "1009", "");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_name("1001"), "us_2");
	ck_assert_str_eq(by_device("desk"), "us_2");
	ur_writer_begin(&writer);
	remove_unseen("us_1");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_name("1001"), "us_2");
}
END_TEST

/* A user that changes twice before a commit: both old records go. */
START_TEST(replaced_twice_in_one_batch)
{
	publish("us_1", "1001", "a");
	publish("us_1", "1002", "b");
	publish("us_1", "1003", "c");
	ck_assert_str_eq(by_name("1001"), "us_1");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_name("1001"), "");
	ck_assert_str_eq(by_name("1002"), "");
	ck_assert_str_eq(by_name("1003"), "us_1");
	ck_assert_uint_eq(stats().users, 1);
}
END_TEST

START_TEST(sweep_takes_what_was_not_seen)
{
	const int count = 9000;
	char id[16];
	int i;

	for(i = 0; i < count; i++) { /* several in each chain */
		snprintf(id, sizeof(id), "us_%d", i);
		publish(id, id, id);
	}
	ur_writer_begin(&writer);
	for(i = 0; i < count; i += 3) {
		snprintf(id, sizeof(id), "us_%d", i);
		publish(id, id, i % 2 ? id : "");
	}
	ur_writer_sweep(&writer);
	ck_assert_uint_eq(stats().users, count / 3);
	for(i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "us_%d", i);
		ck_assert_str_eq(by_id(id), i % 3 == 0 ? id : "");
	}
}
END_TEST

START_TEST(domains_move_and_numbers_stay)
{
	ck_assert_int_eq(
			ur_test_publish_account(&writer, 1, "acc_1", "a.example b.example"),
			0);
	ck_assert_int_eq(ur_test_publish_account(&writer,
							 ur_writer_new_account(&writer), "acc_2", ""),
			0);
	ck_assert_int_eq(ur_test_publish_account(&writer,
							 ur_writer_account(&writer, UR_TEXT("acc_1")),
							 "acc_1", "a.example"),
			0);
	ck_assert_uint_eq(account_of_domain("b.example"), 1);
	ck_assert_int_eq(ur_test_publish_account(&writer,
							 ur_writer_account(&writer, UR_TEXT("acc_2")),
							 "acc_2", "b.example"),
			0);
	ur_writer_commit(&writer);
	ck_assert_uint_eq(account_of_domain("a.example"), 1);
	ck_assert_uint_eq(account_of_domain("b.example"), 2);
	ck_assert_uint_eq(stats().accounts, 2);
	ck_assert_uint_eq(stats().domains, 2);
}
END_TEST

START_TEST(numbers_are_never_given_again)
{
	uint32_t first = ur_writer_new_account(&writer);

	ck_assert_int_eq(ur_test_publish_account(&writer, first, "acc_1", ""), 0);
	ur_writer_begin(&writer);
	ur_writer_sweep(&writer);
	ck_assert_uint_eq(ur_writer_account(&writer, UR_TEXT("acc_1")), 0);
	ck_assert_uint_ne(ur_writer_new_account(&writer), first);
}
END_TEST

/* As if the mirror had been made anew on the same table. */
START_TEST(next_writer_goes_on)
{
	uint32_t first = ur_writer_new_account(&writer);

	ck_assert_int_eq(ur_test_publish_account(&writer, first, "acc_1", ""), 0);
	ur_writer_begin(&writer);
	publish("us_1", "1001", "desk");
	ur_writer_exit(&writer);
	ur_writer_init(&writer, table);
	ur_writer_begin(&writer);
	ck_assert_uint_ne(ur_writer_new_account(&writer), first);
	ck_assert_uint_eq(ur_writer_account(&writer, UR_TEXT("acc_1")), first);
	publish("us_2", "1002", "");
	ur_writer_sweep(&writer);
	ck_assert_str_eq(by_id("us_1"), "");
	ck_assert_str_eq(by_id("us_2"), "us_2");
	ck_assert_uint_eq(stats().accounts, 0);
}
END_TEST

/* Who publishes decides whether the old one may stay. */
START_TEST(no_memory_keeps_the_old_user)
{
	const struct ur_key id = {UR_KEY_USER_ID, 0, UR_TEXT("us_1")};

	publish("us_1", "1001", "desk");
	ur_writer_begin(&writer);
	ur_test_port_fail_at(1);
	ck_assert_int_eq(
			ur_test_publish_user(&writer, 1, "us_1", "1009", ""), ENOMEM);
	ck_assert_ptr_nonnull(ur_writer_body(&writer, &id));
	ur_writer_keep(&writer, &id);
	ur_test_port_fail_at(1);
	ck_assert_int_eq(
			ur_test_publish_user(&writer, 1, "us_2", "1002", ""), ENOMEM);
	ur_writer_sweep(&writer);
	ck_assert_str_eq(by_name("1001"), "us_1");
	ck_assert_str_eq(by_device("desk"), "us_1");
	ck_assert_str_eq(by_id("us_2"), "");
	ur_writer_begin(&writer);
	ur_test_port_fail_at(1);
	ck_assert_int_eq(
			ur_test_publish_user(&writer, 1, "us_1", "1009", ""), ENOMEM);
	ur_writer_sweep(&writer);
	ck_assert_str_eq(by_name("1001"), "");
}
END_TEST

/* With little memory, what was replaced already makes room. */
START_TEST(replaced_records_make_room)
{
	publish("us_1", "1001", "desk");
	publish("us_1", "1009", "");
	ur_test_port_limit(ur_test_port_blocks());
	publish("us_2", "1002", "");
	ur_test_port_limit(0);
	ck_assert_str_eq(by_name("1001"), "");
	ck_assert_str_eq(by_name("1002"), "us_2");
}
END_TEST

/* Readers while the writer works: names and devices go to and fro between
 * two users. */
enum
{
	READERS = 3,
	ROUNDS = 20000,
};

static int stop;
static int missed;

static void *read_on(void *arg)
{
	static const char *const names[] = {"1001", "1002", "1003"};
	static const char *const devices[] = {"desk", "soft", "lap"};
	unsigned i = (unsigned)(uintptr_t)arg;

	while(!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		const char *name = names[i % 3];
		const char *device = devices[i++ / 3 % 3];
		const struct ur_user *user =
				ur_table_user_by_name(table, 1, ur_test_text(name));

		if(user == NULL || !ur_test_slice_is(user, user->username, name))
			__atomic_add_fetch(&missed, 1, __ATOMIC_RELAXED);
		ur_table_user_put(user);
		if(by_device(device)[0] == '\0' || by_id("us_2")[0] == '\0')
			__atomic_add_fetch(&missed, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void write_round(int i)
{
	bool odd = i % 2;

	ur_writer_begin(&writer);
	publish("us_1", odd ? "1001" : "1002", odd ? "desk" : "desk soft");
	publish("us_2", odd ? "1002" : "1001", odd ? "lap soft" : "lap");
	publish("us_3", "1003", odd ? "x y" : "y z");
	if(i % 4 == 0) {
		publish("us_4", "1004", "w");
		ur_writer_sweep(&writer);
	} else {
		remove_unseen("us_4");
		ur_writer_commit(&writer);
	}
}

START_TEST(readers_never_miss_while_keys_move)
{
	pthread_t readers[READERS];
	uintptr_t i;

	write_round(0);
	for(i = 0; i < READERS; i++)
		ck_assert_int_eq(
				pthread_create(&readers[i], NULL, read_on, (void *)i), 0);
	for(i = 1; i < ROUNDS; i++)
		write_round((int)i);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for(i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	ck_assert_int_eq(missed, 0);
}
END_TEST

/* Changes in the midst of the load. */
static void begin_changes(void)
{
	changes.within = &writer;
	ur_writer_begin(&changes);
}

static void change(const char *id, const char *username, const char *devices)
{
	ck_assert_int_eq(
			ur_test_publish_user(&changes, 1, id, username, devices), 0);
}

static void change_away(const char *id)
{
	struct ur_key key = {UR_KEY_USER_ID, 0, ur_test_text(id)};

	ur_writer_remove_unseen(&changes, &key);
}

/* What changes have read again in the midst of a full load stays, whatever the load
 * reads from its older snapshot. */
START_TEST(changes_are_newer_than_the_load)
{
	publish("us_1", "1001", "desk");
	publish("us_2", "1002", "");
	publish("us_3", "1003", "");
	ur_writer_commit(&writer);

	ur_writer_begin(&writer);
	publish("us_1", "1001", "desk");
	begin_changes();
	change("us_1", "1111", "desk");
	change("us_2", "2222", "lap");
	change("us_4", "4444", "");
	change_away("us_3");
	change_away("us_5"); /* the load's snapshot has it, the table not yet */
	ur_writer_commit(&changes);
	ck_assert_str_eq(by_name("1001"), "");
	ck_assert_str_eq(by_name("1003"), "");
	publish("us_2", "1002", "");
	publish("us_3", "1003", "");
	publish("us_5", "1005", "");
	publish("us_6", "1006", "");
	ur_writer_sweep(&writer);

	ck_assert_str_eq(by_name("1111"), "us_1");
	ck_assert_str_eq(by_name("2222"), "us_2");
	ck_assert_str_eq(by_device("lap"), "us_2");
	ck_assert_str_eq(by_name("1003"), "");
	ck_assert_str_eq(by_name("4444"), "us_4");
	ck_assert_str_eq(by_name("1005"), "");
	ck_assert_str_eq(by_name("1006"), "us_6");
	ck_assert_uint_eq(stats().users, 4);

	/* They are no newer than the next load. */
	ur_writer_begin(&writer);
	publish("us_1", "1001", "");
	publish("us_5", "1005", "");
	ur_writer_sweep(&writer);
	ck_assert_str_eq(by_name("1001"), "us_1");
	ck_assert_str_eq(by_name("1005"), "us_5");
	ck_assert_uint_eq(stats().users, 2);
}
END_TEST

/* A name that is on its way from one record to another during the load is not lost
 * because changes end in between. */
START_TEST(changes_take_out_only_their_own)
{
	publish("us_1", "1001", "");
	publish("us_2", "1002", "");
	publish("us_3", "1003", "");
	ur_writer_commit(&writer);

	ur_writer_begin(&writer);
	publish("us_1", "1000", ""); /* its name goes to us_2, to be read later */
	begin_changes();
	change("us_3", "3333", "");
	ur_writer_commit(&changes);
	ck_assert_str_eq(by_name("1003"), "");
	ck_assert_str_eq(by_name("1001"), "us_1");
	publish("us_2", "1001", "");
	ur_writer_sweep(&writer);
	ck_assert_str_eq(by_name("1001"), "us_2");
	ck_assert_str_eq(by_name("1002"), "");
	ck_assert_uint_eq(stats().users, 3);
}
END_TEST

/* Changes that could not be read to their end: what they have replaced serves until the next load
 * is done, whatever changes come before. */
START_TEST(what_is_left_to_the_load_stays_until_its_end)
{
	publish("us_1", "1001", "");
	ur_writer_commit(&writer);

	ur_writer_begin(&changes);
	change("us_1", "1009", "");
	ck_assert(ur_writer_holds(&changes));
	ur_writer_leave_to(&changes, &writer);
	ck_assert(!ur_writer_holds(&changes));
	ur_writer_begin(&changes);
	change("us_2", "1002", "");
	ur_writer_commit(&changes);
	ck_assert_str_eq(by_name("1001"), "us_1");
	ck_assert_str_eq(by_name("1009"), "us_1");

	ur_writer_begin(&writer);
	publish("us_1", "1009", "");
	publish("us_2", "1002", "");
	ck_assert_str_eq(by_name("1001"), "us_1");
	ur_writer_sweep(&writer);
	ck_assert_str_eq(by_name("1001"), "");
	ck_assert_uint_eq(stats().users, 2);
}
END_TEST

/* A load that ends does not take out what others have yet to. */
START_TEST(sweep_leaves_what_another_writer_has_replaced)
{
	publish("us_1", "1001", "");
	ur_writer_begin(&changes);
	change("us_1", "1009", "");
	ur_writer_begin(&writer);
	publish("us_1", "1009", "");
	ur_writer_sweep(&writer);
	ck_assert_str_eq(by_name("1001"), "us_1");
	ck_assert_uint_eq(stats().users, 1);
	ur_writer_commit(&changes);
	ck_assert_str_eq(by_name("1001"), "");
	ck_assert_str_eq(by_name("1009"), "us_1");
	ck_assert_uint_eq(stats().users, 1);
}
END_TEST

/* A column that was NULL is empty now, and so on: the record stays, its rows are others. */
START_TEST(other_rows_may_say_the_same)
{
	static struct ur_draft draft;
	const struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");
	const struct ur_sum *sum = &writer.marks->sums[UR_RECORD_USER];
	int i;

	ck_assert_int_eq(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), 0);
	for(i = 1; i <= 3; i++) {
		draft.sum = (struct ur_sum){i, 0xf00d * i};
		ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
		ck_assert_uint_eq(sum->rows, draft.sum.rows);
		ck_assert_uint_eq(sum->hash, draft.sum.hash);
	}
	ur_writer_begin(&writer);
	remove_unseen("us_1");
	ck_assert_uint_eq(sum->rows, 0);
	ck_assert_uint_eq(sum->hash, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {keys_move_without_a_gap,
			removal_is_by_record_not_by_key, replaced_twice_in_one_batch,
			sweep_takes_what_was_not_seen, domains_move_and_numbers_stay,
			numbers_are_never_given_again, next_writer_goes_on,
			no_memory_keeps_the_old_user, replaced_records_make_room,
			changes_are_newer_than_the_load, changes_take_out_only_their_own,
			what_is_left_to_the_load_stays_until_its_end,
			sweep_leaves_what_another_writer_has_replaced,
			readers_never_miss_while_keys_move, other_rows_may_say_the_same,
			NULL};
	const struct ur_test_suite suite = {
			.name = "writer", .setup = setup, .teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
