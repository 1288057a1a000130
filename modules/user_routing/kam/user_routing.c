/*
 * The module's interface to Kamailio: exports, start and end.
 *
 * Path of a call: script.c → request.c → policy/ → starts.c → contacts.c → branches.c, legs.c. While
 * it rings: late.c → deadline.c → starts.c → append.c. Path of the mirror: mirror_process.c → mirror/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/dprint.h"
#include "core/kemi.h"
#include "core/mod_fix.h"
#include "core/route.h"
#include "core/sr_module.h"
#include "kam/append.h"
#include "kam/attempt.h"
#include "kam/auth.h"
#include "kam/caller_limit.h"
#include "kam/compat.h"
#include "kam/contacts.h"
#include "kam/context.h"
#include "kam/counters.h"
#include "kam/dialog.h"
#include "kam/dialog_ask.h"
#include "kam/directory.h"
#include "kam/hosts.h"
#include "kam/in_progress.h"
#include "kam/known.h"
#include "kam/late.h"
#include "kam/legs.h"
#include "kam/location.h"
#include "kam/log_rate.h"
#include "kam/mailbox.h"
#include "kam/message.h"
#include "kam/mirror_process.h"
#include "kam/packets.h"
#include "kam/phones.h"
#include "kam/presentity.h"
#include "kam/pv.h"
#include "kam/pv_record.h"
#include "kam/register.h"
#include "kam/register_room.h"
#include "kam/request.h"
#include "kam/retry.h"
#include "kam/rpc.h"
#include "kam/rpc_explain.h"
#include "kam/script.h"
#include "kam/seal.h"
#include "kam/serial.h"
#include "kam/served.h"
#include "kam/settings.h"
#include "kam/stamp.h"

MODULE_VERSION

/* The value of a function's parameter `hop`: see kam/hop.h. */
static int on_hop(struct sip_msg *msg, char *hop,
		int (*function)(struct sip_msg *msg, str *hop))
{
	str value;

	if(fixup_get_svalue(msg, (gparam_t *)hop, &value) != 0)
		value = (str){"", 0};
	return function(msg, &value);
}

static int w_user_forward_policy(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_script_policy(msg);
}

static int w_user_fork(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_script_fork(msg);
}

static int w_user_fork_all(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_script_fork_all(msg);
}

static int w_user_fork_phones(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_phones_fork(msg);
}

static int w_user_mailbox(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_mailbox_leave(msg);
}

static int w_user_presentity(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_presentity_set(msg);
}

static int w_user_auth_check(struct sip_msg *msg, char *realm, char *p2)
{
	str r;

	(void)p2;
	if(fixup_get_svalue(msg, (gparam_t *)realm, &r) != 0) {
		LM_ERR("user_auth_check() was called with a realm that has no value\n");
		return UR_AUTH_ERROR;
	}
	return ur_auth_check(msg, &r);
}

static int w_user_is_registered_here(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_attempt_is_from_registered(msg);
}

static int w_user_log_ban(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_attempt_log_ban(msg);
}

static int w_user_check_message(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_message_check_msg(msg);
}

static int w_user_check_body(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_dialog_check_body(msg);
}

static int w_user_retry_leg(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return is_route_type(BRANCH_FAILURE_ROUTE) ? ur_retry_leg(msg) : -1;
}

static int w_user_is_known(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_known_check(msg);
}

static int w_user_check_served(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_served_check(msg);
}

static int w_user_make_room(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ur_register_make_room(msg);
}

static int w_user_dialog_start(struct sip_msg *msg, char *hop, char *p2)
{
	(void)p2;
	return on_hop(msg, hop, ur_dialog_start);
}

static int w_user_dialog_request(struct sip_msg *msg, char *hop, char *p2)
{
	(void)p2;
	return on_hop(msg, hop, ur_dialog_request);
}

static int w_user_dialog_reply(struct sip_msg *msg, char *hop, char *p2)
{
	(void)p2;
	return on_hop(msg, hop, ur_dialog_reply);
}

