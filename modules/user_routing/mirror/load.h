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

/* Makes a loader; writer: the full loads', which stays the caller's. Returns 0 or ENOMEM. */
int ur_load_alloc(struct ur_load **loadp, struct ur_pg *pg,
		struct ur_writer *writer, struct ur_skips *skips);
void ur_load_free(struct ur_load *load);

/*
 * Each reads in one transaction, that is in one state of the database. Return
 * 0, what ur_pg_query() does, or ENOMEM: then the table has some of what was
 * read, and a full load is due, at whose end goes what that replaced. all: what is not
 * in the database any more is removed.
 *
 * A full load reads over pg. If that is a connection of its own, changes can be applied
 * in its midst, see ur_pg_while_waiting().
 */
int ur_load_all(struct ur_load *load, struct ur_pg *pg);
int ur_load_changes(struct ur_load *load, const struct ur_changes *changes);

/*
 * What changes have replaced or removed serves on until it is settled: what a user gave
 * up, a name for one, may be somebody else's already, who is announced a moment later.
 * holds: is there anything of that kind? settle: that goes; unless it is not complete,
 * as reading failed, or a full load has to come first: then it goes at the end of that.
 */
bool ur_load_holds(const struct ur_load *load);
void ur_load_settle(struct ur_load *load, bool complete);

/* What did not fit, since the last full load began. */
struct ur_lack ur_load_lack(const struct ur_load *load);

/* Has an account come, since this was asked last, that somebody waits for who is not announced
 * with it? Then a full load has to come. */
bool ur_load_account_came(struct ur_load *load);

/* How the table and the database compare. */
enum ur_load_comparison
{
	UR_LOAD_SAME,
	UR_LOAD_DIFFERENT, /* unless what was changed just now is not announced yet */
	UR_LOAD_UNKNOWN,   /* rows were skipped: only a full load can tell */
};

/* Compares the rows of one type of record by count and hash; *difference: how both differ,
 * the same as long as the same rows do. Reads over pg: if that is a connection of its own,
 * changes can be applied meanwhile. Returns 0 or what ur_pg_query() does. */
int ur_load_compare(struct ur_load *load, struct ur_pg *pg,
		enum ur_record_type type, enum ur_load_comparison *comparison,
		struct ur_sum *difference);

#endif
