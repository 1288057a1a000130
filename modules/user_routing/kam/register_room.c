/*
 * user_make_room().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/register_room.h"

#include <string.h>

#include "core/dprint.h"
#include "core/parser/contact/parse_contact.h"
#include "core/parser/parse_cseq.h"
#include "core/parser/parse_expires.h"
#include "core/parser/parse_to.h"
#include "core/trim.h"
#include "core/ut.h"
#include "kam/answer.h"
#include "kam/compat.h"
#include "kam/location.h"
#include "kam/log_rate.h"
#include "kam/settings.h"
#include "policy/contact.h"

/* The contacts of the REGISTER, and the existing contacts that it refreshes. */
struct arrivals
{
	contact_t *list[UR_CONTACTS_OF_REGISTER_MAX];
	int count;
	ucontact_info_t info; /* usrloc's search key for a contact */
	str call_id;
	const ucontact_t *kept[UR_CONTACTS_OF_REGISTER_MAX];
	int kept_count;
};

static bool is_zero(str number)
{
	unsigned value;

	return number.len > 0 && str2int(&number, &value) == 0 && value == 0;
}

/* Does the REGISTER remove the contact, by the parameter expires or, without one, by the header? */
static bool is_leaving(struct sip_msg *msg, const contact_t *contact)
{
	const exp_body_t *header;

	if(contact->expires != NULL && contact->expires->body.len > 0)
		return is_zero(contact->expires->body);
	if(msg->expires == NULL || parse_expires(msg->expires) < 0)
		return false;
	header = msg->expires->parsed;
	return header->valid && header->val == 0;
}

/* False: they can't be parsed, or there are too many; user_check_contacts() refuses these first. */
static bool add_contacts(struct sip_msg *msg, struct hdr_field *header,
		struct arrivals *arrivals)
{
	contact_t *contact;

	if(parse_contact(header) < 0)
		return false;
	contact = ((contact_body_t *)header->parsed)->contacts;
	for(; contact != NULL; contact = contact->next) {
		if(is_leaving(msg, contact))
			continue;
		if(arrivals->count == UR_CONTACTS_OF_REGISTER_MAX)
			return false;
		arrivals->list[arrivals->count++] = contact;
	}
	return true;
}

static bool read_arrivals(struct sip_msg *msg, struct arrivals *arrivals)
{
	struct hdr_field *header;
	unsigned cseq;

	memset(arrivals, 0, sizeof(*arrivals));
	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || msg->callid == NULL
			|| msg->cseq == NULL || str2int(&get_cseq(msg)->number, &cseq) < 0)
		return false;
	arrivals->call_id = msg->callid->body;
	trim_trailing(&arrivals->call_id);
	arrivals->info.callid = &arrivals->call_id;
	arrivals->info.cseq = (int)cseq;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(header->type == HDR_CONTACT_T
				&& !add_contacts(msg, header, arrivals))
			return false;
	}
	return true;
}

/* Finds the contact that registrar's save() would update. (If usrloc's matching_mode is by Path,
 * save() may find fewer: then one contact too many stays until the next REGISTER.) */
static ucontact_t *find(urecord_t *record, contact_t *contact,
		ucontact_info_t *info, bool *is_new)
{
	ucontact_t *found = NULL;

	info->instance = contact->instance != NULL ? contact->instance->body
											   : (str){NULL, 0};
	info->reg_id = 0;
	if(contact->instance != NULL && contact->reg_id != NULL)
		str2int(&contact->reg_id->body, &info->reg_id);
	*is_new = ur_location_api()->get_ucontact_by_instance(
					  record, &contact->uri, info, &found)
			  > 0;
	return found;
}

/* Counts the contacts that the REGISTER adds, or revives. */
static int count_new(urecord_t *record, struct arrivals *arrivals, time_t now)
{
	const ucontact_t *found;
	int count = 0;
	bool is_new;
	int i;

	for(i = 0; i < arrivals->count; i++) {
		found = find(record, arrivals->list[i], &arrivals->info, &is_new);
		count += is_new || (found != NULL && !VALID_CONTACT(found, now));
		if(found != NULL)
			arrivals->kept[arrivals->kept_count++] = found;
	}
	return count;
}

