/*
 * Live contacts of a step's devices, copied out of usrloc.
 *
 * usrloc's slot lock is held while one AoR's contacts are copied, and nothing
 * else is called meanwhile: the AoR is a private copy, the texts go to a private
 * arena. (Past deadlocks: kamailio #577, #1647, PR#911.)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/contacts.h"

#include <string.h>

#include "core/cfg/cfg_struct.h"
#include "core/dprint.h"
#include "core/globals.h"
#include "core/parser/msg_parser.h"
#include "core/ut.h"
#include "kam/compat.h"
#include "modules/usrloc/usrloc.h"

#define AOR_MAX 512

static usrloc_api_t ul;
static const char *table;

/* registrar's case_sensitive: with 0, its default, it stores AoRs in lower case. */
static cfg_group_t *registrar_group;
static cfg_mapping_t *registrar_case_sensitive;

/* What a read has found: the contacts that ring, and, if somebody asks for them, those
 * that don't. */
static struct ur_contacts contacts, others;
static bool keep_others;

/* Texts of one read; as large as the contacts that fit into tm's branches. */
static char arena[UR_CONTACTS_MAX * 2048];
static int arena_used;

int ur_contacts_init(const char *usrloc_table)
{
	str group = str_init("registrar"), name = str_init("case_sensitive");
	bind_usrloc_t bind;
	udomain_t *domain;

	bind = (bind_usrloc_t)(void (*)(void))find_export("ul_bind_usrloc", 1, 0);
	if(bind == NULL || bind(&ul) < 0) {
		LM_ERR("usrloc is not there: add loadmodule \"usrloc.so\" before"
			   " user_routing.so\n");
		return -1;
	}
	if(ul.register_udomain(usrloc_table, &domain) < 0)
		return -1;
	table = usrloc_table;
	if(cfg_lookup_var(
			   &group, &name, &registrar_group, &registrar_case_sensitive)
			!= 0)
		registrar_case_sensitive = NULL;
	return 0;
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

/* The key under which registrar's save() has put the device, in buf. */
static int location_key(struct ur_text aor, char *buf, str *key)
{
	const char *at = memchr(aor.s, '@', aor.len);
	int user_len = at ? (int)(at - aor.s) : aor.len;

	key->s = buf;
	key->len = ul.use_domain ? aor.len : user_len;
	if(key->len > AOR_MAX)
		return -1;
	memcpy(buf, aor.s, key->len);
	if(!aor_is_case_sensitive())
		strlower(key);
	return 0;
}

static void copy_text(str *to, const str *from)
{
	if(from->s == NULL || from->len <= 0) {
		*to = (str){NULL, 0};
		return;
	}
	to->s = memcpy(arena + arena_used, from->s, from->len);
	to->len = from->len;
	arena_used += from->len;
}

static int texts_len(const ucontact_t *c)
{
	const str *texts[] = {&c->c, &c->received, &c->path, &c->instance, &c->ruid,
			&c->user_agent};
	int i, len = 0;

	for(i = 0; i < (int)(sizeof(texts) / sizeof(texts[0])); i++)
		len += texts[i]->s != NULL && texts[i]->len > 0 ? texts[i]->len : 0;
	return len;
}

/* Each Kamailio counts its TCP connections from 1. A contact that usrloc has out of the database
 * at each look (db_mode 3) may have come to another node, or to this one before it was restarted:
 * by the same number somebody else is connected here. */
static int own_connection(const ucontact_t *c)
{
	const bool elsewhere =
			ul.db_mode == DB_ONLY
			&& (c->server_id != server_id || c->last_modified <= up_since);

	return elsewhere ? UR_NO_CONNECTION : c->tcpconn_id;
}

/* All of it, or -1 and nothing: the arena is full. */
static int copy_contact(struct ur_contact *to, const ucontact_t *from)
{
	if(texts_len(from) > (int)sizeof(arena) - arena_used)
		return -1;
	to->texts = arena_used;
	to->socket = from->sock;
	to->reg_id = from->reg_id;
	to->branch_flags = from->cflags;
	to->tcp_connection = own_connection(from);
	to->modified = from->last_modified;
	to->expires = from->expires;
	copy_text(&to->uri, &from->c);
	copy_text(&to->received, &from->received);
	copy_text(&to->path, &from->path);
	copy_text(&to->instance, &from->instance);
	copy_text(&to->ruid, &from->ruid);
	copy_text(&to->user_agent, &from->user_agent);
	to->texts_len = arena_used - to->texts;
	return 0;
}

/* An older or newer flow of the same phone among those already taken for the
 * device, or NULL. */
static struct ur_contact *same_instance(int device, const ucontact_t *c)
{
	int i;

	if(c->instance.len <= 0)
		return NULL;
	for(i = contacts.count - 1; i >= 0; i--) {
		struct ur_contact *taken = &contacts.list[i];

		if(taken->device == device && taken->instance.len == c->instance.len
				&& memcmp(taken->instance.s, c->instance.s, c->instance.len)
						   == 0)
			return taken;
	}
	return NULL;
}

static bool is_newer(const ucontact_t *c, const struct ur_contact *taken)
{
	if(c->last_modified != taken->modified)
		return c->last_modified > taken->modified;
	return c->expires >= taken->expires;
}

/* The next place among the others, or NULL: nobody asks, or there are too many. */
static struct ur_contact *other(int device, enum ur_contact_state state)
{
	struct ur_contact *slot = &others.list[others.count];

	if(!keep_others || others.count == UR_CONTACTS_MAX)
		return NULL;
	others.count++;
	slot->device = device;
	slot->state = state;
	return slot;
}

static void pass_over(
		int device, const ucontact_t *c, enum ur_contact_state state)
{
	struct ur_contact *slot = other(device, state);

	if(slot != NULL && copy_contact(slot, c) < 0)
		others.count--;
}

static void leave_out(int device, const ucontact_t *c, bool is_too_long)
{
	contacts.left_out++;
	contacts.too_long += is_too_long;
	pass_over(device, c, UR_CONTACT_NO_BRANCH);
}

/* The texts of a contact that is not needed any more, if they were copied last. */
static void give_texts_back(const struct ur_contact *slot)
{
	if(slot->texts + slot->texts_len == arena_used)
		arena_used = slot->texts;
}

/* A newer flow takes the place of an older one, or is left out itself. */
static void replace(struct ur_contact *slot, const ucontact_t *c)
{
	const struct ur_contact older = *slot;
	const int used = arena_used;
	struct ur_contact *old;

	if(!keep_others)
		give_texts_back(slot);
	if(copy_contact(slot, c) < 0) {
		arena_used = used;
		leave_out(slot->device, c, true);
		return;
	}
	old = other(slot->device, UR_CONTACT_OLDER_FLOW);
	if(old != NULL) {
		*old = older;
		old->state = UR_CONTACT_OLDER_FLOW;
	}
}

static void take_live(int device, int q, const ucontact_t *c, int limit)
{
	struct ur_contact *slot = same_instance(device, c);

	if(slot != NULL) {
		if(is_newer(c, slot))
			replace(slot, c);
		else
			pass_over(device, c, UR_CONTACT_OLDER_FLOW);
		return;
	}
	slot = contacts.count < limit ? &contacts.list[contacts.count] : NULL;
	if(slot == NULL || copy_contact(slot, c) < 0) {
		leave_out(device, c, slot != NULL);
		return;
	}
	slot->device = device;
	slot->q = q;
	slot->state = UR_CONTACT_LIVE;
	contacts.count++;
}

static void take_contact(
		int device, int q, const ucontact_t *c, int limit, time_t now)
{
	if(!VALID_CONTACT(c, now))
		pass_over(device, c, UR_CONTACT_EXPIRED);
	else if(!(c->methods & METHOD_INVITE))
		pass_over(device, c, UR_CONTACT_NO_INVITE);
	else
		take_live(device, q, c, limit);
}

static void read_device(
		udomain_t *domain, const struct ur_plan *plan, int device, int limit)
{
	const struct ur_device *row = &plan->user->devices[device];
	const int q = ur_plan_q(plan, device);
	char buf[AOR_MAX];
	time_t now = time(NULL);
	urecord_t *record;
	ucontact_t *c;
	str key;

	if(location_key(ur_user_text(plan->user, row->aor), buf, &key) < 0)
		return;
	ul.lock_udomain(domain, &key);
	if(ul.get_urecord(domain, &key, &record) == 0) {
		for(c = record->contacts; c != NULL; c = c->next)
			take_contact(device, q, c, limit, now);
		ul.release_urecord(record);
	}
	ul.unlock_udomain(domain, &key);
}

/* Forgets the last read. NULL, with a log line, when usrloc has no such table. */
static udomain_t *begin(bool with_others)
{
	udomain_t *domain;

	contacts.count = contacts.left_out = contacts.too_long = 0;
	others.count = 0;
	arena_used = 0;
	keep_others = with_others;
	if(ul.get_udomain(table, &domain) == 0)
		return domain;
	LM_ERR("usrloc has no table \"%s\": check modparam location_table and"
		   " save(\"…\") in the script\n",
			table);
	return NULL;
}

static int at_most(int limit)
{
	return limit < UR_CONTACTS_MAX ? limit : UR_CONTACTS_MAX;
}

const struct ur_contacts *ur_contacts_read(
		const struct ur_plan *plan, const struct ur_plan_step *step, int limit)
{
	udomain_t *domain = begin(false);
	int i;

	for(i = step->first; domain != NULL && i < step->next; i++) {
		if(ur_plan_rings(plan, i))
			read_device(domain, plan, i, at_most(limit));
	}
	return &contacts;
}

void ur_contacts_read_all(const struct ur_plan *plan, int device, int limit,
		const struct ur_contacts **live, const struct ur_contacts **rest)
{
	udomain_t *domain = begin(true);

	if(domain != NULL)
		read_device(domain, plan, device, at_most(limit));
	*live = &contacts;
	*rest = &others;
}
