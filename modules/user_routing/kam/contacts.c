/*
 * Copies the live contacts of a step's devices out of usrloc.
 *
 * usrloc's slot lock is held while one AoR's contacts are copied. Nothing else is called meanwhile:
 * the AoR is a private copy, and the texts go to a private arena. (Past deadlocks: kamailio #577,
 * #1647, PR#911.)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/contacts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/globals.h"
#include "core/parser/msg_parser.h"
#include "core/tcp_conn.h"
#include "kam/compat.h"
#include "kam/external.h"
#include "kam/location.h"
#include "policy/chain.h"

static const usrloc_api_t *ul;

/* The result of a read: the contacts that ring and, on request, those that don't. */
static struct ur_contacts contacts, others;
static bool keep_others;

/* Texts of one read, with space for as many contacts as tm has branches. Only the texts added last
 * can be released. */
struct arena
{
	char texts[UR_CONTACTS_MAX * 2048];
	int used;
};

static struct arena live_texts, other_texts;

void ur_contacts_init(void)
{
	ul = ur_location_api();
}

/* Each Kamailio numbers its TCP connections from 1. A contact that usrloc reads from the database
 * each time (db_mode 3) may have registered at another node, or here before a restart. The same
 * number can be somebody else's connection now. */
int ur_contacts_own_connection(const ucontact_t *c)
{
	const bool elsewhere =
			ul->db_mode == DB_ONLY
			&& (c->server_id != server_id || c->last_modified <= up_since);

	return elsewhere ? UR_NO_CONNECTION : c->tcpconn_id;
}

static str text_of(str text)
{
	return text.s != NULL && text.len > 0 ? text : (str){NULL, 0};
}

/* Borrows the texts from usrloc. */
static void read_contact(struct ur_contact *to, const ucontact_t *from)
{
	to->socket = from->sock;
	to->reg_id = from->reg_id;
	to->branch_flags = from->cflags;
	to->tcp_connection = ur_contacts_own_connection(from);
	to->modified = from->last_modified;
	to->expires = from->expires;
	to->uri = text_of(from->c);
	to->received = text_of(from->received);
	to->path = text_of(from->path);
	to->instance = text_of(from->instance);
	to->ruid = text_of(from->ruid);
	to->user_agent = text_of(from->user_agent);
}

static int texts_len(const struct ur_contact *c)
{
	return c->uri.len + c->received.len + c->path.len + c->instance.len
		   + c->ruid.len + c->user_agent.len;
}

static void keep_text(str *text, struct arena *arena)
{
	if(text->len > 0)
		text->s = memcpy(arena->texts + arena->used, text->s, text->len);
	arena->used += text->len;
}

/* Copies all texts of a contact; -1: the arena is full, none is copied. */
static int keep_texts(struct ur_contact *contact, struct arena *arena)
{
	if(texts_len(contact) > (int)sizeof(arena->texts) - arena->used)
		return -1;
	contact->texts = arena->used;
	contact->texts_len = texts_len(contact);
	keep_text(&contact->uri, arena);
	keep_text(&contact->received, arena);
	keep_text(&contact->path, arena);
	keep_text(&contact->instance, arena);
	keep_text(&contact->ruid, arena);
	keep_text(&contact->user_agent, arena);
	return 0;
}

/* Another flow of the same phone among those already taken for the member, or NULL. */
static struct ur_contact *same_instance(int place, const ucontact_t *c)
{
	int i;

