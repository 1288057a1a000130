/*
 * When and what of the snapshot: the mirror writes its content to a file now and
 * then, and begins with it when the database is away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SNAPSHOT_H
#define UR_MIRROR_SNAPSHOT_H

#include "mirror/source/origin.h"
#include "mirror/config.h"
#include "mirror/state.h"
#include "mirror/skips.h"
#include "mirror/store/writer.h"

struct ur_snapshot;

/* Makes one for config->snapshot_file. Returns 0, ENOMEM, or EINVAL with a log
 * line when it is no path for a snapshot. */
int ur_snapshot_alloc(struct ur_snapshot **snapshotp, struct ur_table *table,
		struct ur_state *state, const struct ur_mirror_config *config);

/* Another config->snapshot_interval, counted from the last snapshot. */
void ur_snapshot_configure(
		struct ur_snapshot *snapshot, const struct ur_mirror_config *config);

/* Which database it is of, as db_url has it: it is compared at start, and written. */
void ur_snapshot_set_origin(
		struct ur_snapshot *snapshot, const struct ur_origin *database);

/* The server that answers, see origin.h: it is written from now on. Returns false if the
 * snapshot that serves is of another one. */
bool ur_snapshot_meet(struct ur_snapshot *snapshot, const char *server);

void ur_snapshot_free(struct ur_snapshot *snapshot); /* NULL: nothing */

/*
 * At start, when the table is empty: fills it from the file, if there is one, and
 * the state is stale from then on; says in the log what came of it. Returns
 * true if it is loaded.
 */
bool ur_snapshot_serve(struct ur_snapshot *snapshot, struct ur_writer *writer,
		struct ur_skips *skips);

/*
 * Writes a piece of a snapshot, a few milliseconds' worth, if one is due: after
 * the first full load, then whenever the interval has passed and something has
 * changed. Not between a writer's begin and commit. A record that changes
 * meanwhile is in the file as it was or as it is; so two users that swap a name
 * may both be in it with the same one. Returns true if there is more to do now.
 * What fails is logged once, is in the state, and leaves the old file.
 */
bool ur_snapshot_turn(struct ur_snapshot *snapshot);

/* At the end of the process: what has changed since the last snapshot is written, interval or
 * not, if that is done within max_ms. */
void ur_snapshot_finish(struct ur_snapshot *snapshot, int max_ms);

#endif
