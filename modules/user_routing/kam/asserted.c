/*
 * The number that a trunk asserts for the caller.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/asserted.h"

#include <string.h>

#include "core/parser/parse_nameaddr.h"
#include "core/parser/parse_uri.h"
#include "kam/aor.h"
#include "kam/compat.h"
#include "kam/headers.h"
#include "kam/tel_uri.h"
#include "policy/number.h"

static const struct hdr_field *find_header(struct sip_msg *msg)
{
	const struct ur_text name = UR_TEXT("P-Asserted-Identity");
	const struct hdr_field *header;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return NULL;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, name) && !ur_header_is_removed(msg, header))
			return header;
	}
	return msg->from;
}

/* ---- values: name-addr or addr-spec, with commas between. Nothing is kept in the header: in a failure
 * route it is tm's, in shared memory. */

static void skip_to(str *rest, const char *place)
{
	rest->len -= (int)(place - rest->s);
	rest->s = (char *)place;
}

/* A scheme's colon comes before any bracket; a display name has none, but in quotes. */
static bool is_in_brackets(str rest)
{
	int i = 0;

	while(i < rest.len && rest.s[i] != '<' && rest.s[i] != '"'
			&& rest.s[i] != ':')
		i++;
	return i < rest.len && rest.s[i] != ':';
}

str ur_asserted_next(str *rest, str *display)
{
	const char *const end = rest->s + rest->len;
	name_addr_t address = {.uri = {NULL, 0}};
	const char *at;

	*display = (str){NULL, 0};
	while(rest->len > 0 && strchr(", \t\r\n", *rest->s) != NULL)
		skip_to(rest, rest->s + 1);
	if(is_in_brackets(*rest)) {
		if(parse_nameaddr(rest, &address) < 0)
			return (str){NULL, 0};
		*display = address.name;
		at = address.uri.s + address.uri.len;
	} else {
		for(at = rest->s; at < end && strchr(";, \t\r\n", *at) == NULL;)
			at++;
		address.uri = (str){rest->s, (int)(at - rest->s)};
	}
	while(at < end && *at != ',')
		at++;
	skip_to(rest, at);
	return address.uri;
}

/* ---- the number in a URI */

static struct ur_text of_tel(str text, const struct sip_uri *uri)
{
	static struct ur_tel tel;

	if(ur_tel_uri_read(&text, uri, &tel) <= 0)
		return UR_TEXT("");
	return *tel.number == '+' ? ur_tel_number(&tel) : ur_text_of_str(text);
}

/* Without parameters of the number, such as ;cpc=ordinary, and without escapes. */
static struct ur_text of_user(const struct sip_uri *uri)
{
	static struct ur_aor address;
	const char *const params =
			uri->user.len > 0 ? memchr(uri->user.s, ';', uri->user.len) : NULL;
	str user = uri->user;

	if(params != NULL)
		user.len = (int)(params - user.s);
	return ur_aor_make(user, uri->host, &address) ? address.user : UR_TEXT("");
}

static struct ur_text number_of(str text)
{
	struct sip_uri uri;

	if(parse_uri(text.s, text.len, &uri) < 0)
		return UR_TEXT("");
	return ur_tel_uri_is(&text) ? of_tel(text, &uri) : of_user(&uri);
}

struct ur_text ur_asserted_number(void *request)
{
	const struct hdr_field *const header = find_header(request);
	struct ur_text number = UR_TEXT("");
	str rest, display, uri;

	if(header == NULL)
		return number;
	rest = header->body;
	while(!ur_number_is_shown(number)) {
		uri = ur_asserted_next(&rest, &display);
		if(uri.len <= 0)
			break;
		number = number_of(uri);
	}
	return number;
}
