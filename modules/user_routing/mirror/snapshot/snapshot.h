/*
 * The snapshot: the mirror writes the table to a file from time to time, and starts with it when
 * the database is out of reach.
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

/* Allocates one for config->snapshot_file. Returns 0, ENOMEM, or EINVAL if that path can't be used;
 * the log has the reason. */
int ur_snapshot_alloc(struct ur_snapshot **snapshotp, struct ur_table *table,
		struct ur_state *state, const struct ur_mirror_config *config);

/* Sets the interval to config->snapshot_interval, counted from the last snapshot. */
void ur_snapshot_configure(
		struct ur_snapshot *snapshot, const struct ur_mirror_config *config);

/* Sets the database, as db_url names it: it is compared at start, and written. */
void ur_snapshot_set_origin(
		struct ur_snapshot *snapshot, const struct ur_origin *database);

/* Sets the server that answers, see origin.h: it is written from now on. Returns false if the
 * snapshot in use is of another server. */
bool ur_snapshot_meet(struct ur_snapshot *snapshot, const char *server);

void ur_snapshot_free(struct ur_snapshot *snapshot); /* NULL: nothing */

/*
 * At start, when the table is empty: loads the file, if there is one, and sets the state to stale.
 * Logs the result. Returns true if it was loaded.
 */
bool ur_snapshot_serve(struct ur_snapshot *snapshot, struct ur_writer *writer,
		struct ur_skips *skips);

/*
 * If a snapshot is due, writes a piece of it: a few milliseconds of work. One is due after the
 * first full load, then whenever the interval has passed and something has changed. Not to be
 * called between a writer's begin and commit. A record that changes meanwhile is in the file in its
 * old or its new form; so two users that swap a name may both have the same one in it. Returns true
 * if there is more to do now. A failure is logged once and shown in the state, and the old file
 * stays.
 */
bool ur_snapshot_turn(struct ur_snapshot *snapshot);

/* At the end of the process: writes a snapshot if anything has changed since the last one, whatever
 * the interval. Gives up after max_ms. */
void ur_snapshot_finish(struct ur_snapshot *snapshot, int max_ms);

#endif
