/*
 * The hours of a schedule: each minute of some schedules, against a look at all of the hours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>

#include "policy/schedule.h"
#include "support/own_rules.h"
#include "support/world.h"

static const struct
{
	const char *known, *hours;
} schedules[] = {
		{"10-100", ""},
		{"10-100", "20-30"},
		{"10-100", "10-100"},
		{"10-100", "10-11 99-100"},
		{"10-100", "20-30 31-40 50-51"},
		{"10-100", "11-12 13-14 15-16 17-18 19-20 21-22 23-24"},
		{"0-100", "0-1 50-100"},
		{"50-50", ""},
};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static enum ur_schedule_answer expected(
		const struct ur_schedule *schedule, unsigned minute)
{
	int i;

	if(minute < schedule->known_from || minute >= schedule->known_to)
		return UR_SCHEDULE_UNKNOWN;
	for(i = 0; i < schedule->hours_count; i++) {
		if(minute >= schedule->hours[i].from && minute < schedule->hours[i].to)
			return UR_SCHEDULE_INSIDE;
	}
	return UR_SCHEDULE_OUTSIDE;
}

START_TEST(test_each_minute)
{
	const struct ur_schedule *schedule;
	int64_t minute;

	ur_test_add_schedule("s", schedules[_i].known, schedules[_i].hours);
	schedule = ur_test_find_schedule(NULL, UR_TEXT("s"));
	for(minute = 0; minute < 120; minute++) {
		const enum ur_schedule_answer answer = expected(schedule, minute);

		ck_assert_int_eq(ur_schedule_at(schedule, 60 * minute), answer);
		ck_assert_int_eq(ur_schedule_at(schedule, 60 * minute + 59), answer);
	}
	ur_test_world_forget();
}
END_TEST

/* Seconds before 1970 and after all that 32 bits of minutes have are not known. */
START_TEST(test_far)
{
	const struct ur_schedule *schedule;

	ur_test_add_schedule("s", "0-4294967295", "0-4294967295");
	schedule = ur_test_find_schedule(NULL, UR_TEXT("s"));
	ck_assert_int_eq(ur_schedule_at(schedule, 0), UR_SCHEDULE_INSIDE);
	ck_assert_int_eq(ur_schedule_at(schedule, -1), UR_SCHEDULE_UNKNOWN);
	ck_assert_int_eq(ur_schedule_at(schedule, -60), UR_SCHEDULE_UNKNOWN);
	ck_assert_int_eq(ur_schedule_at(schedule, INT64_MIN), UR_SCHEDULE_UNKNOWN);
	ck_assert_int_eq(ur_schedule_at(schedule, INT64_C(4294967295) * 60 - 1),
			UR_SCHEDULE_INSIDE);
	ck_assert_int_eq(ur_schedule_at(schedule, INT64_C(4294967295) * 60),
			UR_SCHEDULE_UNKNOWN);
	/* what 32 bits would take for minute 1 */
	ck_assert_int_eq(ur_schedule_at(schedule, INT64_C(4294967297) * 60),
			UR_SCHEDULE_UNKNOWN);
	ck_assert_int_eq(ur_schedule_at(schedule, INT64_MAX), UR_SCHEDULE_UNKNOWN);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schedule");
	TCase *tcase = tcase_create("schedule");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_each_minute, 0, COUNT(schedules));
	tcase_add_test(tcase, test_far);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
