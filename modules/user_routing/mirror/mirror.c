/*
 * The mirror's way through its phases:
 *
 *   STARTING ── a snapshot is read, if there is one ──> PAUSED
 *
 *   PAUSED ── the pause is over ──> CONNECTING ── connected ──> LISTENING
 *     ^                                 │     LISTEN, full load     │
 *     └────────── anything fails ───────┴───────────────────────────┘
 *
 * During a full load the phase is LOADING instead of LISTENING.
 *
 * LISTEN is committed before the load's transaction takes its view of the data. A change that is
 * committed before that view is in the load. One that is committed after LISTEN is announced. One
 * between the two is both. Once data is loaded, full loads, audits and checks read over a second
 * connection, and changes are applied meanwhile. In any phase, a turn may first write a piece of
 * the snapshot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/check.h"
#include "mirror/inside.h"
#include "mirror/port.h"
#include "mirror/source/session.h"
#include "mirror/state_update.h"

static int cannot_start(struct ur_state *state, int err, const char *wrong_url)
{
	char error[UR_SESSION_ERROR];

	snprintf(error, sizeof(error), "%s: %s",
			wrong_url ? "db_url can't be used" : "the mirror can't start",
			wrong_url ? wrong_url : strerror(err));
	ur_port_log(UR_LOG_ERROR, "%s", error);
	ur_state_set_error(state, error);
	return err;
}

static void warn_unverified(struct ur_pg *pg)
{
	const char *host = ur_pg_unverified(pg);

	if(host != NULL)
		ur_port_log(UR_LOG_WARNING,
				"db_url leads to another host, \"%s\", and its sslmode is less"
				" than verify-full: the devices' ha1, which are as good as"
				" passwords, may cross the network in clear or go to whoever"
				" pretends to be the database; set sslmode=verify-full and"
				" sslrootcert in db_url",
				host);
}

static int alloc_snapshot(
		struct ur_mirror *mirror, const struct ur_mirror_config *config)
{
	struct ur_origin database;
	int err = ur_snapshot_alloc(
			&mirror->snapshot, mirror->table, mirror->state, config);

	if(err != 0)
		return err;
	ur_pg_tell_origin(mirror->pg, &database);
	ur_snapshot_set_origin(mirror->snapshot, &database);
	return 0;
}

static int init_outages(struct ur_mirror *mirror)
{
	int err = ur_outage_init(&mirror->outage);

	if(err == 0)
		err = ur_outage_init(&mirror->load_outage);
	if(err == 0)
		err = ur_outage_init(&mirror->audit_outage);
	return err == 0 ? ur_outage_init(&mirror->renewal_outage) : err;
}

int ur_mirror_alloc(struct ur_mirror **mirrorp, struct ur_table *table,
		struct ur_state *state, const struct ur_mirror_config *config)
{
	struct ur_mirror *mirror = calloc(1, sizeof(*mirror));
	const char *why = NULL;
	int err;

	if(mirror == NULL)
		return cannot_start(state, ENOMEM, NULL);
	mirror->state = mirror->lag.state = state;
	mirror->table = table;
	ur_writer_init(&mirror->writer, table);
	err = ur_pg_alloc(&mirror->pg, config->db_url, config->query_timeout, &why);
	if(err == 0)
		err = ur_pg_alloc(
				&mirror->load_pg, config->db_url, config->query_timeout, &why);
	if(err == 0)
		ur_pg_pin(mirror->load_pg, mirror->pg);
	if(err == 0)
		err = ur_load_alloc(
				&mirror->load, mirror->pg, &mirror->writer, &mirror->skips);
	if(err == 0 && config->snapshot_file != NULL)
		err = alloc_snapshot(mirror, config);
	if(err == 0)
		err = init_outages(mirror);
	if(err != 0) {
		ur_mirror_free(mirror);
		return cannot_start(state, err, why);
	}
	mirror->apply = (struct ur_apply){
			mirror->pg, mirror->load, &mirror->changes, &mirror->lag};
	ur_mirror_configure(mirror, config);
	warn_unverified(mirror->pg);
	*mirrorp = mirror;
	return 0;
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

void ur_mirror_set_check(struct ur_mirror *mirror, struct ur_check *check)
{
	mirror->check = check;
}

void ur_mirror_enter(struct ur_mirror *mirror, enum ur_mirror_phase phase)
{
	mirror->phase = phase;
	ur_state_set_phase(mirror->state, phase, mirror->retry_at);
}

void ur_mirror_tell_heard(struct ur_mirror *mirror)
{
	int64_t at = ur_pg_last_heard(mirror->pg);
	int64_t load_at = ur_pg_last_heard(mirror->load_pg);

	ur_state_set_heard(mirror->state, load_at > at ? load_at : at);
}

/* Back to PAUSED. Calls go on with the old data, if there is any. */
void ur_mirror_fail(struct ur_mirror *mirror, const char *error)
{
	ur_pg_close(mirror->pg);
	ur_changes_clear(&mirror->changes); /* a full load comes next */
	ur_lag_leave_to_load(&mirror->lag, ur_pg_last_heard(mirror->pg));
	ur_state_set_backend(mirror->state, 0);
	ur_state_set_error(mirror->state, error);
	ur_outage_log(&mirror->outage, &mirror->config,
			ur_state_is_loaded(mirror->state), error);
	if(ur_state_is_loaded(mirror->state))
		ur_state_change(mirror->state, UR_MIRROR_STALE);
	mirror->retry_at = ur_pg_now()
					   + ur_outage_next_pause(&mirror->outage, &mirror->config);
	ur_mirror_enter(mirror, UR_PHASE_PAUSED);
}

