/*
 * The URI of a route target that lies outside the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/target.h"

#include <strings.h>

#include "policy/output.h"

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

/* A user part may have a ?, too. */
int ur_target_headers(struct ur_text uri)
{
	const int host = ur_target_host(uri);
	const char *question = memchr(uri.s + host, '?', uri.len - host);

	return question != NULL ? (int)(question - uri.s) : uri.len;
}

int ur_target_host(struct ur_text uri)
{
	const char *at = uri.len > 0 ? memchr(uri.s, '@', uri.len) : NULL;

	return at != NULL ? (int)(at - uri.s) : 0;
}

/* RFC 3261 §25.1: characters that never need an escape. */
#define UNRESERVED_MARKS "-_.!~*'()"

static bool is_one_of(unsigned char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Escapes all except letters, digits and two sets of characters. */
static int escape(char *buf, int len, int size, struct ur_text text,
		const char *marks, const char *also)
{
	static const char digits[] = "0123456789ABCDEF";
	int i;

	for(i = 0; i < text.len && len >= 0; i++) {
		unsigned char c = text.s[i];
		const char escaped[] = {'%', digits[c >> 4], digits[c & 0xf]};

		if(ur_is_letter_or_digit(c) || is_one_of(c, marks)
				|| is_one_of(c, also)) {
			len = append(buf, len, size, (const char *)&c, 1);
			continue;
		}
		len = append(buf, len, size, escaped, sizeof(escaped));
	}
	return len;
}

int ur_target_escape(
		char *buf, int len, int size, struct ur_text text, const char *also)
{
	return escape(buf, len, size, text, UNRESERVED_MARKS, also);
}

/* Fills in one placeholder; -1 if it has no value. */
static int fill(char *uri, int len, int size, struct ur_text value)
{
	if(ur_text_is_empty(value))
		return -1;
	return ur_target_escape(uri, len, size, value, UR_TARGET_IN_USER);
}

#define FOR_ID UR_TEXT("{id}")
#define FOR_ADDRESS UR_TEXT("{address}")
#define FOR_ACCOUNT UR_TEXT("{account}")

/* Only what an account's id may have stays unescaped; that excludes the ~ of the default
 * templates. */
static int fill_account(char *uri, int len, int size, struct ur_text account)
{
	if(ur_text_is_empty(account))
		return -1;
	return escape(uri, len, size, account, "-_.", "");
}

static int expand(const struct ur_target_form *form, char *uri, int size)
{
	struct ur_text rest = form->uri_template;
	int len = 0;

	while(rest.len > 0 && len >= 0) {
		int taken = 1;

		if(ur_text_begins_with(rest, FOR_ID)) {
			len = fill(uri, len, size, form->id);
			taken = FOR_ID.len;
		} else if(ur_text_begins_with(rest, FOR_ADDRESS)) {
			len = fill(uri, len, size, form->address);
			taken = FOR_ADDRESS.len;
		} else if(ur_text_begins_with(rest, FOR_ACCOUNT)) {
			len = fill_account(uri, len, size, form->account);
			taken = FOR_ACCOUNT.len;
		} else {
			len = append(uri, len, size, rest.s, 1);
		}
		rest.s += taken;
		rest.len -= taken;
	}
	return len;
}

/* The schema accepts no other address or template; a database that is plugged in by its own views
 * may have some. */
int ur_target_uri(const struct ur_target_form *form, char *uri, int size)
{
	const struct ur_text address = form->address;

	if(is_uri(address))
		return ur_target_is_plain(address)
					   ? append(uri, 0, size, address.s, address.len)
					   : -1;
	if(!is_uri(form->uri_template) || !ur_target_is_plain(form->uri_template))
		return -1;
	return expand(form, uri, size);
}

bool ur_target_names_host(const struct ur_target_form *form)
{
	struct ur_text rest = form->uri_template;
	const int host = ur_target_host(rest);

	if(is_uri(form->address))
		return true;
	for(rest.s += host, rest.len -= host; rest.len > 0; rest.s++, rest.len--) {
		if(ur_text_begins_with(rest, FOR_ID)
				|| ur_text_begins_with(rest, FOR_ADDRESS))
			return true;
	}
	return false;
}

int ur_target_add_cause(
		char *uri, int len, int size, struct ur_text called, int cause)
{
	const int head = ur_target_headers((struct ur_text){uri, len});
	char added[UR_TARGET_CAUSE_MAX];
	struct ur_output out = {added, 0, sizeof(added)};

	ur_output_put(&out, UR_TEXT(";target="));
	out.len = ur_target_escape(
			added, out.len, out.size, called, UR_TARGET_IN_VALUE);
	ur_output_put(&out, UR_TEXT(";cause="));
	ur_output_put_number(&out, cause);
	if(out.len < 0 || out.len > size - len)
		return -1;
	memmove(uri + head + out.len, uri + head, len - head);
	memcpy(uri + head, added, out.len);
	return len + out.len;
}
