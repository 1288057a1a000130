/*
 * Counts the diversions that a call from a trunk has already been through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/diversions.h"

#include "kam/compat.h"
#include "kam/headers.h"
#include "policy/history.h"

/* RFC 5806 §4: a counter has two digits. */
#define MOST 99

static int at_most(int count)
{
	return count < MOST ? count : MOST;
}

int ur_diversions_before(struct sip_msg *msg)
{
	const struct hdr_field *header;
	int diversions = 0, entries = 0;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return 0;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("Diversion")))
			diversions =
					at_most(diversions
							+ ur_history_count(ur_text_of_str(header->body)));
		else if(ur_header_is(header, UR_TEXT("History-Info")))
			entries = at_most(
					entries + ur_history_count(ur_text_of_str(header->body)));
	}
	/* The last entry is the current callee. */
	return diversions >= entries ? diversions : entries - 1;
}