void ur_mirror_fail_query(struct ur_mirror *mirror, int err)
{
	char error[UR_SESSION_ERROR];

	ur_session_error(mirror->pg, err, error);
	ur_mirror_fail(mirror, error);
}

void ur_mirror_configure(
		struct ur_mirror *mirror, const struct ur_mirror_config *config)
{
	const int timeout = mirror->config.query_timeout;
	int err = 0;

	mirror->config = *config;
	mirror->config.db_url = NULL; /* parsed at start */
	ur_pg_limit(mirror->pg, config->query_timeout);
	ur_pg_limit(mirror->load_pg, config->query_timeout);
	ur_audit_configure(&mirror->audit, config->audit_interval);
	ur_renewal_configure(&mirror->renewal, config->hours_interval);
	if(mirror->snapshot != NULL)
		ur_snapshot_configure(mirror->snapshot, config);
	/* The server has its own copy of the limit, statement_timeout. */
	if(mirror->phase == UR_PHASE_LISTENING && timeout != config->query_timeout)
		err = ur_session_limit(mirror->pg, config->query_timeout);
	if(err != 0)
		ur_mirror_fail_query(mirror, err);
}

/* The snapshot in use is of another database. Wrong data is worse than none. */
static void drop_snapshot(struct ur_mirror *mirror)
{
	ur_port_log(UR_LOG_WARNING,
			"the snapshot in use is of another database than the one that"
			" answers: it is dropped, and calls are refused until everything is"
			" read");
	ur_writer_begin(&mirror->writer);
	ur_writer_sweep(&mirror->writer);
	ur_state_set_source(mirror->state, UR_SOURCE_NONE);
	ur_state_set(mirror->state, UR_MIRROR_LOADING);
}

static int ping(struct ur_mirror *mirror)
{
	mirror->pinged_at = ur_pg_now();
	return ur_session_ping(mirror->pg, &mirror->sources);
}

/* Is the server still there, and are the triggers that announce changes as they were? A restore
 * replaces tables and triggers; a bulk load may disable triggers. */
static int look_after(struct ur_mirror *mirror)
{
	const struct ur_session_sources before = mirror->sources;
	const int err = ping(mirror);

	if(err != 0 || strcmp(before.version, mirror->sources.version) == 0)
		return err;
	ur_reload_now(&mirror->reload,
			"views or triggers were recreated, dropped, enabled or disabled");
	if(mirror->sources.disabled > before.disabled)
		ur_port_log(UR_LOG_WARNING,
				"%d triggers that announce changes are disabled: changes are"
				" not seen until these are enabled again (ALTER TABLE ..."
				" ENABLE TRIGGER) or an audit finds the changes",
				mirror->sources.disabled);
	return 0;
}

/* Connected: begins the session and loads everything. */
static void begin_session(struct ur_mirror *mirror)
{
	char error[UR_SESSION_ERROR];
	int err;

	ur_state_set_backend(mirror->state, ur_pg_backend_pid(mirror->pg));
	ur_mirror_enter(mirror, UR_PHASE_LISTENING);
	if(ur_session_begin(mirror->pg, mirror->config.query_timeout, error) != 0) {
		ur_mirror_fail(mirror, error);
		return;
	}
	err = ur_session_who(mirror->pg, &mirror->server);
	if(err == 0)
		err = ping(mirror);
	if(err != 0) {
		ur_mirror_fail_query(mirror, err);
		return;
	}
	if(mirror->snapshot != NULL
			&& !ur_snapshot_meet(mirror->snapshot, mirror->server.database))
		drop_snapshot(mirror);
	ur_whole_load(mirror);
}

/* At start the table is filled from the snapshot. When only the mirror's process was started again,
 * the table already has newer data. */
static void turn_starting(struct ur_mirror *mirror)
{
	if(mirror->snapshot != NULL && !ur_state_is_loaded(mirror->state))
		ur_snapshot_serve(mirror->snapshot, &mirror->writer, &mirror->skips);
	ur_mirror_enter(mirror, UR_PHASE_PAUSED);
}

