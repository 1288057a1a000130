/*
 * A snapshot → the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SNAPSHOT_LOAD_H
#define UR_MIRROR_SNAPSHOT_LOAD_H

#include "mirror/skips.h"
#include "mirror/snapshot/format.h"
#include "mirror/store/writer.h"

/*
 * Reads a snapshot into the table, as a full load from the database would; what is in the table
 * already stays. Before the first record is published the whole file is checked, and that it is of
 * that database (NULL: of any). Records that do not fit into shared memory are skipped. Returns 0
 * with *header filled, ENOENT if there is no such file, or another errno value with the reason in
 * error: the end of a sentence "the snapshot …".
 */
int ur_snapshot_load(const char *path, const struct ur_origin *database,
		struct ur_writer *writer, struct ur_skips *skips,
		struct ur_snapshot_header *header, char error[256]);

#endif
