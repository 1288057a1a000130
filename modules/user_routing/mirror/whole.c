/*
 * Full loads, audits, renewals of hours, and checks.
 *
 * Reading all rows takes long, so it has a second connection, load_pg. Changes are received and
 * applied over the first one, pg, meanwhile: while load_pg waits for the server it calls
 * let_changes_in(), at least every 10 ms:
 *
 *   ur_whole_load()
 *    └ ur_load_all()                     the load's writer, over load_pg
 *       └ ur_pg_receive(load_pg)         waits for a page …
 *          └ let_changes_in()
 *             ├ ur_pg_wait(pg, 0)        … takes notifications
 *             ├ ur_whole_collect()
 *             └ ur_whole_apply()
 *                └ ur_apply_changes()
 *                   └ ur_load_changes()  the changes' writer, within the load's; over pg
 *
 *   returns 0      the load goes on. It leaves alone what changes have read or removed, see
 *                  writer.h
 *           EPIPE  pg has failed: the load ends, and both connections are closed
 *
 * Audits, renewals and checks do the same; a check also gives way to a full load. If the second connection
 * fails, the first one stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mirror/check.h"
#include "mirror/store/hash.h"
#include "mirror/inside.h"
#include "mirror/port.h"
#include "mirror/source/session.h"
#include "mirror/state_update.h"

/* ---- changes */

void ur_whole_collect(struct ur_mirror *mirror)
{
	ur_apply_collect(&mirror->apply);
	if(!mirror->changes.resync)
		return;
	ur_changes_clear(&mirror->changes);
	ur_lag_leave_to_load(&mirror->lag, 0);
	ur_reload_announce(&mirror->reload);
}

static enum ur_mirror_state state_of(const struct ur_mirror *mirror)
{
	return ur_load_lack(mirror->load).records == 0 ? UR_MIRROR_READY
												   : UR_MIRROR_PARTIAL;
}

/* Sets the state. Logs how much shared memory is missing, if any. */
static void enter_state(struct ur_mirror *mirror, enum ur_mirror_state state)
{
	const struct ur_lack lack = ur_load_lack(mirror->load);

	ur_state_change(mirror->state, state);
	if(state == UR_MIRROR_PARTIAL)
		ur_port_log(UR_LOG_WARNING,
				"shared memory has no room for %llu records: missing users get"
				" 404, changed users keep their old data or are missing; start"
				" Kamailio with -m %lu or more",
				(unsigned long long)lack.records,
				ur_port_memory_for(lack.bytes));
}

int ur_whole_apply(struct ur_mirror *mirror)
{
	int err = ur_apply_changes(&mirror->apply);

	/* A full load counts from zero, and publishes the count at its end. */
	if(err == 0 && mirror->phase != UR_PHASE_LOADING) {
		ur_state_set_skipped(mirror->state, mirror->skips.total);
		if(ur_state_get(mirror->state) == UR_MIRROR_READY)
			enter_state(mirror, state_of(mirror));
	}
	if(ur_load_account_came(mirror->load))
		ur_reload_soon(&mirror->reload,
				"an account was added whose users were there before");
	return err;
}

/* Called while the second connection waits, see ur_pg_while_waiting(). EPIPE: the first connection
 * has failed. */
static int let_changes_in(void *context)
{
	struct ur_mirror *mirror = context;

	ur_mirror_tell_heard(mirror);
	if(ur_pg_wait(mirror->pg, 0) != 0)
		return EPIPE;
	ur_whole_collect(mirror);
	if(ur_changes_is_empty(&mirror->changes))
		return 0;
	return ur_whole_apply(mirror) == 0 ? 0 : EPIPE;
}

/* The same during a check, which gives way to a full load and is run again after it. */
static int let_all_changes_in(void *context)
{
	const struct ur_mirror *mirror = context;
	int err = let_changes_in(context);

	return err == 0 && ur_reload_is_ripe(&mirror->reload) ? ECANCELED : err;
}

/* Behind a load balancer one address may lead to several servers. */
static int check_server(struct ur_mirror *mirror, char error[UR_SESSION_ERROR])
{
	struct ur_session_server server;
	int err = ur_session_who(mirror->load_pg, &server);

	if(err != 0) {
		ur_session_error(mirror->load_pg, err, error);
	} else if(strcmp(server.started, mirror->server.started) != 0) {
		snprintf(error, UR_SESSION_ERROR,
				"a second connection leads to another server than the first:"
				" db_url must not lead to a load balancer");
		err = EINVAL;
	}
	if(err != 0)
		ur_pg_close(mirror->load_pg);
	return err;
}

