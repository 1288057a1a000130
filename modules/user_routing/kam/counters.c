/*
 * Counters and gauges.
 *
 * xhttp_prom prints a value as unsigned: none may be negative.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/counters.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/dprint.h"
#include "kam/context.h"
#include "kam/in_progress.h"
#include "kam/mirror_port.h"

struct ur_counters ur_counters;

/* ---- gauges, read on request */

enum gauge
{
	GAUGE_STATE,
	GAUGE_STATE_SECONDS,
	GAUGE_SOURCE,
	GAUGE_LAG,
	GAUGE_HEARD,
	GAUGE_LAG_MS,
	GAUGE_HEARD_MS,
	GAUGE_APPLY,
	GAUGE_CHANGES,
	GAUGE_RESYNCS,
	GAUGE_SKIPPED_ROWS,
	GAUGE_DRIFTS,
	GAUGE_RECONNECTS,
	GAUGE_SNAPSHOT_AGE,
	GAUGE_SNAPSHOT_FAILED,
	GAUGE_USERS,
	GAUGE_DEVICES,
	GAUGE_RULES,
	GAUGE_SCHEDULES,
	GAUGE_CALLER_LISTS,
	GAUGE_RING_GROUPS,
	GAUGE_HOURS_LEFT,
	GAUGE_MEMORY,
};

/* The wall clock can be set back. */
static counter_val_t seconds_since(time_t then)
{
	const time_t now = time(NULL);

	return then != 0 && now > then ? now - then : 0;
}

static counter_val_t seconds_until(time_t then)
{
	const time_t now = time(NULL);

	return then > now ? then - now : 0;
}

/* -1 means never; state and source show that. */
static counter_val_t never_as_0(int64_t ms)
{
	return ms > 0 ? (counter_val_t)ms : 0;
}

/* Rounded up, so that a lag is never shown as 0. */
static counter_val_t whole_seconds(int64_t ms)
{
	return never_as_0((ms + 999) / 1000);
}

static counter_val_t read_status(counter_handle_t handle, void *param)
{
	struct ur_mirror_report report;

	(void)handle;
	ur_state_report(ur_context_mirror(), &report);
	switch((enum gauge)(uintptr_t)param) {
		case GAUGE_STATE:
			return report.state;
		case GAUGE_STATE_SECONDS:
			return seconds_since(report.state_since);
		case GAUGE_SOURCE:
			return report.source;
		case GAUGE_LAG:
			return whole_seconds(report.lag);
		case GAUGE_HEARD:
			return whole_seconds(report.heard_ago);
		case GAUGE_LAG_MS:
			return never_as_0(report.lag);
		case GAUGE_HEARD_MS:
			return never_as_0(report.heard_ago);
		case GAUGE_APPLY:
			return never_as_0(report.apply);
		case GAUGE_CHANGES:
			return (counter_val_t)report.changes;
		case GAUGE_RESYNCS:
			return (counter_val_t)report.resyncs;
		case GAUGE_SKIPPED_ROWS:
			return (counter_val_t)report.skipped;
		case GAUGE_DRIFTS:
			return (counter_val_t)report.drifts;
		case GAUGE_RECONNECTS:
			return (counter_val_t)report.reconnects;
		case GAUGE_SNAPSHOT_AGE:
			return seconds_since(report.snapshot_written);
		case GAUGE_SNAPSHOT_FAILED:
			return report.snapshot_error[0] != '\0';
		default:
			return 0;
	}
}

static counter_val_t read_table(counter_handle_t handle, void *param)
{
	struct ur_table_stats stats;

	(void)handle;
	ur_table_stats(ur_context_table(), &stats);
	switch((enum gauge)(uintptr_t)param) {
		case GAUGE_USERS:
			return stats.users;
		case GAUGE_DEVICES:
			return stats.devices;
		case GAUGE_RULES:
			return stats.rules;
		case GAUGE_SCHEDULES:
			return stats.schedules;
		case GAUGE_CALLER_LISTS:
			return stats.caller_lists;
		case GAUGE_RING_GROUPS:
			return stats.groups;
		case GAUGE_HOURS_LEFT:
			return seconds_until((time_t)stats.hours_until * 60);
		case GAUGE_MEMORY:
			return (counter_val_t)stats.bytes;
		default:
			return 0;
	}
}

