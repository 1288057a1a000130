/*
 * Rows that the mirror could not take: counted, and named in the log once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SKIPS_H
#define UR_MIRROR_SKIPS_H

#include <stdint.h>

#include "policy/text.h"

enum
{
	UR_SKIPS_NAMED = 100, /* so many are named, the others are counted */
};

/* All zero bytes: nothing skipped yet. */
struct ur_skips
{
	uint64_t total;					/* since the last ur_skips_begin() */
	uint64_t named[UR_SKIPS_NAMED]; /* hashes of what the log has already */
	int count;
};

/* A row of that kind ("user") was not taken, for that reason. */
void ur_skips_add(struct ur_skips *skips, const char *kind, struct ur_text id,
		const char *reason);

/* The halves of that: one more; and its name for the log, which may stand for many. */
void ur_skips_count(struct ur_skips *skips);
void ur_skips_name(struct ur_skips *skips, const char *kind, struct ur_text id,
		const char *reason);

/* Frame a full load; after one without a skip, names may come up again. */
void ur_skips_begin(struct ur_skips *skips);
void ur_skips_end(struct ur_skips *skips);

#endif
