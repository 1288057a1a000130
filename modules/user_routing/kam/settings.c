/*
 * The module's parameters: defaults, checks, changes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/cfg/cfg_struct.h"
#include "core/dprint.h"
#include "core/mem/mem.h"
#include "core/sr_module.h"
#include "kam/seal.h"
#include "mirror/source/conninfo.h"
#include "mirror/snapshot/file.h"

#define TEXT_OF(value) #value
#define TEXT(macro) TEXT_OF(macro)

struct ur_settings_at_start ur_settings_at_start = {
		.location_table = "location",
};

#define VALUE(name, value, ...) .name = value,

/* Used until the cfg framework has the settings; also its initial values. */
static struct cfg_group_user_routing initial = {
		UR_SETTINGS_NUMBERS(VALUE) UR_SETTINGS_CODES(VALUE)};

void *ur_settings_cfg = &initial;

/* Made from the lists. Each process has its own copy, and rebuilds it when it sees that a list has
 * changed. */
static struct ur_verdict_codes codes;

const struct ur_verdict_codes *ur_settings_codes(void)
{
	return &codes;
}

/* ---- the lists of codes */

static int parse_list(struct ur_verdict_codes *to, const char *name,
		const char *list, enum ur_verdict verdict)
{
	const char *bad;

	if(ur_verdict_codes_parse(to, list, verdict, &bad) == 0)
		return 0;
	LM_ERR("%s is \"%s\": at \"%s\" a response code from %d to %d is"
		   " expected, as in \"486,600\"\n",
			name, list, bad, UR_FIRST_FAILURE_CODE, UR_LAST_FAILURE_CODE);
	return -1;
}

/* A copy of what modparam gives. 0, or -1 with a log line. */
static int keep_text(char **kept, const char *text)
{
	*kept = pkg_malloc(strlen(text) + 1);
	if(*kept == NULL) {
		PKG_MEM_ERROR;
		return -1;
	}
	strcpy(*kept, text);
	return 0;
}

