/*
 * The state of the mirror, in shared memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mirror/source/pg.h"
#include "mirror/port.h"
#include "mirror/state_update.h"

/* Words are atomic, each by itself; the mirror's process writes all but
 * resync_request. */
struct ur_state
{
	int value; /* enum ur_mirror_state */
	int backend_pid;
	int resync_request; /* set by anybody, taken by the mirror */
	int64_t state_since;
	int64_t last_change;
	uint64_t changes;
	uint64_t resyncs;
	uint64_t skipped;
	uint64_t reconnects;
	uint64_t drifts;
	int source; /* enum ur_mirror_source */
	int64_t snapshot_written;
	int phase;					/* enum ur_mirror_phase */
	int64_t retry_at;			/* these as ur_pg_now() has it, 0: never */
	int64_t heard_at;			/* … */
	int64_t behind_since;		/* … */
	int64_t apply;				/* ms, -1: no change yet */
	struct ur_port_locks *lock; /* one, guards the error texts */
	char last_error[256];
	int64_t last_error_at;
	char snapshot_error[160];
};

/* Bits of resync_request. */
enum
{
	ASKED = 1,
	ASKED_IN_LOAD = 2, /* during a load: that is not the answer */
};

#define GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)
#define ADD(field, value) \
	__atomic_add_fetch(&(field), (value), __ATOMIC_RELAXED)

int ur_state_alloc(struct ur_state **statep)
{
	struct ur_state *state = ur_port_alloc(sizeof(*state));

	if(state == NULL)
		return ENOMEM;
	memset(state, 0, sizeof(*state));
	state->lock = ur_port_locks_new(1);
	if(state->lock == NULL) {
		ur_port_free(state);
		return ENOMEM;
	}
	ur_state_set(state, UR_MIRROR_LOADING);
	state->apply = -1;
	*statep = state;
	return 0;
}

void ur_state_free(struct ur_state *state)
{
	if(state == NULL)
		return;
	ur_port_locks_free(state->lock);
	ur_port_free(state);
}

enum ur_mirror_state ur_state_get(const struct ur_state *state)
{
	return (enum ur_mirror_state)__atomic_load_n(
			&state->value, __ATOMIC_ACQUIRE);
}

/* Stored with release after the table was written: a process that sees "loaded" sees the records,
 * too. */
void ur_state_set(struct ur_state *state, enum ur_mirror_state value)
{
	SET(state->state_since, (int64_t)time(NULL));
	__atomic_store_n(&state->value, (int)value, __ATOMIC_RELEASE);
}

void ur_state_change(struct ur_state *state, enum ur_mirror_state value)
{
	if(ur_state_get(state) != value)
		ur_state_set(state, value);
}

bool ur_state_is_loaded(const struct ur_state *state)
{
	return ur_state_get(state) != UR_MIRROR_LOADING;
}

/* ms from then to now; if_never when then is 0. */
static int64_t ms_since(int64_t then, int64_t now, int64_t if_never)
{
	if(then == 0)
		return if_never;
	return now > then ? now - then : 0;
}

static void report_times(
		const struct ur_state *state, struct ur_mirror_report *report)
{
	const int64_t now = ur_pg_now();
	const int64_t retry_at = GET(state->retry_at);

	report->phase = (enum ur_mirror_phase)GET(state->phase);
	if(report->phase == UR_PHASE_PAUSED && retry_at > now)
		report->retry_in = retry_at - now;
	report->heard_ago = ms_since(GET(state->heard_at), now, -1);
	report->apply = GET(state->apply);
	report->lag = report->source == UR_SOURCE_DATABASE
						  ? ms_since(GET(state->behind_since), now, 0)
						  : -1;
}

