/*
 * What a Privacy header asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/privacy.h"

#include <stddef.h>
#include <strings.h>

static const struct
{
	struct ur_text word;
	unsigned privacy;
} words[] = {
		{UR_TEXT_INIT("id"), UR_PRIVACY_ASKED},
		{UR_TEXT_INIT("user"), UR_PRIVACY_ASKED},
		{UR_TEXT_INIT("header"), UR_PRIVACY_ASKED},
		{UR_TEXT_INIT("none"), UR_PRIVACY_NONE},
};

/* The list's separator is the semicolon; some phones write a comma. */
static bool separates(char c)
{
	return c == ';' || c == ',' || c == ' ' || c == '\t' || c == '\r'
		   || c == '\n';
}

static unsigned read_word(struct ur_text word)
{
	size_t i;

	for(i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if(word.len == words[i].word.len
				&& strncasecmp(word.s, words[i].word.s, word.len) == 0)
			return words[i].privacy;
	}
	return 0;
}

unsigned ur_privacy_read(struct ur_text value)
{
	unsigned privacy = 0;
	int begin = 0;
	int i;

	for(i = 0; i <= value.len; i++) {
		if(i < value.len && !separates(value.s[i]))
			continue;
		privacy |= read_word((struct ur_text){value.s + begin, i - begin});
		begin = i + 1;
	}
	return privacy;
}