static int w_user_check_reply(struct sip_msg *msg, char *hop, char *p2)
{
	(void)p2;
	return on_hop(msg, hop, ur_legs_check_reply);
}

/* Runs after mod_init, so the secret is known. */
static int fixup_dialog(void **param, int number)
{
	return ur_seal_is_set_up() ? fixup_spve_null(param, number) : E_CFG;
}

/* The parser of the native script knows in which routes a function may be called; for a script in
 * another language nothing checks that before. Logs an error and returns false in a wrong route. */
static bool may_be_called(const char *function, int routes)
{
	if(is_route_type(routes))
		return true;
	LM_ERR("%s() was called in a route where it does not work\n", function);
	return false;
}

static int ki_user_check_contacts(struct sip_msg *msg, str *hop)
{
	return may_be_called("user_check_contacts", REQUEST_ROUTE)
				   ? ur_register_check_contacts(msg, hop)
				   : UR_REGISTER_BAD;
}

static int w_user_check_contacts(struct sip_msg *msg, char *hop, char *p2)
{
	(void)p2;
	return on_hop(msg, hop, ur_register_check_contacts);
}

static int fixup_auth_check(void **param, int number)
{
	return ur_auth_is_there() ? fixup_spve_null(param, number) : E_CFG;
}

static int ki_user_forward_policy(struct sip_msg *msg)
{
	return may_be_called("user_forward_policy", REQUEST_ROUTE | FAILURE_ROUTE)
				   ? ur_script_policy(msg)
				   : UR_RC_ERROR;
}

static int ki_user_fork(struct sip_msg *msg)
{
	return may_be_called("user_fork", REQUEST_ROUTE | FAILURE_ROUTE)
				   ? ur_script_fork(msg)
				   : UR_RC_ERROR;
}

static int ki_user_fork_all(struct sip_msg *msg)
{
	return may_be_called("user_fork_all", REQUEST_ROUTE | FAILURE_ROUTE)
				   ? ur_script_fork_all(msg)
				   : UR_RC_ERROR;
}

static int ki_user_fork_phones(struct sip_msg *msg)
{
	return may_be_called("user_fork_phones", REQUEST_ROUTE)
				   ? ur_phones_fork(msg)
				   : UR_RC_ERROR;
}

static int ki_user_mailbox(struct sip_msg *msg)
{
	return may_be_called("user_mailbox", REQUEST_ROUTE) ? ur_mailbox_leave(msg)
														: UR_RC_ERROR;
}

static int ki_user_presentity(struct sip_msg *msg)
{
	return may_be_called("user_presentity", REQUEST_ROUTE)
				   ? ur_presentity_set(msg)
				   : UR_RC_ERROR;
}

static int ki_user_auth_check(struct sip_msg *msg, str *realm)
{
	return may_be_called("user_auth_check", REQUEST_ROUTE)
				   ? ur_auth_check(msg, realm)
				   : UR_AUTH_ERROR;
}

static int ki_user_is_registered_here(struct sip_msg *msg)
{
	return may_be_called("user_is_registered_here", REQUEST_ROUTE)
				   ? ur_attempt_is_from_registered(msg)
				   : -1;
}

static int ki_user_log_ban(struct sip_msg *msg)
{
	return may_be_called("user_log_ban", REQUEST_ROUTE)
				   ? ur_attempt_log_ban(msg)
				   : -1;
}

static int ki_user_retry_leg(struct sip_msg *msg)
{
	return may_be_called("user_retry_leg", BRANCH_FAILURE_ROUTE)
				   ? ur_retry_leg(msg)
				   : -1;
}

static int ki_user_is_known(struct sip_msg *msg)
{
	return may_be_called("user_is_known", REQUEST_ROUTE) ? ur_known_check(msg)
														 : UR_RC_ERROR;
}

