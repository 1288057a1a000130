/*
 * The URI of a route target that lies outside the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/target.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

static bool is_uri(struct ur_text text)
{
	return (text.len > 4 && strncasecmp(text.s, "sip:", 4) == 0)
		   || (text.len > 5 && strncasecmp(text.s, "sips:", 5) == 0);
}

static int append(char *buf, int len, int size, const char *s, int n)
{
	if(len < 0 || n > size - len)
		return -1;
	memcpy(buf + len, s, n);
	return len + n;
}

bool ur_target_fits(unsigned char c)
{
	return !ur_is_control(c) && c != ' ' && c != '<' && c != '>' && c != '"';
}

bool ur_target_is_plain(struct ur_text text)
{
	int i;

	for(i = 0; i < text.len; i++) {
		if(!ur_target_fits(text.s[i]))
			return false;
	}
	return true;
}

/* A user part may have a ? of its own. */
int ur_target_headers(struct ur_text uri)
{
	const int host = ur_target_host(uri);
	const char *question = memchr(uri.s + host, '?', uri.len - host);

	return question != NULL ? (int)(question - uri.s) : uri.len;
}

int ur_target_host(struct ur_text uri)
{
	const char *at = memchr(uri.s, '@', uri.len);

	return at != NULL ? (int)(at - uri.s) : 0;
}

/* RFC 3261 §25.1: what stands for itself everywhere. */
#define UNRESERVED_MARKS "-_.!~*'()"

static bool is_one_of(unsigned char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

int ur_target_escape(
		char *buf, int len, int size, struct ur_text text, const char *also)
{
	int i;

	for(i = 0; i < text.len && len >= 0; i++) {
		unsigned char c = text.s[i];
		char escaped[4];

		if((c < 0x80 && isalnum(c)) || is_one_of(c, UNRESERVED_MARKS)
				|| is_one_of(c, also)) {
			len = append(buf, len, size, (const char *)&c, 1);
			continue;
		}
		snprintf(escaped, sizeof(escaped), "%%%02X", c);
		len = append(buf, len, size, escaped, 3);
	}
	return len;
}

static bool begins_with(struct ur_text text, struct ur_text prefix)
{
	return text.len >= prefix.len && memcmp(text.s, prefix.s, prefix.len) == 0;
}

/* Fills in one placeholder; -1 when there is nothing to fill in. */
static int fill(char *uri, int len, int size, struct ur_text value)
{
	if(ur_text_is_empty(value))
		return -1;
	return ur_target_escape(uri, len, size, value, UR_TARGET_IN_USER);
}

static int expand(struct ur_text id, struct ur_text address,
		struct ur_text rest, char *uri, int size)
{
	const struct ur_text for_id = UR_TEXT("{id}");
	const struct ur_text for_address = UR_TEXT("{address}");
	int len = 0;

	while(rest.len > 0 && len >= 0) {
		int taken = 1;

		if(begins_with(rest, for_id)) {
			len = fill(uri, len, size, id);
			taken = for_id.len;
		} else if(begins_with(rest, for_address)) {
			len = fill(uri, len, size, address);
			taken = for_address.len;
		} else {
			len = append(uri, len, size, rest.s, 1);
		}
		rest.s += taken;
		rest.len -= taken;
	}
	return len;
}

/* The schema lets no other address or template in; a database that was plugged in by views
 * of its own may. */
int ur_target_uri(struct ur_text id, struct ur_text address,
		struct ur_text uri_template, char *uri, int size)
{
	if(is_uri(address))
		return ur_target_is_plain(address)
					   ? append(uri, 0, size, address.s, address.len)
					   : -1;
	if(!is_uri(uri_template) || !ur_target_is_plain(uri_template))
		return -1;
	return expand(id, address, uri_template, uri, size);
}

int ur_target_add_cause(
		char *uri, int len, int size, struct ur_text called, int cause)
{
	const int head = ur_target_headers((struct ur_text){uri, len});
	char added[UR_TARGET_CAUSE_MAX];
	char number[16];
	int n;

	n = append(added, 0, sizeof(added), ";target=", 8);
	n = ur_target_escape(added, n, sizeof(added), called, UR_TARGET_IN_VALUE);
	snprintf(number, sizeof(number), ";cause=%d", cause);
	n = append(added, n, sizeof(added), number, strlen(number));
	if(n < 0 || n > size - len)
		return -1;
	memmove(uri + head + n, uri + head, len - head);
	memcpy(uri + head, added, n);
	return len + n;
}
