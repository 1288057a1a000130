/*
 * The literal of a text[].
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/array.h"

#include <stdlib.h>

#include "support/input.h"

/* Decodes what is between the quotes; returns what is behind them. */
static const char *quoted(const char *at, char *out)
{
	UR_FUZZ_ASSERT(*at == '"');
	for(at++; *at != '"'; at++) {
		if(*at == '\\')
			at++;
		UR_FUZZ_ASSERT(*at != '\0');
		*out++ = *at;
	}
	*out = '\0';
	return at + 1;
}

int ur_fuzz_array(const char *literal,
		void (*element)(void *context, const char *text), void *context)
{
	char *text = malloc(strlen(literal) + 1);
	const char *at = literal;
	int count = 0;

	UR_FUZZ_ASSERT(*at == '{');
	for(at++; *at != '}'; count++) {
		if(count > 0) {
			UR_FUZZ_ASSERT(*at == ',');
			at++;
		}
		at = quoted(at, text);
		element(context, text);
	}
	UR_FUZZ_ASSERT(at[1] == '\0');
	free(text);
	return count;
}
