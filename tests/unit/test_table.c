/*
 * The table: look-ups find a record as long as it is published.
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
static struct ur_writer writer;

static void setup(void)
{
	ck_assert_int_eq(ur_table_alloc(&table), 0);
	ur_writer_init(&writer, table);
	writer.marks->last_account = 1;
}

static void teardown(void)
{
	ur_writer_exit(&writer);
	ur_table_free(table);
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}

static void publish(const char *id, const char *username, const char *devices)
{
	ck_assert_int_eq(
			ur_test_publish_user(&writer, 1, id, username, devices), 0);
}

static void keep(const char *id)
{
	struct ur_key key = {UR_KEY_USER_ID, 0, ur_test_text(id)};

	ur_writer_keep(&writer, &key);
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

START_TEST(empty_table_finds_nothing)
{
	ck_assert_str_eq(by_id("us_1"), "");
	ck_assert_str_eq(by_name(""), "");
	ck_assert_str_eq(by_device(""), "");
	ck_assert_uint_eq(account_of_domain("acme.example"), 0);
	ck_assert_ptr_null(ur_table_account_by_number(table, 1));
	ur_table_user_put(NULL);
	ur_table_account_put(NULL);
}
END_TEST

START_TEST(published_user_is_found)
{
	publish("us_1", "1001", "desk soft");
	ck_assert_str_eq(by_id("us_1"), "us_1");
	ck_assert_str_eq(by_name("1001"), "us_1");
	ck_assert_str_eq(by_device("desk"), "us_1");
	ck_assert_str_eq(by_device("soft"), "us_1");
	/* keys of one kind are not keys of another, nor of another account */
	ck_assert_str_eq(by_id("1001"), "");
	ck_assert_str_eq(by_name("us_1"), "");
	ck_assert_str_eq(by_name("100"), "");
	ck_assert_str_eq(by_name("10011"), "");
	ck_assert_ptr_null(ur_table_user_by_name(table, 2, UR_TEXT("1001")));
	ck_assert_uint_eq(stats().users, 1);
	ck_assert_uint_eq(stats().devices, 2);
}
END_TEST

static int freed;

static void free_here(void *block)
{
	freed++;
	ur_port_free(block);
}

/* For who holds the allocator's lock: the caller's own way to free, and only
 * for the last reference. */
START_TEST(reference_given_back_with_another_free)
{
	const struct ur_user *user;

	publish("us_1", "1001", "desk");
	user = ur_table_user_by_id(table, UR_TEXT("us_1"));
	ur_table_user_ref(user);
	ur_table_user_put_with(user, free_here);
	ur_writer_begin(&writer);
	remove_unseen("us_1");
	ur_writer_commit(&writer);
	ck_assert_int_eq(freed, 0);
	ur_table_user_put_with(user, free_here);
	ck_assert_int_eq(freed, 1);
}
END_TEST

/* Case counts, and any byte may stand in a name that somebody dials. */
START_TEST(names_are_bytes)
{
	static const char odd[] = "a\0b\xff'\"%00";
	char big[900];

	memset(big, 'x', sizeof(big));
	publish("us_1", "Alice", "");
	ck_assert_str_eq(by_name("alice"), "");
	ck_assert_ptr_null(ur_table_user_by_name(
			table, 1, (struct ur_text){odd, sizeof(odd) - 1}));
	ck_assert_ptr_null(ur_table_user_by_name(
			table, 1, (struct ur_text){big, sizeof(big)}));
	ck_assert_ptr_null(
			ur_table_user_by_name(table, 1, (struct ur_text){NULL, 0}));
}
END_TEST

START_TEST(replaced_user_is_the_new_one)
{
	const struct ur_user *user;

	publish("us_1", "1001", "desk soft");
	publish("us_1", "1001", "desk lap");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_device("lap"), "us_1");
	ck_assert_str_eq(by_device("soft"), "");
	user = ur_table_user_by_id(table, UR_TEXT("us_1"));
	ck_assert(ur_test_slice_is(user, user->devices[1].id, "lap"));
	ur_table_user_put(user);
	ck_assert_uint_eq(stats().users, 1);
	ck_assert_uint_eq(stats().devices, 2);
}
END_TEST

