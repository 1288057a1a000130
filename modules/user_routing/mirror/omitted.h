/*
 * Rows of the database that are in no record: those of an owner that was skipped, and parts without
 * an owner. An audit counts them as if they were in the table. They are kept by the owner's id, and
 * taken out when that owner is read again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_OMITTED_H
#define UR_MIRROR_OMITTED_H

#include "mirror/store/record.h"

enum
{
	UR_OMITTED_MAX = 1000, /* owners that are kept by id */
};

/* Records that did not fit into shared memory, and the bytes that they need. */
struct ur_lack
{
	uint64_t records;
	uint64_t bytes;
};

/* All zero bytes: none. */
struct ur_omitted
{
	struct ur_sum sums[UR_RECORD_TYPES];
	struct
	{
		uint64_t hash; /* of type and id */
		struct ur_sum sum;
		uint8_t type; /* enum ur_record_type */
	} owners[UR_OMITTED_MAX];
	int count;
	bool is_full; /* there were more */
	/* The sums may be wrong from now on: there are too many owners, or rows that were left out may
	 * fit now. Only a full load can tell. */
	bool is_uncertain;
	uint64_t awaited[UR_OMITTED_MAX]; /* accounts; hashes of their ids */
	int awaited_count;				  /* UR_OMITTED_MAX: any may be awaited */
	bool account_came; /* one of these was added: everything has to be read again */
};

/* A full load begins. */
void ur_omitted_clear(struct ur_omitted *omitted);

/* Adds rows that are in no record. */
void ur_omitted_add(struct ur_omitted *omitted, enum ur_record_type type,
		struct ur_text owner, struct ur_sum sum);

/* The owner is read again: its rows are no longer omitted. */
void ur_omitted_forget(struct ur_omitted *omitted, enum ur_record_type type,
		struct ur_text owner);

/* All owners of that type are read again. */
void ur_omitted_forget_all(
		struct ur_omitted *omitted, enum ur_record_type type);

/* The account is missing: its users and extensions can't be taken, or found, until it is added. */
void ur_omitted_await(struct ur_omitted *omitted, struct ur_text account);

/* Do users or extensions wait for that account? Yes for any, if there were too many. */
bool ur_omitted_is_awaited(
		const struct ur_omitted *omitted, struct ur_text account);

#endif