	if(c->instance.len <= 0)
		return NULL;
	for(i = contacts.count - 1; i >= 0; i--) {
		struct ur_contact *taken = &contacts.list[i];

		if(taken->place == place && taken->instance.len == c->instance.len
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

/* Adds a contact to the others, if they were asked for and there is space. */
static void keep_other(const struct ur_contact *contact, int place,
		enum ur_contact_state state)
{
	struct ur_contact *slot = &others.list[others.count];

	if(!keep_others || others.count == UR_CONTACTS_MAX)
		return;
	*slot = *contact;
	slot->place = place;
	slot->state = state;
	if(keep_texts(slot, &other_texts) == 0)
		others.count++;
}

static void pass_over(
		int place, const ucontact_t *c, enum ur_contact_state state)
{
	struct ur_contact contact = {0};

	read_contact(&contact, c);
	keep_other(&contact, place, state);
}

static void leave_out(int place, const ucontact_t *c, bool is_too_long)
{
	contacts.left_out++;
	contacts.too_long += is_too_long;
	pass_over(place, c, UR_CONTACT_NO_BRANCH);
}

/* Replaces an older flow with a newer one, or leaves the newer one out if it does not fit. The
 * older flow's texts are released if they were added last, as they are when flows follow each
 * other. */
static void replace(struct ur_contact *slot, const ucontact_t *c)
{
	const struct ur_contact older = *slot;
	const int used = live_texts.used;

	read_contact(slot, c);
	if(older.texts + older.texts_len == used)
		live_texts.used = older.texts;
	if((int)sizeof(live_texts.texts) - live_texts.used < texts_len(slot)) {
		live_texts.used = used;
		*slot = older;
		leave_out(slot->place, c, true);
		return;
	}
	keep_other(&older, slot->place, UR_CONTACT_OLDER_FLOW);
	keep_texts(slot, &live_texts);
}

static void take_live(int place, int q, const ucontact_t *c, int limit)
{
	struct ur_contact *slot = same_instance(place, c);

	if(slot != NULL) {
		if(is_newer(c, slot))
			replace(slot, c);
		else
			pass_over(place, c, UR_CONTACT_OLDER_FLOW);
		return;
	}
	slot = contacts.count < limit ? &contacts.list[contacts.count] : NULL;
	if(slot != NULL)
		read_contact(slot, c);
	if(slot == NULL || keep_texts(slot, &live_texts) < 0) {
		leave_out(place, c, slot != NULL);
		return;
	}
	slot->place = place;
	slot->q = q;
	slot->state = UR_CONTACT_LIVE;
	contacts.count++;
}

/* Phones often leave methods out of Allow that they take, but not INVITE. So all contacts get a
 * message. */
static bool takes_it(const struct ur_plan *plan, const ucontact_t *c)
{
	return plan->is_message || (c->methods & METHOD_INVITE);
}

static void take_contact(const struct ur_plan *plan, int place,
		const ucontact_t *c, int limit, time_t now)
{
	if(!VALID_CONTACT(c, now))
		pass_over(place, c, UR_CONTACT_EXPIRED);
	else if(!takes_it(plan, c))
		pass_over(place, c, UR_CONTACT_NO_INVITE);
	else
		take_live(place, ur_plan_q(plan, place), c, limit);
}

/* An external phone has one contact, without a registration. Its ruid only has to be unlike any other of
 * the call. */
static void take_external(const struct ur_plan *plan, int place, int limit)
{
	const struct ur_member member = ur_plan_member(plan, place);
	struct ur_contact contact = {.place = place,
			.q = ur_plan_q(plan, place),
			.tcp_connection = UR_NO_CONNECTION,
			.state = UR_CONTACT_LIVE};
	char uri[UR_TARGET_URI_MAX], ruid[32];

	contact.uri.s = uri;
	contact.uri.len = ur_external_uri(&member, uri, sizeof(uri));
	if(contact.uri.len < 0)
		return;
	contact.ruid.s = ruid;
	contact.ruid.len = snprintf(ruid, sizeof(ruid), "external-%d", place);
	if(contacts.count < limit && keep_texts(&contact, &live_texts) == 0) {
		contacts.list[contacts.count++] = contact;
		return;
	}
	contacts.left_out++;
	contacts.too_long += contacts.count < limit;
	keep_other(&contact, place, UR_CONTACT_NO_BRANCH);
}

static void read_member(
		udomain_t *domain, const struct ur_plan *plan, int place, int limit)
{
	const struct ur_member member = ur_plan_member(plan, place);
	char buf[UR_LOCATION_AOR_MAX];
	time_t now = time(NULL);
	urecord_t *record;
	ucontact_t *c;
	str key;

	if(ur_member_is_external(&member)) {
		take_external(plan, place, limit);
		return;
	}
	if(ur_location_key(ur_member_aor(&member), buf, &key) < 0)
		return;
	ul->lock_udomain(domain, &key);
	if(ul->get_urecord(domain, &key, &record) == 0) {
		for(c = record->contacts; c != NULL; c = c->next)
			take_contact(plan, place, c, limit, now);
		ul->release_urecord(record);
	}
	ul->unlock_udomain(domain, &key);
}

/* Clears the last read. NULL, and logs an error, if usrloc has no such table. */
static udomain_t *begin(bool with_others)
{
	contacts.count = contacts.left_out = contacts.too_long = 0;
	others.count = 0;
	live_texts.used = other_texts.used = 0;
	keep_others = with_others;
	return ur_location_table();
}

static int at_most(int limit)
{
	return limit < UR_CONTACTS_MAX ? limit : UR_CONTACTS_MAX;
}

const struct ur_contacts *ur_contacts_read(const struct ur_plan *plan,
		const struct ur_plan_start *start, int limit)
{
	udomain_t *domain = begin(false);
	int i;

	for(i = start->first; domain != NULL && i < start->next; i++) {
		if(ur_plan_rings(plan, i))
			read_member(domain, plan, i, at_most(limit));
	}
	return &contacts;
}

void ur_contacts_read_all(const struct ur_plan *plan, int place, int limit,
		const struct ur_contacts **live, const struct ur_contacts **rest)
{
	udomain_t *domain = begin(true);

	if(domain != NULL)
		read_member(domain, plan, place, at_most(limit));
	*live = &contacts;
	*rest = &others;
}

int ur_contact_expires_in(const struct ur_contact *contact)
{
	const time_t left = contact->expires - time(NULL);

	if(contact->expires == 0)
		return 0;
	return left != 0 ? (int)left : -1;
}

enum ur_contact_connection ur_contact_connection(
		const struct ur_contact *contact)
{
	struct tcp_connection *connection;
	bool is_open;

	if(contact->tcp_connection == UR_NO_CONNECTION)
		return UR_CONNECTION_NONE;
	connection = tcpconn_get(contact->tcp_connection, NULL, 0, NULL, 0);
	if(connection == NULL)
		return UR_CONNECTION_GONE;
	is_open = connection->state == S_CONN_OK;
	tcpconn_put(connection);
	return is_open ? UR_CONNECTION_OPEN : UR_CONNECTION_GONE;
}
