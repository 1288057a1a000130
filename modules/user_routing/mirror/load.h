/*
 * Reading the database into the table, all of it or what changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_LOAD_H
#define UR_MIRROR_LOAD_H

#include "mirror/source/changes.h"
#include "mirror/source/pg.h"
#include "mirror/omitted.h"
#include "mirror/skips.h"
#include "mirror/store/writer.h"

struct ur_load;

/* Allocates a loader. writer: for full loads; stays the caller's. Returns 0 or ENOMEM. */
int ur_load_alloc(struct ur_load **loadp, struct ur_pg *pg,
		struct ur_writer *writer, struct ur_skips *skips);
void ur_load_free(struct ur_load *load);

/*
 * Each reads in one transaction, so all rows are of one state of the database. Return 0, what
 * ur_pg_query() does, or ENOMEM. After an error the table has some of what was read, and a full
 * load is due; at its end the replaced records are released. ur_load_all() also removes what is no
 * longer in the database.
 *
 * A full load reads over pg. If that is a second connection, changes can be applied meanwhile, see
 * ur_pg_while_waiting().
 */
int ur_load_all(struct ur_load *load, struct ur_pg *pg);
int ur_load_changes(struct ur_load *load, const struct ur_changes *changes);

/* Reads all accounts and schedules again, as they are the ones that change with the time, and
 * announces nothing: see renewal.h. Otherwise as a full load; records that are no longer in the
 * database stay until that is announced. */
int ur_load_hours(struct ur_load *load, struct ur_pg *pg);

/*
 * Records that changes have replaced or removed can be found until they are settled: a name that a
 * user gave up may be another user's already, who is announced a moment later. holds: are there
 * such records? settle: releases them. If complete is false, because reading failed or a full load
 * comes first, they stay until the end of the next full load.
 */
bool ur_load_holds(const struct ur_load *load);
void ur_load_settle(struct ur_load *load, bool complete);

/* Records that did not fit, since the last full load began. */
struct ur_lack ur_load_lack(const struct ur_load *load);

/* Was an account added, since the last call, that users or extensions wait for? They are not
 * announced with it, so a full load is due. */
bool ur_load_account_came(struct ur_load *load);

/* How the table and the database compare. */
enum ur_load_comparison
{
	UR_LOAD_SAME,
	UR_LOAD_DIFFERENT, /* or a change is committed and not announced yet */
	UR_LOAD_UNKNOWN,   /* rows were skipped: only a full load can tell */
};

/* Compares the rows of one type of record by count and hash. *difference: how they differ; it stays
 * the same as long as the same rows differ. Reads over pg; if that is a second connection, changes
 * can be applied meanwhile. Returns 0 or what ur_pg_query() does. */
int ur_load_compare(struct ur_load *load, struct ur_pg *pg,
		enum ur_record_type type, enum ur_load_comparison *comparison,
		struct ur_sum *difference);

#endif