static bool is_kept(const struct arrivals *arrivals, const ucontact_t *contact)
{
	int i;

	for(i = 0; i < arrivals->kept_count; i++) {
		if(arrivals->kept[i] == contact)
			return true;
	}
	return false;
}

static bool is_older(const ucontact_t *a, const ucontact_t *b)
{
	if(a->last_modified != b->last_modified)
		return a->last_modified < b->last_modified;
	return a->expires < b->expires;
}

/* The live contact that was refreshed longest ago, or NULL; *count is the number of live ones. */
static ucontact_t *oldest(const urecord_t *record,
		const struct arrivals *arrivals, time_t now, int *count)
{
	ucontact_t *found = NULL;
	ucontact_t *c;

	*count = 0;
	for(c = record->contacts; c != NULL; c = c->next) {
		if(!VALID_CONTACT(c, now))
			continue;
		++*count;
		if(!is_kept(arrivals, c) && (found == NULL || is_older(c, found)))
			found = c;
	}
	return found;
}

/* With the record's lock. Returns how many were removed. */
static int remove_oldest(urecord_t *record, struct arrivals *arrivals, int most)
{
	const time_t now = time(NULL);
	const int more = count_new(record, arrivals, now);
	int removed = 0;
	ucontact_t *c;
	int count;

	while((c = oldest(record, arrivals, now, &count)) != NULL
			&& count + more > most) {
		if(ur_location_api()->delete_ucontact(record, c) < 0)
			break;
		removed++;
	}
	return removed;
}

static int make_room(str *key, struct arrivals *arrivals, int most)
{
	const usrloc_api_t *ul = ur_location_api();
	udomain_t *domain = ur_location_table();
	urecord_t *record;
	int removed = 0;

	if(domain == NULL)
		return 0;
	ul->lock_udomain(domain, key);
	if(ul->get_urecord(domain, key, &record) == 0) {
		removed = remove_oldest(record, arrivals, most);
		ul->release_urecord(record);
	}
	ul->unlock_udomain(domain, key);
	return removed;
}

/* The address of record in To, which is the device's, as save() uses it. */
static bool key_of(struct sip_msg *msg, char *buf, str *key)
{
	const struct sip_uri *to = parse_to_uri(msg);
	char aor[UR_LOCATION_AOR_MAX];
	str domain;

	if(to == NULL || to->user.len + 1 + to->host.len > (int)sizeof(aor))
		return false;
	memcpy(aor, to->user.s, to->user.len);
	aor[to->user.len] = '@';
	domain = (str){aor + to->user.len + 1, to->host.len};
	memcpy(domain.s, to->host.s, to->host.len);
	strlower(&domain);
	return ur_location_key(
				   (struct ur_text){aor, to->user.len + 1 + to->host.len}, buf,
				   key)
		   == 0;
}

static void say(const str *key, int removed, int most)
{
	unsigned left_out;

	if(removed == 0
			|| !ur_log_rate_take(
					UR_LOG_CONTACT_GAVE_WAY, ur_text_of_str(*key), &left_out))
		return;
	LM_NOTICE(
			"device %.*s has max_contacts (%d) contacts: the oldest is removed"
			" for a new one (logged once a minute; %u suppressed)\n",
			key->len, key->s, most, left_out);
}

static int refuse(const struct sip_msg *msg, int status)
{
	ur_answer_set(msg, status);
	return -1;
}

int ur_register_make_room(struct sip_msg *msg)
{
	const int most = ur_setting(max_contacts);
	struct arrivals arrivals;
	char buf[UR_LOCATION_AOR_MAX];
	str key;

	if(!read_arrivals(msg, &arrivals))
		return refuse(msg, 400);
	if(arrivals.count > most)
		return refuse(msg, 503);
	if(arrivals.count > 0 && key_of(msg, buf, &key))
		say(&key, make_room(&key, &arrivals, most), most);
	return 1;
}
