/*
 * Rows that the mirror skipped: all are counted, each is logged once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SKIPS_H
#define UR_MIRROR_SKIPS_H

#include <stdint.h>

#include "policy/text.h"

enum
{
	UR_SKIPS_NAMED = 100, /* rows that are logged; more are only counted */
};

/* All zero bytes: nothing skipped yet. */
struct ur_skips
{
	uint64_t total;					/* since the last ur_skips_begin() */
	uint64_t named[UR_SKIPS_NAMED]; /* hashes of what the log has already */
	int count;
};

/* Skips a row of that kind ("user") for that reason: counts and logs it. */
void ur_skips_add(struct ur_skips *skips, const char *kind, struct ur_text id,
		const char *reason);

/* The two parts of that: count one row; log one, which may stand for many. */
void ur_skips_count(struct ur_skips *skips);
void ur_skips_name(struct ur_skips *skips, const char *kind, struct ur_text id,
		const char *reason);

/* Called before and after a full load. After one without a skip, rows may be logged again. */
void ur_skips_begin(struct ur_skips *skips);
void ur_skips_end(struct ur_skips *skips);

#endif
