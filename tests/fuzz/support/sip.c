/*
 * What may stand in a SIP header.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/sip.h"

#include <stdio.h>
#include <strings.h>

#include "support/input.h"

bool ur_fuzz_is_line(struct ur_text text)
{
	int i;

	for(i = 0; i < text.len; i++) {
		if((unsigned char)text.s[i] < ' ' || text.s[i] == 0x7f)
			return false;
	}
	return true;
}

bool ur_fuzz_is_uri(struct ur_text text)
{
	int i;

	for(i = 0; i < text.len; i++) {
		if(strchr(" <>\"", text.s[i]) != NULL)
			return false;
	}
	if(text.len > 5 && strncasecmp(text.s, "sips:", 5) == 0)
		return ur_fuzz_is_line(text);
	return text.len > 4 && strncasecmp(text.s, "sip:", 4) == 0
		   && ur_fuzz_is_line(text);
}

int ur_fuzz_headers(struct ur_text uri)
{
	int i = 0, at = 0;

	/* a user part may have a ? of its own */
	while(at < uri.len && uri.s[at] != '@')
		at++;
	if(at < uri.len)
		i = at;
	while(i < uri.len && uri.s[i] != '?')
		i++;
	return i;
}

bool ur_fuzz_is_quoted(struct ur_text text)
{
	int i;

	if(text.len == 0)
		return true;
	if(text.len < 2 || text.s[0] != '"' || text.s[text.len - 1] != '"')
		return false;
	for(i = 1; i < text.len - 1; i++) {
		if(text.s[i] == '"')
			return false;
		if(text.s[i] == '\\')
			i++; /* what follows stands for itself */
	}
	return i == text.len - 1 && ur_fuzz_is_line(text);
}

/* Bytes of the character that begins with this one; 0: none does. */
static int utf8_size(unsigned char c)
{
	if(c < 0x80)
		return 1;
	if(c >= 0xc2 && c < 0xe0)
		return 2;
	if(c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

bool ur_fuzz_is_utf8(struct ur_text text)
{
	int i, n;

	for(i = 0; i < text.len; i += n) {
		int k;

		n = utf8_size(text.s[i]);
		if(n == 0 || n > text.len - i)
			return false;
		for(k = 1; k < n; k++) {
			if((text.s[i + k] & 0xc0) != 0x80)
				return false;
		}
	}
	return true;
}

void ur_fuzz_check_identity(const struct ur_identity *identity)
{
	const struct ur_text display = {identity->display, identity->display_len};
	const struct ur_text uri = {identity->uri, identity->uri_len};

	UR_FUZZ_ASSERT(display.len >= 0);
	UR_FUZZ_ASSERT(display.len <= UR_IDENTITY_DISPLAY_MAX);
	UR_FUZZ_ASSERT(uri.len > 0);
	UR_FUZZ_ASSERT(uri.len <= UR_IDENTITY_URI_MAX);
	UR_FUZZ_ASSERT(ur_fuzz_is_quoted(display));
	UR_FUZZ_ASSERT(ur_fuzz_is_uri(uri));
}

int ur_fuzz_escape(char *out, int len, struct ur_text text, const char *also)
{
	int i;

	for(i = 0; i < text.len; i++) {
		const unsigned char c = text.s[i];

		if((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
				|| (c >= '0' && c <= '9') || (c != '\0' && strchr(also, c)))
			out[len++] = (char)c;
		else
			len += sprintf(out + len, "%%%02X", c);
	}
	return len;
}
