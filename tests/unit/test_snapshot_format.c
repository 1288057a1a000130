/*
 * The bytes of a snapshot: what was written is read back, and any other bytes are refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/sample.h"
#include "support/snapshot.h"
#include "support/suite.h"

static struct ur_snapshot_header header;
static uint8_t *data;
static size_t size;

static void setup(void)
{
	ur_test_shot_setup();
	ur_test_shot_fill();
	ur_test_shot_write();
	data = ur_test_shot_bytes("snapshot", &size);
}

static void teardown(void)
{
	free(data);
	ur_test_shot_teardown();
}

/* Of a copy without a byte behind it: reading on is found by the sanitizer. */
static int check_bytes(const uint8_t *bytes, size_t count)
{
	uint8_t *copy = malloc(count);
	int err;

	memcpy(copy, bytes, count);
	ur_test_shot.room.error[0] = '\0';
	err = ur_snapshot_decode_check(&header, copy, count, &ur_test_shot.room);
	free(copy);
	return err;
}

#define ck_refused(bytes, count, reason)                                 \
	do {                                                                 \
		ck_assert_int_eq(check_bytes(bytes, count), EINVAL);             \
		ck_assert_msg(strstr(ur_test_shot.room.error, reason) != NULL,   \
				"'%s' is not in '%s'", reason, ur_test_shot.room.error); \
	} while(0)

static void ck_same_as_record(struct ur_snapshot_room *room)
{
	struct ur_record *record;
	struct ur_key id;

	ck_assert_int_eq(ur_snapshot_decode_draft(room, 1), 0);
	id = ur_record_draft_id(&room->draft);
	record = ur_buckets_find(ur_test_shot.table, &id);
	ck_assert_ptr_nonnull(record);
	if(record->type == UR_RECORD_ACCOUNT) {
		const struct ur_account *account = (const void *)record->body;

		ck_assert_int_eq(ur_snapshot_decode_draft(room, account->number), 0);
	} else if(room->row.account_id.len > 0
			  && (record->type == UR_RECORD_USER
					  || record->type == UR_RECORD_EXTENSION
					  || record->type == UR_RECORD_DID
					  || record->type == UR_RECORD_SCHEDULE
					  || record->type == UR_RECORD_CALLER_LIST
					  || record->type == UR_RECORD_GROUP)) {
		ck_assert_int_eq(ur_snapshot_decode_draft(
								 room, ur_writer_account(&ur_test_shot.writer,
											   room->row.account_id)),
				0);
	}
	ck_assert_msg(ur_record_equals(record, &room->draft), "'%.*s' differs",
			room->row.id.len, room->row.id.s);
}

START_TEST(every_record_comes_back_as_it_was)
{
	struct ur_snapshot_reader reader;
	int count = 0;

	ck_assert_int_eq(check_bytes(data, size), 0);
	ck_assert_int_ge(header.created, time(NULL) - 10);
	for(int i = 0; i < UR_SNAPSHOT_KINDS; i++)
		ck_assert_uint_eq(header.counts[i], 2);
	reader = ur_snapshot_decode_begin(data, size);
	while(ur_snapshot_decode_next(&reader, &ur_test_shot.room)) {
		ck_same_as_record(&ur_test_shot.room);
		count++;
	}
	ck_assert_int_eq(count, 20);
}
END_TEST

/* Neither as text nor as the bytes that a record has. */
START_TEST(no_credential_is_in_it)
{
	static const char hex[] = "00112233445566778899aabbccddeeff";
	static const uint8_t bytes[] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
			0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
	struct ur_user_row row = ur_test_user_row(1, "us_9", "1009");
	struct ur_device_row device = ur_test_device_row("dev_9", "desk-9");
	struct ur_record *record;

	device.ha1 = ur_test_text(hex);
	ck_assert_int_eq(
			ur_draft_user(&ur_test_shot.room.draft, &row, &device, 1, NULL, 0),
			0);
	ck_assert_int_eq(
			ur_writer_publish(&ur_test_shot.writer, &ur_test_shot.room.draft),
			0);
	record = ur_buckets_find(ur_test_shot.table,
			&(struct ur_key){UR_KEY_USER_ID, 0, UR_TEXT("us_9")});
	ck_assert_ptr_nonnull(
			memmem(record->body, record->body_size, bytes, sizeof(bytes)));
	ck_assert_int_gt(ur_test_shot_write(), 1);
	free(data);
	data = ur_test_shot_bytes("snapshot", &size);
	ck_assert_ptr_nonnull(memmem(data, size, "desk-9", 6));
	ck_assert_ptr_null(memmem(data, size, bytes, sizeof(bytes)));
	ck_assert_ptr_null(memmem(data, size, hex, 8));
}
END_TEST

/* Without a look at the code that reads it: another machine may have written
 * it. */
START_TEST(layout_is_as_documented)
{
	static const uint8_t kind[] = "K\x0c\0\0\0\x05\0queue\x03\0sip";
	uint8_t out[UR_SNAPSHOT_RECORD_MAX];
	struct ur_record *record;

	ck_assert_int_eq(ur_draft_target_kind(&ur_test_shot.room.draft,
							 UR_TEXT("queue"), UR_TEXT("sip")),
			0);
	record = ur_record_new(
			&ur_test_shot.room.draft, ur_buckets_seed(ur_test_shot.table));
	ck_assert_uint_eq(
			ur_snapshot_encode(record, UR_TEXT(""), out), sizeof(kind) - 1);
	ck_assert_mem_eq(out, kind, sizeof(kind) - 1);
	ur_record_put(record);
	ck_assert_mem_eq(data, "URSNAP\r\n\x08\0\0\0\x02\0\0\0", 16);
	ck_assert_uint_eq(data[60] + 256 * data[61], size - 772);
}
END_TEST