/* What is the same keeps its block: no churn in a resync. */
START_TEST(same_user_keeps_the_record)
{
	const struct ur_user *before, *after;

	publish("us_1", "1001", "desk soft");
	before = ur_table_user_by_id(table, UR_TEXT("us_1"));
	publish("us_1", "1001", "desk soft");
	after = ur_table_user_by_id(table, UR_TEXT("us_1"));
	ck_assert_ptr_eq(before, after);
	ur_table_user_put(before);
	ur_table_user_put(after);
}
END_TEST

static time_t made_at(const char *id)
{
	const struct ur_user *user = ur_table_user_by_id(table, ur_test_text(id));
	time_t when = ur_table_user_made_at(user);

	ur_table_user_put(user);
	return when;
}

/* Age counts from when the content came: read again and the same, it goes on. */
START_TEST(record_is_as_old_as_its_content)
{
	const struct ur_key id = {UR_KEY_USER_ID, 0, UR_TEXT("us_1")};
	const time_t started = time(NULL);

	publish("us_1", "1001", "desk");
	ck_assert_int_ge(made_at("us_1"), started);
	ck_assert_int_le(made_at("us_1"), time(NULL));
	ur_buckets_find(table, &id)->made_at = 1000;
	ur_writer_begin(&writer);
	publish("us_1", "1001", "desk");
	ur_writer_sweep(&writer);
	ck_assert_int_eq(made_at("us_1"), 1000);
	publish("us_1", "1001", "desk soft");
	ck_assert_int_ge(made_at("us_1"), started);
}
END_TEST

START_TEST(bytes_are_those_of_the_records)
{
	size_t before = ur_test_port_bytes();

	publish("us_1", "1001", "desk soft");
	publish("us_2", "1002", "");
	ck_assert_uint_eq(stats().bytes, ur_test_port_bytes() - before);
	publish("us_1", "1009", "");
	ur_writer_commit(&writer);
	ck_assert_uint_eq(stats().bytes, ur_test_port_bytes() - before);
}
END_TEST

START_TEST(removed_user_is_gone)
{
	publish("us_1", "1001", "desk");
	publish("us_2", "1002", "soft");
	ur_writer_begin(&writer);
	remove_unseen("us_1");
	remove_unseen("us_1"); /* twice announced is once removed */
	remove_unseen("us_9");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_id("us_1"), "");
	ck_assert_str_eq(by_name("1001"), "");
	ck_assert_str_eq(by_device("desk"), "");
	ck_assert_str_eq(by_name("1002"), "us_2");
	ck_assert_uint_eq(stats().users, 1);
	ck_assert_uint_eq(stats().devices, 1);
}
END_TEST

START_TEST(seen_user_is_not_removed)
{
	publish("us_1", "1001", "desk");
	publish("us_2", "1002", "soft");
	ur_writer_begin(&writer);
	publish("us_1", "1001", "desk");
	keep("us_2");
	remove_unseen("us_1");
	remove_unseen("us_2");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_id("us_1"), "us_1");
	ck_assert_str_eq(by_id("us_2"), "us_2");
}
END_TEST

START_TEST(reference_outlives_the_removal)
{
	const struct ur_user *user;

	publish("us_1", "1001", "desk");
	user = ur_table_user_by_name(table, 1, UR_TEXT("1001"));
	ur_table_user_ref(user);
	ur_writer_begin(&writer);
	remove_unseen("us_1");
	ur_writer_commit(&writer);
	ck_assert_str_eq(by_id("us_1"), "");
	ck_assert(ur_test_slice_is(user, user->username, "1001"));
	ur_table_user_put(user);
	ck_assert(ur_test_slice_is(user, user->username, "1001"));
	ur_table_user_put(user);
}
END_TEST

