/*
 * URIs that are a number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/tel_uri.h"

#include <strings.h>

#include "core/dset.h"
#include "core/parser/parse_uri.h"
#include "kam/compat.h"
#include "kam/request.h"
#include "kam/settings.h"
#include "policy/output.h"

#define SCHEME "tel:"
#define SCHEME_LEN (int)(sizeof(SCHEME) - 1)

/* "sip:", a number with each character escaped, "@" and a domain. */
#define URI_MAX 512

/* Checks the scheme itself: for the core, SIP URIs with user=phone are tel:, too. */
bool ur_tel_uri_is(const str *uri)
{
	return uri->len > SCHEME_LEN
		   && strncasecmp(uri->s, SCHEME, SCHEME_LEN) == 0;
}

/* If there is an @ or :, the parser takes what follows it for the number. */
int ur_tel_uri_read(
		const str *uri, const struct sip_uri *parsed, struct ur_tel *tel)
{
	if(!ur_tel_uri_is(uri))
		return 0;
	return parsed->user.s == uri->s + SCHEME_LEN && parsed->passwd.len == 0
						   && parsed->port.len == 0 && parsed->headers.len == 0
						   && ur_tel_read(ur_text_of_str(parsed->user),
								   ur_text_of_str(parsed->params), tel)
				   ? 1
				   : -1;
}

int ur_tel_uri_rewrite(
		struct sip_msg *msg, struct ur_text number, struct ur_text domain)
{
	char buf[URI_MAX];
	struct ur_output out = {buf, 0, sizeof(buf)};
	str uri;

	if(ur_text_is_empty(domain))
		return 0;
	ur_output_put_address(&out, number, domain);
	uri = (str){buf, out.len};
	if(out.len < 0 || rewrite_uri(msg, &uri) < 0)
		return -1;
	return parse_sip_msg_uri(msg) < 0 ? -1 : 0;
}

int ur_tel_uri_read_request(const struct sip_msg *msg, struct ur_tel *tel)
{
	const struct ur_text sos =
			ur_emergency_of_urn(&ur_settings_at_start.emergency);

	if(ur_text_is_empty(sos)
			|| !ur_emergency_is_urn(ur_text_of_str(*GET_RURI(msg))))
		return ur_tel_uri_read(GET_RURI(msg), &msg->parsed_uri, tel);
	return ur_tel_read(sos, UR_TEXT(""), tel) ? 1 : -1;
}

int ur_tel_uri_to_sip(struct sip_msg *msg, struct ur_table *table)
{
	struct ur_tel tel;
	struct ur_caller caller;
	int rc = ur_tel_uri_read_request(msg, &tel);

	if(rc <= 0)
		return rc;
	if(!ur_text_is_empty(tel.domain))
		return ur_tel_uri_rewrite(msg, ur_tel_number(&tel), tel.domain);
	caller = ur_request_caller(msg, table);
	rc = ur_tel_uri_rewrite(msg, ur_tel_number(&tel),
			ur_text_is_empty(caller.domain) ? UR_TEXT("tel.invalid")
											: caller.domain);
	ur_table_user_put(caller.user);
	return rc;
}
