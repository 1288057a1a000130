/*
 * Characters of a row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/store/characters.h"

#include <string.h>

#include "policy/target.h"

bool ur_characters_no_control(unsigned char c)
{
	return !ur_is_control(c);
}

bool ur_characters_uri(unsigned char c)
{
	return ur_target_fits(c) && c < 0x80 && c != '\\';
}

bool ur_characters_host(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		   || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._:[]", c));
}

const struct ur_written *ur_characters_odd(
		const struct ur_written *texts, int count, unsigned char *c)
{
	int i, j;

	for(i = 0; i < count; i++) {
		for(j = 0; j < texts[i].text.len; j++) {
			*c = texts[i].text.s[j];
			if(!texts[i].fits(*c))
				return &texts[i];
		}
	}
	return NULL;
}
