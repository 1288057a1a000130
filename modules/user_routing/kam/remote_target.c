/*
 * The remote target of a dialog: signs Contacts, checks Request-URIs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/remote_target.h"

#include "core/parser/contact/parse_contact.h"
#include "kam/address.h"
#include "kam/compat.h"
#include "kam/headers.h"
#include "kam/seal.h"
#include "policy/uri_form.h"

#define PARAM "ur"
#define SIGNATURE_MAX (UR_ADDRESS_SIZE + UR_SEAL_MAC_SIZE)
#define FORM_MAX 1024 /* of a URI */

/* ---- the signature */

static int make_mac(struct ur_text form, const struct ur_target_owner *owner,
		const uint8_t *address, int len, uint8_t *out)
{
	struct ur_seal_mac mac;

	ur_seal_mac_begin(
			&mac, owner->is_caller ? UR_TEXT("caller") : UR_TEXT("callee"));
	ur_seal_mac_add(&mac, owner->side);
	ur_seal_mac_add(&mac, owner->call_id);
	ur_seal_mac_add(&mac, owner->tag);
	ur_seal_mac_add(&mac, form);
	ur_seal_mac_add(&mac, (struct ur_text){(const char *)address, len});
	return ur_seal_mac_end(&mac, out);
}

bool ur_remote_target_check(struct ur_text request_uri,
		const struct ur_target_owner *owner, struct ur_address *address)
{
	uint8_t signature[SIGNATURE_MAX], mac[UR_SEAL_MAC_SIZE];
	char buf[FORM_MAX];
	struct ur_text form = {buf, 0}, value;
	int len;

	form.len =
			ur_uri_form(request_uri, UR_TEXT(PARAM), buf, sizeof(buf), &value);
	if(form.len < 0 || value.s == NULL)
		return false;
	len = ur_seal_read(value, signature, sizeof(signature)) - UR_SEAL_MAC_SIZE;
	return len >= 0 && ur_address_read(address, signature, len)
		   && make_mac(form, owner, signature, len, mac) == 0
		   && ur_seal_mac_equal(mac, signature + len);
}

int ur_remote_target_bare(struct ur_text request_uri, char *buf, int size)
{
	return ur_uri_without(request_uri, UR_TEXT(PARAM), buf, size);
}

/* ---- signing */

/* Sets *contact to the only contact of the message; NULL: none, several, or a star. */
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

/* The URI up to its headers, which are not part of a Request-URI (RFC 3261 §19.1.1). A user part
 * may contain a ?. */
static struct ur_text without_headers(struct ur_text uri)
{
	const char *at = memchr(uri.s, '@', uri.len);
	const char *from = at != NULL ? at : uri.s;
	const char *question = memchr(from, '?', uri.s + uri.len - from);

	if(question != NULL)
		uri.len = question - uri.s;
	return uri;
}

/* There may be blanks after the bracket. */
static bool is_in_brackets(const struct hdr_field *contact, const char *uri)
{
	do
		uri--;
	while(uri >= contact->body.s
			&& (*uri == ' ' || *uri == '\t' || *uri == '\r' || *uri == '\n'));
	return uri >= contact->body.s && *uri == '<';
}

/* Without brackets, a parameter after the URI would belong to the header. */
static int add_param(struct sip_msg *msg, struct ur_text uri, str whole,
		struct ur_text param)
{
	const char *const end = whole.s + whole.len;

	if(is_in_brackets(msg->contact, uri.s))
		return ur_header_insert(msg, uri.s + uri.len, param);
	if(ur_header_insert(msg, uri.s, UR_TEXT("<")) < 0
			|| ur_header_insert(msg, uri.s + uri.len, param) < 0)
		return -1;
	return ur_header_insert(msg, end, UR_TEXT(">"));
}

static int sign(const struct sip_msg *msg, struct ur_text uri, bool trusted,
		const struct ur_target_owner *owner, uint8_t *signature)
{
	char buf[FORM_MAX];
	struct ur_address address = {.len = 0};
	struct ur_text form = {buf, 0}, value;
	int len;

	if(!trusted)
		ur_address_source(msg, &address);
	/* Our parameter comes after the existing ones. */
	form.len = ur_uri_form(uri, UR_TEXT(""), buf, sizeof(buf), &value);
	len = ur_address_write(&address, signature);
	if(form.len < 0
			|| make_mac(form, owner, signature, len, signature + len) < 0)
		return -1;
	return len + UR_SEAL_MAC_SIZE;
}

int ur_remote_target_sign(
		struct sip_msg *msg, bool trusted, const struct ur_target_owner *owner)
{
	const struct ur_text prefix = UR_TEXT(";" PARAM "=");
	uint8_t signature[SIGNATURE_MAX];
	char param[sizeof(";" PARAM "=") + UR_SEAL_CHARACTERS(SIGNATURE_MAX)];
	struct ur_text uri;
	contact_t *contact;
	int len;

	if(only_contact(msg, &contact) < 0)
		return -1;
	if(contact == NULL || ur_text_is_empty(owner->tag))
		return 0;
	uri = without_headers(ur_text_of_str(contact->uri));
	len = sign(msg, uri, trusted, owner, signature);
	if(len < 0)
		return -1;
	memcpy(param, prefix.s, prefix.len);
	ur_seal_write(signature, len, param + prefix.len);
	return add_param(msg, uri, contact->uri,
			(struct ur_text){param, prefix.len + UR_SEAL_CHARACTERS(len)});
}
