/*
 * RPC commands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc.h"

#include "core/dprint.h"
#include "kam/settings.h"

static struct ur_table *table;
static struct ur_mirror_status *mirror_status;

void ur_rpc_init(struct ur_table *t, struct ur_mirror_status *status)
{
	table = t;
	mirror_status = status;
}

static const char *state_name(enum ur_mirror_state state)
{
	switch(state) {
		case UR_MIRROR_LOADING:
			return "loading";
		case UR_MIRROR_READY:
			return "ready";
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

static const char *status_doc[2] = {
		"The mirror's state: loading (calls get 503), ready, or stale (the"
		" database is out of reach, the last known data serves); what it holds,"
		" and its last error; where the data came from (database, snapshot or"
		" none); when the snapshot file was written (0: never), how many "
		"seconds"
		" ago (-1: never), and why it could not be written.",
		0};

static void add_snapshot(
		rpc_t *rpc, void *answer, const struct ur_mirror_report *report)
{
	time_t written = report->snapshot_written;
	int age = written != 0 ? (int)(time(NULL) - written) : -1;

	rpc->struct_add(answer, "sdds", "source", source_name(report->source),
			"snapshot_written", (int)written, "snapshot_age", age,
			"snapshot_error", report->snapshot_error);
}

static void status(rpc_t *rpc, void *ctx)
{
	struct ur_mirror_report report;
	struct ur_table_stats stats;
	void *answer;

	ur_mirror_status_report(mirror_status, &report);
	ur_table_stats(table, &stats);
	if(rpc->add(ctx, "{", &answer) < 0) {
		rpc->fault(ctx, 500, "Out of memory for the answer");
		return;
	}
	rpc->struct_add(answer, "sddddddd", "state", state_name(report.state),
			"state_since", (int)report.state_since, "users", (int)stats.users,
			"devices", (int)stats.devices, "accounts", (int)stats.accounts,
			"domains", (int)stats.domains, "extensions", (int)stats.extensions,
			"targets", (int)stats.targets);
	rpc->struct_add(answer, "ddddddds", "last_change", (int)report.last_change,
			"changes", (int)report.changes, "resyncs", (int)report.resyncs,
			"skipped", (int)report.skipped, "drifts", (int)report.drifts,
			"reconnects", (int)report.reconnects, "backend_pid",
			report.backend_pid, "last_error", report.last_error);
	add_snapshot(rpc, answer, &report);
}

static const char *settings_doc[2] = {"What cfg.set can change, and the values "
									  "that are in force. (cfg.get can't"
									  " show all of them: the core gives out "
									  "none whose changes are checked.)",
		0};

#define ADD_NUMBER(name, ...) \
	rpc->struct_add(answer, "d", #name, ur_setting(name));
#define ADD_CODES(name, ...) \
	rpc->struct_add(answer, "s", #name, ur_setting(name));

static void settings(rpc_t *rpc, void *ctx)
{
	void *answer;

	if(rpc->add(ctx, "{", &answer) < 0) {
		rpc->fault(ctx, 500, "Out of memory for the answer");
		return;
	}
	UR_SETTINGS_NUMBERS(ADD_NUMBER)
	UR_SETTINGS_CODES(ADD_CODES)
}

rpc_export_t ur_rpc_commands[] = {
		{"user_routing.status", status, status_doc, 0},
		{"user_routing.settings", settings, settings_doc, 0},
		{0, 0, 0, 0},
};