static counter_val_t read_room(counter_handle_t handle, void *param)
{
	(void)handle;
	(void)param;
	return (counter_val_t)ur_port_room();
}

static counter_val_t read_calls(counter_handle_t handle, void *param)
{
	(void)handle;
	(void)param;
	return ur_in_progress_count();
}

/* ---- all counters and gauges */

#define STATUS(gauge) CNT_F_NO_RESET, read_status, (void *)(uintptr_t)(gauge)
#define TABLE(gauge) CNT_F_NO_RESET, read_table, (void *)(uintptr_t)(gauge)
#define COUNTED 0, NULL, NULL

/* clang-format off */
static counter_def_t counters[] = {
	{&ur_counters.calls, "calls_total", COUNTED,
		"counter: calls that came to the module"},
	{&ur_counters.calls_answered, "calls_answered_total", COUNTED,
		"counter: calls that a device answered"},

	{&ur_counters.decisions_ring, "decisions_ring_total", COUNTED,
		"counter: decisions to ring a user's devices, one for each user rung"
		" during a call"},
	{&ur_counters.decisions_voicemail, "decisions_voicemail_total", COUNTED,
		"counter: calls that left for a voicemail box"},
	{&ur_counters.decisions_forward, "decisions_forward_total", COUNTED,
		"counter: calls that left for the PSTN (target kind forward)"},
	{&ur_counters.decisions_other_target, "decisions_other_target_total", COUNTED,
		"counter: calls that left for a target of another kind (queue,"
		" ring_group, conference, flow)"},
	{&ur_counters.decisions_end, "decisions_end_total", COUNTED,
		"counter: calls ended by the module: 480, 486, hangup's status, 400,"
		" 481, 513, or a phone's code that the caller has to mend"},
	{&ur_counters.decisions_no_user, "decisions_no_user_total", COUNTED,
		"counter: calls to unknown users in our domains (404, or outbound)"},
	{&ur_counters.decisions_emergency, "decisions_emergency_total", COUNTED,
		"counter: calls of our users to an emergency number"},
	{&ur_counters.decisions_foreign, "decisions_foreign_total", COUNTED,
		"counter: calls to a domain that is not in sip_domain (404)"},
	{&ur_counters.decisions_cancelled, "decisions_cancelled_total", COUNTED,
		"counter: calls whose caller hung up while users were rung (487)"},
	{&ur_counters.decisions_not_loaded, "decisions_not_loaded_total", COUNTED,
		"counter: calls answered with 503 before the first load was done"},
	{&ur_counters.decisions_error, "decisions_error_total", COUNTED,
		"counter: errors (500), out of memory or refused by tm: see the log"},

	{&ur_counters.hops, "hops_total", COUNTED,
		"counter: users and extensions that calls reached"},
	{&ur_counters.refused_loop, "refused_loop_total", COUNTED,
		"counter: forwards not followed because the call had been there"},
	{&ur_counters.refused_max_hops, "refused_max_hops_total", COUNTED,
		"counter: forwards not followed because max_hops was reached"},
	{&ur_counters.refused_target, "refused_target_total", COUNTED,
		"counter: forwards not followed because the target does not exist, is"
		" disabled or has no URI"},
	{&ur_counters.refused_host, "refused_host_total", COUNTED,
		"counter: forwards not followed because the host in the target's URI is"
		" not allowed or can't be resolved"},

	{&ur_counters.rules_unknown, "rules_unknown_total", COUNTED,
		"counter: rules passed over as it is not known whether they hold: a"
		" schedule or caller list is missing, or its hours have run out"},
	{&ur_counters.forks, "forks_total", COUNTED,
		"counter: ring steps started"},
	{&ur_counters.branches, "branches_total", COUNTED,
		"counter: branches created, one for each contact to ring"},
	{&ur_counters.contacts_left_out, "contacts_left_out_total", COUNTED,
		"counter: contacts not rung because branches ran short (max_branches),"
		" or texts were too long (max_contacts)"},
	{&ur_counters.contacts_late, "contacts_late_total", COUNTED,
		"counter: contacts that registered while their user rang, and joined"},
	{&ur_counters.legs[UR_VERDICT_BUSY], "legs_busy_total", COUNTED,
		"counter: unanswered rings: legs that were busy"},
	{&ur_counters.legs[UR_VERDICT_NO_ANSWER], "legs_no_answer_total", COUNTED,
		"counter: unanswered rings: legs that nobody picked up"},
	{&ur_counters.legs[UR_VERDICT_UNREACHABLE], "legs_unreachable_total", COUNTED,
		"counter: unanswered rings: legs whose phone was not reached"},
	{&ur_counters.legs[UR_VERDICT_NEGOTIATION], "legs_negotiation_total", COUNTED,
		"counter: unanswered rings: legs whose phone could not agree with the"
		" caller's, for example on codecs"},
	{&ur_counters.legs[UR_VERDICT_REFUSED], "legs_refused_total", COUNTED,
		"counter: unanswered rings: legs that were refused for other reasons"},

	{&ur_counters.messages_refused, "messages_refused_total", COUNTED,
		"counter: requests and replies refused by user_check_message(),"
		" replies refused by user_check_reply(), and datagrams larger than"
		" max_message_size"},
	{&ur_counters.calls_limited, "calls_limited_total", COUNTED,
		"counter: calls answered with 503 because their device already set up"
		" max_calls_per_device calls, or 5 emergency calls"},
	{&ur_counters.calls_over_limit, "calls_over_limit_total", COUNTED,
		"counter: calls answered with 486 because the user who placed them was"
		" in max_calls calls already"},
	{&ur_counters.decisions_full, "decisions_full_total", COUNTED,
		"counter: called users who were in max_calls calls already, so that"
		" their busy line decided"},
	{&ur_counters.auth_ok, "auth_ok_total", COUNTED,
		"counter: requests whose password was right"},
	{&ur_counters.auth_failed, "auth_failed_total", COUNTED,
		"counter: requests with credentials that were refused"},
	{&ur_counters.auth_not_loaded, "auth_not_loaded_total", COUNTED,
		"counter: requests answered with 503 before passwords were loaded"},

	{NULL, "calls_in_progress", CNT_F_NO_RESET, read_calls, NULL,
		"gauge: calls that users are in, being set up or answered; 0 without"
		" the module dialog"},

	{NULL, "mirror_state", STATUS(GAUGE_STATE),
		"gauge: 0 loading (calls get 503), 1 ready, 2 stale (the database is"
		" out of reach, the last data are used), 3 partial (not all records fit"
		" in shared memory)"},
	{NULL, "mirror_state_seconds", STATUS(GAUGE_STATE_SECONDS),
		"gauge: seconds in this state"},
	{NULL, "mirror_source", STATUS(GAUGE_SOURCE),
		"gauge: source of the data: 0 none yet, 1 the snapshot file"
		" (without passwords), 2 the database"},
	{NULL, "mirror_lag_seconds", STATUS(GAUGE_LAG),
		"gauge: seconds since when changes may be missing, rounded up; 0: no lag"
		" is known, or nothing was read from the database yet"},
	{NULL, "mirror_heard_ago_seconds", STATUS(GAUGE_HEARD),
		"gauge: seconds since the database last responded, rounded up; 0: never"
		" yet"},
	{NULL, "mirror_apply_ms", STATUS(GAUGE_APPLY),
		"gauge: milliseconds from the last change's announcement until it took"
		" effect"},
	{NULL, "mirror_changes_total", STATUS(GAUGE_CHANGES),
		"counter: changes applied, in records read again"},
	{NULL, "mirror_resyncs_total", STATUS(GAUGE_RESYNCS),
		"counter: full loads, the first one included"},
	{NULL, "mirror_skipped_rows", STATUS(GAUGE_SKIPPED_ROWS),
		"gauge: rows that the last full load or a later change skipped: see the"
		" log"},
	{NULL, "mirror_drifts_total", STATUS(GAUGE_DRIFTS),
		"counter: changes that were not announced and that an audit found"},
	{NULL, "mirror_reconnects_total", STATUS(GAUGE_RECONNECTS),
		"counter: reconnects to the database"},
	{NULL, "users", TABLE(GAUGE_USERS), "gauge: users in the mirror"},
	{NULL, "devices", TABLE(GAUGE_DEVICES), "gauge: devices in the mirror"},
	{NULL, "rules", TABLE(GAUGE_RULES), "gauge: rules of users in the mirror"},
	{NULL, "schedules", TABLE(GAUGE_SCHEDULES),
		"gauge: schedules in the mirror"},
	{NULL, "caller_lists", TABLE(GAUGE_CALLER_LISTS),
		"gauge: caller lists in the mirror"},
	{NULL, "ring_groups", TABLE(GAUGE_RING_GROUPS),
		"gauge: ring groups in the mirror"},
	{NULL, "schedules_known_seconds", TABLE(GAUGE_HOURS_LEFT),
		"gauge: seconds until the hours of some schedule are no longer known,"
		" unless the database answers before; 0: they have ended, or there is"
		" no schedule"},
	{NULL, "memory_bytes", TABLE(GAUGE_MEMORY),
		"gauge: bytes of shared memory that the mirrored records take"},
	{NULL, "memory_room_bytes", CNT_F_NO_RESET, read_room, NULL,
		"gauge: bytes of shared memory that the mirror may still take;"
		" memory_reserve is kept free for calls"},
	{NULL, "snapshot_age_seconds", STATUS(GAUGE_SNAPSHOT_AGE),
		"gauge: seconds since the snapshot file's data was current; 0: there"
		" is none"},
	{NULL, "snapshot_failed", STATUS(GAUGE_SNAPSHOT_FAILED),
		"gauge: 1 when the snapshot file could not be written last time"},
	{NULL, NULL, 0, NULL, NULL, NULL}
};
/* clang-format on */

