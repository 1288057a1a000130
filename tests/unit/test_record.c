/*
 * Records: how rows are converted, and which rows are refused. Also the hash of their keys.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/store/draft.h"
#include "support/port.h"
#include "support/sample.h"
#include "support/suite.h"

static struct ur_draft draft;
static const struct ur_hash_seed seed = {
		{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

#define ck_slice(base, slice, text) \
	ck_assert_msg(ur_test_slice_is(base, slice, text), "is not '%s'", text)

#define ck_refused(call, reason)                             \
	do {                                                     \
		ck_assert_int_eq(call, EINVAL);                      \
		ck_assert_msg(strstr(draft.error, reason) != NULL,   \
				"'%s' is not in '%s'", reason, draft.error); \
	} while(0)

/* Values of SipHash-1-3 for the bytes 00 01 02 … under the key 00 … 0f; its
 * variant 2-4 of the same code gave the vectors of its paper, and CPython's
 * str hash agrees. */
START_TEST(hash_is_siphash_1_3)
{
	static const struct
	{
		int len;
		uint64_t hash;
	} cases[] = {{8, UINT64_C(0x369095118d299a8e)},
			{9, UINT64_C(0x25a48eb36c063de4)},
			{15, UINT64_C(0xd320d86d2a519956)},
			{16, UINT64_C(0xcc4fdd1a7d908b66)},
			{23, UINT64_C(0x525a0e7fdae6c123)},
			{63, UINT64_C(0x9d199062b7bbb3a8)}};
	char bytes[64];
	int i;

	for(i = 0; i < 64; i++)
		bytes[i] = (char)i;
	for(i = 0; i < (int)(sizeof(cases) / sizeof(cases[0])); i++) {
		struct ur_text rest = {bytes + 8, cases[i].len - 8};

		ck_assert_uint_eq(
				ur_hash_text(&seed, UINT64_C(0x0706050403020100), rest),
				cases[i].hash);
	}
}
END_TEST

START_TEST(seeds_differ)
{
	struct ur_hash_seed a, b;

	ck_assert_int_eq(ur_hash_seed_draw(&a), 0);
	ck_assert_int_eq(ur_hash_seed_draw(&b), 0);
	ck_assert_mem_ne(&a, &b, sizeof(a));
}
END_TEST

/* Usernames in a row, as they are given out, must not crowd in some buckets. */
START_TEST(hash_spreads_usernames)
{
	enum
	{
		BUCKETS = 1 << 12,
		KEYS = 4 * BUCKETS,
	};
	static int filled[BUCKETS];
	int longest = 0;
	int empty = 0;
	int i;

	for(i = 0; i < KEYS; i++) {
		char name[16];
		struct ur_key key = {UR_KEY_USER_NAME, 1, {name, 0}};
		int *fill;

		key.text.len = snprintf(name, sizeof(name), "%d", 100000 + i);
		fill = &filled[ur_record_key_hash(&key, &seed) % BUCKETS];
		if(++*fill > longest)
			longest = *fill;
	}
	for(i = 0; i < BUCKETS; i++)
		empty += filled[i] == 0;
	/* Poisson with a mean of 4: 75 ± 9 empty, none longer than 17 but in one
	 * of 2000 tables. */
	ck_assert_int_lt(longest, 18);
	ck_assert_int_lt(empty, 120);
	ck_assert_int_gt(empty, 35);
}
END_TEST

static struct ur_user_row full_row(void)
{
	return (struct ur_user_row){.account = 7,
			.id = UR_TEXT("us_1"),
			.username = UR_TEXT("1001"),
			.display_name = UR_TEXT("Zoë \"Z\" <x>"),
			.status = UR_TEXT("active"),
			.ring_strategy = UR_TEXT("sequential"),
			.ring_timeout_sec = 600,
			.dnd = 1,
			.max_calls = 1000,
			.forward = {{UR_TEXT_INIT("user"), UR_TEXT_INIT("us_2")},
					{UR_TEXT_INIT("hangup"), UR_TEXT_INIT("486")},
					{UR_TEXT_INIT("queue"), UR_TEXT_INIT("q 1")},
					{UR_TEXT_INIT("flow"), UR_TEXT_INIT("f")}},
			.voicemail_id = UR_TEXT("vm_1"),
			.out_cid_number = UR_TEXT("4930123"),
			.out_cid_name = UR_TEXT("Acme")};
}