/* Opens the second connection; work is called while it waits. Returns 0 or an error, which may be
 * what work returned. */
static int open_load_pg(struct ur_mirror *mirror, int (*work)(void *context),
		char error[UR_SESSION_ERROR])
{
	int err;

	ur_pg_while_waiting(mirror->load_pg, work, mirror);
	err = ur_session_open(mirror->load_pg, mirror->config.connect_timeout,
			mirror->config.query_timeout, error);
	return err == 0 ? check_server(mirror, error) : err;
}

/* ---- full loads */

/* Chooses the connection for a full load. If the server refuses a second one, for example because
 * its limit is reached, the first one is used and changes wait. If the server does not answer in
 * time, the load is put off. */
static int open_for_load(struct ur_mirror *mirror, const char *work,
		struct ur_pg **pgp, char error[UR_SESSION_ERROR])
{
	int err = 0;

	*pgp = mirror->pg;
	if(!ur_state_is_loaded(mirror->state))
		return 0;
	err = open_load_pg(mirror, let_changes_in, error);
	if(err == 0)
		*pgp = mirror->load_pg;
	if(err != ECONNABORTED || ur_pg_is_late(mirror->load_pg))
		return err;
	ur_port_log(UR_LOG_INFO,
			"no second connection for %s (%s): changes wait until it is done",
			work, error);
	return 0;
}

static void now_ready(
		struct ur_mirror *mirror, int64_t started, const char *why)
{
	const enum ur_mirror_state state = state_of(mirror);
	struct ur_table_stats stats;

	ur_table_stats(mirror->table, &stats);
	ur_state_add_resync(mirror->state, mirror->skips.total);
	ur_state_set_source(mirror->state, UR_SOURCE_DATABASE);
	enter_state(mirror, state);
	ur_outage_end(&mirror->outage);
	ur_outage_end(&mirror->load_outage);
	ur_audit_restart(&mirror->audit);
	ur_renewal_restart(&mirror->renewal);
	ur_reload_end(&mirror->reload, ur_pg_now() - started,
			ur_hash_text(&mirror->outage.random, (uint64_t)ur_pg_now(),
					UR_TEXT("")));
	ur_port_log(UR_LOG_NOTICE,
			"mirror %s (%s): %u users, %u devices, %u accounts, %u domains, "
			"read in %lld ms, %llu rows skipped",
			state == UR_MIRROR_READY ? "ready" : "partial", why, stats.users,
			stats.devices, stats.accounts, stats.domains,
			(long long)(ur_pg_now() - started),
			(unsigned long long)mirror->skips.total);
}

static void end_load(struct ur_mirror *mirror, int64_t started,
		int64_t announced, const char *why)
{
	ur_lag_load(&mirror->lag, announced);
	if(mirror->reload.announced != 0) /* asked during the load: read again */
		ur_lag_leave_to_load(&mirror->lag, mirror->reload.announced);
	now_ready(mirror, started, why);
	ur_mirror_enter(mirror, UR_PHASE_LISTENING);
}

/* The table has some of what was read; changes are applied as before. */
static void put_off_load(
		struct ur_mirror *mirror, int64_t announced, const char *error)
{
	ur_state_set_error(mirror->state, error);
	ur_outage_log_second(
			&mirror->load_outage, &mirror->config, "a full load", error);
	ur_reload_put_off(&mirror->reload, announced,
			ur_outage_next_pause(&mirror->load_outage, &mirror->config));
	ur_mirror_enter(mirror, UR_PHASE_LISTENING);
}

/* The reason for the load, for the log. */
static const char *take_reason(struct ur_mirror *mirror)
{
	const char *why = mirror->reload.why;

	mirror->reload.why = NULL;
	if(why != NULL)
		return why;
	return ur_state_is_loaded(mirror->state) ? "connected again" : "first load";
}

