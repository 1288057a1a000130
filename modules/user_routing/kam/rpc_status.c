/*
 * Shows the mirror's state and figures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_status.h"

#include <limits.h>

static const char *state_name(enum ur_mirror_state state)
{
	switch(state) {
		case UR_MIRROR_LOADING:
			return "loading";
		case UR_MIRROR_READY:
			return "ready";
		case UR_MIRROR_PARTIAL:
			return "partial";
		default:
			return "stale";
	}
}

static const char *source_name(enum ur_mirror_source source)
{
	switch(source) {
		case UR_SOURCE_NONE:
			return "none";
		case UR_SOURCE_SNAPSHOT:
			return "snapshot";
		default:
			return "database";
	}
}

static const char *phase_name(enum ur_mirror_phase phase)
{
	switch(phase) {
		case UR_PHASE_STARTING:
			return "starting";
		case UR_PHASE_PAUSED:
			return "paused";
		case UR_PHASE_CONNECTING:
			return "connecting";
		case UR_PHASE_LOADING:
			return "loading";
		default:
			return "listening";
	}
}

/* Milliseconds as an RPC integer; INT_MAX is 24 days. */
static int ms(int64_t value)
{
	return value < INT_MAX ? (int)value : INT_MAX;
}

/* Begins the answer; NULL, with a fault, if memory is out. */
static void *begin(rpc_t *rpc, void *ctx)
{
	void *answer;

	if(rpc->add(ctx, "{", &answer) == 0)
		return answer;
	rpc->fault(ctx, 500, "Out of memory for the answer");
	return NULL;
}

static void add_times(
		rpc_t *rpc, void *answer, const struct ur_mirror_report *report)
{
	rpc->struct_add(answer, "sdddd", "phase", phase_name(report->phase),
			"retry_in_ms", ms(report->retry_in), "heard_ago_ms",
			ms(report->heard_ago), "apply_ms", ms(report->apply), "lag_ms",
			ms(report->lag));
}

static void add_snapshot(
		rpc_t *rpc, void *answer, const struct ur_mirror_report *report)
{
	time_t written = report->snapshot_written;
	int age = written != 0 ? (int)(time(NULL) - written) : -1;

	rpc->struct_add(answer, "sdds", "source", source_name(report->source),
			"snapshot_written", (int)written, "snapshot_age", age,
			"snapshot_error", report->snapshot_error);
}

static void add_records(
		rpc_t *rpc, void *answer, const struct ur_table_stats *stats)
{
	rpc->struct_add(answer, "dddddddd", "users", (int)stats->users, "devices",
			(int)stats->devices, "accounts", (int)stats->accounts, "domains",
			(int)stats->domains, "extensions", (int)stats->extensions, "dids",
			(int)stats->dids, "targets", (int)stats->targets, "target_hosts",
			(int)stats->target_hosts);
	rpc->struct_add(answer, "dddd", "rules", (int)stats->rules, "schedules",
			(int)stats->schedules, "caller_lists", (int)stats->caller_lists,
			"ring_groups", (int)stats->groups);
}

/* Seconds until the hours of some schedule are no longer known; 0: they are not; -1: there is no
 * schedule. */
static void add_hours(
		rpc_t *rpc, void *answer, const struct ur_table_stats *stats)
{
	const int64_t left = (int64_t)stats->hours_until * 60 - time(NULL);
	int shown = left > 0 && left < INT_MAX ? (int)left : 0;

	if(stats->hours_until == 0)
		shown = -1;
	rpc->struct_add(answer, "d", "hours_left", shown);
}

static void add_events(
		rpc_t *rpc, void *answer, const struct ur_mirror_report *report)
{
	rpc->struct_add(answer, "ddddd", "changes", (int)report->changes, "resyncs",
			(int)report->resyncs, "skipped", (int)report->skipped, "drifts",
			(int)report->drifts, "reconnects", (int)report->reconnects);
}

/* An error changes the state, so it is over once the state is ready or partial. */
static void add_error(
		rpc_t *rpc, void *answer, const struct ur_mirror_report *report)
{
	const bool is_over = report->last_error_at != 0
						 && (report->state == UR_MIRROR_READY
								 || report->state == UR_MIRROR_PARTIAL);

	rpc->struct_add(answer, "sdd", "last_error", report->last_error,
			"last_error_at", (int)report->last_error_at, "last_error_over",
			(int)is_over);
}

void ur_rpc_status(
		rpc_t *rpc, void *ctx, struct ur_table *table, struct ur_state *state)
{
	struct ur_mirror_report report;
	struct ur_table_stats stats;
	void *answer = begin(rpc, ctx);

	if(answer == NULL)
		return;
	ur_state_report(state, &report);
	ur_table_stats(table, &stats);
	rpc->struct_add(answer, "sd", "state", state_name(report.state),
			"state_since", (int)report.state_since);
	add_times(rpc, answer, &report);
	add_records(rpc, answer, &stats);
	add_hours(rpc, answer, &stats);
	rpc->struct_add(answer, "d", "last_change", (int)report.last_change);
	add_events(rpc, answer, &report);
	rpc->struct_add(answer, "d", "backend_pid", report.backend_pid);
	add_error(rpc, answer, &report);
	add_snapshot(rpc, answer, &report);
}

void ur_rpc_stats(
		rpc_t *rpc, void *ctx, struct ur_table *table, struct ur_state *state)
{
	struct ur_mirror_report report;
	struct ur_table_stats stats;
	void *answer = begin(rpc, ctx);

	if(answer == NULL)
		return;
	ur_state_report(state, &report);
	ur_table_stats(table, &stats);
	add_records(rpc, answer, &stats);
	rpc->struct_add(answer, "jd", "bytes", (unsigned long)stats.bytes,
			"buckets", (int)stats.buckets);
	add_events(rpc, answer, &report);
}

void ur_rpc_resync(rpc_t *rpc, void *ctx, struct ur_state *state)
{
	struct ur_mirror_report report;
	void *answer = begin(rpc, ctx);
	bool is_connected;
	uint64_t done_at;

	if(answer == NULL)
		return;
	ur_state_report(state, &report);
	done_at = ur_state_request_resync(state);
	is_connected = report.backend_pid != 0;
	rpc->struct_add(answer, "sdd", "asked",
			is_connected ? "everything is read again"
						 : "the database is out of reach: everything is read"
						   " again when it is back",
			"resyncs", (int)report.resyncs, "done_at", (int)done_at);
}
