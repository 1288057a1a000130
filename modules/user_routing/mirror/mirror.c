/*
 * The mirror's way through its phases:
 *
 *   STARTING ── a snapshot is read, if there is one ──> PAUSED
 *
 *   PAUSED ── the pause is over ──> CONNECTING ── connected ──> LISTENING
 *     ^                                 │     LISTEN, full load     │
 *     └────────── anything fails ───────┴───────────────────────────┘
 *
 * LISTEN is committed before the load takes its snapshot. So what is committed
 * before the snapshot is in the load, what is committed after it is announced,
 * and what falls between is both. Later full loads, while calls are served, read over
 * a second connection, and changes are applied in their midst. Whatever the phase,
 * each turn may write a piece of a snapshot first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/audit.h"
#include "mirror/backoff.h"
#include "mirror/port.h"
#include "mirror/session.h"
#include "mirror/snapshot/snapshot.h"
#include "mirror/status.h"

enum
{
	LOGGED_MAX = 8, /* more different errors than that are noise */
};

enum phase
{
	PHASE_STARTING,
	PHASE_PAUSED,
	PHASE_CONNECTING,
	PHASE_LISTENING,
};

struct ur_mirror
{
	struct ur_mirror_config config;
	struct ur_mirror_status *status;
	struct ur_table *table;
	struct ur_pg *pg;	   /* listens, and reads what has changed */
	struct ur_pg *load_pg; /* connected while everything is read again */
	struct ur_writer writer;
	struct ur_skips skips;
	struct ur_load *load;
	struct ur_auditor auditor;
	struct ur_snapshot *snapshot; /* NULL: there is to be none */
	struct ur_changes changes;	  /* announced, not applied yet */
	enum phase phase;
	int64_t retry_at; /* PAUSED: when to connect, see ur_pg_now() */
	struct ur_backoff backoff;
	bool timeout_is_news; /* LISTENING: the session has another query_timeout */
	struct ur_hash_seed random;
	uint64_t logged[LOGGED_MAX]; /* hashes of the errors that the log has … */
	int logged_count;			 /* … since the last full load */
};

int ur_mirror_alloc(struct ur_mirror **mirrorp, struct ur_table *table,
		struct ur_mirror_status *status, const struct ur_mirror_config *config)
{
	struct ur_mirror *mirror = calloc(1, sizeof(*mirror));
	const char *why = NULL;
	int err;

	if(mirror == NULL)
		return ENOMEM;
	mirror->status = status;
	mirror->table = table;
	ur_writer_init(&mirror->writer, table);
	err = ur_pg_alloc(&mirror->pg, config->db_url, config->query_timeout, &why);
	if(err == 0)
		err = ur_pg_alloc(
				&mirror->load_pg, config->db_url, config->query_timeout, &why);
	if(err == EINVAL)
		ur_port_log(UR_LOG_ERROR, "db_url can't be used: %s", why);
	if(err == 0)
		err = ur_load_alloc(
				&mirror->load, mirror->pg, &mirror->writer, &mirror->skips);
	if(err == 0 && config->snapshot_file != NULL)
		err = ur_snapshot_alloc(&mirror->snapshot, table, status, config);
	if(err == 0)
		err = ur_hash_seed_draw(&mirror->random);
	if(err != 0) {
		ur_mirror_free(mirror);
		return err;
	}
	ur_mirror_configure(mirror, config);
	*mirrorp = mirror;
	return 0;
}

void ur_mirror_configure(
		struct ur_mirror *mirror, const struct ur_mirror_config *config)
{
	if(mirror->config.query_timeout != config->query_timeout)
		mirror->timeout_is_news = true;
	mirror->config = *config;
	mirror->config.db_url = NULL; /* was parsed at first, and is the caller's */
	mirror->backoff.min = config->reconnect_min;
	mirror->backoff.max = config->reconnect_max;
	ur_pg_limit(mirror->pg, config->query_timeout);
	ur_pg_limit(mirror->load_pg, config->query_timeout);
	ur_auditor_configure(&mirror->auditor, config->audit_interval);
	if(mirror->snapshot != NULL)
		ur_snapshot_configure(mirror->snapshot, config);
}