void ur_state_report(struct ur_state *state, struct ur_mirror_report *report)
{
	*report = (struct ur_mirror_report){
			.state = ur_state_get(state),
			.state_since = (time_t)GET(state->state_since),
			.last_change = (time_t)GET(state->last_change),
			.changes = GET(state->changes),
			.resyncs = GET(state->resyncs),
			.skipped = GET(state->skipped),
			.reconnects = GET(state->reconnects),
			.drifts = GET(state->drifts),
			.backend_pid = GET(state->backend_pid),
			.source = ur_state_source(state),
			.last_error_at = (time_t)GET(state->last_error_at),
			.snapshot_written = (time_t)GET(state->snapshot_written),
	};
	report_times(state, report);
	ur_port_lock(state->lock, 0);
	memcpy(report->last_error, state->last_error, sizeof(report->last_error));
	memcpy(report->snapshot_error, state->snapshot_error,
			sizeof(report->snapshot_error));
	ur_port_unlock(state->lock, 0);
}

uint64_t ur_state_request_resync(struct ur_state *state)
{
	const uint64_t resyncs = GET(state->resyncs); /* read before the phase */
	const bool is_loading = GET(state->phase) == UR_PHASE_LOADING
							&& GET(state->backend_pid) != 0;

	/* A later request does not take the flag away from one that was made during a load. */
	__atomic_fetch_or(&state->resync_request,
			is_loading ? ASKED | ASKED_IN_LOAD : ASKED, __ATOMIC_RELAXED);
	return resyncs + (is_loading ? 2 : 1);
}

void ur_state_drop_resync_request(struct ur_state *state)
{
	int asked = ASKED;

	__atomic_compare_exchange_n(&state->resync_request, &asked, 0, false,
			__ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

bool ur_state_take_resync_request(struct ur_state *state)
{
	return __atomic_exchange_n(&state->resync_request, 0, __ATOMIC_RELAXED)
		   != 0;
}

void ur_state_set_backend(struct ur_state *state, int pid)
{
	SET(state->backend_pid, pid);
}

static void set_text(
		struct ur_state *state, char *text, size_t size, const char *value)
{
	size_t len = strnlen(value, size - 1);

	ur_port_lock(state->lock, 0);
	memcpy(text, value, len);
	text[len] = '\0';
	ur_port_unlock(state->lock, 0);
}

void ur_state_set_error(struct ur_state *state, const char *error)
{
	set_text(state, state->last_error, sizeof(state->last_error), error);
	SET(state->last_error_at, (int64_t)time(NULL));
}

enum ur_mirror_source ur_state_source(const struct ur_state *state)
{
	return (enum ur_mirror_source)__atomic_load_n(
			&state->source, __ATOMIC_ACQUIRE);
}

bool ur_state_has_passwords(const struct ur_state *state)
{
	return ur_state_source(state) == UR_SOURCE_DATABASE;
}

void ur_state_set_source(struct ur_state *state, enum ur_mirror_source source)
{
	__atomic_store_n(&state->source, (int)source, __ATOMIC_RELEASE);
}

void ur_state_set_snapshot_error(struct ur_state *state, const char *error)
{
	set_text(
			state, state->snapshot_error, sizeof(state->snapshot_error), error);
}

void ur_state_set_snapshot(struct ur_state *state, time_t written)
{
	SET(state->snapshot_written, (int64_t)written);
	ur_state_set_snapshot_error(state, "");
}

void ur_state_set_phase(
		struct ur_state *state, enum ur_mirror_phase phase, int64_t retry_at)
{
	SET(state->retry_at, retry_at);
	SET(state->phase, (int)phase);
}

void ur_state_set_heard(struct ur_state *state, int64_t at)
{
	SET(state->heard_at, at);
}

void ur_state_set_behind(struct ur_state *state, int64_t since)
{
	SET(state->behind_since, since);
}

void ur_state_add_resync(struct ur_state *state, uint64_t skipped)
{
	ADD(state->resyncs, 1);
	ur_state_set_skipped(state, skipped);
}

void ur_state_set_skipped(struct ur_state *state, uint64_t skipped)
{
	SET(state->skipped, skipped);
}

void ur_state_add_changes(struct ur_state *state, uint64_t count, int64_t took)
{
	ADD(state->changes, count);
	SET(state->apply, took);
	SET(state->last_change, (int64_t)time(NULL));
}

void ur_state_add_drift(struct ur_state *state)
{
	ADD(state->drifts, 1);
}

void ur_state_add_reconnect(struct ur_state *state)
{
	ADD(state->reconnects, 1);
}
