/*
 * Local time in an account's time zone.
 *
 * The database says which offset from UTC holds from when on, as it knows the time zones' rules:
 * "29606400+60 29821500+120", each the minutes since 1970-01-01 00:00 UTC from which it holds, and
 * the minutes east of UTC. The first one begins the time that is known. That lasts for
 * UR_LOCAL_TIME_DAYS, however many changes there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_LOCAL_TIME_H
#define UR_POLICY_LOCAL_TIME_H

#include <stdint.h>

#include "policy/text.h"

#define UR_LOCAL_TIME_DAYS 400

enum ur_local_time_error
{
	UR_LOCAL_TIME_OK,
	UR_LOCAL_TIME_MALFORMED, /* it is not written so, or there is no such day */
	UR_LOCAL_TIME_BEFORE,	 /* before the time that is known */
	UR_LOCAL_TIME_AFTER,
};

/*
 * Reads a local time, "2026-12-24 18:30", as Unix seconds. offsets: ur_account.utc_offsets; empty:
 * UTC, at any time. Where clocks are put back an hour comes twice: it is the first one. Where they
 * are put forward an hour is missing: it is taken as if they had not been, so that 02:30 is 03:30.
 */
enum ur_local_time_error ur_local_time_read(
		struct ur_text text, struct ur_text offsets, int64_t *time);

/* A sentence for people; "" for OK. A constant. */
const char *ur_local_time_error_text(enum ur_local_time_error error);

#endif
