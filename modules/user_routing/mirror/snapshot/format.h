/*
 * The snapshot file: the mirror's content as rows, so that a node can start
 * while the database is away.
 *
 *   header    0  "URSNAP\r\n" (which a transfer as text would change)
 *             8  u32      version of the format
 *            12  u32 × 6  how many accounts, users, extensions, route targets,
 *                         kinds of route targets, hosts of route targets
 *            36  u64      when it was made, seconds since 1970
 *            44  u64      bytes of the records
 *            52           which database it is of: three texts, filled up with zeros to
 *                         their sizes; see origin.h
 *           740  u64      checksum of the records, then of the header before it
 *   records 748  u8 tag, u32 bytes of its fields, the fields; see
 *                encode.c
 *
 * Numbers are little-endian; a text is an u16 length and its bytes. Nothing of a
 * struct's layout is in the file, and no credential.
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
	UR_SNAPSHOT_VERSION = 3, /* another one for any change of the format */
	UR_SNAPSHOT_ORIGIN = 52, /* where that is in the header */
	UR_SNAPSHOT_SUMMED =
			UR_SNAPSHOT_ORIGIN
			+ sizeof(
					struct ur_origin), /* bytes of the header in its checksum */
	UR_SNAPSHOT_HEADER_SIZE = UR_SNAPSHOT_SUMMED + 8,
	UR_SNAPSHOT_BLOCK = 1 << 16, /* the checksum is taken block by block */
	UR_SNAPSHOT_RECORD_HEAD = 5, /* tag and size */
	/* Bounds any record: the text of a body, the id of its account, and some
	 * for numbers and lengths. */
	UR_SNAPSHOT_RECORD_MAX = 2 * UR_BODY_MAX + 1024,
	UR_SNAPSHOT_KINDS = 6,
};

/* Bits of the flag bytes. */
enum
{
	UR_SNAPSHOT_ACTIVE = 1 << 0,	/* of all that has a status */
	UR_SNAPSHOT_DND = 1 << 1,		/* of a user */
	UR_SNAPSHOT_AVAILABLE = 1 << 1, /* of a device … */
	UR_SNAPSHOT_RING_ON_FORK = 1 << 2,
	UR_SNAPSHOT_RING_SPECIFIC = 1 << 3,
};

struct ur_snapshot_header
{
	uint32_t counts[UR_SNAPSHOT_KINDS]; /* by enum ur_record_type */
	int64_t created;					/* wall clock, seconds */
	uint64_t size;						/* of the records, in bytes */
	uint64_t sum;						/* of the records: ur_snapshot_sum() */
	struct ur_origin origin;			/* whose data it is */
};

/* A record's tag; and its type, or -1 when there is no such tag. */
uint8_t ur_snapshot_tag(enum ur_record_type type);
int ur_snapshot_type(uint8_t tag);

/*
 * The checksum with one more block; it begins with 0. All blocks but the last
 * have UR_SNAPSHOT_BLOCK bytes. The key of its hash is published here: it finds
 * damage, not forgery. Against that the file's owner and mode must do.
 */
uint64_t ur_snapshot_sum(uint64_t sum, const void *block, size_t size);

void ur_snapshot_header_encode(const struct ur_snapshot_header *header,
		uint8_t out[UR_SNAPSHOT_HEADER_SIZE]);

/*
 * Reads the header of a file that has so many bytes in all. Returns NULL, or
 * what is wrong as the end of the sentence "the snapshot …". The checksum still
 * is to be compared: the records' in header->sum, with the header's bytes put to
 * it, must be *checksum.
 */
const char *ur_snapshot_header_decode(struct ur_snapshot_header *header,
		uint64_t *checksum, const uint8_t *data, uint64_t size);

#endif
