/*
 * Lines of an input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/input.h"

#include <stdio.h>
#include <stdlib.h>

enum
{
	LINES_MAX = 600, /* of an input; what is behind them is not looked at */
	BLOCKS_MAX = 2 * LINES_MAX,
};

static char *blocks[BLOCKS_MAX];
static int count, lines;

void ur_fuzz_broken(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

char *ur_fuzz_block(int size)
{
	UR_FUZZ_ASSERT(count < BLOCKS_MAX);
	return blocks[count++] = malloc(size);
}

/* Decodes the escapes; returns the length. */
static int unescape(char *out, const char *s, int len)
{
	int n = 0;
	int i;

	for(i = 0; i < len; i++) {
		const bool pair = s[i] == '\\' && i + 1 < len
						  && (s[i + 1] == 'n' || s[i + 1] == '\\');

		if(pair)
			i++;
		out[n++] = pair && s[i] == 'n' ? '\n' : s[i];
	}
	return n;
}

struct ur_text ur_fuzz_line(struct ur_fuzz_input *in)
{
	const char *begin = (const char *)in->next;
	const size_t left = in->end - in->next;
	const char *end = left > 0 ? memchr(begin, '\n', left) : NULL;
	const int len = (int)(end != NULL ? (size_t)(end - begin) : left);
	char *decoded, *line;
	int n;

	if(left == 0 || lines == LINES_MAX) {
		in->next = in->end;
		return UR_TEXT("");
	}
	lines++;
	in->next += len + (end != NULL ? 1 : 0);
	decoded = malloc(len + 1);
	n = unescape(decoded, begin, len);
	/* just as long as it is: one byte more is an error */
	line = ur_fuzz_block(n);
	memcpy(line, decoded, n);
	free(decoded);
	return (struct ur_text){line, n};
}

struct ur_text ur_fuzz_field(struct ur_text *rest, char end)
{
	const char *at = rest->len > 0 ? memchr(rest->s, end, rest->len) : NULL;
	const int len = at != NULL ? (int)(at - rest->s) : rest->len;
	const struct ur_text field = {rest->s, len};
	const int taken = len + (at != NULL ? 1 : 0);

	rest->s += taken;
	rest->len -= taken;
	return field;
}

int ur_fuzz_number(struct ur_fuzz_input *in, int max)
{
	const struct ur_text line = ur_fuzz_line(in);
	unsigned number = 0;
	int i;

	for(i = 0; i < line.len && line.s[i] >= '0' && line.s[i] <= '9'; i++)
		number = number * 10 + (line.s[i] - '0');
	return number % ((unsigned)max + 1);
}

void ur_fuzz_forget(void)
{
	while(count > 0)
		free(blocks[--count]);
	lines = 0;
}
