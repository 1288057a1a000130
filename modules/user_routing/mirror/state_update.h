/*
 * The mirror's own side of its state: state.h has what others may see.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STATE_UPDATE_H
#define UR_MIRROR_STATE_UPDATE_H

#include "mirror/state.h"

enum ur_mirror_state ur_state_get(const struct ur_state *state);
void ur_state_set(struct ur_state *state, enum ur_mirror_state value);

/* The same, unless it is in that state already: since when it was stays. */
void ur_state_change(struct ur_state *state, enum ur_mirror_state value);

enum ur_mirror_source ur_state_source(const struct ur_state *state);
void ur_state_set_source(struct ur_state *state, enum ur_mirror_source source);

/* There is a snapshot with the data of that time; or none could be written. */
void ur_state_set_snapshot(struct ur_state *state, time_t written);
void ur_state_set_snapshot_error(struct ur_state *state, const char *error);

void ur_state_set_backend(struct ur_state *state, int pid);
void ur_state_set_error(struct ur_state *state, const char *error);

/* retry_at: when it connects, if it is paused. This and the times below: see
 * ur_pg_now(). */
void ur_state_set_phase(
		struct ur_state *state, enum ur_mirror_phase phase, int64_t retry_at);

void ur_state_set_heard(struct ur_state *state, int64_t at);

/* Since when changes may be missing; 0: none is. */
void ur_state_set_behind(struct ur_state *state, int64_t since);

/* Count what was done. Changes: records that were read again, and the ms that it took
 * since they were announced. */
void ur_state_add_resync(struct ur_state *state, uint64_t skipped);
void ur_state_add_changes(struct ur_state *state, uint64_t count, int64_t took);
/* Rows that could not be taken: in the last full load, and in changes since. */
void ur_state_set_skipped(struct ur_state *state, uint64_t skipped);
void ur_state_add_drift(struct ur_state *state);
void ur_state_add_reconnect(struct ur_state *state);

/* A load that begins now is the answer to all who asked, but in the midst of one that
 * failed: they were told to wait for two. */
void ur_state_drop_resync_request(struct ur_state *state);

/* True if a full load was asked for since the last call. */
bool ur_state_take_resync_request(struct ur_state *state);

#endif
