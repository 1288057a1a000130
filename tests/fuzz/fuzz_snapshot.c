/*
 * The snapshot file.
 *
 * The input is the file. Most mutations get a valid header and checksum; otherwise nothing after
 * the checksum would be reached.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mirror/snapshot/decode.h"
#include "mirror/snapshot/encode.h"
#include "mirror/snapshot/load.h"
#include "support/input.h"
#include "support/port.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(
		uint8_t *data, size_t size, size_t max_size, unsigned seed);

static struct ur_snapshot_room room;

/* ---- sealing */

static uint64_t sum_of(const uint8_t *data, size_t size)
{
	uint64_t sum = 0;

	for(; size > UR_SNAPSHOT_BLOCK; size -= UR_SNAPSHOT_BLOCK) {
		sum = ur_snapshot_format_sum(sum, data, UR_SNAPSHOT_BLOCK);
		data += UR_SNAPSHOT_BLOCK;
	}
	return ur_snapshot_format_sum(sum, data, size);
}

/* By their heads alone. */
static void count_records(
		struct ur_snapshot_header *header, const uint8_t *at, size_t left)
{
	while(left >= UR_SNAPSHOT_RECORD_HEAD) {
		const int type = ur_snapshot_format_type(at[0]);
		uint32_t size;

		memcpy(&size, at + 1, sizeof(size));
		size = le32toh(size);
		if(type < 0 || size > left - UR_SNAPSHOT_RECORD_HEAD)
			break;
		header->counts[type]++;
		at += UR_SNAPSHOT_RECORD_HEAD + size;
		left -= UR_SNAPSHOT_RECORD_HEAD + size;
	}
}

/* Writes the header of the records behind it. */
static void seal(uint8_t *data, size_t size)
{
	const uint8_t *records = data + UR_SNAPSHOT_HEADER_SIZE;
	struct ur_snapshot_header header = {
			.created = 1700000000, .size = size - UR_SNAPSHOT_HEADER_SIZE};

	count_records(&header, records, header.size);
	header.sum = sum_of(records, header.size);
	ur_snapshot_format_encode_header(&header, data);
}

size_t LLVMFuzzerCustomMutator(
		uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	const size_t head = UR_SNAPSHOT_HEADER_SIZE;

	if(seed % 16 == 0 || size < head || max_size <= head)
		return LLVMFuzzerMutate(data, size, max_size);
	size = head + LLVMFuzzerMutate(data + head, size - head, max_size - head);
	seal(data, size);
	return size;
}

/* ---- properties of a good one */

/* The record, as it is written, takes as many bytes as it was read from, and is read again
 * as the same record. */
static void check_again(const struct ur_record *record, struct ur_text account,
		size_t read_from)
{
	static uint8_t bytes[UR_SNAPSHOT_RECORD_MAX];
	const size_t size = ur_snapshot_encode(record, account, bytes);
	static struct ur_snapshot_room again;
	struct ur_snapshot_reader reader = {bytes, bytes + size};

	UR_FUZZ_ASSERT(size <= sizeof(bytes));
	UR_FUZZ_ASSERT(size == read_from);
	UR_FUZZ_ASSERT(ur_snapshot_decode_next(&reader, &again));
	UR_FUZZ_ASSERT(reader.next == reader.end);
	if(record->type == UR_RECORD_USER || record->type == UR_RECORD_EXTENSION
			|| record->type == UR_RECORD_DID
			|| record->type == UR_RECORD_SCHEDULE
			|| record->type == UR_RECORD_CALLER_LIST
			|| record->type == UR_RECORD_GROUP)
		UR_FUZZ_ASSERT(ur_text_equal(again.row.account_id, account));
	UR_FUZZ_ASSERT(ur_snapshot_decode_draft(&again, 1) == 0);
	UR_FUZZ_ASSERT(ur_record_equals(record, &again.draft));
}

