/*
 * A writer brings a reading of the database into the table: publish, remove, keep, sweep. Full
 * loads have one writer and changes have another; each knows what it has seen and replaced itself.
 *
 * A look-up must never miss a record because its keys move from one record to another (two users
 * swap their names, a device moves). So a record that has keys which its successor lacks stays
 * linked, behind the new ones, until ur_writer_commit(): everything that a transaction changed is
 * published before anything is unlinked.
 *
 * A record that is published or kept is marked as seen by the reading that ur_writer_begin() began.
 * A record that a full load has not seen is gone from the database, and is swept at its end.
 * Changes can be read during the load, by a writer within the load's. They are newer than the
 * load's view of the data, so the load leaves alone what they have seen or removed.
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
	struct ur_record **replaced; /* still linked; unlinked at the next commit */
	size_t count;
	size_t capacity;
	struct ur_writer *within; /* the full load meanwhile, or NULL: none */
	uint64_t *removed; /* hashes of ids that changes within this one removed */
	size_t removed_count;
	size_t removed_capacity;
	/* The earliest known_to of the schedules that were published or kept since the reading began; 0:
	 * there were none. */
	uint32_t hours_until;
};

void ur_writer_init(struct ur_writer *writer, struct ur_table *table);

/* Commits and frees what the writer holds; the table stays as it is. */
void ur_writer_exit(struct ur_writer *writer);

/* The number of the account with that id, or 0 if it is not in the table. */
uint32_t ur_writer_account(const struct ur_writer *writer, struct ur_text id);

/* A number that no account ever had. */
uint32_t ur_writer_new_account(struct ur_writer *writer);

/* The body of the record of that id, or NULL. Valid until the next publish or commit. */
const void *ur_writer_body(
		const struct ur_writer *writer, const struct ur_key *id);

/*
 * Publishes the draft in place of the record with its id. If that has the same content, it is only
 * marked as seen. Returns 0, or ENOMEM: the old record stays and is not marked.
 */
int ur_writer_publish(struct ur_writer *writer, const struct ur_draft *draft);

/* True when changes during this reading saw or removed the record of that id: what this reading has
 * of it is old. */
bool ur_writer_is_outdated(
		const struct ur_writer *writer, const struct ur_key *id);

/* True when the record of that id was published or kept since the reading began. */
bool ur_writer_is_seen(const struct ur_writer *writer, const struct ur_key *id);

/* Marks the record as seen, if there is one. Returns the sum of its rows. */
struct ur_sum ur_writer_keep(struct ur_writer *writer, const struct ur_key *id);

/* Removes the record at the next commit, unless it was seen since the reading began. Returns true
 * if it does. */
bool ur_writer_remove_unseen(struct ur_writer *writer, const struct ur_key *id);

/* Unlinks the records that it has replaced or removed. */
void ur_writer_commit(struct ur_writer *writer);

/* A reading begins: no record is seen yet. Records that the last one replaced still wait for a
 * commit. */
void ur_writer_begin(struct ur_writer *writer);

/* Are there records that a commit would unlink? */
bool ur_writer_holds(const struct ur_writer *writer);

/* Leaves the records that it has replaced or removed to the next commit of the other writer. */
void ur_writer_leave_to(struct ur_writer *writer, struct ur_writer *other);

/* The end of a reading of all schedules: commits, and sets until when the hours of all are known. (Changes
 * between two such readings can only make it earlier.) */
void ur_writer_end_hours(struct ur_writer *writer);

/* The end of a full load: the same, and removes the records that were not seen. */
void ur_writer_sweep(struct ur_writer *writer);

#endif
