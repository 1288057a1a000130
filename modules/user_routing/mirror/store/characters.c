/*
 * Characters of a row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/store/characters.h"

#include <string.h>

#include "policy/target.h"

static inline bool is_no_control(unsigned char c)
{
	return !ur_is_control(c);
}

static inline bool fits_uri(unsigned char c)
{
	return ur_target_fits(c) && c < 0x80 && c != '\\';
}

static inline bool fits_host(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		   || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._:[]", c));
}

static inline bool is_ascii(unsigned char c)
{
	return c >= ' ' && c <= '~';
}

/* Inlined once for each test, so that no function is called for a character. */
__attribute__((always_inline)) static inline const char *first_odd(
		struct ur_text text, bool (*fits)(unsigned char c))
{
	int i;

	for(i = 0; i < text.len; i++) {
		if(!fits((unsigned char)text.s[i]))
			return text.s + i;
	}
	return NULL;
}

const char *ur_characters_control(struct ur_text text)
{
	return first_odd(text, is_no_control);
}

const char *ur_characters_not_uri(struct ur_text text)
{
	return first_odd(text, fits_uri);
}

const char *ur_characters_not_host(struct ur_text text)
{
	return first_odd(text, fits_host);
}

const char *ur_characters_not_digit(struct ur_text text)
{
	return first_odd(text, ur_is_digit);
}

const char *ur_characters_not_ascii(struct ur_text text)
{
	return first_odd(text, is_ascii);
}
