/*
 * The audit: does the table still hold what the database does? Notifications say
 * what changed; a change that none was sent for (a trigger switched off, a restored
 * table) would else stay unseen for ever.
 *
 * Each type of record is compared by number and hash of its rows, one type at a
 * turn, so that changes need not wait for all of them. Changes may go on meanwhile, and
 * never pause: an audit that has begun ends all the same, at the latest with a full load.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_AUDIT_H
#define UR_MIRROR_AUDIT_H

#include "mirror/load.h"

struct ur_audit
{
	int interval; /* ms from the end of one audit to the next; 0: none */
	int64_t due;  /* see ur_pg_now() */
	enum ur_record_type type; /* which comes next */
	int looks;				  /* how often in a row it was different … */
	int alike;				  /* … the last ones in the same way … */
	struct ur_sum difference; /* … which is this */
};

enum ur_audit_result
{
	UR_AUDIT_FINE,	/* so far */
	UR_AUDIT_DRIFT, /* the table differs, the log has it: a full load is due */
	UR_AUDIT_UNCLEAR, /* only a full load can tell: rows were skipped, or changes are
					   * too many for one state to be seen twice */
};

/* Sets the interval. A new one begins now. */
void ur_audit_configure(struct ur_audit *audit, int interval);

/* A full load was done: the next audit is an interval away. */
void ur_audit_restart(struct ur_audit *audit);

/* The comparison failed: the next one comes after the pause, in ms. */
void ur_audit_put_off(struct ur_audit *audit, int pause);

bool ur_audit_is_due(const struct ur_audit *audit);

/* Compares the next type, over pg as ur_load_compare() does. Returns 0 or what ur_pg_query() does. */
int ur_audit_step(struct ur_audit *audit, struct ur_load *load,
		struct ur_pg *pg, enum ur_audit_result *result);

#endif
