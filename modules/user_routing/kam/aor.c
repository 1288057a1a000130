/*
 * An address of record, made from the user and the host of a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/aor.h"

#include <string.h>

#include "core/ut.h"
#include "kam/compat.h"

static int hex_digit(unsigned char c)
{
	if(c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Decodes %xx into out. False if no username can look like that: too long, a broken escape or a
 * control character. The core's un_escape() and hex2int() would log an error for each of these, and
 * strangers write the Request-URI.
 */
static bool decode_user(str user, char *out, int *len)
{
	int i;

	*len = 0;
	for(i = 0; i < user.len; i++) {
		unsigned char c = user.s[i];

		if(c == '%') {
			int high = i + 2 < user.len ? hex_digit(user.s[i + 1]) : -1;
			int low = i + 2 < user.len ? hex_digit(user.s[i + 2]) : -1;

			if(high < 0 || low < 0)
				return false;
			c = high << 4 | low;
			i += 2;
		}
		if(ur_is_control(c) || *len == UR_AOR_USER_MAX)
			return false;
		out[(*len)++] = c;
	}
	return true;
}

bool ur_aor_same_user(str a, str b)
{
	char buf[2][UR_AOR_USER_MAX];
	int len[2];

	return decode_user(a, buf[0], &len[0]) && decode_user(b, buf[1], &len[1])
		   && len[0] == len[1] && memcmp(buf[0], buf[1], len[0]) == 0;
}

bool ur_aor_make(str user, str host, struct ur_aor *a)
{
	str domain;
	int len;

	if(host.len <= 0 || host.len > UR_AOR_DOMAIN_MAX
			|| !decode_user(user, a->buf, &len))
		return false;
	a->user = (struct ur_text){a->buf, len};
	a->buf[len] = '@';
	domain = (str){memcpy(a->buf + len + 1, host.s, host.len), host.len};
	strlower(&domain);
	a->domain = ur_text_of_str(domain);
	a->aor = (struct ur_text){a->buf, len + 1 + host.len};
	return true;
}
