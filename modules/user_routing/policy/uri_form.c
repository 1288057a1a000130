/*
 * SIP URIs in a canonical form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/uri_form.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>

#include "policy/output.h"
#include "policy/param.h"

static int hex_digit(unsigned char c)
{
	if(isdigit(c))
		return c - '0';
	return isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

static void put_byte(struct ur_output *out, unsigned char c)
{
	const char byte = (char)c;

	ur_output_put(out, (struct ur_text){&byte, 1});
}

static void put_lower(struct ur_output *out, struct ur_text text)
{
	int i;

	for(i = 0; i < text.len; i++)
		put_byte(out, tolower((unsigned char)text.s[i]));
}

/* Decodes escapes, except those of a percent sign (a%2540 is another user than a%40) and of control
 * characters. */
static void put_user(struct ur_output *out, struct ur_text user)
{
	int i;

	for(i = 0; i < user.len; i++) {
		int high = -1, low = -1;

		if(user.s[i] == '%' && i + 2 < user.len) {
			high = hex_digit(user.s[i + 1]);
			low = hex_digit(user.s[i + 2]);
		}
		if(high < 0 || low < 0 || (high << 4 | low) == '%'
				|| ur_is_control(high << 4 | low)) {
			put_byte(out, user.s[i]);
			continue;
		}
		put_byte(out, high << 4 | low);
		i += 2;
	}
}

/* A URI cut into its user part with the @ after it, its host, and its parameters. A user part may
 * have semicolons, too. */
struct parts
{
	struct ur_text user, host;
	int count; /* -1: too many */
	struct ur_text params[UR_URI_PARAMS_MAX];
};

static struct ur_text up_to(const char *s, const char *end, char mark)
{
	const char *found = memchr(s, mark, end - s);

	return (struct ur_text){s, (int)((found != NULL ? found : end) - s)};
}

static void cut(struct ur_text uri, struct parts *parts)
{
	const char *const end = uri.s + uri.len;
	const char *at = memchr(uri.s, '@', uri.len);
	const char *s = at != NULL ? at + 1 : uri.s;

	parts->user = (struct ur_text){uri.s, (int)(s - uri.s)};
	parts->host = up_to(s, end, ';');
	parts->count = 0;
	for(s = parts->host.s + parts->host.len; s < end;
			s = parts->params[parts->count - 1].s
				+ parts->params[parts->count - 1].len) {
		if(parts->count == UR_URI_PARAMS_MAX) {
			parts->count = -1;
			return;
		}
		parts->params[parts->count++] = up_to(s + 1, end, ';');
	}
}

/* As strcasecmp(). */
static int compare(const void *a, const void *b)
{
	const struct ur_text *x = a, *y = b;
	int i;

	for(i = 0; i < x->len && i < y->len; i++) {
		const int c = tolower((unsigned char)x->s[i]);
		const int d = tolower((unsigned char)y->s[i]);

		if(c != d)
			return c - d;
	}
	return x->len - y->len;
}

/* Removes the last parameter of that name, and returns its value. */
static struct ur_text take_out(struct parts *parts, struct ur_text name)
{
	struct ur_text value = {NULL, 0};
	int i = parts->count - 1;

	if(ur_text_is_empty(name))
		return value;
	while(i >= 0 && !ur_param_is(parts->params[i], name, &value))
		i--;
	if(i < 0)
		return value;
	for(parts->count--; i < parts->count; i++)
		parts->params[i] = parts->params[i + 1];
	return value;
}

int ur_uri_form(struct ur_text uri, struct ur_text name, char *buf, int size,
		struct ur_text *value)
{
	struct ur_output out = {buf, 0, size};
	struct parts parts;
	int i;

	cut(uri, &parts);
	if(parts.count < 0)
		return -1;
	*value = take_out(&parts, name);
	qsort(parts.params, parts.count, sizeof(parts.params[0]), compare);
	put_user(&out, parts.user);
	/* A separator that no URI has: what was escaped in the user part could look like the rest. */
	put_byte(&out, '\n');
	put_lower(&out, parts.host);
	for(i = 0; i < parts.count; i++) {
		put_byte(&out, ';');
		put_lower(&out, parts.params[i]);
	}
	return out.len;
}

int ur_uri_without(struct ur_text uri, struct ur_text name, char *buf, int size)
{
	struct ur_output out = {buf, 0, size};
	struct parts parts;
	int i;

	cut(uri, &parts);
	if(parts.count < 0)
		return -1;
	take_out(&parts, name);
	ur_output_put(&out, parts.user);
	ur_output_put(&out, parts.host);
	for(i = 0; i < parts.count; i++) {
		put_byte(&out, ';');
		ur_output_put(&out, parts.params[i]);
	}
	return out.len;
}
