/*
 * Text that grows in a buffer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/output.h"

#include <stdio.h>

#include "policy/target.h"

void ur_output_put(struct ur_output *out, struct ur_text text)
{
	if(out->len < 0 || text.len > out->size - out->len) {
		out->len = -1;
		return;
	}
	memcpy(out->buf + out->len, text.s, text.len);
	out->len += text.len;
}

void ur_output_put_number(struct ur_output *out, int number)
{
	char digits[sizeof("-2147483648")];
	int len = snprintf(digits, sizeof(digits), "%d", number);

	ur_output_put(out, (struct ur_text){digits, len});
}

void ur_output_keep_on_one_line(struct ur_output *out)
{
	int i;

	for(i = 0; i < out->len; i++) {
		if(ur_is_control(out->buf[i]))
			out->buf[i] = '?';
	}
}

void ur_output_put_address(
		struct ur_output *out, struct ur_text user, struct ur_text domain)
{
	ur_output_put(out, UR_TEXT("sip:"));
	out->len = ur_target_escape(
			out->buf, out->len, out->size, user, UR_TARGET_IN_USER);
	ur_output_put(out, UR_TEXT("@"));
	if(ur_target_is_plain(domain))
		ur_output_put(out, domain);
	else
		out->len = -1;
}