static int ki_user_check_served(struct sip_msg *msg)
{
	return may_be_called("user_check_served", REQUEST_ROUTE)
				   ? ur_served_check(msg)
				   : UR_SERVED_REFUSED;
}

static int ki_user_make_room(struct sip_msg *msg)
{
	return may_be_called("user_make_room", REQUEST_ROUTE)
				   ? ur_register_make_room(msg)
				   : -1;
}

static int ki_user_dialog_start(struct sip_msg *msg, str *hop)
{
	return may_be_called("user_dialog_start", REQUEST_ROUTE)
				   ? ur_dialog_start(msg, hop)
				   : -1;
}

static int ki_user_dialog_request(struct sip_msg *msg, str *hop)
{
	return may_be_called("user_dialog_request", REQUEST_ROUTE)
				   ? ur_dialog_request(msg, hop)
				   : UR_DIALOG_RC_NONE;
}

static int ki_user_dialog_reply(struct sip_msg *msg, str *hop)
{
	return may_be_called("user_dialog_reply", ONREPLY_ROUTE)
				   ? ur_dialog_reply(msg, hop)
				   : -1;
}

static int ki_user_check_reply(struct sip_msg *msg, str *hop)
{
	return may_be_called("user_check_reply", ONREPLY_ROUTE)
				   ? ur_legs_check_reply(msg, hop)
				   : -1;
}

