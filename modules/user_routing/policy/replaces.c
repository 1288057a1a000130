/*
 * The header of a call that continues another one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/replaces.h"

#include <strings.h>

/* The text without blanks around it. */
static struct ur_text trimmed(struct ur_text text)
{
	while(text.len > 0 && (*text.s == ' ' || *text.s == '\t')) {
		text.s++;
		text.len--;
	}
	while(text.len > 0
			&& (text.s[text.len - 1] == ' ' || text.s[text.len - 1] == '\t'))
		text.len--;
	return text;
}

/* Removes the part before the separator from rest, with the separator, and returns it trimmed. */
static struct ur_text take(struct ur_text *rest, char separator)
{
	const char *end = memchr(rest->s, separator, rest->len);
	struct ur_text part = *rest;

	if(end != NULL)
		part.len = end - rest->s;
	rest->s += part.len + (end != NULL);
	rest->len -= part.len + (end != NULL);
	return trimmed(part);
}

static bool is_named(struct ur_text name, struct ur_text wanted)
{
	return name.len == wanted.len
		   && strncasecmp(name.s, wanted.s, name.len) == 0;
}

/* Does it have only characters of a token or of a Call-ID's word (RFC 3261 §25.1)? */
static bool is_word(struct ur_text text)
{
	static const char others[] = "-.!%*_+`'~()<>:\\\"/[]?{}@";
	int i;

	for(i = 0; i < text.len; i++) {
		const char c = text.s[i];

		if(!ur_is_letter_or_digit(c)
				&& (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return text.len > 0;
}

bool ur_replaces_is_good(struct ur_text value)
{
	struct ur_text call_id = take(&value, ';');
	int to_tags = 0, from_tags = 0;

	if(!is_word(call_id))
		return false;
	while(value.len > 0) {
		struct ur_text parameter = take(&value, ';');
		const struct ur_text name = take(&parameter, '=');
		const bool is_to = is_named(name, UR_TEXT("to-tag"));
		const bool is_from = is_named(name, UR_TEXT("from-tag"));

		if((is_to || is_from) && !is_word(trimmed(parameter)))
			return false;
		to_tags += is_to;
		from_tags += is_from;
	}
	return to_tags == 1 && from_tags == 1;
}
