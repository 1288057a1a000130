/*
 * The mirror: keeps the table like the database. Runs in a process of its own,
 * the only one that talks to PostgreSQL.
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

/* Makes the mirror of this process, not connected yet. Process-private memory from
 * malloc. Returns 0, or an errno value (EINVAL: db_url can't be parsed) that the log and
 * the state tell of. */
int ur_mirror_alloc(struct ur_mirror **mirrorp, struct ur_table *table,
		struct ur_state *state, const struct ur_mirror_config *config);
void ur_mirror_free(struct ur_mirror *mirror);

/* Has the mirror answer what is asked there, see check.h; it stays the caller's. */
void ur_mirror_set_check(struct ur_mirror *mirror, struct ur_check *check);

/* Between two turns: other settings from now on, also for the connection that stands.
 * db_url and snapshot_file stay what they were. */
void ur_mirror_configure(
		struct ur_mirror *mirror, const struct ur_mirror_config *config);

/*
 * One turn: connects, loads, waits for notifications and applies them, whatever
 * comes next, for at most wait_ms (a load may take longer). Never fails: errors
 * are logged once per change of state, put into the state, and tried again. The
 * caller's loop does what its program needs between two turns.
 */
void ur_mirror_turn(struct ur_mirror *mirror, int wait_ms);

/* The last turn: what has changed since the last snapshot goes into one, if that is done within
 * max_ms. */
void ur_mirror_finish(struct ur_mirror *mirror, int max_ms);

#endif
