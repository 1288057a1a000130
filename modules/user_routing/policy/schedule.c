/*
 * Does a schedule hold at a time?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/schedule.h"

/* The first of the hours that end after the minute; hours_count if none do. */
static int find(const struct ur_schedule *schedule, int64_t minute)
{
	int low = 0, high = schedule->hours_count;

	while(low < high) {
		const int middle = low + (high - low) / 2;

		if(schedule->hours[middle].to <= minute)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum ur_schedule_answer ur_schedule_at(
		const struct ur_schedule *schedule, int64_t time)
{
	/* Division rounds towards 0: no time before 1970 is known. */
	const int64_t minute = time < 0 ? -1 : time / 60;
	int i;

	if(minute < schedule->known_from || minute >= schedule->known_to)
		return UR_SCHEDULE_UNKNOWN;
	i = find(schedule, minute);
	return i < schedule->hours_count && schedule->hours[i].from <= minute
				   ? UR_SCHEDULE_INSIDE
				   : UR_SCHEDULE_OUTSIDE;
}
