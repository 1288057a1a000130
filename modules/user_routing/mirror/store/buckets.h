/*
 * The table's buckets: records are linked into them, unlinked and looked up. There is one writer,
 * the mirror's process; it may read buckets without a lock, for nobody else changes them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_BUCKETS_H
#define UR_MIRROR_STORE_BUCKETS_H

#include "mirror/store/record.h"
#include "mirror/store/table.h"

/* What stays in the table for the next writer, if the mirror's process is started again. */
struct ur_buckets_marks
{
	uint32_t generation;   /* number of the last reading, see writer.h */
	uint32_t last_account; /* the last number that an account was given */
	struct ur_sum sums[UR_RECORD_TYPES]; /* of all rows that are in the table */
	uint64_t changes; /* records that were linked or unlinked */
};

struct ur_buckets_marks *ur_buckets_marks(struct ur_table *table);

const struct ur_hash_seed *ur_buckets_seed(const struct ur_table *table);

/* Links all nodes of the record, each at the head of its bucket: from now on it is found before any
 * other record of the same key. Its reference goes to the table. */
void ur_buckets_link(struct ur_table *table, struct ur_record *record);

/* Unlinks the record's nodes; the table's reference goes to the caller. */
void ur_buckets_unlink(struct ur_table *table, struct ur_record *record);

/* For readers: the first record of that key, with a reference, or NULL. *number: which of its nodes
 * has the key. */
struct ur_record *ur_buckets_get(
		struct ur_table *table, const struct ur_key *key, int *number);

/* The record of that id that is not replaced, or NULL; takes no reference. */
struct ur_record *ur_buckets_find(
		const struct ur_table *table, const struct ur_key *id);

/* How many hosts target_host lists. */
uint32_t ur_buckets_target_hosts(const struct ur_table *table);

/* Sets until when the hours of all schedules are known, see struct ur_table_stats; gets it. */
void ur_buckets_set_hours_until(struct ur_table *table, uint32_t minute);
uint32_t ur_buckets_hours_until(const struct ur_table *table);

/* Adds a record to the table's figures and sums (sign 1), or takes it out (-1). */
void ur_buckets_count(
		struct ur_table *table, const struct ur_record *record, int sign);

/*
 * The heads of the buckets, for a walk over all records: each record has one node of the number 0.
 * While the table grows a record stays in its stripe; its bucket may change.
 */
uint32_t ur_buckets_stripes(const struct ur_table *table);
uint32_t ur_buckets_in_stripe(const struct ur_table *table, uint32_t stripe);
struct ur_node *ur_buckets_head(
		const struct ur_table *table, uint32_t stripe, uint32_t bucket);

#endif
