/*
 * What the mirror does to the table: publish, remove, keep, sweep.
 *
 * A look-up must never miss a record because its keys are on their way from one
 * record to another (two users swap their names, a device moves). So a record
 * that has keys which its successor lacks stays linked, behind the new ones,
 * until ur_writer_commit(): all that one transaction changed is published
 * before anything of it is taken out.
 *
 * What is published or kept is marked as seen by the reading that ur_writer_begin()
 * began. What a full load has not seen when it ends is gone from the database, and
 * is swept. Changes can be applied in the midst of it. They are newer than its
 * snapshot: what they have seen or removed, the load leaves alone.
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
	uint32_t reading;				/* number of the one under way */
	struct ur_record **replaced;	/* still linked, out at the next commit */
	size_t count;
	size_t capacity;
	uint32_t interrupted; /* the full load that waits for changes; 0: none */
	size_t kept;		  /* of the replaced ones: those of this load */
	uint64_t *removed;	  /* hashes of ids that changes in a load removed */
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

/* True when changes in the midst of this full load saw or removed the record of that
 * id: what the load has read of it is old. */
bool ur_writer_is_outdated(
		const struct ur_writer *writer, const struct ur_key *id);

/* True when the record of that id was published or kept since the reading began. */
bool ur_writer_is_seen(const struct ur_writer *writer, const struct ur_key *id);

/* Marks the record as seen, if there is one. Returns the sum of its rows. */
struct ur_sum ur_writer_keep(struct ur_writer *writer, const struct ur_key *id);

/* The record, unless it was seen since the beginning, is out at the next
 * commit. Returns true if there is such a record. */
bool ur_writer_remove_unseen(struct ur_writer *writer, const struct ur_key *id);

/* Takes out what was replaced or removed. */
void ur_writer_commit(struct ur_writer *writer);

/* A reading begins: nothing is seen yet. */
void ur_writer_begin(struct ur_writer *writer);

/* The next reading of changes, before the commit of those already read. */
void ur_writer_read_on(struct ur_writer *writer);

/* Is there anything that a commit would take out? */
bool ur_writer_holds(const struct ur_writer *writer);

/* Changes in the midst of a full load: a reading of their own, and back to the load.
 * What was not committed in between goes at the end of the load. */
void ur_writer_interrupt(struct ur_writer *writer);
void ur_writer_resume(struct ur_writer *writer);

/* The end of a full load: commits, and takes out what was not seen. */
void ur_writer_sweep(struct ur_writer *writer);

#endif