START_TEST(user_has_all_fields)
{
	const struct ur_user *user = (const struct ur_user *)draft.body;
	struct ur_user_row row = full_row();

	ck_assert_int_eq(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), 0);
	ck_assert_uint_eq(user->account, 7);
	ck_assert_uint_eq(user->ring_timeout_sec, 600);
	ck_assert_uint_eq(user->active, 1);
	ck_assert_uint_eq(user->strategy, UR_RING_SEQUENTIAL);
	ck_assert_uint_eq(user->dnd, 1);
	ck_assert_uint_eq(user->max_calls, 1000);
	ck_assert_uint_eq(user->device_count, 0);
	ck_slice(user, user->id, "us_1");
	ck_slice(user, user->username, "1001");
	ck_slice(user, user->display_name, "Zoë \"Z\" <x>");
	ck_slice(user, user->voicemail_id, "vm_1");
	ck_slice(user, user->out_cid_number, "4930123");
	ck_slice(user, user->out_cid_name, "Acme");
	ck_slice(user, user->forward[UR_FORWARD_ALWAYS].kind, "user");
	ck_slice(user, user->forward[UR_FORWARD_ALWAYS].id, "us_2");
	ck_slice(user, user->forward[UR_FORWARD_BUSY].kind, "hangup");
	ck_slice(user, user->forward[UR_FORWARD_BUSY].id, "486");
	ck_slice(user, user->forward[UR_FORWARD_NO_ANSWER].kind, "queue");
	ck_slice(user, user->forward[UR_FORWARD_NO_ANSWER].id, "q 1");
	ck_slice(user, user->forward[UR_FORWARD_UNREACHABLE].kind, "flow");
	ck_slice(user, user->forward[UR_FORWARD_UNREACHABLE].id, "f");
}
END_TEST

START_TEST(user_without_anything_optional)
{
	const struct ur_user *user = (const struct ur_user *)draft.body;
	struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");

	row.status = UR_TEXT("disabled");
	ck_assert_int_eq(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), 0);
	ck_assert_uint_eq(user->active, 0);
	ck_assert_uint_eq(user->dnd, 0);
	ck_assert_uint_eq(user->max_calls, 0);
	ck_assert_uint_eq(user->strategy, UR_RING_SIMULTANEOUS);
	ck_slice(user, user->display_name, "");
	ck_slice(user, user->forward[UR_FORWARD_BUSY].kind, "");
	ck_assert_int_eq(ur_user_forward(user, UR_FORWARD_ALWAYS).kind.len, 0);
}
END_TEST

START_TEST(devices_have_all_fields_in_order)
{
	const struct ur_user *user = (const struct ur_user *)draft.body;
	struct ur_user_row row = full_row();
	struct ur_device_row devices[] = {ur_test_device_row("dev_a", "a"),
			ur_test_device_row("dev_b", "b"), ur_test_device_row("dev_c", "c")};

	devices[0].ring_order = -2147483647 - 1;
	devices[1].ring_on_fork = 0;
	devices[1].available = 0;
	devices[1].ring_specific = 1;
	devices[2].status = UR_TEXT("disabled");
	devices[2].ring_order = 2147483647;
	ck_assert_int_eq(ur_draft_user(&draft, &row, devices, 3, NULL, 0), 0);
	ck_assert_uint_eq(user->device_count, 3);
	ck_slice(user, user->devices[0].id, "dev_a");
	ck_slice(user, user->devices[0].aor, "a@acme.example");
	ck_slice(user, user->devices[2].aor, "c@acme.example");
	ck_assert_int_eq(user->devices[0].ring_order, -2147483647 - 1);
	ck_assert_int_eq(user->devices[2].ring_order, 2147483647);
	ck_assert_uint_eq(user->devices[0].flags,
			UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK);
	ck_assert_uint_eq(
			user->devices[1].flags, UR_DEVICE_ACTIVE | UR_DEVICE_SPECIFIC);
	ck_assert_uint_eq(user->devices[2].flags,
			UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK);
}
END_TEST

