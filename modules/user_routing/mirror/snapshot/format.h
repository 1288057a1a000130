/*
 * The snapshot file: the mirror's content as rows, so that a node can start
 * while the database is away.
 *
 *   header    0  "URSNAP\r\n" (which a transfer as text would change)
 *             8  u32      version of the format
 *            12  u32 × 10 how many accounts, users, extensions, route targets,
 *                         kinds of route targets, hosts of route targets, dids,
 *                         schedules, caller lists, ring groups
 *            52  u64      when it was made, seconds since 1970
 *            60  u64      bytes of the records
 *            68  u64      hash of the columns' names and types
 *            76           which database it is of: three texts, padded with zeros; see
 *                         origin.h
 *           764  u64      checksum of the records, then of the header before it
 *   records 772  u8 tag, u32 bytes of its fields, the fields
 *
 * The fields are the columns of a row in the order of their list (columns.c), without keys and
 * credentials: a text is an u16 length and its bytes, a number an u32; a flag, or whether a
 * status is 'active', an u8. After an account's fields come u16 counts of its domains and its
 * numbers, then these texts; after a user's an u16 count of devices, their fields, an u16 count of
 * rules, and their fields; after a schedule's an u16 count of hours, each as two u32; after a caller
 * list's an u16 count of entries, then these texts; after a ring group's an u16 count of members, and
 * their fields.
 *
 * Numbers are little-endian. The file does not depend on the layout of a struct, and has no
 * credentials. A module with other columns does not read it. The version changes when the encoding
 * does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SNAPSHOT_FORMAT_H
#define UR_MIRROR_SNAPSHOT_FORMAT_H

#include <stdint.h>

#include "mirror/source/origin.h"
#include "mirror/store/record.h"

enum
{
	UR_SNAPSHOT_VERSION = 8,
	UR_SNAPSHOT_KINDS = 10,
	/* Where they are in the header: the time and the size; the columns' hash; the origin. */
	UR_SNAPSHOT_CREATED = 12 + 4 * UR_SNAPSHOT_KINDS,
	UR_SNAPSHOT_COLUMNS = UR_SNAPSHOT_CREATED + 16,
	UR_SNAPSHOT_ORIGIN = UR_SNAPSHOT_COLUMNS + 8,
	UR_SNAPSHOT_SUMMED =
			UR_SNAPSHOT_ORIGIN + sizeof(struct ur_origin), /* in its checksum */
	UR_SNAPSHOT_HEADER_SIZE = UR_SNAPSHOT_SUMMED + 8,
	UR_SNAPSHOT_BLOCK = 1 << 16, /* the checksum is taken block by block */
	UR_SNAPSHOT_RECORD_HEAD = 5, /* tag and size */
	/* No record is larger: the text of a body, the id of its account, some bytes for numbers and
	 * lengths, and the words of rules. */
	UR_SNAPSHOT_RECORD_MAX = 2 * UR_BODY_MAX + 1024 + UR_MAX_RULES * 64,
};

/* Is the column in a snapshot? */
static inline bool ur_snapshot_format_has(const struct ur_column *column)
{
	return column->type != UR_COLUMN_KEY && !column->is_secret
		   && !column->is_packed;
}

struct ur_snapshot_header
{
	uint32_t counts[UR_SNAPSHOT_KINDS]; /* by enum ur_record_type */
	int64_t created;					/* wall clock, seconds */
	uint64_t size;						/* of the records, in bytes */
	uint64_t sum;			 /* of the records: ur_snapshot_format_sum() */
	struct ur_origin origin; /* whose data it is */
};

/* The tag of a type of record; the type of a tag, or -1 if there is no such tag. */
uint8_t ur_snapshot_format_tag(enum ur_record_type type);
int ur_snapshot_format_type(uint8_t tag);

/*
 * Adds a block to the checksum, which starts with 0. All blocks but the last one have
 * UR_SNAPSHOT_BLOCK bytes. The key of the hash is public, so the checksum finds damage and not
 * forgery: the owner and the mode of the file protect against that.
 */
uint64_t ur_snapshot_format_sum(uint64_t sum, const void *block, size_t size);

void ur_snapshot_format_encode_header(const struct ur_snapshot_header *header,
		uint8_t out[UR_SNAPSHOT_HEADER_SIZE]);

/*
 * Reads the header of a file of that size. Returns NULL, or what is wrong, as the end of a sentence
 * "the snapshot …". The checksum must still be compared: when header->sum is that of the records,
 * ur_snapshot_format_encode_header() must give *checksum.
 */
const char *ur_snapshot_format_decode_header(struct ur_snapshot_header *header,
		uint64_t *checksum, const uint8_t *data, uint64_t size);

#endif