/* What passed the check is read without an error, as many records as the header says. */
static void check_records(const struct ur_snapshot_header *header,
		const uint8_t *data, size_t size)
{
	static const struct ur_hash_seed seed;
	struct ur_snapshot_reader reader = ur_snapshot_decode_begin(data, size);
	uint32_t counts[UR_SNAPSHOT_KINDS] = {0};
	const uint8_t *at = reader.next;

	for(; ur_snapshot_decode_next(&reader, &room); at = reader.next) {
		struct ur_record *record;

		counts[room.row.type]++;
		UR_FUZZ_ASSERT(ur_snapshot_decode_draft(&room, 1) == 0);
		record = ur_record_new(&room.draft, &seed);
		check_again(record, room.row.account_id, reader.next - at);
		ur_record_put(record);
	}
	UR_FUZZ_ASSERT(reader.next == reader.end);
	UR_FUZZ_ASSERT(memcmp(counts, header->counts, sizeof(counts)) == 0);
}

static bool passes(const uint8_t *data, size_t size)
{
	struct ur_snapshot_header header;
	const int err = ur_snapshot_decode_check(&header, data, size, &room);

	UR_FUZZ_ASSERT(err == 0 || (err == EINVAL && room.error[0] != '\0'));
	return err == 0;
}

/* One bit wrong, one byte less, one more: it is noticed. */
static void check_damage(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	const size_t at = data[size - 1] * 131u % size;

	memcpy(copy, data, size);
	copy[size] = 0;
	UR_FUZZ_ASSERT(!passes(copy, size - 1));
	UR_FUZZ_ASSERT(!passes(copy, size + 1));
	copy[at] ^= 1 << data[size / 2] % 8;
	UR_FUZZ_ASSERT(!passes(copy, size));
	free(copy);
}

/* ---- as the mirror loads it */

static const char *put_file(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if(fd < 0) {
		fd = memfd_create("snapshot", MFD_CLOEXEC);
		UR_FUZZ_ASSERT(fd >= 0 && fchmod(fd, S_IRUSR | S_IWUSR) == 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	UR_FUZZ_ASSERT(ftruncate(fd, (off_t)size) == 0);
	UR_FUZZ_ASSERT(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

static uint32_t total(const struct ur_table_stats *stats)
{
	return stats->users + stats->accounts + stats->extensions + stats->targets
		   + stats->schedules + stats->caller_lists + stats->groups;
}

/* All of it gets into the table, but for what is skipped; or nothing. */
static void load(const uint8_t *data, size_t size, bool is_good)
{
	struct ur_skips skips = {0};
	struct ur_snapshot_header header;
	struct ur_table_stats stats;
	struct ur_writer writer;
	struct ur_table *table;
	char error[256] = "";
	int err;

	UR_FUZZ_ASSERT(ur_table_alloc(&table) == 0);
	ur_writer_init(&writer, table);
	err = ur_snapshot_load(
			put_file(data, size), NULL, &writer, &skips, &header, error);
	ur_table_stats(table, &stats);
	UR_FUZZ_ASSERT((err == 0) == is_good);
	UR_FUZZ_ASSERT((err == 0) == (error[0] == '\0'));
	if(err != 0)
		UR_FUZZ_ASSERT(total(&stats) == 0 && stats.domains == 0);
	else
		UR_FUZZ_ASSERT(stats.users <= header.counts[UR_RECORD_USER]
					   && stats.accounts <= header.counts[UR_RECORD_ACCOUNT]);
	ur_writer_exit(&writer);
	ur_table_free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_snapshot_header header;
	bool is_good;

	is_good = ur_snapshot_decode_check(&header, data, size, &room) == 0;
	if(is_good) {
		check_records(&header, data, size);
		check_damage(data, size);
	}
	load(data, size, is_good);
	UR_FUZZ_ASSERT(ur_test_port_blocks() == 0);
	ur_test_log_clear();
	return 0;
}
