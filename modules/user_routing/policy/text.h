/*
 * Borrowed text: a pointer and a length, not terminated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_TEXT_H
#define UR_POLICY_TEXT_H

#include <stdbool.h>
#include <string.h>

/* Borrowed text. The owner outlives it; an empty text has len 0 and any s. */
struct ur_text
{
	const char *s;
	int len;
};

/* A string literal as text, for initializers and for calls. */
#define UR_TEXT_INIT(literal)          \
	{                                  \
		(literal), sizeof(literal) - 1 \
	}
#define UR_TEXT(literal) ((struct ur_text)UR_TEXT_INIT(literal))

static inline bool ur_text_is_empty(struct ur_text a)
{
	return a.len == 0;
}

/* A control character: it would end a line, of a header or of the log. */
static inline bool ur_is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

static inline bool ur_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* Of ASCII, whatever the locale. */
static inline bool ur_is_letter_or_digit(unsigned char c)
{
	return ur_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Same bytes; no case folding, as usernames and ids are case-sensitive. */
static inline bool ur_text_equal(struct ur_text a, struct ur_text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

/* As memcmp() orders bytes; of two that begin alike the shorter one is first: PostgreSQL's "C" collation. */
static inline int ur_text_compare(struct ur_text a, struct ur_text b)
{
	const int common = a.len < b.len ? a.len : b.len;
	const int order = common > 0 ? memcmp(a.s, b.s, common) : 0;

	return order != 0 ? order : a.len - b.len;
}

static inline bool ur_text_begins_with(
		struct ur_text text, struct ur_text prefix)
{
	return text.len >= prefix.len
		   && ur_text_equal((struct ur_text){text.s, prefix.len}, prefix);
}

#endif
