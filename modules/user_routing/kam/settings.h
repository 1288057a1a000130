/*
 * The module's parameters, for the rest of kam/.
 *
 * The parameters in the lists below can change at run time: they are the group "user_routing" of
 * Kamailio's cfg framework. A process sees a change when it starts with the next message or timer,
 * not while it handles one. The other parameters are read only at start.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SETTINGS_H
#define UR_KAM_SETTINGS_H

#include <stdbool.h>

#include "core/cfg/cfg.h"
#include "core/compiler_opt.h"
#include "core/sr_module.h"
#include "policy/chain.h"
#include "policy/emergency.h"
#include "policy/verdict.h"

/*
 * name, default, from, to, unit (a blank before it), check, meaning. Parameters, ranges, errors and
 * the texts of cfg.help are generated from this; the reference describes them for people. check: a
 * further check of a change, or NULL. (cfg.get can't show parameters that have one: see
 * user_routing.settings.)
 */
/* clang-format off */
#define UR_SETTINGS_NUMBERS(X) \
	X(connect_timeout, 3000, 100, 60000, " ms", NULL, \
		"to connect to a host of the database, before the next is tried") \
	X(query_timeout, 10000, 100, 600000, " ms", NULL, \
		"for the database's answer to one statement") \
	X(reconnect_min, 200, 10, 60000, " ms", check_reconnect_min, \
		"the first wait after the database has failed") \
	X(reconnect_max, 10000, 10, 600000, " ms", check_reconnect_max, \
		"the wait for the database doubles up to this") \
	X(ping_interval, 5000, 100, 600000, " ms", NULL, \
		"an idle connection to the database is tested this often") \
	X(audit_interval, 300000, 0, 86400000, " ms", NULL, \
		"mirror and database are compared this often; 0: never") \
	X(snapshot_interval, 60, 1, 86400, " s", NULL, \
		"snapshot_file is written at most this often") \
	X(hours_interval, 86400, 1, 2592000, " s", NULL, \
		"the hours of schedules are read again this often") \
	X(fr_timer, 4000, 100, 60000, " ms", NULL, \
		"a contact that sends no response is given up after it") \
	X(max_hops, 10, 1, UR_CHAIN_LIMIT, "", NULL, \
		"users and extensions that a call may visit") \
	X(ring_timeout_total, 0, 0, 1, "", NULL, \
		"1: ring_timeout_sec is for all steps of a sequence together") \
	X(retry_after, 5, 0, 3600, " s", NULL, \
		"in the 503 before the first load; 0: none") \
	X(memory_reserve, 25, 0, 90, " %", NULL, \
		"of the shared memory, kept free for calls") \
	X(dialog_max_age, 43200, 1, 2592000, " s", NULL, \
		"in an older dialog only BYE, ACK and PRACK are accepted") \
	X(max_message_size, 16384, 2048, 65535, "", NULL, \
		"bytes: larger datagrams are dropped, larger messages refused") \
	X(max_headers, 100, 20, 10000, "", NULL, \
		"messages with more header lines are refused, too") \
	X(max_calls_per_device, 60, 0, 1000000, "", NULL, \
		"calls that one device may set up at once; 0: any number") \
	X(max_contacts, 10, 1, 1000, "", NULL, \
		"contacts of one device: the oldest is removed for one more") \
	X(log_bad_messages, 1, 0, 10000, "", NULL, \
		"unreadable messages that each process may log in a second") \
	X(log_calls, 0, 0, 1, "", NULL, \
		"1: each decision about a call is logged")

/* name, default, verdict, meaning */
#define UR_SETTINGS_CODES(X) \
	X(busy_codes, "486,600,603", UR_VERDICT_BUSY, \
		"response codes of a phone that count as busy") \
	X(no_answer_codes, "408,480", UR_VERDICT_NO_ANSWER, \
		"response codes of a phone that count as no answer") \
	X(unreachable_codes, "404,410,430,503", UR_VERDICT_UNREACHABLE, \
		"response codes of a phone that count as unreachable") \
	X(negotiation_codes, "415,420,421,422,488,489,493,494,580", \
		UR_VERDICT_NEGOTIATION, \
		"response codes of a phone that the caller's phone must react to")
/* clang-format on */

#define UR_SETTING_INT(name, ...) int name;
#define UR_SETTING_STRING(name, ...) char *name;

struct cfg_group_user_routing
{
	UR_SETTINGS_NUMBERS(UR_SETTING_INT)
	UR_SETTINGS_CODES(UR_SETTING_STRING)
};

extern void *ur_settings_cfg;

/* The current value, as in ur_setting(fr_timer). Read it where it is used. */
#define ur_setting(name) cfg_get(user_routing, ur_settings_cfg, name)

/* Is each decision about a call logged? */
static inline bool ur_settings_log_calls(void)
{
	return unlikely(ur_setting(log_calls) != 0);
}

/* The verdicts of response codes, from the lists of codes. */
const struct ur_verdict_codes *ur_settings_codes(void);

/* Set by modparam before mod_init, constant afterwards. */
struct ur_settings_at_start
{
	char *db_url;		  /* contains a password: never in the log or an RPC */
	char *snapshot_file;  /* NULL: none */
	char *location_table; /* usrloc's table */
	char *dialog_secret;  /* never in the log or an RPC; NULL: none */
	char *media_server;	  /* a SIP URI; NULL: none */
	struct ur_emergency emergency;
};

extern struct ur_settings_at_start ur_settings_at_start;

extern param_export_t ur_settings_params[];

/* In mod_init: checks all parameters, and registers those that may change with the cfg framework.
 * Returns 0, or -1; logs an error for each wrong parameter, with the correct form, and a warning
 * for each that contains a secret of the sample. */
int ur_settings_init(void);

/* In child_init. */
void ur_settings_child_init(int rank);

/* Call it before an RPC shows current settings: jsonrpcs checks for new settings before it waits
 * for a command, so it has those from before the last change. */
void ur_settings_refresh(void);

#endif
