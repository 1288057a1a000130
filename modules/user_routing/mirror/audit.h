/*
 * The audit compares the table with the database. It finds changes that no notification announced,
 * because a trigger was disabled or a table restored.
 *
 * Each turn compares one type of record, by the count and the hash of its rows, so that changes
 * need not wait for a whole audit. Even if changes never pause an audit ends, at the latest with a
 * full load.
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
	enum ur_record_type type; /* the one to compare next */
	int looks;				  /* comparisons in a row that differed … */
	int alike; /* … how many of the last ones differed alike … */
	struct ur_sum difference; /* … namely by this */
};

enum ur_audit_result
{
	UR_AUDIT_FINE,	/* so far */
	UR_AUDIT_DRIFT, /* the table differs: logged, and a full load is due */
	/* Can't tell, so a full load is due: rows were skipped, or changes never pause. */
	UR_AUDIT_UNCLEAR,
};

/* Sets the interval. A new one starts now. */
void ur_audit_configure(struct ur_audit *audit, int interval);

/* A full load was done: the next audit is an interval away. */
void ur_audit_restart(struct ur_audit *audit);

/* The comparison failed: the next one comes after the pause, in ms. */
void ur_audit_put_off(struct ur_audit *audit, int pause);

bool ur_audit_is_due(const struct ur_audit *audit);

/* Compares the next type of record over pg, as ur_load_compare() does. Returns 0 or what
 * ur_pg_query() does. */
int ur_audit_step(struct ur_audit *audit, struct ur_load *load,
		struct ur_pg *pg, enum ur_audit_result *result);

#endif