void ur_mirror_free(struct ur_mirror *mirror)
{
	if(mirror == NULL)
		return;
	ur_changes_clear(&mirror->changes);
	ur_snapshot_free(mirror->snapshot);
	ur_load_free(mirror->load);
	ur_writer_exit(&mirror->writer);
	ur_pg_free(mirror->load_pg);
	ur_pg_free(mirror->pg);
	free(mirror);
}

/* Notes that the log is going to have that error. Returns false if it has it: errors may
 * take turns at each attempt. */
static bool is_news(struct ur_mirror *mirror, const char *error)
{
	struct ur_text text = {error, (int)strlen(error)};
	uint64_t hash = ur_hash_text(&mirror->random, 0, text);
	int i;

	for(i = 0; i < mirror->logged_count; i++) {
		if(mirror->logged[i] == hash)
			return false;
	}
	if(mirror->logged_count == LOGGED_MAX)
		return false;
	mirror->logged[mirror->logged_count++] = hash;
	return true;
}

static void log_failure(struct ur_mirror *mirror, const char *error)
{
	bool loaded = ur_mirror_status_loaded(mirror->status);

	if(is_news(mirror, error))
		ur_port_log(loaded ? UR_LOG_WARNING : UR_LOG_ERROR,
				"database: %s (%s; tried again every %d to %d ms)", error,
				loaded ? "calls go on with the data there is"
					   : "nothing is loaded yet, calls are refused",
				mirror->config.reconnect_min, mirror->config.reconnect_max);
}

/* Back to PAUSED. The old data serves on, as far as there is any. */
static void fail(struct ur_mirror *mirror, const char *error)
{
	const int64_t now = ur_pg_now();
	const uint64_t random =
			ur_hash_text(&mirror->random, (uint64_t)now, UR_TEXT(""));

	ur_pg_close(mirror->pg);
	ur_changes_clear(&mirror->changes); /* a full load comes next */
	ur_status_set_backend(mirror->status, 0);
	ur_status_set_error(mirror->status, error);
	log_failure(mirror, error);
	if(ur_status_state(mirror->status) == UR_MIRROR_READY)
		ur_status_set_state(mirror->status, UR_MIRROR_STALE);
	mirror->phase = PHASE_PAUSED;
	mirror->retry_at = now + ur_backoff_next(&mirror->backoff, random);
}

static void fail_query(
		struct ur_mirror *mirror, const struct ur_pg *pg, int err)
{
	char error[UR_SESSION_ERROR];

	ur_session_error(pg, err, error);
	fail(mirror, error);
}

static void now_ready(struct ur_mirror *mirror, int64_t started)
{
	struct ur_table_stats stats;

	ur_table_stats(mirror->table, &stats);
	ur_status_add_resync(mirror->status, mirror->skips.total);
	ur_status_set_source(mirror->status, UR_SOURCE_DATABASE);
	if(ur_status_state(mirror->status) != UR_MIRROR_READY)
		ur_status_set_state(mirror->status, UR_MIRROR_READY);
	mirror->backoff.last = 0;
	mirror->logged_count = 0;
	ur_auditor_restart(&mirror->auditor);
	ur_port_log(UR_LOG_NOTICE,
			"mirror ready: %u users, %u devices, %u accounts, %u domains, "
			"read in %lld ms, %llu rows skipped",
			stats.users, stats.devices, stats.accounts, stats.domains,
			(long long)(ur_pg_now() - started),
			(unsigned long long)mirror->skips.total);
}

static void collect(struct ur_mirror *mirror)
{
	PGnotify *notify;

	while((notify = ur_pg_notify(mirror->pg)) != NULL) {
		ur_changes_add(&mirror->changes, notify->extra);
		PQfreemem(notify);
	}
}

