/*
 * A line that each call can cause is logged once a minute, however many calls there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LOG_RATE_H
#define UR_KAM_LOG_RATE_H

#include <stdbool.h>

#include "policy/text.h"

/* Allocates, in mod_init. 0, or -1 with a log line. */
int ur_log_rate_init(void);

/* What a line says of whom it names: of each one line. */
enum ur_log_line
{
	UR_LOG_TOO_MANY_CALLS,
	UR_LOG_CONTACT_GAVE_WAY,
	UR_LOG_NOT_FOLLOWED, /* and those behind it: plus the enum ur_refusal */
};

/*
 * May that line about that one be logged now, by whatever process? Then *left_out is how many were
 * not since the last one. Two of different names share a place now and then: then lines are
 * logged more often.
 */
bool ur_log_rate_take(int line, struct ur_text name, unsigned *left_out);

#endif
