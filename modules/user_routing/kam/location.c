/*
 * usrloc's table of contacts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/location.h"

#include <stdio.h>
#include <string.h>

#include "core/cfg/cfg_struct.h"
#include "core/counters.h"
#include "core/dprint.h"
#include "core/sr_module.h"
#include "core/ut.h"
#include "policy/output.h"

static usrloc_api_t ul;
static const char *table;

/* registrar's case_sensitive: with 0, its default, it stores AoRs in lower case. */
static cfg_group_t *registrar_group;
static cfg_mapping_t *registrar_case_sensitive;

/* A contact with a Path is reached through its first proxy, over any connection, so it must not be
 * removed when a connection of the proxy is closed. Called under usrloc's lock. */
static void keep_behind_proxy(ucontact_t *contact, int type, void *param)
{
	(void)type;
	(void)param;
	if(contact->path.len > 0)
		contact->tcpconn_id = -1;
}

static bool loses_with_connection(void)
{
	modparam_t type = PARAM_INT;
	const int *value = find_param_export(
			find_module_by_name("usrloc"), "handle_lost_tcp", PARAM_INT, &type);

	return value != NULL && *value != 0;
}

static int bind_api(void)
{
	const bind_usrloc_t bind =
			(bind_usrloc_t)(void (*)(void))find_export("ul_bind_usrloc", 1, 0);

	if(bind != NULL && bind(&ul) == 0)
		return 0;
	LM_ERR("usrloc is not loaded: add loadmodule \"usrloc.so\" before"
		   " user_routing.so\n");
	return -1;
}

/* Devices of the same name in two realms would be one: a call would ring another account's phone. */
static int check_use_domain(void)
{
	if(ul.use_domain)
		return 0;
	LM_ERR("usrloc stores contacts without the domain, but devices are"
		   " name@realm: set modparam(\"usrloc\", \"use_domain\", 1)\n");
	return -1;
}

int ur_location_init(const char *usrloc_table)
{
	str group = str_init("registrar"), name = str_init("case_sensitive");

	if(bind_api() < 0 || check_use_domain() < 0)
		return -1;
	table = usrloc_table;
	if(cfg_lookup_var(
			   &group, &name, &registrar_group, &registrar_case_sensitive)
			!= 0)
		registrar_case_sensitive = NULL;
	if(!loses_with_connection())
		return 0;
	return ul.register_ulcb(UL_CONTACT_INSERT | UL_CONTACT_UPDATE,
				   keep_behind_proxy,
				   NULL) < 0
				   ? -1
				   : 0;
}

/* ---- is it the table that the script saves in? */

/* usrloc has a counter TABLE_contacts for each of its tables; the separator can be configured. */
#define COUNTER "contacts"
#define COUNTER_LEN (int)(sizeof(COUNTER) - 1)

static void note_table(void *context, str *group, str *name, counter_handle_t h)
{
	struct ur_output *tables = context;
	const int len = name->len - 1 - COUNTER_LEN;

	(void)group;
	(void)h;
	if(len <= 0 || memcmp(name->s + len + 1, COUNTER, COUNTER_LEN) != 0)
		return;
	if(tables->len > 0)
		ur_output_put(tables, UR_TEXT(", "));
	ur_output_put(tables, (struct ur_text){name->s, len});
}

/* The script's tables exist once its functions are fixed up, after all mod_init. (For a script in
 * another language they don't: usrloc's parameter preload creates them.) */
int ur_location_start(void)
{
	char buf[256];
	struct ur_output tables = {buf, 0, sizeof(buf)};
	udomain_t *domain;

	if(ul.get_udomain(table, &domain) == 0)
		return 0;
	counter_iterate_grp_vars("usrloc", note_table, &tables);
	if(tables.len == 0)
		return ul.register_udomain(table, &domain);
	if(tables.len < 0)
		tables.len = snprintf(buf, sizeof(buf), "others");
	LM_ERR("modparam location_table is \"%s\", but the script's table is %.*s."
		   " Set location_table to the table of save(\"…\"). If only another"
		   " node fills it, add modparam(\"usrloc\", \"preload\", \"%s\")\n",
			table, tables.len, buf, table);
	return -1;
}

const usrloc_api_t *ur_location_api(void)
{
	return &ul;
}

udomain_t *ur_location_table(void)
{
	udomain_t *domain;

	if(ul.get_udomain(table, &domain) == 0)
		return domain;
	LM_ERR("usrloc has no table \"%s\": compare modparam location_table with"
		   " save(\"…\") in the script\n",
			table);
	return NULL;
}

static int aor_is_case_sensitive(void)
{
	const char *vars;

	if(registrar_case_sensitive == NULL)
		return 0;
	vars = *registrar_group->handle;
	return *(
			const int *)(const void *)(vars + registrar_case_sensitive->offset);
}

int ur_location_key(struct ur_text aor, char *buf, str *key)
{
	key->s = buf;
	key->len = aor.len;
	if(key->len == 0 || key->len > UR_LOCATION_AOR_MAX)
		return -1;
	memcpy(buf, aor.s, key->len);
	if(!aor_is_case_sensitive())
		strlower(key);
	return 0;
}