static int apply_changes(struct ur_mirror *mirror)
{
	size_t count;
	int err;

	ur_changes_settle(&mirror->changes);
	count = ur_changes_count(&mirror->changes);
	err = ur_load_changes(mirror->load, &mirror->changes);
	if(err != 0)
		return err;
	ur_changes_clear(&mirror->changes);
	ur_auditor_disturb(&mirror->auditor);
	ur_status_add_changes(mirror->status, count);
	return 0;
}

/* In the midst of a full load. Too many changes for it wait, and lead to another. */
static int let_changes_in(void *context)
{
	struct ur_mirror *mirror = context;

	if(ur_pg_wait(mirror->pg, 0) != 0)
		return EPIPE;
	collect(mirror);
	if(ur_changes_is_empty(&mirror->changes) || mirror->changes.resync)
		return 0;
	return apply_changes(mirror) == 0 ? 0 : EPIPE;
}

/* A connection of its own for a full load; without it, changes wait. */
static bool open_load_pg(struct ur_mirror *mirror)
{
	struct ur_pg *pg = mirror->load_pg;
	char error[UR_SESSION_ERROR];
	int err;

	ur_pg_while_waiting(pg, NULL, NULL);
	err = ur_pg_connect(pg, mirror->config.connect_timeout);
	if(err != 0)
		ur_session_error(pg, err, error);
	else
		err = ur_session_begin(pg, mirror->config.query_timeout, error);
	ur_pg_while_waiting(pg, let_changes_in, mirror);
	if(err == 0)
		return true;
	ur_port_log(UR_LOG_INFO,
			"no second connection to read everything again (%s): changes"
			" wait until that is done",
			error);
	ur_pg_close(pg);
	return false;
}

static void resync(struct ur_mirror *mirror)
{
	const int64_t started = ur_pg_now();
	const bool both =
			ur_mirror_status_loaded(mirror->status) && open_load_pg(mirror);
	struct ur_pg *pg = both ? mirror->load_pg : mirror->pg;
	int err;

	ur_changes_clear(&mirror->changes); /* the load's snapshot has them */
	err = ur_load_all(mirror->load, pg);
	if(err == 0)
		now_ready(mirror, started);
	else
		fail_query(mirror, err == EPIPE ? mirror->pg : pg, err);
	ur_pg_close(mirror->load_pg);
}

/* The connection stands: make it a mirror's. */
static void begin_session(struct ur_mirror *mirror)
{
	char error[UR_SESSION_ERROR];

	ur_status_set_backend(mirror->status, ur_pg_backend_pid(mirror->pg));
	ur_status_take_resync_request(mirror->status); /* comes anyway */
	mirror->phase = PHASE_LISTENING;
	mirror->timeout_is_news = false;
	if(ur_session_begin(mirror->pg, mirror->config.query_timeout, error) == 0)
		resync(mirror);
	else
		fail(mirror, error);
}

/* A snapshot is as good as the last load of an earlier process. A mirror that is
 * made anew has better already. */
static void turn_starting(struct ur_mirror *mirror)
{
	if(mirror->snapshot != NULL && !ur_mirror_status_loaded(mirror->status))
		ur_snapshot_serve(mirror->snapshot, &mirror->writer, &mirror->skips);
	mirror->phase = PHASE_PAUSED;
}

static void turn_paused(struct ur_mirror *mirror, int wait_ms)
{
	int64_t left = mirror->retry_at - ur_pg_now();

	if(left > mirror->config.reconnect_max) { /* it was more when that began */
		left = mirror->config.reconnect_max;
		mirror->retry_at = ur_pg_now() + left;
	}
	if(left > 0) {
		poll(NULL, 0, left < wait_ms ? (int)left : wait_ms);
		return;
	}
	if(ur_pg_connect_start(mirror->pg, mirror->config.connect_timeout) != 0) {
		fail(mirror, ur_pg_error(mirror->pg));
		return;
	}
	mirror->phase = PHASE_CONNECTING;
}