/* ---- old names without _total, and in milliseconds: for one more release */

static counter_val_t read_counter(counter_handle_t handle, void *param)
{
	(void)handle;
	return counter_get_val(*(counter_handle_t *)param);
}

static int register_old_name(const char *name, counter_cbk_f read, void *param)
{
	static const char doc[] =
			"old name: removed in the next release; use NAME_total, or NAME in"
			" seconds";

	return counter_register(
			NULL, "user_routing", name, CNT_F_NO_RESET, read, param, doc, 0);
}

static int register_without_total(const counter_def_t *def)
{
	static const char suffix[] = "_total";
	const int len = (int)strlen(def->name) - (int)sizeof(suffix) + 1;
	char name[64];

	if(len <= 0 || strcmp(def->name + len, suffix) != 0)
		return 0;
	snprintf(name, sizeof(name), "%.*s", len, def->name);
	return def->get_cbk != NULL
				   ? register_old_name(name, def->get_cbk, def->get_cbk_param)
				   : register_old_name(name, read_counter, def->handle);
}

static int register_old_names(void)
{
	const counter_def_t *def;
	int err = 0;

	for(def = counters; def->name != NULL; def++)
		err |= register_without_total(def);
	err |= register_old_name(
			"mirror_lag_ms", read_status, (void *)(uintptr_t)GAUGE_LAG_MS);
	err |= register_old_name("mirror_heard_ago_ms", read_status,
			(void *)(uintptr_t)GAUGE_HEARD_MS);
	return err;
}

int ur_counters_init(void)
{
	if(counter_register_array("user_routing", counters) == 0
			&& register_old_names() == 0)
		return 0;
	LM_ERR("the counters can't be registered: out of private memory (-M)?\n");
	return -1;
}

counter_handle_t ur_counters_of_target(struct ur_text kind)
{
	if(ur_text_equal(kind, UR_TEXT("voicemail")))
		return ur_counters.decisions_voicemail;
	if(ur_text_equal(kind, UR_TEXT("forward")))
		return ur_counters.decisions_forward;
	return ur_counters.decisions_other_target;
}

counter_handle_t ur_counters_of_refusal(enum ur_refusal why)
{
	switch(why) {
		case UR_REFUSAL_LOOP:
			return ur_counters.refused_loop;
		case UR_REFUSAL_MAX_HOPS:
			return ur_counters.refused_max_hops;
		case UR_REFUSAL_ITSELF:
		case UR_REFUSAL_GATEWAY:
		case UR_REFUSAL_HOST:
		case UR_REFUSAL_RESOLVED:
			return ur_counters.refused_host;
		default:
			return ur_counters.refused_target;
	}
}