/* clang-format off */
static cmd_export_t cmds[] = {
	{"user_forward_policy", w_user_forward_policy, 0, 0, 0,
		REQUEST_ROUTE | FAILURE_ROUTE},
	{"user_fork", w_user_fork, 0, 0, 0, REQUEST_ROUTE | FAILURE_ROUTE},
	{"user_fork_all", w_user_fork_all, 0, 0, 0,
		REQUEST_ROUTE | FAILURE_ROUTE},
	{"user_fork_phones", w_user_fork_phones, 0, 0, 0, REQUEST_ROUTE},
	{"user_mailbox", w_user_mailbox, 0, 0, 0, REQUEST_ROUTE},
	{"user_presentity", w_user_presentity, 0, 0, 0, REQUEST_ROUTE},
	{"user_auth_check", w_user_auth_check, 1, fixup_auth_check,
		fixup_free_spve_null, REQUEST_ROUTE},
	{"user_is_registered_here", w_user_is_registered_here, 0, 0, 0,
		REQUEST_ROUTE},
	{"user_log_ban", w_user_log_ban, 0, 0, 0, REQUEST_ROUTE},
	{"user_dialog_start", w_user_dialog_start, 1, fixup_dialog,
		fixup_free_spve_null, REQUEST_ROUTE},
	{"user_dialog_request", w_user_dialog_request, 1, fixup_dialog,
		fixup_free_spve_null, REQUEST_ROUTE},
	{"user_dialog_reply", w_user_dialog_reply, 1, fixup_dialog,
		fixup_free_spve_null, ONREPLY_ROUTE},
	{"user_check_reply", w_user_check_reply, 1, fixup_spve_null,
		fixup_free_spve_null, ONREPLY_ROUTE},
	{"user_check_message", w_user_check_message, 0, 0, 0, ANY_ROUTE},
	{"user_check_body", w_user_check_body, 0, 0, 0,
		REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
	{"user_retry_leg", w_user_retry_leg, 0, 0, 0, EVENT_ROUTE},
	{"user_is_known", w_user_is_known, 0, 0, 0, REQUEST_ROUTE},
	{"user_check_served", w_user_check_served, 0, 0, 0, REQUEST_ROUTE},
	{"user_check_contacts", w_user_check_contacts, 1, fixup_spve_null,
		fixup_free_spve_null, REQUEST_ROUTE},
	{"user_make_room", w_user_make_room, 0, 0, 0, REQUEST_ROUTE},
	{0, 0, 0, 0, 0, 0}
};

static pv_export_t pvs[] = {
	{{"ur", sizeof("ur") - 1}, PVT_OTHER, ur_pv_get, ur_pv_set,
		ur_pv_parse_name, 0, 0, 0},
	{{0, 0}, 0, 0, 0, 0, 0, 0, 0}
};

static sr_kemi_t kemi_exports[] = {
	{str_init("user_routing"), str_init("user_forward_policy"),
		SR_KEMIP_INT, ki_user_forward_policy,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_fork"),
		SR_KEMIP_INT, ki_user_fork,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_fork_all"),
		SR_KEMIP_INT, ki_user_fork_all,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_fork_phones"),
		SR_KEMIP_INT, ki_user_fork_phones,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_mailbox"),
		SR_KEMIP_INT, ki_user_mailbox,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_presentity"),
		SR_KEMIP_INT, ki_user_presentity,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_auth_check"),
		SR_KEMIP_INT, ki_user_auth_check,
		{SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_is_registered_here"),
		SR_KEMIP_INT, ki_user_is_registered_here,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_log_ban"),
		SR_KEMIP_INT, ki_user_log_ban,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_dialog_start"),
		SR_KEMIP_INT, ki_user_dialog_start,
		{SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_dialog_request"),
		SR_KEMIP_INT, ki_user_dialog_request,
		{SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_dialog_reply"),
		SR_KEMIP_INT, ki_user_dialog_reply,
		{SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_check_reply"),
		SR_KEMIP_INT, ki_user_check_reply,
		{SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_check_message"),
		SR_KEMIP_INT, ur_message_check_msg,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_check_body"),
		SR_KEMIP_INT, ur_dialog_check_body,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_retry_leg"),
		SR_KEMIP_INT, ki_user_retry_leg,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_is_known"),
		SR_KEMIP_INT, ki_user_is_known,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_check_served"),
		SR_KEMIP_INT, ki_user_check_served,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_check_contacts"),
		SR_KEMIP_INT, ki_user_check_contacts,
		{SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{str_init("user_routing"), str_init("user_make_room"),
		SR_KEMIP_INT, ki_user_make_room,
		{SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
			SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{{0, 0}, {0, 0}, 0, NULL, {0, 0, 0, 0, 0, 0}}
};
/* clang-format on */

static int mod_init(void)
{
	if(ur_settings_init() != 0 || ur_legs_init() != 0 || ur_append_init() != 0
			|| ur_retry_init() != 0
			|| ur_location_init(ur_settings_at_start.location_table) != 0
			|| ur_live_call_init() != 0 || ur_in_progress_init() != 0
			|| ur_late_init() != 0)
		return -1;
	ur_contacts_init();
	if(ur_context_init() != 0)
		return -1;
	if(ur_seal_init(ur_settings_at_start.dialog_secret) != 0
			|| ur_dialog_init() != 0 || ur_pv_record_init() != 0
			|| ur_auth_init() != 0 || ur_counters_init() != 0
			|| ur_caller_limit_init() != 0 || ur_log_rate_init() != 0
			|| ur_packets_init() != 0)
		return -1;
	ur_serial_init();
	if(ur_hosts_init() != 0)
		return -1;
	ur_mirror_process_register();
	return 0;
}

static int child_init(int rank)
{
	if(rank == PROC_INIT)
		return ur_location_start();
	ur_settings_child_init(rank);
	if(rank != PROC_MAIN)
		return 0;
	return ur_mirror_process_start();
}

/* The other processes have ended when the core calls this. */
static void mod_destroy(void)
{
	ur_context_destroy();
}

struct module_exports exports = {
		"user_routing",
		DEFAULT_DLFLAGS,
		cmds,
		ur_settings_params,
		ur_rpc_commands,
		pvs,
		0, /* response handling function */
		mod_init,
		child_init,
		mod_destroy,
};

int mod_register(char *path, int *dlflags, void *p1, void *p2)
{
	(void)path;
	(void)dlflags;
	(void)p1;
	(void)p2;
	sr_kemi_modules_add(kemi_exports);
	return 0;
}
