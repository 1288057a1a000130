/*
 * The database's rows that are in no record: an owner that could not be taken with all its
 * parts, or parts that belong to nobody. By their owner's id, so that it is known what they come
 * to when that one is read again: an audit counts them as if they were in the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_OMITTED_H
#define UR_MIRROR_OMITTED_H

#include "mirror/store/record.h"

enum
{
	UR_OMITTED_MAX = 1000, /* owners that are known by id */
};

/* Records that there was no shared memory for, and what they would take. */
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
	} owners[UR_OMITTED_MAX];
	int count;
	bool is_full; /* there were more */
	/* From now on the sums may be wrong: too many owners, or what was left out may fit now. Only
	 * a full load can tell. */
	bool is_uncertain;
	uint64_t awaited[UR_OMITTED_MAX]; /* accounts; hashes of their ids */
	int awaited_count;				  /* UR_OMITTED_MAX: any may be awaited */
	bool account_came; /* one of these: all have to be read again */
};

/* A full load begins. */
void ur_omitted_clear(struct ur_omitted *omitted);

/* That row, or these, are in no record. */
void ur_omitted_add(struct ur_omitted *omitted, enum ur_record_type type,
		struct ur_text owner, struct ur_sum sum);

/* The owner is read again: nothing of it is left out any more. */
void ur_omitted_forget(struct ur_omitted *omitted, enum ur_record_type type,
		struct ur_text owner);

/* Who belongs to that account can't be taken, or found, before it comes. */
void ur_omitted_await(struct ur_omitted *omitted, struct ur_text account);

/* Does anybody wait for it? */
bool ur_omitted_is_awaited(
		const struct ur_omitted *omitted, struct ur_text account);

#endif