START_TEST(odd_users_are_refused)
{
	struct ur_user_row row;

	row = full_row();
	row.id = UR_TEXT("");
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), "id is empty");
	row = full_row();
	row.username = UR_TEXT("");
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), "username");
	row = full_row();
	row.ring_timeout_sec = 0;
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), "is 0, not 1");
	row.ring_timeout_sec = 601;
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), "is 601");
	row = full_row();
	row.max_calls = -1;
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0),
			"max_calls is -1, not 0 to 1000");
	row.max_calls = 1001;
	ck_refused(
			ur_draft_user(&draft, &row, NULL, 0, NULL, 0), "max_calls is 1001");
	row.max_calls = 70000; /* which would be 4464 as the record keeps it */
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0),
			"max_calls is 70000");
	row = full_row();
	row.ring_strategy = UR_TEXT("loud");
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), "'loud'");
	row.ring_strategy = UR_TEXT("");
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), "ring_strategy");
	row = full_row();
	ck_refused(ur_draft_user(&draft, &row, NULL, UR_MAX_DEVICES + 1, NULL, 0),
			"201 devices");
}
END_TEST

START_TEST(odd_devices_are_refused)
{
	struct ur_user_row row = full_row();
	struct ur_device_row device;

	device = ur_test_device_row("", "a");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"device's id is empty");
	device = ur_test_device_row("dev_a", "");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "'dev_a'");
	device = ur_test_device_row("dev_a", "a");
	device.realm = UR_TEXT("");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "realm");
}
END_TEST

static struct ur_device_row external_phone(const char *id, const char *number)
{
	struct ur_device_row row = ur_test_device_row(id, "");

	row.realm = UR_TEXT("");
	row.number = ur_test_text(number);
	return row;
}

START_TEST(an_external_phone_has_no_address)
{
	const struct ur_user *user = (const struct ur_user *)draft.body;
	struct ur_user_row row = full_row();
	struct ur_device_row devices[] = {
			ur_test_device_row("dev_a", "a"), external_phone("dev_b", "4917")};
	struct ur_record *record;

	devices[1].ring_delay_sec = 600;
	devices[1].ring_for_sec = 599;
	ck_assert_int_eq(ur_draft_user(&draft, &row, devices, 2, NULL, 0), 0);
	ck_slice(user, user->devices[0].number, "");
	ck_assert(!ur_device_is_external(&user->devices[0]));
	ck_slice(user, user->devices[1].number, "4917");
	ck_slice(user, user->devices[1].aor, "");
	ck_assert(ur_device_is_external(&user->devices[1]));
	ck_assert_uint_eq(user->devices[1].ring_delay_sec, 600);
	ck_assert_uint_eq(user->devices[1].ring_for_sec, 599);
	record = ur_record_new(&draft, &seed);
	ck_assert(ur_record_has_key(record, UR_NODE_FIRST_DEVICE));
	ck_assert(!ur_record_has_key(record, UR_NODE_FIRST_DEVICE + 1));
	ur_record_put(record);
}
END_TEST

/* Fails closed: who knows the password could register as what the gateway is called for. */
START_TEST(a_number_and_credentials_are_refused)
{
	struct ur_user_row row = full_row();
	struct ur_device_row device;

	device = external_phone("dev_a", "4917");
	device.auth_username = UR_TEXT("a");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"'dev_a' has a number");
	device = external_phone("dev_a", "4917");
	device.realm = UR_TEXT("acme.example");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"'dev_a' has a number");
	device = external_phone("dev_a", "4917");
	device.ha1 = UR_TEXT("00112233445566778899aabbccddeeff");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"'dev_a' has a number");
}
END_TEST

START_TEST(odd_numbers_and_times_are_refused)
{
	struct ur_user_row row = full_row();
	struct ur_device_row device;

	device = external_phone("dev_a", "+4917");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"number has an invalid character: 0x2b");
	device.number = UR_TEXT("123456789012345");
	ck_assert_int_eq(ur_draft_user(&draft, &row, &device, 1, NULL, 0), 0);
	device.number = UR_TEXT("1234567890123456");
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"'dev_a' has 16 digits, not up to 15");
	device = ur_test_device_row("dev_a", "a");
	device.ring_delay_sec = 601;
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"ring_delay_sec is 601, not 0 to 600");
	device.ring_delay_sec = -1;
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "is -1");
	device.ring_delay_sec = 600;
	device.ring_for_sec = 601;
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0),
			"ring_for_sec is 601");
}
END_TEST

