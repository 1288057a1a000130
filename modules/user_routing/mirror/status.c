/*
 * The status of the mirror, in shared memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mirror/source/pg.h"
#include "mirror/port.h"
#include "mirror/status.h"

/* Words are atomic, each by itself; the mirror's process writes all but
 * resync_request. */
struct ur_mirror_status
{
	int state; /* enum ur_mirror_state */
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

/* Of resync_request. */
enum
{
	ASKED = 1,
	ASKED_IN_LOAD = 2, /* which had begun too early to be the answer */
};

#define GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)
#define ADD(field, value) \
	__atomic_add_fetch(&(field), (value), __ATOMIC_RELAXED)

int ur_mirror_status_alloc(struct ur_mirror_status **statusp)
{
	struct ur_mirror_status *status = ur_port_alloc(sizeof(*status));

	if(status == NULL)
		return ENOMEM;
	memset(status, 0, sizeof(*status));
	status->lock = ur_port_locks_new(1);
	if(status->lock == NULL) {
		ur_port_free(status);
		return ENOMEM;
	}
	ur_status_set_state(status, UR_MIRROR_LOADING);
	status->apply = -1;
	*statusp = status;
	return 0;
}

void ur_mirror_status_free(struct ur_mirror_status *status)
{
	if(status == NULL)
		return;
	ur_port_locks_free(status->lock);
	ur_port_free(status);
}

enum ur_mirror_state ur_status_state(const struct ur_mirror_status *status)
{
	return (enum ur_mirror_state)__atomic_load_n(
			&status->state, __ATOMIC_ACQUIRE);
}

/* Released after the table was written, so that who sees "loaded" sees the
 * load. */
void ur_status_set_state(
		struct ur_mirror_status *status, enum ur_mirror_state state)
{
	SET(status->state_since, (int64_t)time(NULL));
	__atomic_store_n(&status->state, (int)state, __ATOMIC_RELEASE);
}

void ur_status_change_state(
		struct ur_mirror_status *status, enum ur_mirror_state state)
{
	if(ur_status_state(status) != state)
		ur_status_set_state(status, state);
}

bool ur_mirror_status_loaded(const struct ur_mirror_status *status)
{
	return ur_status_state(status) != UR_MIRROR_LOADING;
}

/* ms from then to now; if_never where it never was. */
static int64_t ms_since(int64_t then, int64_t now, int64_t if_never)
{
	if(then == 0)
		return if_never;
	return now > then ? now - then : 0;
}

static void report_times(
		const struct ur_mirror_status *status, struct ur_mirror_report *report)
{
	const int64_t now = ur_pg_now();
	const int64_t retry_at = GET(status->retry_at);

	report->phase = (enum ur_mirror_phase)GET(status->phase);
	if(report->phase == UR_PHASE_PAUSED && retry_at > now)
		report->retry_in = retry_at - now;
	report->heard_ago = ms_since(GET(status->heard_at), now, -1);
	report->apply = GET(status->apply);
	report->lag = report->source == UR_SOURCE_DATABASE
						  ? ms_since(GET(status->behind_since), now, 0)
						  : -1;
}

void ur_mirror_status_report(
		struct ur_mirror_status *status, struct ur_mirror_report *report)
{
	*report = (struct ur_mirror_report){
			.state = ur_status_state(status),
			.state_since = (time_t)GET(status->state_since),
			.last_change = (time_t)GET(status->last_change),
			.changes = GET(status->changes),
			.resyncs = GET(status->resyncs),
			.skipped = GET(status->skipped),
			.reconnects = GET(status->reconnects),
			.drifts = GET(status->drifts),
			.backend_pid = GET(status->backend_pid),
			.source = ur_status_source(status),
			.last_error_at = (time_t)GET(status->last_error_at),
			.snapshot_written = (time_t)GET(status->snapshot_written),
	};
	report_times(status, report);
	ur_port_lock(status->lock, 0);
	memcpy(report->last_error, status->last_error, sizeof(report->last_error));
	memcpy(report->snapshot_error, status->snapshot_error,
			sizeof(report->snapshot_error));
	ur_port_unlock(status->lock, 0);
}

uint64_t ur_mirror_status_request_resync(struct ur_mirror_status *status)
{
	const uint64_t resyncs = GET(status->resyncs); /* before the phase */
	const bool is_loading = GET(status->phase) == UR_PHASE_LOADING
							&& GET(status->backend_pid) != 0;

	/* What was asked in the midst of a load is not made less by who asks after it. */
	__atomic_fetch_or(&status->resync_request,
			is_loading ? ASKED | ASKED_IN_LOAD : ASKED, __ATOMIC_RELAXED);
	return resyncs + (is_loading ? 2 : 1);
}

void ur_status_drop_resync_request(struct ur_mirror_status *status)
{
	int asked = ASKED;

	__atomic_compare_exchange_n(&status->resync_request, &asked, 0, false,
			__ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

bool ur_status_take_resync_request(struct ur_mirror_status *status)
{
	return __atomic_exchange_n(&status->resync_request, 0, __ATOMIC_RELAXED)
		   != 0;
}

void ur_status_set_backend(struct ur_mirror_status *status, int pid)
{
	SET(status->backend_pid, pid);
}

static void set_text(struct ur_mirror_status *status, char *text, size_t size,
		const char *value)
{
	size_t len = strnlen(value, size - 1);

	ur_port_lock(status->lock, 0);
	memcpy(text, value, len);
	text[len] = '\0';
	ur_port_unlock(status->lock, 0);
}

void ur_status_set_error(struct ur_mirror_status *status, const char *error)
{
	set_text(status, status->last_error, sizeof(status->last_error), error);
	SET(status->last_error_at, (int64_t)time(NULL));
}

enum ur_mirror_source ur_status_source(const struct ur_mirror_status *status)
{
	return (enum ur_mirror_source)__atomic_load_n(
			&status->source, __ATOMIC_ACQUIRE);
}

bool ur_mirror_status_has_passwords(const struct ur_mirror_status *status)
{
	return ur_status_source(status) == UR_SOURCE_DATABASE;
}

void ur_status_set_source(
		struct ur_mirror_status *status, enum ur_mirror_source source)
{
	__atomic_store_n(&status->source, (int)source, __ATOMIC_RELEASE);
}

void ur_status_set_snapshot_error(
		struct ur_mirror_status *status, const char *error)
{
	set_text(status, status->snapshot_error, sizeof(status->snapshot_error),
			error);
}

void ur_status_set_snapshot(struct ur_mirror_status *status, time_t written)
{
	SET(status->snapshot_written, (int64_t)written);
	ur_status_set_snapshot_error(status, "");
}

void ur_status_set_phase(struct ur_mirror_status *status,
		enum ur_mirror_phase phase, int64_t retry_at)
{
	SET(status->retry_at, retry_at);
	SET(status->phase, (int)phase);
}

void ur_status_set_heard(struct ur_mirror_status *status, int64_t at)
{
	SET(status->heard_at, at);
}

void ur_status_set_behind(struct ur_mirror_status *status, int64_t since)
{
	SET(status->behind_since, since);
}

void ur_status_add_resync(struct ur_mirror_status *status, uint64_t skipped)
{
	ADD(status->resyncs, 1);
	ur_status_set_skipped(status, skipped);
}

void ur_status_set_skipped(struct ur_mirror_status *status, uint64_t skipped)
{
	SET(status->skipped, skipped);
}

void ur_status_add_changes(
		struct ur_mirror_status *status, uint64_t count, int64_t took)
{
	ADD(status->changes, count);
	SET(status->apply, took);
	SET(status->last_change, (int64_t)time(NULL));
}

void ur_status_add_drift(struct ur_mirror_status *status)
{
	ADD(status->drifts, 1);
}

void ur_status_add_reconnect(struct ur_mirror_status *status)
{
	ADD(status->reconnects, 1);
}
