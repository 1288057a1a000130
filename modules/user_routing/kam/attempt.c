/*
 * Who tries to authenticate, and from where.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/attempt.h"

#include <string.h>

#include "core/dprint.h"
#include "core/ip_addr.h"
#include "core/parser/digest/digest.h"
#include "core/parser/parse_uri.h"
#include "core/ut.h"
#include "core/usr_avp.h"
#include "kam/address.h"
#include "kam/aor.h"
#include "kam/auth.h"
#include "kam/compat.h"
#include "kam/contacts.h"
#include "kam/location.h"
#include "policy/host.h"

/*
 * A nonce of the auth module is, in base64: 8 bytes of time, 16 that sign it, 16 that depend on the request's
 * source alone if its auth_checks_… are 8, and a number. These 16 bytes are the characters from 32 on, and 21 of
 * them have no other bits. The auth module itself does not look at them if the phone counts its requests (nc).
 */
#define NONCE_SOURCE 32
#define NONCE_SOURCE_LEN 21

static const dig_cred_t *credentials_of(struct sip_msg *msg)
{
	struct hdr_field *header = NULL;
	str realm;

	if(msg->first_line.type != SIP_REQUEST
			|| (msg->REQ_METHOD & (METHOD_ACK | METHOD_CANCEL | METHOD_PRACK)))
		return NULL;
	realm = ur_auth_realm(msg);
	if(realm.len == 0
			|| find_credentials(msg, &realm, ur_auth_header(msg), &header) != 0)
		return NULL;
	return &((auth_body_t *)header->parsed)->digest;
}

str ur_attempt_name(struct sip_msg *msg)
{
	static struct ur_aor a;
	const dig_cred_t *credentials = credentials_of(msg);

	if(credentials == NULL)
		return (str){"", 0};
	if(!ur_aor_make(credentials->username.user, ur_auth_realm(msg), &a))
		return (str){"?", 1};
	return ur_str_of_text(a.aor);
}

/* Copies the part of a nonce that depends on its source. False: it has none. */
static bool copy_source(str nonce, char part[NONCE_SOURCE_LEN])
{
	if(nonce.len < NONCE_SOURCE + NONCE_SOURCE_LEN)
		return false;
	memcpy(part, nonce.s + NONCE_SOURCE, NONCE_SOURCE_LEN);
	return true;
}

/* The nonce in a challenge. */
static str nonce_in(str challenge)
{
	static str begin = str_init("nonce=\"");
	const char *from = str_search(&challenge, &begin);
	const char *to;

	if(from == NULL)
		return (str){NULL, 0};
	from += begin.len;
	to = memchr(from, '"', challenge.s + challenge.len - from);
	return (str){(char *)from, to != NULL ? to - from : 0};
}

/* That part of a nonce that the source of the request would get now. The auth module can only write a whole
 * challenge, into an AVP. */
static bool expect_source(struct sip_msg *msg, char part[NONCE_SOURCE_LEN])
{
	const avp_name_t name = {.s = str_init("digest_challenge")};
	const auth_api_s_t *auth = ur_auth_api();
	str realm = ur_auth_realm(msg);
	avp_value_t challenge;
	avp_t *avp;
	bool found;

	if(auth->build_challenge == NULL
			|| auth->build_challenge(
					   msg, 0, &realm, NULL, NULL, ur_auth_header(msg))
					   < 0)
		return false;
	avp = search_first_avp(AVP_NAME_STR, name, &challenge, NULL);
	if(avp == NULL)
		return false;
	found = copy_source(nonce_in(challenge.s), part);
	destroy_avp(avp);
	return found;
}

/* Can the sender receive at the address that the request comes from? */
static bool is_proven(struct sip_msg *msg, const dig_cred_t *credentials)
{
	char theirs[NONCE_SOURCE_LEN], ours[NONCE_SOURCE_LEN];

	if(msg->rcv.proto != PROTO_UDP)
		return true;
	return copy_source(credentials->nonce, theirs) && expect_source(msg, ours)
		   && memcmp(theirs, ours, sizeof(ours)) == 0;
}

str ur_attempt_source(struct sip_msg *msg)
{
	static char buf[1 + UR_HOST_NETWORK_SIZE] = "?";
	const dig_cred_t *credentials = credentials_of(msg);
	const struct ip_addr *ip = &msg->rcv.src_ip;
	int len;

	if(credentials == NULL)
		return (str){"", 0};
	len = ur_host_network(ip->u.addr, ip->len, buf + 1);
	return is_proven(msg, credentials) ? (str){buf + 1, len}
									   : (str){buf, 1 + len};
}

/* A contact's address, as far as it is one. */
static bool read_address(str uri, struct ur_address *address)
{
	struct sip_uri parsed;

	if(parse_uri(uri.s, uri.len, &parsed) < 0
			|| !ur_address_read_ip(parsed.host, address))
		return false;
	address->port = parsed.port_no != 0 ? parsed.port_no : SIP_PORT;
	return true;
}

/* The phones behind an edge proxy share its address. */
static bool is_source(const struct sip_msg *msg, const ucontact_t *c)
{
	struct ur_address source, contact;

	if(c->path.len > 0)
		return false;
	if(msg->rcv.proto != PROTO_UDP)
		return c->tcpconn_id != UR_NO_CONNECTION
			   && ur_contacts_own_connection(c) == msg->rcv.proto_reserved1;
	ur_address_source(msg, &source);
	return read_address(c->received.len > 0 ? c->received : c->c, &contact)
		   && contact.port == source.port
		   && ur_address_is_same_host(&contact, &source);
}

static bool has_source(const struct sip_msg *msg, const urecord_t *record)
{
	const time_t now = time(NULL);
	const ucontact_t *c;

	for(c = record->contacts; c != NULL; c = c->next) {
		if(VALID_CONTACT(c, now) && is_source(msg, c))
			return true;
	}
	return false;
}

int ur_attempt_is_from_registered(struct sip_msg *msg)
{
	const usrloc_api_t *ul = ur_location_api();
	udomain_t *domain = ur_location_table();
	const str name = ur_attempt_name(msg);
	char buf[UR_LOCATION_AOR_MAX];
	urecord_t *record;
	bool found = false;
	str key;

	if(name.len <= 1 || domain == NULL
			|| ur_location_key(ur_text_of_str(name), buf, &key) < 0)
		return -1;
	ul->lock_udomain(domain, &key);
	if(ul->get_urecord(domain, &key, &record) == 0) {
		found = has_source(msg, record);
		ul->release_urecord(record);
	}
	ul->unlock_udomain(domain, &key);
	return found ? 1 : -1;
}

int ur_attempt_log_ban(struct sip_msg *msg)
{
	const str source = ur_attempt_source(msg);
	str *const prefix = log_prefix_val;

	if(source.len == 0 || *source.s == '?')
		return -1;
	log_prefix_val = NULL;
	LM_NOTICE("banned %s: too many names failed to authenticate\n",
			ip_addr2a(&msg->rcv.src_ip));
	log_prefix_val = prefix;
	return 1;
}