static void turn_connecting(struct ur_mirror *mirror, int wait_ms)
{
	int err = ur_pg_connect_poll(mirror->pg, wait_ms);

	if(err == EAGAIN)
		return;
	if(err != 0) {
		fail(mirror, ur_pg_error(mirror->pg));
		return;
	}
	if(ur_status_source(mirror->status) == UR_SOURCE_DATABASE)
		ur_status_add_reconnect(mirror->status);
	begin_session(mirror);
}

static void apply(struct ur_mirror *mirror)
{
	int err;

	if(mirror->changes.resync) {
		resync(mirror);
		return;
	}
	err = apply_changes(mirror);
	if(err != 0)
		fail_query(mirror, mirror->pg, err);
}

static void audit(struct ur_mirror *mirror)
{
	enum ur_audit_result result;
	int err = ur_auditor_step(&mirror->auditor, mirror->load, &result);

	if(err != 0) {
		fail_query(mirror, mirror->pg, err);
	} else if(result == UR_AUDIT_DRIFT) {
		ur_port_log(UR_LOG_WARNING,
				"the mirror differs from the database, in a change that was"
				" not announced: all is read again; are the triggers of"
				" sql/migrations in place and enabled, and does db_url lead to"
				" PostgreSQL itself? (a pooler must pool sessions)");
		ur_status_add_drift(mirror->status);
		resync(mirror);
	} else if(result == UR_AUDIT_SKIPPED) {
		resync(mirror);
	}
}

/* The server has the limit, too. (What it cancels has lost nothing, but is a failure.) */
static void limit_session(struct ur_mirror *mirror)
{
	int err = ur_session_limit(mirror->pg, mirror->config.query_timeout);

	mirror->timeout_is_news = false;
	if(err != 0)
		fail_query(mirror, mirror->pg, err);
}

/* Waits for notifications, and looks whether a quiet server is still there. */
static void listen_on(struct ur_mirror *mirror, int wait_ms)
{
	int64_t quiet = ur_pg_now() - ur_pg_last_heard(mirror->pg);
	int64_t left = mirror->config.ping_interval - quiet;
	int err;

	if(left <= 0)
		err = ur_session_ping(mirror->pg);
	else
		err = ur_pg_wait(mirror->pg, left < wait_ms ? (int)left : wait_ms);
	if(err != 0)
		fail_query(mirror, mirror->pg, err);
}

static void turn_listening(struct ur_mirror *mirror, int wait_ms)
{
	if(mirror->timeout_is_news) {
		limit_session(mirror);
		return;
	}
	if(ur_status_take_resync_request(mirror->status)) {
		resync(mirror);
		return;
	}
	/* What arrived with the answers of queries wakes no poll(). */
	collect(mirror);
	if(ur_changes_is_empty(&mirror->changes)) {
		if(ur_auditor_is_due(&mirror->auditor))
			audit(mirror);
		else
			listen_on(mirror, wait_ms);
		if(mirror->phase != PHASE_LISTENING)
			return;
		collect(mirror);
	}
	if(!ur_changes_is_empty(&mirror->changes))
		apply(mirror);
}

void ur_mirror_turn(struct ur_mirror *mirror, int wait_ms)
{
	if(mirror->snapshot != NULL && ur_snapshot_turn(mirror->snapshot))
		wait_ms = 0; /* there is more to write */
	switch(mirror->phase) {
		case PHASE_STARTING:
			turn_starting(mirror);
			break;
		case PHASE_PAUSED:
			turn_paused(mirror, wait_ms);
			break;
		case PHASE_CONNECTING:
			turn_connecting(mirror, wait_ms);
			break;
		case PHASE_LISTENING:
			turn_listening(mirror, wait_ms);
			break;
	}
}
