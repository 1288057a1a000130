/*
 * Checks the form of a message before its headers are used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/message.h"

#include <endian.h>
#include <stdint.h>

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* Eight bytes at once, the first one lowest: the highest bit of a byte is set if it is a control
 * character. The first such bit is exact; later ones may be wrong, as the subtraction borrows from
 * them. */
static uint64_t controls(const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	word = le64toh(word);
	return ((word - EACH_BYTE(' ')) | ((word & EACH_BYTE(0x7f)) + EACH_BYTE(1)))
		   & ~word & EACH_BYTE(0x80);
}

/* Kamailio's parser skips them, too. */
static const char *skip_empty_lines(const char *s, const char *end)
{
	while(end - s >= 2 && s[0] == '\r' && s[1] == '\n')
		s += 2;
	return s;
}

static const char *next_control(const char *s, const char *end)
{
	uint64_t found;

	while(end - s >= (int)sizeof(found)) {
		found = controls(s);
		if(found != 0)
			return s + __builtin_ctzll(found) / 8;
		s += sizeof(found);
	}
	while(s < end && !ur_is_control(*s))
		s++;
	return s;
}

/* An empty line ends at lf: do it and the line before it end with CRLF? */
static bool is_end(const char *start, const char *lf)
{
	return lf - start >= 3 && memcmp(lf - 3, "\r\n\r\n", 4) == 0;
}

enum ur_message_fault ur_message_check(
		struct ur_text message, const struct ur_message_limits *limits)
{
	const char *const end = message.s + message.len;
	const char *const start = skip_empty_lines(message.s, end);
	const char *line = start;
	const char *s;
	int lines = 0;

	if(message.len > limits->bytes)
		return UR_MESSAGE_TOO_LARGE;
	for(s = next_control(start, end); s < end; s = next_control(s + 1, end)) {
		if(*s == '\t')
			continue;
		if(*s == '\r') {
			if(s + 1 < end && s[1] == '\n')
				continue;
			return UR_MESSAGE_LINE_END;
		}
		if(*s != '\n')
			return UR_MESSAGE_CONTROL;
		if(s == line || (s == line + 1 && *line == '\r'))
			return is_end(start, s) ? UR_MESSAGE_OK : UR_MESSAGE_LINE_END;
		if(++lines > limits->lines)
			return UR_MESSAGE_TOO_MANY_LINES;
		line = s + 1;
	}
	return UR_MESSAGE_NO_END;
}

bool ur_message_has_control(struct ur_text text)
{
	const char *const end = text.s + text.len;

	return next_control(text.s, end) < end;
}

bool ur_message_is_tag(struct ur_text tag)
{
	int i;

	for(i = 0; i < tag.len; i++) {
		const unsigned char c = tag.s[i];

		if(c <= ' ' || c >= 0x7f || strchr("\"<>;,?=\\", c) != NULL)
			return false;
	}
	return true;
}

int ur_message_status(enum ur_message_fault fault)
{
	switch(fault) {
		case UR_MESSAGE_OK:
			return 0;
		case UR_MESSAGE_TOO_LARGE:
			return 513;
		default:
			return 400;
	}
}

const char *ur_message_why(enum ur_message_fault fault)
{
	static const char *const why[] = {
			[UR_MESSAGE_OK] = "",
			[UR_MESSAGE_TOO_LARGE] = "the message is larger than"
									 " max_message_size",
			[UR_MESSAGE_TOO_MANY_LINES] = "there are more header lines than"
										  " max_headers",
			[UR_MESSAGE_CONTROL] = "a control character is in the headers",
			[UR_MESSAGE_LINE_END] = "a header line does not end with CRLF",
			[UR_MESSAGE_NO_END] = "no empty line ends the headers",
			[UR_MESSAGE_CALL_ID] = "there is a line end in Call-ID",
			[UR_MESSAGE_TAG] = "the tag in To has characters that end it",
	};

	return why[fault];
}
