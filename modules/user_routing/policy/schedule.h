/*
 * Does a schedule hold at a time?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_SCHEDULE_H
#define UR_POLICY_SCHEDULE_H

#include "policy/model.h"

enum ur_schedule_answer
{
	UR_SCHEDULE_UNKNOWN, /* the time is before or after the hours that are known */
	UR_SCHEDULE_INSIDE,
	UR_SCHEDULE_OUTSIDE,
};

/* Is the time, in Unix seconds, within the schedule's hours? */
enum ur_schedule_answer ur_schedule_at(
		const struct ur_schedule *schedule, int64_t time);

#endif
