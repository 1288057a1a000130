/*
 * The lag that the mirror reports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <unistd.h>

#include "mirror/lag.h"
#include "mirror/source/pg.h"
#include "mirror/state_update.h"
#include "support/port.h"
#include "support/suite.h"

static struct ur_state *state;
static struct ur_lag lag;

static void setup(void)
{
	ck_assert_int_eq(ur_state_alloc(&state), 0);
	ur_state_set_source(state, UR_SOURCE_DATABASE);
	lag = (struct ur_lag){.state = state};
}

static void teardown(void)
{
	ur_state_free(state);
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}

static struct ur_mirror_report report(void)
{
	struct ur_mirror_report report;

	ur_state_report(state, &report);
	return report;
}

static void sleep_ms(int ms)
{
	usleep(ms * 1000);
}

START_TEST(nothing_is_known_before_the_database_was_read)
{
	ur_lag_announce(&lag);
	ur_state_set_source(state, UR_SOURCE_SNAPSHOT);
	ck_assert_int_eq(report().lag, -1);
	ck_assert_int_eq(report().apply, -1);
	ck_assert_int_eq(report().heard_ago, -1);
	ck_assert_int_eq(report().retry_in, 0);
	ck_assert_int_eq(report().phase, UR_PHASE_STARTING);
}
END_TEST

START_TEST(changes_wait_since_the_first_announcement)
{
	ck_assert_int_eq(report().lag, 0);
	ur_lag_announce(&lag);
	sleep_ms(30);
	ur_lag_announce(&lag);
	ck_assert_int_ge(report().lag, 29);
	ck_assert_int_eq(report().last_change, 0);
	ur_lag_apply(&lag, 3);
	ck_assert_int_eq(report().lag, 0);
	ck_assert_int_ge(report().apply, 29);
	ck_assert_uint_eq(report().changes, 3);
	ck_assert_int_ge(report().last_change, time(NULL) - 10);
}
END_TEST

/* Changes that are let in in its midst are in force, what it is to bring is not. */
START_TEST(full_load_brings_what_was_left_to_it)
{
	int64_t announced;

	ur_lag_announce(&lag);
	announced = lag.changes_since;
	ur_lag_leave_to_load(&lag, 0);
	sleep_ms(30);
	ur_lag_announce(&lag);
	ur_lag_apply(&lag, 1);
	ck_assert_int_lt(report().apply, 29);
	ck_assert_int_ge(report().lag, 29);
	ur_lag_load(&lag, announced);
	ck_assert_int_eq(report().lag, 0);
	ck_assert_int_ge(report().apply, 29);
	ck_assert_uint_eq(report().changes, 1);
}
END_TEST

/* An outage begins when the database was heard of last, and does not begin anew with
 * each attempt to end it. */
START_TEST(outage_lasts_since_the_database_was_heard_of)
{
	const int64_t heard = ur_pg_now() - 5000;

	ur_lag_leave_to_load(&lag, heard);
	ck_assert_int_ge(report().lag, 5000);
	ur_lag_leave_to_load(&lag, ur_pg_now());
	ck_assert_int_ge(report().lag, 5000);
	ur_lag_load(&lag, 0);
	ck_assert_int_eq(report().lag, 0);
	ck_assert_int_eq(report().apply, -1); /* no change that is known of */
}
END_TEST

START_TEST(next_attempt_is_told_while_it_waits)
{
	ur_state_set_phase(state, UR_PHASE_PAUSED, ur_pg_now() + 5000);
	ck_assert_int_gt(report().retry_in, 4000);
	ck_assert_int_le(report().retry_in, 5000);
	ur_state_set_phase(state, UR_PHASE_PAUSED, ur_pg_now() - 10);
	ck_assert_int_eq(report().retry_in, 0);
	ur_state_set_phase(state, UR_PHASE_CONNECTING, ur_pg_now() + 5000);
	ck_assert_int_eq(report().retry_in, 0);
	ck_assert_int_eq(report().phase, UR_PHASE_CONNECTING);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {nothing_is_known_before_the_database_was_read,
			changes_wait_since_the_first_announcement,
			full_load_brings_what_was_left_to_it,
			outage_lasts_since_the_database_was_heard_of,
			next_attempt_is_told_while_it_waits, NULL};
	const struct ur_test_suite suite = {
			.name = "lag", .setup = setup, .teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