#define SET_CODES(name, value, verdict, ...)                       \
	static int set_##name(modparam_t type, void *to)               \
	{                                                              \
		struct ur_verdict_codes scratch;                           \
		(void)type;                                                \
		return keep_text(&initial.name, to) < 0                    \
					   ? -1                                        \
					   : parse_list(&scratch, #name, to, verdict); \
	}

UR_SETTINGS_CODES(SET_CODES)

#define PARSE(name, value, verdict, ...) \
	err |= parse_list(&made, #name, ur_setting(name), verdict);

static int make_codes(void)
{
	struct ur_verdict_codes made;
	int err = 0;

	ur_verdict_codes_reset(&made);
	UR_SETTINGS_CODES(PARSE)
	if(err == 0)
		codes = made;
	return err;
}

/* Checks a new list: on_change_cb of the cfg framework. */
static int check_codes(void *group, str *gname, str *name, void **value)
{
	struct ur_verdict_codes scratch;
	char text[32];

	(void)group;
	(void)gname;
	if(*value == NULL)
		*value = "";
	snprintf(text, sizeof(text), "%.*s", name->len, name->s);
	return parse_list(&scratch, text, *value, UR_VERDICT_BUSY);
}

/* Called in each process when it sees a changed list. */
static void codes_changed(str *gname, str *name)
{
	(void)gname;
	(void)name;
	make_codes();
}

/* ---- the numbers */

static int check_reconnect(int min, int max)
{
	if(min <= max)
		return 0;
	LM_ERR("reconnect_min is %d ms, and reconnect_max %d ms: reconnect_max must"
		   " not be less than reconnect_min\n",
			min, max);
	return -1;
}

static int check_reconnect_min(void *group, str *gname, str *name, void **value)
{
	(void)gname;
	(void)name;
	return check_reconnect(
			(int)(long)*value, cfg_get(user_routing, group, reconnect_max));
}

static int check_reconnect_max(void *group, str *gname, str *name, void **value)
{
	(void)gname;
	(void)name;
	return check_reconnect(
			cfg_get(user_routing, group, reconnect_min), (int)(long)*value);
}

static int check_range(
		const char *name, int value, int low, int high, const char *unit)
{
	if(value >= low && value <= high)
		return 0;
	LM_ERR("modparam %s is %d: it must be from %d to %d%s\n", name, value, low,
			high, unit);
	return -1;
}

/* While the configuration is read, so that kamailio -c refuses what a start would refuse. */
#define SET_NUMBER(name, value, low, high, unit, ...)             \
	static int set_##name(modparam_t type, void *to)              \
	{                                                             \
		(void)type;                                               \
		initial.name = (int)(long)to;                             \
		return check_range(#name, initial.name, low, high, unit); \
	}

UR_SETTINGS_NUMBERS(SET_NUMBER)

/* ---- parameters that are fixed at start */

static int set_db_url(modparam_t type, void *url)
{
	struct ur_conninfo *info;
	const char *why;

	(void)type;
	if(keep_text(&ur_settings_at_start.db_url, url) < 0)
		return -1;
	if(*ur_settings_at_start.db_url == '\0')
		return 0; /* as not set: check_url() */
	switch(ur_conninfo_alloc(&info, url, &why)) {
		case 0:
			ur_conninfo_free(info);
			return 0;
		case EINVAL:
			LM_ERR("modparam db_url can't be used: %s\n", why);
			return -1;
		default:
			LM_ERR("out of memory while modparam db_url was checked\n");
			return -1;
	}
}

static int check_url(void)
{
	const char *url = ur_settings_at_start.db_url;

	if(url != NULL && *url != '\0')
		return 0;
	LM_ERR("modparam db_url is not set: it must be a libpq connection string"
		   " such as "
		   "postgresql://user_routing:PASSWORD@127.0.0.1/user_routing\n");
	return -1;
}

/* An empty one means no snapshot. */
static int set_snapshot_file(modparam_t type, void *path)
{
	const char *wrong;

	(void)type;
	if(*(const char *)path == '\0')
		return 0;
	if(keep_text(&ur_settings_at_start.snapshot_file, path) < 0)
		return -1;
	wrong = ur_snapshot_file_wrong_path(path);
	if(wrong == NULL)
		return 0;
	LM_ERR("modparam snapshot_file is \"%s\": %s, such as"
		   " /var/lib/kamailio/user_routing.snapshot\n",
			(const char *)path, wrong);
	return -1;
}

/* An empty one means that dialogs are not sealed. */
static int set_dialog_secret(modparam_t type, void *secret)
{
	(void)type;
	return keep_text(&ur_settings_at_start.dialog_secret, secret) < 0
				   ? -1
				   : ur_seal_check_secret(secret);
}

static int set_emergency_numbers(modparam_t type, void *list)
{
	const char *bad;

	(void)type;
	if(ur_emergency_parse(&ur_settings_at_start.emergency, list, &bad) == 0)
		return 0;
	LM_ERR("modparam emergency_numbers is \"%s\": at \"%s\" a number of 2 to"
		   " %d digits is expected, and at most %d of them, as in "
		   "\"112,911\"\n",
			(const char *)list, bad, UR_NUMBER_DIGITS_MAX, UR_EMERGENCY_MAX);
	return -1;
}

/* clang-format off */
#define INT_PARAM_OF(name, ...) \
	{#name, PARAM_INT | PARAM_USE_FUNC, (void *)set_##name},
#define STRING_PARAM_OF(name, ...) \
	{#name, PARAM_STRING | PARAM_USE_FUNC, (void *)set_##name},

param_export_t ur_settings_params[] = {
	{"db_url",         PARAM_STRING | PARAM_USE_FUNC, (void *)set_db_url},
	{"snapshot_file",  PARAM_STRING | PARAM_USE_FUNC, (void *)set_snapshot_file},
	{"dialog_secret",  PARAM_STRING | PARAM_USE_FUNC, (void *)set_dialog_secret},
	{"location_table", PARAM_STRING, &ur_settings_at_start.location_table},
	{"media_server",   PARAM_STRING, &ur_settings_at_start.media_server},
	{"emergency_numbers", PARAM_STRING | PARAM_USE_FUNC,
		(void *)set_emergency_numbers},
	UR_SETTINGS_NUMBERS(INT_PARAM_OF)
	UR_SETTINGS_CODES(STRING_PARAM_OF)
	{0, 0, 0}
};
/* clang-format on */

/* In the sample's passwords and secrets, and in no good one. */
#define IN_SAMPLE "CHANGE-ME"

static void warn_of_sample(const char *name, const char *value)
{
	if(value != NULL && strstr(value, IN_SAMPLE) != NULL)
		LM_WARN("modparam %s has the sample's secret, which everybody knows:"
				" set one of your own\n",
				name);
}

/* ---- the cfg framework */

/* clang-format off */
#define NUMBER_OF(name, value, low, high, unit, check, meaning) \
	{#name, CFG_VAR_INT, low, high, check, 0, \
		meaning " (default " TEXT(value) unit ", from " TEXT(low) " to " \
		TEXT(high) ")"},
#define CODES_OF(name, value, verdict, meaning) \
	{#name, CFG_VAR_STRING, 0, 0, check_codes, codes_changed, \
		meaning " (default " value ", each from " TEXT(UR_FIRST_FAILURE_CODE) \
		" to " TEXT(UR_LAST_FAILURE_CODE) ")"},

static cfg_def_t definitions[] = {
	UR_SETTINGS_NUMBERS(NUMBER_OF)
	UR_SETTINGS_CODES(CODES_OF)
	{0, 0, 0, 0, 0, 0, 0}
};
/* clang-format on */

/* This process only answers RPCs: it handles no message that must keep its settings. */
static bool is_for_rpc;

void ur_settings_child_init(int rank)
{
	is_for_rpc = rank == PROC_RPC;
}

void ur_settings_refresh(void)
{
	if(is_for_rpc)
		cfg_update();
}

int ur_settings_init(void)
{
	int err = 0;

	warn_of_sample("db_url", ur_settings_at_start.db_url);
	warn_of_sample("dialog_secret", ur_settings_at_start.dialog_secret);
	err |= check_url();
	err |= check_reconnect(initial.reconnect_min, initial.reconnect_max);
	err |= make_codes();
	if(err != 0)
		return err;
	return cfg_declare("user_routing", definitions, &initial,
			cfg_sizeof(user_routing), &ur_settings_cfg);
}
