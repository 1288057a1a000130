/*
 * A table loaded from the database, and its loader.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_FUZZ_LOADER_H
#define UR_FUZZ_LOADER_H

#include "mirror/load.h"

struct ur_fuzz_mirror
{
	struct ur_table *table;
	struct ur_writer writer;
	struct ur_skips skips;
	struct ur_load *load;
};

void ur_fuzz_mirror_begin(struct ur_fuzz_mirror *mirror);

/* A full load. Ends the process when the mirror finds that it differs from the database. */
void ur_fuzz_mirror_load(struct ur_fuzz_mirror *mirror);

/* The same with changes. */
void ur_fuzz_mirror_change(
		struct ur_fuzz_mirror *mirror, const struct ur_changes *changes);

/* The same when hours are read again. */
void ur_fuzz_mirror_renew(struct ur_fuzz_mirror *mirror);

/* Ends the process when anything is left in shared memory. */
void ur_fuzz_mirror_end(struct ur_fuzz_mirror *mirror);

#endif
