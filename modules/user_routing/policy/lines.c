/*
 * Where the header lines of a message end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/lines.h"

bool ur_lines_end_alike(struct ur_text head)
{
	const struct ur_text end = UR_TEXT("\r\n\r\n");
	const char *const behind = head.s + head.len;
	const char *cr;

	if(head.len < end.len || memcmp(behind - end.len, end.s, end.len) != 0)
		return false;
	/* It ends with LF: there is a byte behind each CR. */
	for(cr = head.s; (cr = memchr(cr, '\r', behind - cr)) != NULL; cr++) {
		if(cr[1] != '\n')
			return false;
	}
	return true;
}