START_TEST(truncated_anywhere)
{
	size_t i;

	for(i = 0; i < size; i++)
		ck_refused(data, i, "is truncated");
}
END_TEST

START_TEST(any_bit_flipped)
{
	size_t i;
	int bit;

	for(i = 0; i < size; i++) {
		for(bit = 0; bit < 8; bit++) {
			data[i] ^= 1 << bit;
			ck_assert_int_eq(check_bytes(data, size), EINVAL);
			ck_assert_str_ne(ur_test_shot.room.error, "");
			data[i] ^= 1 << bit;
		}
	}
	ck_assert_int_eq(check_bytes(data, size), 0);
}
END_TEST

START_TEST(reasons_are_told_apart)
{
	uint8_t *longer = calloc(1, size + 1);

	memcpy(longer, data, size);
	ck_refused(longer, size + 1, "more bytes than its header says");
	free(longer);
	ck_refused((const uint8_t *)"#!KAMAILIO\n", 11, "of another kind");
	data[size - 1] ^= 1;
	ck_refused(data, size, "is damaged");
	data[size - 1] ^= 1;
	data[52] ^= 1;
	ck_refused(data, size, "is damaged");
	data[52] ^= 1;
	data[8]++;
	ck_refused(data, size, "another version");
	data[8]--;
	data[68]++;
	ck_refused(data, size, "other columns");
	data[68]--;
	data[12]++;
	ur_test_shot_seal(data, size);
	ck_refused(data, size, "not as many records as its header says");
}
END_TEST

/* Somebody's bug or malice behind a right checksum: refused or read, and either
 * way no byte outside. */
START_TEST(any_byte_changed_and_sealed)
{
	static const uint8_t values[] = {0x00, 0x01, 0x40, 0x7f, 0xff};
	size_t i, j;
	int taken = 0;

	for(i = UR_SNAPSHOT_HEADER_SIZE; i < size; i++) {
		const uint8_t old = data[i];

		for(j = 0; j < sizeof(values); j++) {
			data[i] = values[j];
			ur_test_shot_seal(data, size);
			if(check_bytes(data, size) == 0)
				taken++;
			else
				ck_assert_str_ne(ur_test_shot.room.error, "");
		}
		data[i] = old;
	}
	ck_assert_int_gt(taken, 0);
}
END_TEST

START_TEST(truncated_and_sealed)
{
	size_t i;

	for(i = UR_SNAPSHOT_HEADER_SIZE; i < size; i++) {
		uint8_t *part = malloc(i);

		memcpy(part, data, i);
		ur_test_shot_seal(part, i);
		ck_assert_int_eq(check_bytes(part, i), EINVAL);
		free(part);
	}
}
END_TEST

/* As large as a record can be: the room for it suffices, and it comes back. */
START_TEST(largest_user)
{
	static char name[300], text[40000], account[UR_BODY_MAX];
	static struct ur_device_row devices[UR_MAX_DEVICES];
	static uint8_t out[UR_SNAPSHOT_HEADER_SIZE + UR_SNAPSHOT_RECORD_MAX];
	struct ur_user_row row = ur_test_user_row(1, "us_9", "1009");
	struct ur_record *record;
	size_t count;
	int i;

	memset(name, 'n', sizeof(name));
	memset(text, 't', sizeof(text));
	memset(account, 'a', sizeof(account));
	row.display_name = (struct ur_text){text, sizeof(text)};
	for(i = 0; i < UR_MAX_DEVICES; i++) {
		devices[i] = ur_test_device_row("d", "a");
		devices[i].realm = (struct ur_text){name, 82};
	}
	ck_assert_int_eq(ur_draft_user(&ur_test_shot.room.draft, &row, devices,
							 UR_MAX_DEVICES, NULL, 0),
			0);
	record = ur_record_new(
			&ur_test_shot.room.draft, ur_buckets_seed(ur_test_shot.table));
	ck_assert_uint_gt(record->body_size, UR_BODY_MAX - 4000);
	count = ur_snapshot_encode(record,
			(struct ur_text){account, sizeof(account)},
			out + UR_SNAPSHOT_HEADER_SIZE);
	ck_assert_uint_le(count, UR_SNAPSHOT_RECORD_MAX);
	struct ur_snapshot_reader reader =
			ur_snapshot_decode_begin(out, UR_SNAPSHOT_HEADER_SIZE + count);
	ck_assert(ur_snapshot_decode_next(&reader, &ur_test_shot.room));
	ck_assert_int_eq(ur_snapshot_decode_draft(&ur_test_shot.room, 1), 0);
	ck_assert(ur_record_equals(record, &ur_test_shot.room.draft));
	ck_assert(!ur_snapshot_decode_next(&reader, &ur_test_shot.room));
	ur_record_put(record);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {every_record_comes_back_as_it_was,
			no_credential_is_in_it, layout_is_as_documented, truncated_anywhere,
			any_bit_flipped, reasons_are_told_apart,
			any_byte_changed_and_sealed, truncated_and_sealed, largest_user,
			NULL};
	const struct ur_test_suite suite = {
			.name = "snapshot_format", .setup = setup, .teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