static void turn_paused(struct ur_mirror *mirror, int wait_ms)
{
	int64_t left = mirror->retry_at - ur_pg_now();

	if(left > mirror->config.reconnect_max) { /* lowered meanwhile */
		left = mirror->config.reconnect_max;
		mirror->retry_at = ur_pg_now() + left;
	}
	if(left > 0) {
		poll(NULL, 0, left < wait_ms ? (int)left : wait_ms);
		return;
	}
	if(ur_pg_connect_start(mirror->pg, mirror->config.connect_timeout) != 0) {
		ur_mirror_fail(mirror, ur_pg_error(mirror->pg));
		return;
	}
	ur_mirror_enter(mirror, UR_PHASE_CONNECTING);
}

static void turn_connecting(struct ur_mirror *mirror, int wait_ms)
{
	int err = ur_pg_connect_poll(mirror->pg, wait_ms);

	if(err == EAGAIN)
		return;
	if(err != 0) {
		ur_mirror_fail(mirror, ur_pg_error(mirror->pg));
		return;
	}
	if(ur_state_source(mirror->state) == UR_SOURCE_DATABASE)
		ur_state_add_reconnect(mirror->state);
	begin_session(mirror);
}

static void apply(struct ur_mirror *mirror)
{
	int err = ur_whole_apply(mirror);

	if(err != 0)
		ur_mirror_fail_query(mirror, err);
	else
		ur_whole_collect(mirror); /* a full load may be due */
}

/* Waits for notifications. */
static void listen_on(struct ur_mirror *mirror, int wait_ms)
{
	int64_t ago = ur_pg_now() - mirror->pinged_at;
	int64_t left = mirror->config.ping_interval - ago;
	int err;

	if(left <= 0)
		err = look_after(mirror);
	else
		err = ur_pg_wait(mirror->pg, left < wait_ms ? (int)left : wait_ms);
	if(err != 0)
		ur_mirror_fail_query(mirror, err);
}

static bool is_asked(const struct ur_mirror *mirror)
{
	return mirror->check != NULL && ur_check_is_open(mirror->check);
}

/* No audit while a full load is due: it would only find the reason for the load. */
static bool audit_is_due(const struct ur_mirror *mirror)
{
	return !mirror->reload.is_due && ur_audit_is_due(&mirror->audit);
}

/* Nor are hours read: the load does that. */
static bool renewal_is_due(const struct ur_mirror *mirror)
{
	return !mirror->reload.is_due && ur_renewal_is_due(&mirror->renewal);
}

/* Takes changes and applies them; waits for some if there is nothing else to do. Any step may end
 * the session. */
static void hear_changes(struct ur_mirror *mirror, int wait_ms)
{
	if(ur_state_take_resync_request(mirror->state))
		ur_reload_now(&mirror->reload, "user_routing.resync asks for it");
	/* Notifications that arrived with the results of queries don't wake poll(). */
	ur_whole_collect(mirror);
	if(ur_changes_is_empty(&mirror->changes) && !audit_is_due(mirror)) {
		listen_on(mirror, is_asked(mirror)
								  ? 0
								  : ur_reload_wait(&mirror->reload, wait_ms));
		ur_whole_collect(mirror);
	}
	if(mirror->phase == UR_PHASE_LISTENING
			&& !ur_changes_is_empty(&mirror->changes))
		apply(mirror);
}

static void turn_listening(struct ur_mirror *mirror, int wait_ms)
{
	hear_changes(mirror, wait_ms);
	/* Right after changes: if they never pause, there is no better moment. */
	if(mirror->phase == UR_PHASE_LISTENING && audit_is_due(mirror))
		ur_whole_audit(mirror);
	if(mirror->phase == UR_PHASE_LISTENING && renewal_is_due(mirror))
		ur_whole_renew(mirror);
	if(mirror->phase == UR_PHASE_LISTENING
			&& ur_reload_is_ripe(&mirror->reload))
		ur_whole_load(mirror);
	if(mirror->phase == UR_PHASE_LISTENING && is_asked(mirror))
		ur_whole_check(mirror);
}

void ur_mirror_turn(struct ur_mirror *mirror, int wait_ms)
{
	if(mirror->snapshot != NULL && ur_snapshot_turn(mirror->snapshot))
		wait_ms = 0; /* there is more to write */
	switch(mirror->phase) {
		case UR_PHASE_STARTING:
			turn_starting(mirror);
			break;
		case UR_PHASE_PAUSED:
			turn_paused(mirror, wait_ms);
			break;
		case UR_PHASE_CONNECTING:
			turn_connecting(mirror, wait_ms);
			break;
		case UR_PHASE_LOADING: /* never between two turns */
		case UR_PHASE_LISTENING:
			turn_listening(mirror, wait_ms);
			break;
	}
	ur_mirror_tell_heard(mirror);
	if(mirror->phase != UR_PHASE_LISTENING)
		ur_renewal_warn(&mirror->renewal, mirror->table);
}

void ur_mirror_finish(struct ur_mirror *mirror, int max_ms)
{
	if(mirror->snapshot != NULL)
		ur_snapshot_finish(mirror->snapshot, max_ms);
}
