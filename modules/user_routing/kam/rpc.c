/*
 * RPC commands: their table and doc texts.
 *
 * rpc_….c make the answers, from shared memory, so any process may give them: ctl's, jsonrpcs', or
 * a TCP worker through xhttp. Only "check" waits, for a bounded time. Fault texts are short, as
 * jsonrpcs truncates them after 127 bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc.h"

#include "kam/context.h"
#include "kam/rpc_calls.h"
#include "kam/rpc_check.h"
#include "kam/rpc_explain.h"
#include "kam/rpc_explain_register.h"
#include "kam/rpc_show.h"
#include "kam/rpc_status.h"
#include "kam/settings.h"

/* False, with a fault, if nothing is loaded yet. */
static bool is_loaded(rpc_t *rpc, void *ctx)
{
	if(ur_state_is_loaded(ur_context_mirror()))
		return true;
	rpc->fault(ctx, 503,
			"Nothing is loaded from the database yet: see last_error in"
			" user_routing.status");
	return false;
}

static void rpc_show(rpc_t *rpc, void *ctx)
{
	if(is_loaded(rpc, ctx))
		ur_rpc_show(rpc, ctx, ur_context_table());
}

static void rpc_status(rpc_t *rpc, void *ctx)
{
	ur_rpc_status(rpc, ctx, ur_context_table(), ur_context_mirror());
}

static void rpc_stats(rpc_t *rpc, void *ctx)
{
	ur_rpc_stats(rpc, ctx, ur_context_table(), ur_context_mirror());
}

static void rpc_resync(rpc_t *rpc, void *ctx)
{
	ur_rpc_resync(rpc, ctx, ur_context_mirror());
}

static void rpc_check(rpc_t *rpc, void *ctx)
{
	if(is_loaded(rpc, ctx))
		ur_rpc_check(rpc, ctx, ur_context_table(), ur_context_mirror(),
				ur_context_check());
}

static void rpc_calls(rpc_t *rpc, void *ctx)
{
	if(is_loaded(rpc, ctx))
		ur_rpc_calls(rpc, ctx, ur_context_table());
}

static const char *show_doc[] = {
		"Shows one user as in the mirror, with account, devices and rules; or"
		" a schedule, a caller list, or a ring group with its members."
		" Parameter: username@domain, the address of one of the user's devices"
		" (auth_username@realm), sip_user.id, schedule.id, caller_list.id or"
		" ring_group.id. Names are those of the SQL columns, and NULL is"
		" empty. age: seconds since the mirror got this"
		" content (a record that is read again unchanged keeps its age)."
		" has_password: the device has an ha1, which is never shown. domains:"
		" as many of the domain_count domains as fit into 4 KB; entries: the"
		" same. hours_utc: the next 20.",
		0};

static const char *calls_doc[] = {
		"Lists the calls that a user is in, as max_calls counts them: the first"
		" 100. Parameter: username@domain, the address of one of the user's"
		" devices, or sip_user.id. max_calls: 0 for no limit. state: placed by"
		" the user, ringing, or answered; seconds: for how long. with: what was"
		" dialled, or who calls. Needs the module dialog.",
		0};

static const char *status_doc[] = {
		"The mirror's state: loading (calls get 503), ready, stale (the"
		" database is out of reach, the last known data are used), or partial"
		" (not all records fit in shared memory). phase, and retry_in_ms:"
		" milliseconds until it connects. The number of records. last_change:"
		" when changes last took effect. apply_ms: how long that took after"
		" the database's announcement was read (-1: none yet). heard_ago_ms:"
		" since the database last responded (-1: never). lag_ms: since when"
		" changes may be missing (0: no lag is known, -1: nothing was read"
		" from the database yet). The last error. source: database, snapshot"
		" or none. When the snapshot file was written (0: never), how many"
		" seconds ago (-1: never), and why it could not be written.",
		0};

static const char *stats_doc[] = {
		"Numbers only: records in the mirror, bytes and buckets of its table"
		" in shared memory. Since Kamailio started: changes (changed records"
		" read again), resyncs (full loads), drifts (audits that found a"
		" difference), reconnects. skipped: rows that the last full load or a"
		" later change could not take.",
		0};

static const char *resync_doc[] = {
		"Makes the mirror read everything again, and returns at once. The"
		" resync is done when resyncs in user_routing.status reaches done_at."
		" If the database is out of reach, the resync waits until it is back.",
		0};

static const char *check_doc[] = {
		"Lists what is configured but can't work: the rows of the view"
		" routing_problem. Parameter, optional: account.id; default: all"
		" accounts. found: number of problems. problems: the first 200 at"
		" most, up to 64 KB. age: seconds since the database answered. Waits"
		" up to 2 seconds for the database. A later answer is kept for a"
		" minute: repeat the command.",
		0};

static const char *settings_doc[] = {
		"The current values of the settings that cfg.set can change, including"
		" those that cfg.get does not show.",
		0};

#define ADD_NUMBER(name, ...) \
	rpc->struct_add(answer, "d", #name, ur_setting(name));
#define ADD_CODES(name, ...) \
	rpc->struct_add(answer, "s", #name, ur_setting(name));

static void rpc_settings(rpc_t *rpc, void *ctx)
{
	void *answer;

	ur_settings_refresh();
	if(rpc->add(ctx, "{", &answer) < 0) {
		rpc->fault(ctx, 500, "Out of memory for the answer");
		return;
	}
	UR_SETTINGS_NUMBERS(ADD_NUMBER)
	UR_SETTINGS_CODES(ADD_CODES)
}

/* clang-format off */
rpc_export_t ur_rpc_commands[] = {
	{"user_routing.show",   rpc_show,   show_doc,   0},
	{"user_routing.calls",  rpc_calls,  calls_doc,  0},
	{"user_routing.status", rpc_status, status_doc, 0},
	{"user_routing.stats",  rpc_stats,  stats_doc,  0},
	{"user_routing.resync", rpc_resync, resync_doc, 0},
	{"user_routing.check",  rpc_check,  check_doc,  0},
	{"user_routing.settings", rpc_settings, settings_doc, 0},
	{"user_routing.explain", ur_rpc_explain, ur_rpc_explain_doc, 0},
	{"user_routing.explain_tree", ur_rpc_explain_tree,
		ur_rpc_explain_tree_doc, RET_ARRAY},
	{"user_routing.explain_register", ur_rpc_explain_register,
		ur_rpc_explain_register_doc, 0},
	{0, 0, 0, 0}
};
/* clang-format on */
