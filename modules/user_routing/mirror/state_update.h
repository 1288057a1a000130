/*
 * How the mirror's process updates its state. state.h has the functions for other processes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STATE_UPDATE_H
#define UR_MIRROR_STATE_UPDATE_H

#include "mirror/state.h"

enum ur_mirror_state ur_state_get(const struct ur_state *state);
void ur_state_set(struct ur_state *state, enum ur_mirror_state value);

/* The same, unless the mirror is in that state already: then state_since stays. */
void ur_state_change(struct ur_state *state, enum ur_mirror_state value);

enum ur_mirror_source ur_state_source(const struct ur_state *state);
void ur_state_set_source(struct ur_state *state, enum ur_mirror_source source);

/* A snapshot was made at that time; or why none could be written. */
void ur_state_set_snapshot(struct ur_state *state, time_t written);
void ur_state_set_snapshot_error(struct ur_state *state, const char *error);

void ur_state_set_backend(struct ur_state *state, int pid);
void ur_state_set_error(struct ur_state *state, const char *error);

/* retry_at: when it connects next, if it is paused. For this and the times below see
 * ur_pg_now(). */
void ur_state_set_phase(
		struct ur_state *state, enum ur_mirror_phase phase, int64_t retry_at);

void ur_state_set_heard(struct ur_state *state, int64_t at);

/* Since when changes may be missing; 0: none is. */
void ur_state_set_behind(struct ur_state *state, int64_t since);

/* Count what was done. count: records that were read again; took: ms since they were announced. */
void ur_state_add_resync(struct ur_state *state, uint64_t skipped);
void ur_state_add_changes(struct ur_state *state, uint64_t count, int64_t took);
/* Rows skipped in the last full load and in changes since. */
void ur_state_set_skipped(struct ur_state *state, uint64_t skipped);
void ur_state_add_drift(struct ur_state *state);
void ur_state_add_reconnect(struct ur_state *state);

/* A load begins: drops the requests that it answers. A request from the time of an earlier load,
 * which failed, stays: its caller was told to wait for two loads. */
void ur_state_drop_resync_request(struct ur_state *state);

/* True if a full load was asked for since the last call. */
bool ur_state_take_resync_request(struct ur_state *state);

#endif
