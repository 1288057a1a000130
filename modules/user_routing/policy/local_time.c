/*
 * Local time in an account's time zone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/local_time.h"

#include <limits.h>

enum
{
	DAY = 24 * 60, /* minutes */
	YEAR_MIN = 1970,
	YEAR_MAX = 9999,
};

/* ---- offsets */

/* Which offset from UTC holds from when on; minutes. */
struct offset
{
	int64_t from;
	int east;
};

static bool read_digits(struct ur_text *rest, int max, int *number)
{
	int len = 0;

	*number = 0;
	while(len < rest->len && ur_is_digit(rest->s[len])) {
		if(len == max)
			return false;
		*number = *number * 10 + rest->s[len++] - '0';
	}
	rest->s += len;
	rest->len -= len;
	return len > 0;
}

/* Takes the first offset from the text; false: there is none. */
static bool next_offset(struct ur_text *rest, struct offset *offset)
{
	int from, east, sign;

	while(rest->len > 0 && *rest->s == ' ') {
		rest->s++;
		rest->len--;
	}
	if(!read_digits(rest, 9, &from) || rest->len == 0
			|| (*rest->s != '+' && *rest->s != '-'))
		return false;
	sign = *rest->s == '-' ? -1 : 1;
	rest->s++;
	rest->len--;
	if(!read_digits(rest, 4, &east))
		return false;
	*offset = (struct offset){from, sign * east};
	return true;
}

/* The first offset begins the time that is known. */
struct zone
{
	struct offset first;
	struct ur_text rest;
	int64_t end; /* of the time that is known */
};

static struct zone zone_of(struct ur_text offsets)
{
	struct zone zone = {.rest = offsets};

	if(next_offset(&zone.rest, &zone.first)) {
		zone.end = zone.first.from + (int64_t)UR_LOCAL_TIME_DAYS * DAY;
		return zone;
	}
	/* UTC, at any time */
	return (struct zone){
			.first = {INT64_MIN, 0}, .rest = UR_TEXT(""), .end = INT64_MAX};
}

/* ---- the calendar */

struct date
{
	int year, month, day;
};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the first of January of that year. */
static int64_t days_before(int year)
{
	const int64_t y = year - 1;

	return 365 * (int64_t)(year - YEAR_MIN) + (y / 4 - y / 100 + y / 400)
		   - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

static int64_t day_of(const struct date *date)
{
	int64_t day = days_before(date->year) + date->day - 1;
	int month;

	for(month = 1; month < date->month; month++)
		day += days_of(date->year, month);
	return day;
}

/* ---- the text */

static bool take(struct ur_text *rest, int digits, char next, int *number)
{
	const int len = rest->len;

	if(!read_digits(rest, digits, number) || len - rest->len != digits)
		return false;
	if(next == '\0')
		return rest->len == 0;
	if(rest->len == 0 || *rest->s != next)
		return false;
	rest->s++;
	rest->len--;
	return true;
}

/* Reads "2026-12-24 18:30" as minutes, as if it were UTC. */
static bool read_local(struct ur_text text, int64_t *local)
{
	struct date date;
	int hour, minute;

	if(!take(&text, 4, '-', &date.year) || !take(&text, 2, '-', &date.month)
			|| !take(&text, 2, ' ', &date.day) || !take(&text, 2, ':', &hour)
			|| !take(&text, 2, '\0', &minute))
		return false;
	if(date.year < YEAR_MIN || date.month < 1 || date.month > 12 || date.day < 1
			|| date.day > days_of(date.year, date.month) || hour > 23
			|| minute > 59)
		return false;
	*local = day_of(&date) * DAY + hour * 60 + minute;
	return true;
}

/* With the offset that holds at that time; where none makes it, with the one before it is missing. */
static int64_t find_utc(struct zone zone, int64_t local)
{
	int64_t utc = local - zone.first.east;
	struct offset next;

	while(next_offset(&zone.rest, &next) && utc >= next.from
			&& local - next.east >= next.from)
		utc = local - next.east;
	return utc;
}

enum ur_local_time_error ur_local_time_read(
		struct ur_text text, struct ur_text offsets, int64_t *time)
{
	const struct zone zone = zone_of(offsets);
	int64_t local, utc;

	if(!read_local(text, &local))
		return UR_LOCAL_TIME_MALFORMED;
	utc = find_utc(zone, local);
	if(utc < zone.first.from)
		return UR_LOCAL_TIME_BEFORE;
	if(utc >= zone.end)
		return UR_LOCAL_TIME_AFTER;
	*time = utc * 60;
	return UR_LOCAL_TIME_OK;
}

const char *ur_local_time_error_text(enum ur_local_time_error error)
{
	switch(error) {
		case UR_LOCAL_TIME_MALFORMED:
			return "a time is written as in 2026-12-24 18:30";
		case UR_LOCAL_TIME_BEFORE:
			return "the time is before those that are known";
		case UR_LOCAL_TIME_AFTER:
			return "the time is after those that are known";
		default:
			return "";
	}
}
