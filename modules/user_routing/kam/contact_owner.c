/*
 * Finds the owner of a contact.
 *
 * usrloc looks up contacts by AoR. It can also list all contacts, in parts but without their AoR;
 * the AoR of a contact that matches is found by its ruid.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/contact_owner.h"

#include <string.h>
#include <strings.h>

#include "core/config.h"
#include "core/dprint.h"
#include "core/parser/parse_uri.h"
#include "kam/compat.h"
#include "kam/location.h"

/* Maximum size of the list of one part; usrloc's slots are divided among the parts. */
#define PART_SIZE (256 * 1024)
#define PARTS 256


/* A contact as usrloc lists it: see get_all_mem_ucontacts() in usrloc's dlist.c. */
struct listed
{
	str uri, ruid;
	unsigned int aor_hash;
};

static char part[PART_SIZE];

static const char *read_text(const char *at, str *text)
{
	memcpy(&text->len, at, sizeof(text->len));
	text->s = (char *)at + sizeof(text->len);
	return text->s + text->len;
}

/* Reads the next contact of the part; NULL: there are no more. */
static const char *read_listed(const char *at, struct listed *c)
{
	str received, path;

	at = read_text(at, &c->uri);
	if(c->uri.len == 0)
		return NULL;
	at = read_text(at, &received);
	at += sizeof(struct socket_info *) + sizeof(unsigned int);
	at = read_text(at, &path);
	at = read_text(at, &c->ruid);
	memcpy(&c->aor_hash, at, sizeof(c->aor_hash));
	return at + sizeof(c->aor_hash);
}

static int port_of(const struct sip_uri *uri)
{
	return uri->port_no != 0 ? uri->port_no : SIP_PORT;
}

static bool fits(str contact, const struct sip_uri *uri)
{
	struct sip_uri parsed;

	return parse_uri(contact.s, contact.len, &parsed) == 0
		   && port_of(&parsed) == port_of(uri)
		   && parsed.host.len == uri->host.len
		   && strncasecmp(parsed.host.s, uri->host.s, uri->host.len) == 0
		   && ur_text_equal(
				   ur_text_of_str(parsed.user), ur_text_of_str(uri->user));
}

/* Copies the AoR of a contact if it is still live. False: it is not, or the AoR is too long. */
static bool read_aor(const usrloc_api_t *ul, udomain_t *domain,
		struct listed *c, char *buf, struct ur_text *aor)
{
	ucontact_t *contact;
	urecord_t *record;
	bool found = false;
	str key;

	if(ul->get_urecord_by_ruid(domain, c->aor_hash, &c->ruid, &record, &contact)
			!= 0)
		return false;
	key = (str){buf, record->aor.len};
	if(key.len <= UR_LOCATION_AOR_MAX) {
		memcpy(buf, record->aor.s, key.len);
		found = VALID_CONTACT(contact, time(NULL));
	}
	/* Unlock by the record's own AoR: it exists as long as its slot is locked. */
	ul->unlock_udomain(domain, &record->aor);
	*aor = ur_text_of_str(key);
	return found;
}

static bool look_in_part(const usrloc_api_t *ul, udomain_t *domain,
		const struct sip_uri *uri, ur_contact_owner_f is_it, void *context)
{
	const char *at = part;
	char buf[UR_LOCATION_AOR_MAX];
	struct ur_text aor;
	struct listed c;

	while((at = read_listed(at, &c)) != NULL) {
		if(fits(c.uri, uri) && read_aor(ul, domain, &c, buf, &aor)
				&& is_it(context, aor))
			return true;
	}
	return false;
}

bool ur_contact_owner(
		const struct sip_uri *uri, ur_contact_owner_f is_it, void *context)
{
	const usrloc_api_t *ul = ur_location_api();
	udomain_t *domain = ur_location_table();
	int i;

	if(domain == NULL || ul->db_mode == DB_ONLY)
		return false;
	for(i = 0; i < PARTS; i++) {
		if(ul->get_all_ucontacts(part, PART_SIZE, 0, i, PARTS, 0) > 0)
			LM_WARN("not all registered contacts can be searched, there are too"
					" many: a transfer to a phone's Contact may get 404\n");
		if(look_in_part(ul, domain, uri, is_it, context))
			return true;
	}
	return false;
}