START_TEST(accounts_are_found_by_domain_number_and_id)
{
	const struct ur_account *account;

	ck_assert_int_eq(
			ur_test_publish_account(&writer, 1, "acc_1", "a.example b.example"),
			0);
	ck_assert_uint_eq(account_of_domain("a.example"), 1);
	ck_assert_uint_eq(account_of_domain("b.example"), 1);
	ck_assert_uint_eq(account_of_domain("c.example"), 0);
	account = ur_table_account_by_number(table, 1);
	ck_assert(ur_test_slice_is(account, account->id, "acc_1"));
	ur_table_account_put(account);
	account = ur_table_account_by_id(table, UR_TEXT("acc_1"));
	ck_assert_uint_eq(account->number, 1);
	ur_table_account_put(account);
	ck_assert_ptr_null(ur_table_account_by_id(table, UR_TEXT("acc_2")));
	ck_assert_uint_eq(ur_writer_account(&writer, UR_TEXT("acc_1")), 1);
	ck_assert_uint_eq(ur_writer_account(&writer, UR_TEXT("acc_2")), 0);
	ck_assert_uint_eq(stats().accounts, 1);
	ck_assert_uint_eq(stats().domains, 2);
}
END_TEST

static void whole_life(void)
{
	struct ur_table *made = NULL;
	struct ur_writer its_writer;

	if(ur_table_alloc(&made) != 0)
		return;
	ur_writer_init(&its_writer, made);
	ur_test_publish_account(&its_writer, 1, "acc_1", "a.example");
	ur_test_publish_user(&its_writer, 1, "us_1", "1001", "a b");
	ur_test_publish_user(&its_writer, 1, "us_2", "1002", "c");
	ur_test_publish_user(&its_writer, 1, "us_1", "1002", "c");
	ur_test_publish_user(&its_writer, 1, "us_2", "1001", "a b");
	ur_writer_begin(&its_writer);
	ur_test_publish_user(&its_writer, 1, "us_1", "1002", "c");
	ur_writer_sweep(&its_writer);
	ur_writer_exit(&its_writer);
	ur_table_free(made);
}

START_TEST(memory_failing_anywhere_leaks_nothing)
{
	size_t before = ur_test_port_blocks();

	UR_TEST_OOM(whole_life());
	ck_assert_uint_eq(ur_test_port_blocks(), before);
}
END_TEST

/* Looks for us_0 all the time; returns NULL when it was there each time. */
static void *look_for_the_first(void *stop)
{
	while(!__atomic_load_n((const bool *)stop, __ATOMIC_RELAXED)) {
		const struct ur_user *user =
				ur_table_user_by_id(table, UR_TEXT("us_0"));

		if(user == NULL)
			return stop;
		ur_table_user_put(user);
	}
	return NULL;
}

START_TEST(growing_hides_no_record)
{
	const int count = 30000; /* some doublings of each stripe */
	uint32_t buckets = 0;
	uint32_t stripe;
	bool stop = false;
	pthread_t reader;
	void *missed;
	char id[16];
	int i;

	publish("us_0", "us_0", "");
	ck_assert_int_eq(
			pthread_create(&reader, NULL, look_for_the_first, &stop), 0);
	for(i = 1; i < count; i++) {
		snprintf(id, sizeof(id), "us_%d", i);
		publish(id, id, id);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(reader, &missed);
	ck_assert_ptr_null(missed);
	for(i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "us_%d", i);
		ck_assert_str_eq(by_id(id), id);
		ck_assert_str_eq(by_name(id), id);
	}
	for(stripe = 0; stripe < ur_buckets_stripes(table); stripe++)
		buckets += ur_buckets_in_stripe(table, stripe);
	ck_assert_uint_eq(stats().buckets, buckets);
	ck_assert_uint_gt(buckets, count);
}
END_TEST

START_TEST(no_table_is_freed_like_one)
{
	ur_table_free(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {reference_given_back_with_another_free,
			empty_table_finds_nothing, published_user_is_found, names_are_bytes,
			replaced_user_is_the_new_one, same_user_keeps_the_record,
			record_is_as_old_as_its_content, bytes_are_those_of_the_records,
			removed_user_is_gone, seen_user_is_not_removed,
			reference_outlives_the_removal,
			accounts_are_found_by_domain_number_and_id,
			memory_failing_anywhere_leaks_nothing, growing_hides_no_record,
			no_table_is_freed_like_one, NULL};
	const struct ur_test_suite suite = {
			.name = "table", .setup = setup, .teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
