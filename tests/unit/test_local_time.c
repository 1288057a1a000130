/*
 * Local time, also around the changes of clocks. The offsets are those of the time zone
 * database.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "policy/local_time.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define BERLIN "29453760+60 29579100+120 29881500+60"
#define NEW_YORK "29453760-300 29549220-240 29891880-300"
#define LORD_HOWE "29453760+660 29588580+630 29850690+660"
#define CASABLANCA "29453760+60 29518680+0 29569080+60"
#define APIA "21781440-660 21947880-600 22087320+840 22220040+780"

static struct ur_text text_of(const char *s)
{
	return (struct ur_text){s, (int)strlen(s)};
}

/* In minutes. */
static const struct
{
	const char *local, *offsets;
	long utc;
} times[] = {
		{"2026-01-01 01:00", BERLIN, 29453760},
		{"2026-12-24 18:30", BERLIN, 29968890},
		/* the missing hour, and the one that comes twice */
		{"2026-03-29 01:59", BERLIN, 29579099},
		{"2026-03-29 02:00", BERLIN, 29579100},
		{"2026-03-29 02:30", BERLIN, 29579130},
		{"2026-03-29 02:59", BERLIN, 29579159},
		{"2026-03-29 03:00", BERLIN, 29579100},
		{"2026-03-29 03:30", BERLIN, 29579130},
		{"2026-10-25 01:59", BERLIN, 29881439},
		{"2026-10-25 02:00", BERLIN, 29881440},
		{"2026-10-25 02:59", BERLIN, 29881499},
		{"2026-10-25 03:00", BERLIN, 29881560},
		{"2026-03-08 01:59", NEW_YORK, 29549219},
		{"2026-03-08 02:30", NEW_YORK, 29549250},
		{"2026-03-08 03:00", NEW_YORK, 29549220},
		{"2026-11-01 01:30", NEW_YORK, 29891850},
		{"2026-11-01 02:00", NEW_YORK, 29891940},
		/* half an hour */
		{"2026-04-05 01:30", LORD_HOWE, 29588550},
		{"2026-04-05 01:59", LORD_HOWE, 29588579},
		{"2026-04-05 02:00", LORD_HOWE, 29588610},
		{"2026-10-04 02:00", LORD_HOWE, 29850690},
		{"2026-10-04 02:30", LORD_HOWE, 29850690},
		/* during Ramadan */
		{"2026-03-01 12:00", CASABLANCA, 29539440},
		{"2026-04-01 12:00", CASABLANCA, 29584020},
		/* the day that was left out is the next one */
		{"2011-12-29 23:59", APIA, 22087319},
		{"2011-12-30 12:00", APIA, 22087320 + 720},
		{"2011-12-31 00:00", APIA, 22087320},
		{"2011-12-31 12:00", APIA, 22087320 + 720},
		/* leap days */
		{"2028-02-29 00:00", "", 30589920},
		{"2000-02-29 00:00", "", 15863040},
		{"2028-03-01 00:00", "", 30591360},
		{"2001-01-01 00:00", "", 16305120},
		{"1970-01-01 00:00", "", 0},
		/* an offset that can't be read is none */
		{"2026-12-24 18:30", "29453760+99999", 29968950},
		{"2026-12-24 18:30", "+60", 29968950},
		{"9999-12-31 23:59", "", 4223371679},
};

START_TEST(test_read)
{
	int64_t time = -1;

	ck_assert_int_eq(ur_local_time_read(text_of(times[_i].local),
							 text_of(times[_i].offsets), &time),
			UR_LOCAL_TIME_OK);
	ck_assert_int_eq(time / 60, times[_i].utc);
	ck_assert_int_eq(time % 60, 0);
}
END_TEST

