/*
 * user_check_contacts(): where a REGISTER may direct calls.
 *
 * For each contact save() stores the URI, the Path of the request, and as "received" the contact's
 * parameter of that name, or else what fix_nated_register() has set. A call goes to the Path, else
 * to received, else to the URI. So if neither Path nor the parameter is present and received is
 * set, the URI doesn't matter: calls go to the source of the REGISTER.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/register.h"

#include "core/dprint.h"
#include "core/parser/contact/parse_contact.h"
#include "core/parser/parse_param.h"
#include "core/parser/parse_rr.h"
#include "core/parser/parse_uri.h"
#include "core/trim.h"
#include "kam/address.h"
#include "kam/answer.h"
#include "kam/compat.h"
#include "kam/hop.h"
#include "policy/contact.h"

/* The findings about the contacts checked so far. */
struct findings
{
	int contacts;
	int paths;		  /* proxies in Path */
	bool path_is_own; /* the last of them is the sender's */
	bool star, elsewhere, received;
};

static bool params_are_sound(const contact_t *contact, struct findings *found)
{
	const param_t *param;
	int count = 0;

	for(param = contact->params; param != NULL; param = param->next) {
		if(++count > UR_CONTACT_PARAMS_MAX
				|| !ur_contact_text_is_sound(ur_text_of_str(param->name))
				|| !ur_contact_text_is_sound(ur_text_of_str(param->body)))
			return false;
		found->received |= param->type == P_RECEIVED;
	}
	return true;
}

static bool is_source(const struct sip_msg *msg, str host)
{
	struct ur_address source, address = {.len = 0};

	ur_address_source(msg, &source);
	return ur_address_read_ip(host, &address)
		   && ur_address_is_same_host(&address, &source);
}

/* Would the URI alone send a call to the source of the REGISTER? */
static bool is_own(const struct sip_msg *msg, const struct sip_uri *uri)
{
	return (uri->type == SIP_URI_T || uri->type == SIPS_URI_T)
		   && is_source(msg, uri->host) && uri->headers.len == 0
		   && ur_contact_params_are_plain(ur_text_of_str(uri->params));
}

static bool contact_is_sound(const struct sip_msg *msg,
		const contact_t *contact, struct findings *found)
{
	struct sip_uri uri;

	if(++found->contacts > UR_CONTACTS_OF_REGISTER_MAX
			|| !ur_contact_text_is_sound(ur_text_of_str(contact->name))
			|| !ur_contact_text_is_sound(ur_text_of_str(contact->uri))
			|| !params_are_sound(contact, found)
			|| parse_uri(contact->uri.s, contact->uri.len, &uri) < 0)
		return false;
	found->elsewhere |= !is_own(msg, &uri);
	return true;
}

/* The parser takes anything that begins with a star for a star. */
static bool is_star(str value)
{
	trim(&value);
	return value.len == 1;
}

static bool header_is_sound(const struct sip_msg *msg, struct hdr_field *header,
		struct findings *found)
{
	const contact_body_t *body;
	const contact_t *contact;

	if(!ur_contact_value_is_sound(ur_text_of_str(header->body))
			|| parse_contact(header) < 0)
		return false;
	body = header->parsed;
	if(body->star) {
		found->star = true;
		return is_star(header->body);
	}
	for(contact = body->contacts; contact != NULL; contact = contact->next) {
		if(!contact_is_sound(msg, contact, found))
			return false;
	}
	return body->contacts != NULL;
}

/* Calls go to the first proxy in Path. */
static bool path_is_sound(const struct sip_msg *msg,
		const struct hdr_field *header, struct findings *found)
{
	rr_t *list = NULL;
	const rr_t *proxy;
	struct sip_uri uri;

	if(!ur_contact_value_is_sound(ur_text_of_str(header->body))
			|| parse_rr_body(header->body.s, header->body.len, &list) < 0)
		return false;
	for(proxy = list; proxy != NULL; proxy = proxy->next) {
		found->paths++;
		found->path_is_own =
				parse_uri(proxy->nameaddr.uri.s, proxy->nameaddr.uri.len, &uri)
						== 0
				&& uri.maddr.len == 0 && is_source(msg, uri.host);
	}
	free_rr(&list);
	return true;
}

static bool headers_are_sound(struct sip_msg *msg, struct findings *found)
{
	struct hdr_field *header;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return false;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(header->type == HDR_PATH_T) {
			if(!path_is_sound(msg, header, found))
				return false;
		} else if(header->type == HDR_CONTACT_T) {
			if(found->star || !header_is_sound(msg, header, found))
				return false;
		}
	}
	return !(found->star && found->contacts > 0);
}

static int refuse(const struct sip_msg *msg, int status, int rc)
{
	ur_answer_set(msg, status);
	return rc;
}

/* A phone can write a Path, too, and an edge proxy adds its own on top. Only a single one is
 * accepted, if it is the sender's. */
int ur_register_check_contacts(struct sip_msg *msg, str *hop)
{
	struct findings found = {0};

	if(!headers_are_sound(msg, &found))
		return refuse(msg, 400, UR_REGISTER_BAD);
	if(found.received
			|| (found.paths > 0
					&& !(ur_hop_is_edge(hop) && found.paths == 1
							&& found.path_is_own)))
		return refuse(msg, 403, UR_REGISTER_ROUTED);
	if(found.paths > 0)
		return UR_REGISTER_OWN;
	/* Another port at a hop's address is the hop itself. */
	return found.elsewhere || hop->len > 0 ? UR_REGISTER_ELSEWHERE
										   : UR_REGISTER_OWN;
}
