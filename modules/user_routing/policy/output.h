/*
 * Text that grows in a borrowed buffer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_OUTPUT_H
#define UR_POLICY_OUTPUT_H

#include "policy/text.h"

/* len is -1 once something did not fit, and stays so. */
struct ur_output
{
	char *buf;
	int len, size;
};

void ur_output_put(struct ur_output *out, struct ur_text text);

/* Replaces characters that would end a line of the log or of an answer with question marks. What
 * strangers write may have them; so may names and ids of a database that is plugged in by its own
 * views. */
void ur_output_keep_on_one_line(struct ur_output *out);

/* A decimal number. */
void ur_output_put_number(struct ur_output *out, int number);

/* sip:user@domain, with the user escaped. A domain with a character that would end the header
 * counts as one that does not fit. */
void ur_output_put_address(
		struct ur_output *out, struct ur_text user, struct ur_text domain);

#endif
