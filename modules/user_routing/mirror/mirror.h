/*
 * The mirror keeps the table in step with the database. It runs in a dedicated process, the only
 * one that talks to PostgreSQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_MIRROR_H
#define UR_MIRROR_MIRROR_H

#include "mirror/config.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

struct ur_mirror;
struct ur_check;

/* Allocates a mirror in private memory; it is not connected yet. Returns 0, or an errno value
 * (EINVAL: db_url can't be parsed). The reason is in the log and in the state. */
int ur_mirror_alloc(struct ur_mirror **mirrorp, struct ur_table *table,
		struct ur_state *state, const struct ur_mirror_config *config);
void ur_mirror_free(struct ur_mirror *mirror);

/* The mirror answers the questions that are asked through check, see check.h. The caller still owns
 * it. */
void ur_mirror_set_check(struct ur_mirror *mirror, struct ur_check *check);

/* Changes the settings between two turns, also for an open connection. db_url and snapshot_file
 * keep their first values. */
void ur_mirror_configure(
		struct ur_mirror *mirror, const struct ur_mirror_config *config);

/*
 * One turn: connects, loads, or waits for notifications and applies them, whichever comes next.
 * Takes at most wait_ms, unless it loads. Never fails: an error is logged once per outage and shown
 * in the state, and the step is tried again. The caller's loop does its own work between two turns.
 */
void ur_mirror_turn(struct ur_mirror *mirror, int wait_ms);

/* The last turn: writes a snapshot if anything has changed since the last one. Gives up after
 * max_ms. */
void ur_mirror_finish(struct ur_mirror *mirror, int max_ms);

#endif
