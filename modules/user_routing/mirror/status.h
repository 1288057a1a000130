/*
 * The mirror's own side of its status: state.h has what others may see.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STATUS_H
#define UR_MIRROR_STATUS_H

#include "mirror/state.h"

enum ur_mirror_state ur_status_state(const struct ur_mirror_status *status);
void ur_status_set_state(
		struct ur_mirror_status *status, enum ur_mirror_state state);

/* The same, unless it is in that state already: since when it was stays. */
void ur_status_change_state(
		struct ur_mirror_status *status, enum ur_mirror_state state);

enum ur_mirror_source ur_status_source(const struct ur_mirror_status *status);
void ur_status_set_source(
		struct ur_mirror_status *status, enum ur_mirror_source source);

/* There is a snapshot with the data of that time; or none could be written. */
void ur_status_set_snapshot(struct ur_mirror_status *status, time_t written);
void ur_status_set_snapshot_error(
		struct ur_mirror_status *status, const char *error);

void ur_status_set_backend(struct ur_mirror_status *status, int pid);
void ur_status_set_error(struct ur_mirror_status *status, const char *error);

/* retry_at: when it connects, if it is paused. This and the times below: see
 * ur_pg_now(). */
void ur_status_set_phase(struct ur_mirror_status *status,
		enum ur_mirror_phase phase, int64_t retry_at);

void ur_status_set_heard(struct ur_mirror_status *status, int64_t at);

/* Since when changes may be missing; 0: none is. */
void ur_status_set_behind(struct ur_mirror_status *status, int64_t since);

/* Count what was done. Changes: records that were read again, and the ms that it took
 * since they were announced. */
void ur_status_add_resync(struct ur_mirror_status *status, uint64_t skipped);
void ur_status_add_changes(
		struct ur_mirror_status *status, uint64_t count, int64_t took);
/* Rows that could not be taken: in the last full load, and in changes since. */
void ur_status_set_skipped(struct ur_mirror_status *status, uint64_t skipped);
void ur_status_add_drift(struct ur_mirror_status *status);
void ur_status_add_reconnect(struct ur_mirror_status *status);

/* A load that begins now is the answer to all who asked, but in the midst of one that
 * failed: they were told to wait for two. */
void ur_status_drop_resync_request(struct ur_mirror_status *status);

/* True if a full load was asked for since the last call. */
bool ur_status_take_resync_request(struct ur_mirror_status *status);

#endif
