/*
 * A schedule's row and its hours → a draft.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>

#include "mirror/store/draft_inside.h"

/* Reads the digits at *at, up to end. Returns false if there are none or too many. */
static bool read_minute(const char **at, const char *end, uint32_t *minute)
{
	const char *begin = *at;
	uint64_t value = 0;

	while(*at < end && ur_is_digit((unsigned char)**at) && value <= UINT32_MAX)
		value = 10 * value + (uint64_t)(*(*at)++ - '0');
	*minute = (uint32_t)value;
	return *at > begin && value <= UINT32_MAX;
}

static bool skip(const char **at, const char *end, char c)
{
	if(*at == end || **at != c)
		return false;
	(*at)++;
	return true;
}

int ur_draft_read_hours(struct ur_draft *draft, struct ur_text text,
		struct ur_draft_hours *hours)
{
	const char *at = text.s;
	const char *end = text.len > 0 ? text.s + text.len : at;

	hours->count = 0;
	while(at < end && hours->count <= UR_MAX_HOURS) {
		struct ur_hours *next = &hours->list[hours->count];

		if((hours->count > 0 && !skip(&at, end, ' '))
				|| !read_minute(&at, end, &next->from) || !skip(&at, end, '-')
				|| !read_minute(&at, end, &next->to))
			return ur_draft_refuse(draft,
					"its hours are not as \"FROM-TO FROM-TO\" at byte %d",
					(int)(at - text.s));
		hours->count++;
	}
	return 0;
}

/* A search relies on the order. */
static int check_hours(
		struct ur_draft *draft, const struct ur_draft_hours *hours)
{
	int i;

	for(i = 0; i < hours->count; i++) {
		const struct ur_hours *at = &hours->list[i];

		if(at->from >= at->to || (i > 0 && at->from <= at[-1].to))
			return ur_draft_refuse(draft,
					"its hours are not in order, or touch each other: %u-%u",
					at->from, at->to);
	}
	return 0;
}

static int check(struct ur_draft *draft, const struct ur_schedule_row *row,
		const struct ur_draft_hours *hours)
{
	if(ur_draft_check_row(draft, UR_VIEW_SCHEDULE, row) != 0)
		return EINVAL;
	if(row->known_from > row->known_to)
		return ur_draft_refuse(draft, "known_from is %d, after known_to, %d",
				row->known_from, row->known_to);
	return check_hours(draft, hours);
}

/* How many hours have room beside the texts. */
static int count_fitting(
		const struct ur_schedule_row *row, const struct ur_draft_hours *hours)
{
	const int64_t used = (int64_t)sizeof(struct ur_schedule) + row->id.len
						 + row->name.len + row->windows.len;
	const int64_t room = (UR_BODY_MAX - used) / (int)sizeof(struct ur_hours);

	if(room < 0)
		return 0;
	return room < hours->count ? (int)room : hours->count;
}

int ur_draft_schedule(struct ur_draft *draft, const struct ur_schedule_row *row,
		const struct ur_draft_hours *hours)
{
	struct ur_schedule *schedule = (struct ur_schedule *)draft->body;
	int count;

	if(check(draft, row, hours) != 0)
		return EINVAL;
	count = count_fitting(row, hours);
	ur_draft_start(draft, UR_RECORD_SCHEDULE,
			sizeof(*schedule) + count * sizeof(*schedule->hours),
			UR_NODE_ID + 1);
	schedule->account = row->account;
	schedule->known_from = row->known_from;
	schedule->known_to = row->known_to;
	schedule->hours_count = count;
	memcpy(schedule->hours, hours->list, count * sizeof(*schedule->hours));
	if(count < hours->count && hours->list[count].from < schedule->known_to)
		schedule->known_to = hours->list[count].from;
	ur_draft_keep_row(draft, UR_VIEW_SCHEDULE, row, schedule);
	return ur_draft_finish(draft);
}