static void ck_order(const char *strategy, const char *order)
{
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	static const int delays[] = {5, 0, 10, 5, 10};
	const struct ur_user *user = (const struct ur_user *)draft.body;
	struct ur_user_row row = full_row();
	struct ur_device_row devices[5];
	int i;

	row.ring_strategy = ur_test_text(strategy);
	for(i = 0; i < 5; i++) {
		devices[i] = ur_test_device_row(names[i], names[i]);
		devices[i].ring_delay_sec = delays[i];
	}
	ck_assert_int_eq(ur_draft_user(&draft, &row, devices, 5, NULL, 0), 0);
	for(i = 0; i < 5; i++)
		ck_assert_int_eq(
				ur_user_text(user, user->devices[i].id).s[0], order[i]);
}

/* By delay, else as they were: rows are sorted by ring_order and id. */
START_TEST(devices_are_in_the_order_of_their_starts)
{
	ck_order("simultaneous", "badce");
	ck_order("specific", "badce");
	ck_order("sequential", "abcde");
}
END_TEST

/* The longest text that just fits, and one byte more; from every field. */
START_TEST(text_up_to_the_limit)
{
	static char big[UR_BODY_MAX + 2];
	struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");
	struct ur_device_row device = ur_test_device_row("dev_a", "a");
	const struct ur_user *user = (const struct ur_user *)draft.body;
	int room;

	memset(big, 'x', sizeof(big));
	ck_assert_int_eq(ur_draft_user(&draft, &row, &device, 1, NULL, 0), 0);
	room = UR_BODY_MAX - (int)draft.body_size;
	row.display_name = (struct ur_text){big, room};
	ck_assert_int_eq(ur_draft_user(&draft, &row, &device, 1, NULL, 0), 0);
	ck_assert_uint_eq(draft.body_size, UR_BODY_MAX);
	ck_slice(user, user->devices[0].aor, "a@acme.example");
	row.display_name.len = room + 1;
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "65535");
	row.display_name.len = 0;
	device.realm = (struct ur_text){big, sizeof(big)};
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "65535");
	row.id = (struct ur_text){big, sizeof(big)};
	ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "65535");
}
END_TEST

START_TEST(as_many_devices_as_allowed)
{
	static struct ur_device_row devices[UR_MAX_DEVICES];
	static char names[UR_MAX_DEVICES][8];
	const struct ur_user *user = (const struct ur_user *)draft.body;
	struct ur_user_row row = full_row();
	int i;

	for(i = 0; i < UR_MAX_DEVICES; i++) {
		snprintf(names[i], sizeof(names[i]), "d%d", i);
		devices[i] = ur_test_device_row(names[i], names[i]);
	}
	ck_assert_int_eq(
			ur_draft_user(&draft, &row, devices, UR_MAX_DEVICES, NULL, 0), 0);
	ck_assert_uint_eq(user->device_count, UR_MAX_DEVICES);
	ck_slice(user, user->devices[199].aor, "d199@acme.example");
}
END_TEST

START_TEST(account_has_all_fields)
{
	const struct ur_account *account = (const struct ur_account *)draft.body;
	struct ur_account_row row = {.number = 3,
			.id = UR_TEXT("acc_1"),
			.status = UR_TEXT("active"),
			.default_cid_number = UR_TEXT("4930")};
	struct ur_text domains[] = {UR_TEXT("acme.example"), UR_TEXT("ACME.Net")};

	ck_assert_int_eq(ur_draft_account(&draft, &row, domains, 2, 0), 0);
	ck_assert_uint_eq(account->number, 3);
	ck_assert_uint_eq(account->active, 1);
	ck_assert_uint_eq(account->domain_count, 2);
	ck_slice(account, account->id, "acc_1");
	ck_slice(account, account->default_cid_number, "4930");
	ck_slice(account, account->texts[0], "acme.example");
	ck_slice(account, account->texts[1], "acme.net");
	row.status = UR_TEXT("suspended");
	ck_assert_int_eq(ur_draft_account(&draft, &row, NULL, 0, 0), 0);
	ck_assert_uint_eq(account->active, 0);
}
END_TEST

START_TEST(odd_accounts_are_refused)
{
	struct ur_account_row row = {.number = 3, .id = UR_TEXT("acc_1")};
	struct ur_text domain = UR_TEXT("");

	ck_refused(ur_draft_account(&draft, &row, &domain, 1, 0), "domains");
	ck_refused(ur_draft_account(&draft, &row, NULL, UR_MAX_DOMAINS + 1, 0),
			"1001 domains");
	row.id = UR_TEXT("");
	ck_refused(ur_draft_account(&draft, &row, NULL, 0, 0), "id is empty");
}
END_TEST

