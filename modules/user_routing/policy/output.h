/*
 * Text that grows in a buffer of somebody else's.
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

/* What would end the line of a log or an answer becomes a question mark: names and ids may
 * hold that in a database that was plugged in by views of its own, and what strangers
 * write always may. */
void ur_output_keep_on_one_line(struct ur_output *out);

/* A decimal number. */
void ur_output_put_number(struct ur_output *out, int number);

/* sip:user@domain, with the user escaped. A domain that can't be one, as it would end the
 * header, does not fit. */
void ur_output_put_address(
		struct ur_output *out, struct ur_text user, struct ur_text domain);

#endif
