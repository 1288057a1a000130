/*
 * A writer brings a reading of the database into the table: publish, remove, keep, sweep. The full
 * load has one writer and changes have another: each knows what it has seen and replaced itself.
 *
 * A look-up must never miss a record because its keys are on their way from one
 * record to another (two users swap their names, a device moves). So a record
 * that has keys which its successor lacks stays linked, behind the new ones,
 * until ur_writer_commit(): all that one transaction changed is published
 * before anything of it is taken out.
 *
 * What is published or kept is marked as seen by the reading that ur_writer_begin()
 * began. What a full load has not seen when it ends is gone from the database, and
 * is swept. Changes can be read in the midst of it, by a writer within the load's. They are newer
 * than the load's snapshot: what they have seen or removed, the load leaves alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_WRITER_H
#define UR_MIRROR_STORE_WRITER_H

#include "mirror/store/buckets.h"

struct ur_writer
{
	struct ur_table *table;
	struct ur_buckets_marks *marks; /* of the table */
	uint32_t reading;			 /* its number: later ones have higher ones */
	struct ur_record **replaced; /* still linked, out at the next commit */
	size_t count;
	size_t capacity;
	struct ur_writer *within; /* the full load meanwhile, or NULL: none */
	uint64_t *removed; /* hashes of ids that changes within this one removed */
	size_t removed_count;
	size_t removed_capacity;
};

void ur_writer_init(struct ur_writer *writer, struct ur_table *table);

/* Commits and frees what the writer holds; the table stays as it is. */
void ur_writer_exit(struct ur_writer *writer);

/* The number of the account with that id: the one it has, or 0. */
uint32_t ur_writer_account(const struct ur_writer *writer, struct ur_text id);

/* A number that no account ever had. */
uint32_t ur_writer_new_account(struct ur_writer *writer);

/* What the record of that id says, or NULL; until the next publish or commit. */
const void *ur_writer_body(
		const struct ur_writer *writer, const struct ur_key *id);

/*
 * Puts the draft in the place of the record with its id; one that says the same
 * is only marked as seen. Returns 0, or ENOMEM: the old record is there, not seen.
 */
int ur_writer_publish(struct ur_writer *writer, const struct ur_draft *draft);

/* True when changes within this reading saw or removed the record of that id: what it has
 * read of it is old. */
bool ur_writer_is_outdated(
		const struct ur_writer *writer, const struct ur_key *id);

/* True when the record of that id was published or kept since the reading began. */
bool ur_writer_is_seen(const struct ur_writer *writer, const struct ur_key *id);

/* Marks the record as seen, if there is one. Returns the sum of its rows. */
struct ur_sum ur_writer_keep(struct ur_writer *writer, const struct ur_key *id);

/* The record, unless it was seen since the beginning, is out at the next
 * commit. Returns true if there is such a record. */
bool ur_writer_remove_unseen(struct ur_writer *writer, const struct ur_key *id);

/* Takes out what it has replaced or removed. */
void ur_writer_commit(struct ur_writer *writer);

/* A reading begins: nothing is seen yet. What the last one has replaced still waits for a commit. */
void ur_writer_begin(struct ur_writer *writer);

/* Is there anything that a commit would take out? */
bool ur_writer_holds(const struct ur_writer *writer);

/* What it has replaced or removed goes at the next commit of the other one. */
void ur_writer_leave_to(struct ur_writer *writer, struct ur_writer *other);

/* The end of a full load: commits, and takes out what was not seen. */
void ur_writer_sweep(struct ur_writer *writer);

#endif
