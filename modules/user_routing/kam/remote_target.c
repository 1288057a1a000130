/*
 * The remote target of a dialog: Contacts signed, Request-URIs checked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/remote_target.h"

#include <stdio.h>

#include "core/data_lump.h"
#include "core/ip_addr.h"
#include "core/mem/mem.h"
#include "core/parser/contact/parse_contact.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "kam/compat.h"
#include "kam/seal.h"
#include "policy/param.h"

#define PARAM "ur"
#define SIGNATURE_MAX (UR_ADDRESS_SIZE + UR_SEAL_MAC_SIZE)

/* ---- addresses */

void ur_remote_target_source(
		const struct sip_msg *msg, struct ur_address *address)
{
	memset(address, 0, sizeof(*address));
	address->protocol = msg->rcv.proto;
	address->port = msg->rcv.src_port;
	address->len = msg->rcv.src_ip.len;
	memcpy(address->ip, msg->rcv.src_ip.u.addr, address->len);
}

int ur_remote_target_uri(const struct ur_address *address, char *buf)
{
	struct ip_addr ip = {
			.af = address->len == 4 ? AF_INET : AF_INET6, .len = address->len};
	str protocol = STR_NULL;
	int len;

	memcpy(ip.u.addr, address->ip, address->len);
	len = sprintf(buf, ip.af == AF_INET ? "sip:%s:%d" : "sip:[%s]:%d",
			ip_addr2a(&ip), address->port);
	if(address->protocol == PROTO_UDP)
		return len;
	/* A URI has no word for secure WebSocket: the connection knows. */
	proto_type_to_str(
			address->protocol == PROTO_WSS ? PROTO_WS : address->protocol,
			&protocol);
	return len
		   + sprintf(buf + len, ";transport=%.*s", protocol.len, protocol.s);
}

/* ---- the signature */

static int make_mac(struct ur_text uri, struct ur_text call_id,
		struct ur_text tag, const uint8_t *address, int len, uint8_t *out)
{
	struct ur_seal_mac mac;

	ur_seal_mac_begin(&mac, UR_TEXT("contact"));
	ur_seal_mac_add(&mac, call_id);
	ur_seal_mac_add(&mac, tag);
	ur_seal_mac_add(&mac, uri);
	ur_seal_mac_add(&mac, (struct ur_text){(const char *)address, len});
	return ur_seal_mac_end(&mac, out);
}

bool ur_remote_target_check(struct ur_text request_uri, struct ur_text call_id,
		struct ur_text tag, struct ur_text *uri, struct ur_address *address)
{
	uint8_t signature[SIGNATURE_MAX], mac[UR_SEAL_MAC_SIZE];
	struct ur_text value;
	int len;

	if(!ur_param_cut_last(request_uri, UR_TEXT(PARAM), uri, &value))
		return false;
	len = ur_seal_read(value, signature, sizeof(signature)) - UR_SEAL_MAC_SIZE;
	if(len < 0 || !ur_address_read(address, signature, len))
		return false;
	return make_mac(*uri, call_id, tag, signature, len, mac) == 0
		   && ur_seal_mac_equal(mac, signature + len);
}

/* ---- signing */

/* The tag of who sends the message, and so owns the Contact. */
static int own_tag(struct sip_msg *msg, struct ur_text *tag)
{
	if(msg->first_line.type == SIP_REQUEST) {
		if(parse_from_header(msg) < 0)
			return -1;
		*tag = ur_text_of_str(get_from(msg)->tag_value);
		return 0;
	}
	if(parse_to_header(msg) < 0)
		return -1;
	*tag = ur_text_of_str(get_to(msg)->tag_value);
	return 0;
}

/* The only contact of the message; NULL: there is none, or several, or a star. */
static int only_contact(struct sip_msg *msg, contact_t **contact)
{
	const contact_body_t *body;

	*contact = NULL;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	if(msg->contact == NULL)
		return 0;
	if(parse_contact(msg->contact) < 0)
		return -1;
	body = msg->contact->parsed;
	if(!body->star && body->contacts != NULL && body->contacts->next == NULL)
		*contact = body->contacts;
	return 0;
}

static int insert(
		struct sip_msg *msg, const char *where, const char *text, int len)
{
	struct lump *anchor = anchor_lump(msg, where - msg->buf, 0, HDR_CONTACT_T);
	char *copy = anchor != NULL ? pkg_malloc(len) : NULL;

	if(copy == NULL)
		return -1;
	memcpy(copy, text, len);
	if(insert_new_lump_after(anchor, copy, len, 0) != NULL)
		return 0;
	pkg_free(copy);
	return -1;
}

/* Up to the URI's headers, which are no part of a Request-URI (RFC 3261 §19.1.1). A user part may
 * have a ? of its own. */
static struct ur_text without_headers(struct ur_text uri)
{
	const char *at = memchr(uri.s, '@', uri.len);
	const char *from = at != NULL ? at : uri.s;
	const char *question = memchr(from, '?', uri.s + uri.len - from);

	if(question != NULL)
		uri.len = question - uri.s;
	return uri;
}

/* Without brackets a parameter behind the URI would be the header's. */
static int add_param(struct sip_msg *msg, struct ur_text uri, str whole,
		const char *param, int len)
{
	const char *const end = whole.s + whole.len;

	if(uri.s > msg->buf && uri.s[-1] == '<')
		return insert(msg, uri.s + uri.len, param, len);
	if(insert(msg, uri.s, "<", 1) < 0
			|| insert(msg, uri.s + uri.len, param, len) < 0)
		return -1;
	return insert(msg, end, ">", 1);
}

int ur_remote_target_sign(struct sip_msg *msg, bool trusted)
{
	const struct ur_text prefix = UR_TEXT(";" PARAM "=");
	uint8_t signature[SIGNATURE_MAX];
	char param[sizeof(";" PARAM "=") + UR_SEAL_CHARACTERS(SIGNATURE_MAX)];
	struct ur_address address = {.len = 0};
	struct ur_text tag, uri;
	contact_t *contact;
	int len;

	if(only_contact(msg, &contact) < 0 || own_tag(msg, &tag) < 0)
		return -1;
	if(contact == NULL || ur_text_is_empty(tag) || msg->callid == NULL)
		return 0;
	if(!trusted)
		ur_remote_target_source(msg, &address);
	uri = without_headers(ur_text_of_str(contact->uri));
	len = ur_address_write(&address, signature);
	if(make_mac(uri, ur_text_of_str(msg->callid->body), tag, signature, len,
			   signature + len)
			< 0)
		return -1;
	len += UR_SEAL_MAC_SIZE;
	memcpy(param, prefix.s, prefix.len);
	ur_seal_write(signature, len, param + prefix.len);
	return add_param(msg, uri, contact->uri, param,
			prefix.len + UR_SEAL_CHARACTERS(len));
}