/* Whatever was in the draft's memory before: the same rows are the same
 * bytes. */
START_TEST(same_rows_are_equal_bytes)
{
	struct ur_device_row device = ur_test_device_row("dev_a", "a");
	struct ur_user_row row = full_row();
	struct ur_record *record;

	memset(&draft, 0x5a, sizeof(draft));
	ck_assert_int_eq(ur_draft_user(&draft, &row, &device, 1, NULL, 0), 0);
	record = ur_record_new(&draft, &seed);
	ck_assert_ptr_nonnull(record);
	memset(&draft, 0xc3, sizeof(draft));
	ck_assert_int_eq(ur_draft_user(&draft, &row, &device, 1, NULL, 0), 0);
	ck_assert(ur_record_equals(record, &draft));
	device.available = 0;
	ck_assert_int_eq(ur_draft_user(&draft, &row, &device, 1, NULL, 0), 0);
	ck_assert(!ur_record_equals(record, &draft));
	ur_record_put(record);
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}
END_TEST

START_TEST(nodes_and_bodies_find_their_record)
{
	struct ur_device_row devices[] = {
			ur_test_device_row("dev_a", "a"), ur_test_device_row("dev_b", "b")};
	struct ur_user_row row = full_row();
	struct ur_record *record;
	int i;

	ck_assert_int_eq(ur_draft_user(&draft, &row, devices, 2, NULL, 0), 0);
	record = ur_record_new(&draft, &seed);
	ck_assert_ptr_nonnull(record);
	ck_assert_ptr_eq(ur_record_of_body(record->body), record);
	ck_assert_uint_eq(record->node_count, 4);
	for(i = 0; i < record->node_count; i++) {
		struct ur_key key = ur_record_key(record, i);

		ck_assert_ptr_eq(ur_record_of_node(ur_record_node(record, i)), record);
		ck_assert_uint_eq(ur_record_node(record, i)->hash,
				ur_record_key_hash(&key, &seed));
	}
	ck_assert_uint_eq(ur_record_size(record), ur_test_port_bytes());
	ur_record_ref(record);
	ur_record_put(record);
	ck_assert_uint_eq(ur_test_port_blocks(), 1);
	ur_record_put(record);
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}
END_TEST

/* What a user costs: the target is 600 bytes with the table and the
 * allocator's part. */
START_TEST(user_with_two_devices_is_small)
{
	struct ur_device_row devices[] = {
			ur_test_device_row("dev_0123456789abcdef", "1001-desk"),
			ur_test_device_row("dev_fedcba9876543210", "1001-soft")};
	struct ur_user_row row = ur_test_user_row(1, "us_0123456789abcdef", "1001");
	struct ur_record *record;

	row.display_name = UR_TEXT("Alice Archer-Anderson");
	devices[0].ha1 = UR_TEXT("00112233445566778899aabbccddeeff");
	devices[1].ha1 = devices[0].ha1;
	ck_assert_uint_eq(sizeof(struct ur_device), 40);
	ck_assert_int_eq(ur_draft_user(&draft, &row, devices, 2, NULL, 0), 0);
	record = ur_record_new(&draft, &seed);
	ck_assert_ptr_nonnull(record);
	ck_assert_uint_le(ur_record_size(record), 400);
	ur_record_put(record);
}
END_TEST

START_TEST(no_memory_no_record)
{
	struct ur_user_row row = full_row();

	ck_assert_int_eq(ur_draft_user(&draft, &row, NULL, 0, NULL, 0), 0);
	ur_test_port_fail_at(1);
	ck_assert_ptr_null(ur_record_new(&draft, &seed));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {hash_is_siphash_1_3, seeds_differ,
			hash_spreads_usernames, user_has_all_fields,
			user_without_anything_optional, devices_have_all_fields_in_order,
			odd_users_are_refused, odd_devices_are_refused,
			an_external_phone_has_no_address,
			a_number_and_credentials_are_refused,
			odd_numbers_and_times_are_refused,
			devices_are_in_the_order_of_their_starts, text_up_to_the_limit,
			as_many_devices_as_allowed, account_has_all_fields,
			odd_accounts_are_refused, same_rows_are_equal_bytes,
			nodes_and_bodies_find_their_record, user_with_two_devices_is_small,
			no_memory_no_record, NULL};
	const struct ur_test_suite suite = {.name = "record"};

	return ur_test_suite_run(&suite, tests);
}
