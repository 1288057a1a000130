/*
 * The mirror's state, as other processes see it. state_update.h has the functions for the mirror's
 * process.
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
	UR_MIRROR_STALE, /* loaded, but the database is out of reach: calls use old data */
	UR_MIRROR_PARTIAL, /* as READY, but some records did not fit into shared memory */
};

/* Where the data in use comes from. */
enum ur_mirror_source
{
	UR_SOURCE_NONE,
	UR_SOURCE_SNAPSHOT, /* read at start, no full load yet */
	UR_SOURCE_DATABASE,
};

/* What the mirror's process is doing. */
enum ur_mirror_phase
{
	UR_PHASE_STARTING, /* has not tried to connect yet */
	UR_PHASE_PAUSED,   /* waits before it connects again */
	UR_PHASE_CONNECTING,
	UR_PHASE_LOADING,	/* full load */
	UR_PHASE_LISTENING, /* waits for changes and applies them */
};

/* In shared memory. Only the mirror's process writes it, but anybody may request a resync. Words
 * are atomic; a lock inside guards the error texts. */
struct ur_state;

/* A copy of the state at one moment. Times are wall clock seconds, 0: never. */
struct ur_mirror_report
{
	enum ur_mirror_state state;
	time_t state_since;
	time_t last_change; /* when a change was last applied */
	uint64_t changes;	/* records re-read after notifications */
	uint64_t resyncs;	/* full loads, the first one included */
	uint64_t skipped;	/* rows skipped in the last full load and since */
	uint64_t drifts; /* audits that found a difference; a full load followed */
	uint64_t reconnects;
	int backend_pid;	  /* PostgreSQL's process for the connection, 0: none */
	char last_error[256]; /* empty: none since start; without credentials */
	time_t last_error_at; /* it is over when the state is READY or PARTIAL */
	enum ur_mirror_source source;
	time_t snapshot_written; /* when the snapshot file was made */
	char snapshot_error
			[160]; /* why it could not be written last time, or empty */
	enum ur_mirror_phase phase;
	int64_t retry_in;  /* ms until it connects; 0 unless it is paused */
	int64_t heard_ago; /* ms since the database was last heard from; -1: never */
	/* ms from receiving the last change's notification to applying the change; -1: no change yet */
	int64_t apply;
	/* How long changes may have been missing, in ms: since the oldest notification whose change is
	 * not applied yet, or since the database was last heard from before it went out of reach. 0: no
	 * change is known to be missing. -1: the database was never read. */
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

/* Asks the mirror's process for a full load (RPC resync), and returns at once. The result is the
 * number of resyncs when that load is done. A load that is running does not count: it began too
 * early. */
uint64_t ur_state_request_resync(struct ur_state *state);

#endif
