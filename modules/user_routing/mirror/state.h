/*
 * What others may see of the mirror. state_update.h has the mirror's own side of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STATE_H
#define UR_MIRROR_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum ur_mirror_state
{
	UR_MIRROR_LOADING, /* nothing loaded yet: calls can't be routed */
	UR_MIRROR_READY,   /* loaded and listening for changes */
	UR_MIRROR_STALE, /* loaded, but the database is out of reach: old data serves */
	UR_MIRROR_PARTIAL, /* as READY, but not all has fitted into shared memory */
};

/* Where the data that serves has come from. */
enum ur_mirror_source
{
	UR_SOURCE_NONE,
	UR_SOURCE_SNAPSHOT, /* read at start, no full load yet */
	UR_SOURCE_DATABASE,
};

/* What the mirror's process is about. */
enum ur_mirror_phase
{
	UR_PHASE_STARTING, /* not connected, nor tried to */
	UR_PHASE_PAUSED,   /* waits before it connects again */
	UR_PHASE_CONNECTING,
	UR_PHASE_LOADING,	/* reads everything */
	UR_PHASE_LISTENING, /* reads what changes */
};

/* In shared memory, written by the mirror's process alone. Words are read and written
 * atomically, the error texts are guarded by a lock inside. */
struct ur_state;

/* A copy of the state at one moment. Times are wall clock seconds, 0: never. */
struct ur_mirror_report
{
	enum ur_mirror_state state;
	time_t state_since;
	time_t last_change; /* when a change came into force last */
	uint64_t changes;	/* records re-read after notifications */
	uint64_t resyncs;	/* full loads, the first one included */
	uint64_t skipped;	/* rows not taken: in the last full load, and since */
	uint64_t drifts; /* audits that found the table to differ, and mended it */
	uint64_t reconnects;
	int backend_pid;	  /* PostgreSQL's process for the connection, 0: none */
	char last_error[256]; /* empty: none since start; without credentials */
	time_t last_error_at; /* it is over when the state is READY or PARTIAL */
	enum ur_mirror_source source;
	time_t snapshot_written; /* the time that the snapshot file's data is of */
	char snapshot_error
			[160]; /* why it could not be written last time, or empty */
	enum ur_mirror_phase phase;
	int64_t retry_in;  /* ms until it connects; 0 unless it is paused */
	int64_t heard_ago; /* ms since the database was heard of; -1: never */
	/* ms that the last change needed from its announcement, as it was read, until it was
	 * in force; -1: there was none */
	int64_t apply;
	/* ms since when changes may be missing: since the first of those that are announced
	 * and not in force yet, or since the database was heard of before it was out of reach.
	 * 0: none is missing that is known of. -1: the database was never read. */
	int64_t lag;
};

/* Allocates the shared state. Returns 0 or ENOMEM. */
int ur_state_alloc(struct ur_state **statep);
void ur_state_free(struct ur_state *state);

/* True once the first load is done: cheap, read once per call by the workers. */
bool ur_state_is_loaded(const struct ur_state *state);

/* True once the database has been read: a snapshot has no passwords. */
bool ur_state_has_passwords(const struct ur_state *state);

void ur_state_report(struct ur_state *state, struct ur_mirror_report *report);

/* Asks the mirror's process for a full load (RPC resync), and returns at once: how many
 * resyncs there are when it is done. One that is under way has begun too early to count. */
uint64_t ur_state_request_resync(struct ur_state *state);

#endif
