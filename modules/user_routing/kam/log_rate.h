/*
 * Limits log lines that every call can cause to one a minute.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LOG_RATE_H
#define UR_KAM_LOG_RATE_H

#include <stdbool.h>

#include "policy/text.h"

/* In mod_init. 0, or -1 and logs an error. */
int ur_log_rate_init(void);

/* Kinds of lines; each is limited for each name in it. */
enum ur_log_line
{
	UR_LOG_TOO_MANY_CALLS,
	UR_LOG_TOO_MANY_EMERGENCIES,
	UR_LOG_CONTACT_GAVE_WAY,
	UR_LOG_WRONG_PASSWORD,
	UR_LOG_NO_DEVICE,
	UR_LOG_RULE_UNKNOWN,
	UR_LOG_NOT_FOLLOWED, /* and the following values: plus the enum ur_refusal */
};

/*
 * May this line about this name be logged now, by any process? If so, *left_out is the number of
 * lines suppressed since the last one. Different names can share a place; then lines are logged
 * more often.
 */
bool ur_log_rate_take(int line, struct ur_text name, unsigned *left_out);

#endif