static const struct
{
	const char *local, *offsets;
	enum ur_local_time_error error;
} errors[] = {
		{"", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24 18:3", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24 18:300", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24 18:30:00", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24T18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"26-12-24 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{" 2026-12-24 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-1-24 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026/12/24 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24 18.30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-+4 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-13-01 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-00-01 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-00 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-32 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-11-31 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-02-29 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2100-02-29 18:30", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24 24:00", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-12-24 18:60", "", UR_LOCAL_TIME_MALFORMED},
		{"1969-12-31 23:59", "", UR_LOCAL_TIME_MALFORMED},
		{"2026-01-01 00:59", BERLIN, UR_LOCAL_TIME_BEFORE},
		{"2025-12-24 18:30", BERLIN, UR_LOCAL_TIME_BEFORE},
		/* 400 days are known, whatever the offset */
		{"2027-02-05 00:59", BERLIN, UR_LOCAL_TIME_OK},
		{"2027-02-05 01:00", BERLIN, UR_LOCAL_TIME_AFTER},
		{"2027-02-05 05:29", "29453760+330", UR_LOCAL_TIME_OK},
		{"2027-02-05 05:30", "29453760+330", UR_LOCAL_TIME_AFTER},
		/* offsets that can't be read are none */
		{"2026-12-24 18:30", "x", UR_LOCAL_TIME_OK},
		{"2026-12-24 18:30", "29453760", UR_LOCAL_TIME_OK},
		{"2026-12-24 18:30", "29453760+", UR_LOCAL_TIME_OK},
		{"2026-12-24 18:30", "99999999999+60", UR_LOCAL_TIME_OK},
		{"2026-12-24 18:30", "29453760+99999", UR_LOCAL_TIME_OK},
};

START_TEST(test_errors)
{
	int64_t time = -1;

	ck_assert_int_eq(ur_local_time_read(text_of(errors[_i].local),
							 text_of(errors[_i].offsets), &time),
			errors[_i].error);
	ck_assert((time == -1) == (errors[_i].error != UR_LOCAL_TIME_OK));
	ck_assert((*ur_local_time_error_text(errors[_i].error) == '\0')
			  == (errors[_i].error == UR_LOCAL_TIME_OK));
}
END_TEST

/* A text is not read behind its end. */
START_TEST(test_cut)
{
	const char text[] = "2026-12-24 18:30";
	int64_t time;
	int len;

	for(len = 0; len < (int)sizeof(text) - 1; len++)
		ck_assert_int_eq(ur_local_time_read((struct ur_text){text, len},
								 UR_TEXT(""), &time),
				UR_LOCAL_TIME_MALFORMED);
	/* nor are the offsets: this one is of a minute */
	ck_assert_int_eq(ur_local_time_read(text_of(text),
							 (struct ur_text){"29453760+123", 10}, &time),
			UR_LOCAL_TIME_OK);
	ck_assert_int_eq(time / 60, 29968949);
}
END_TEST

/* Each minute around the changes is written as a time that is read as it again, or as the one an hour
 * before that is written alike. */
static const struct
{
	const char *offsets;
	long change, back; /* by how many minutes clocks are put back there */
} changes[] = {
		{BERLIN, 29579100, 0},
		{BERLIN, 29881500, 60},
		{NEW_YORK, 29549220, 0},
		{NEW_YORK, 29891880, 60},
		{LORD_HOWE, 29588580, 30},
		{LORD_HOWE, 29850690, 0},
		{CASABLANCA, 29518680, 60},
		{CASABLANCA, 29569080, 0},
		{APIA, 21947880, 0},
		{APIA, 22087320, 0},
		{APIA, 22220040, 60},
};

/* Written by the C library, from the offset that holds in that minute. */
static const char *local_of(int64_t utc, const char *offsets)
{
	static char text[32];
	long from, east, holds = 0;
	struct tm date;
	time_t local;
	int len;

	for(; sscanf(offsets, "%ld%ld %n", &from, &east, &len) == 2; offsets += len)
		holds = utc >= from ? east : holds;
	local = 60 * (utc + holds);
	ck_assert_ptr_nonnull(gmtime_r(&local, &date));
	ck_assert_uint_eq(
			strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &date), 16);
	return text;
}

START_TEST(test_each_minute)
{
	const long change = changes[_i].change, back = changes[_i].back;
	int64_t utc, again;

	for(utc = change - 2000; utc < change + 2000; utc++) {
		const bool is_second = utc >= change && utc < change + back;

		ck_assert_int_eq(
				ur_local_time_read(text_of(local_of(utc, changes[_i].offsets)),
						text_of(changes[_i].offsets), &again),
				UR_LOCAL_TIME_OK);
		ck_assert_int_eq(again / 60, is_second ? utc - back : utc);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("local_time");
	TCase *tcase = tcase_create("local_time");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_read, 0, COUNT(times));
	tcase_add_loop_test(tcase, test_errors, 0, COUNT(errors));
	tcase_add_test(tcase, test_cut);
	tcase_add_loop_test(tcase, test_each_minute, 0, COUNT(changes));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