void ur_whole_load(struct ur_mirror *mirror)
{
	const int64_t started = ur_pg_now();
	const char *why = take_reason(mirror);
	const int64_t announced = ur_reload_begin(&mirror->reload);
	char error[UR_SESSION_ERROR];
	struct ur_pg *pg;
	int err;

	ur_state_drop_resync_request(mirror->state); /* this is the answer */
	ur_port_log(UR_LOG_INFO, "everything is read: %s", why);
	ur_mirror_enter(mirror, UR_PHASE_LOADING);
	err = open_for_load(mirror, "the full load", &pg, error);
	if(err == 0) {
		err = ur_load_all(mirror->load, pg);
		ur_session_error(pg, err, error);
	}
	if(err == 0)
		end_load(mirror, started, announced, why);
	else if(err == EPIPE || pg == mirror->pg)
		ur_mirror_fail_query(mirror, err);
	else
		put_off_load(mirror, announced, error);
	ur_pg_close(mirror->load_pg);
}

/* ---- audits */

static void put_off_audit(struct ur_mirror *mirror, const char *error)
{
	struct ur_mirror_config config = mirror->config;

	if(config.reconnect_max < config.audit_interval)
		config.reconnect_max = config.audit_interval;
	ur_state_set_error(mirror->state, error);
	ur_outage_log_second(&mirror->audit_outage, &config, "an audit", error);
	ur_audit_put_off(&mirror->audit,
			ur_outage_next_pause(&mirror->audit_outage, &config));
}

static void end_audit(struct ur_mirror *mirror, enum ur_audit_result result)
{
	ur_outage_end(&mirror->audit_outage);
	if(result == UR_AUDIT_DRIFT)
		ur_state_add_drift(mirror->state);
	if(result != UR_AUDIT_FINE)
		ur_reload_now(&mirror->reload,
				result == UR_AUDIT_DRIFT
						? "an audit has found a change without a notification"
						: "an audit could not tell what has changed");
}

void ur_whole_audit(struct ur_mirror *mirror)
{
	enum ur_audit_result result = UR_AUDIT_FINE;
	char error[UR_SESSION_ERROR];
	int err = open_load_pg(mirror, let_changes_in, error);

	if(err == 0) {
		err = ur_audit_step(
				&mirror->audit, mirror->load, mirror->load_pg, &result);
		ur_session_error(mirror->load_pg, err, error);
	}
	ur_pg_close(mirror->load_pg);
	if(err == EPIPE)
		ur_mirror_fail_query(mirror, err);
	else if(err != 0)
		put_off_audit(mirror, error);
	else
		end_audit(mirror, result);
}

/* ---- hours */

static void end_renewal(struct ur_mirror *mirror)
{
	ur_outage_end(&mirror->renewal_outage);
	ur_renewal_restart(&mirror->renewal);
	enter_state(mirror, state_of(mirror));
	if(ur_load_account_came(mirror->load))
		ur_reload_soon(&mirror->reload,
				"an account was added whose users were there before");
}

static void put_off_renewal(struct ur_mirror *mirror, const char *error)
{
	ur_state_set_error(mirror->state, error);
	ur_outage_log_second(&mirror->renewal_outage, &mirror->config,
			"reading the hours of schedules", error);
	ur_renewal_put_off(&mirror->renewal,
			ur_outage_next_pause(&mirror->renewal_outage, &mirror->config));
}

void ur_whole_renew(struct ur_mirror *mirror)
{
	char error[UR_SESSION_ERROR];
	struct ur_pg *pg;
	int err =
			open_for_load(mirror, "reading the hours of schedules", &pg, error);
	const bool is_first = err == 0 && pg == mirror->pg;

	if(err == 0) {
		err = ur_load_hours(mirror->load, pg);
		ur_session_error(pg, err, error);
	}
	ur_pg_close(mirror->load_pg);
	if(err == 0)
		end_renewal(mirror);
	else if(err == EPIPE || is_first)
		ur_mirror_fail_query(mirror, err);
	else
		put_off_renewal(mirror, error);
}

/* ---- checks */

/* The query may take long: it runs over the second connection or not at all. */
void ur_whole_check(struct ur_mirror *mirror)
{
	char error[UR_SESSION_ERROR];
	int err = open_load_pg(mirror, let_all_changes_in, error);

	if(err == 0)
		err = ur_check_run(mirror->check, mirror->load_pg);
	else if(err != EPIPE && err != ECANCELED)
		ur_check_fail(mirror->check, error);
	ur_pg_close(mirror->load_pg);
	if(err == EPIPE)
		ur_mirror_fail_query(mirror, err);
}
