/*
 * The waits between attempts to connect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>

#include "mirror/outage.h"
#include "support/suite.h"

START_TEST(backoff_doubles_within_its_limits)
{
	struct ur_backoff backoff = {.min = 200, .max = 1000};

	ck_assert_int_eq(ur_outage_backoff(&backoff, 0), 200);
	ck_assert_int_eq(ur_outage_backoff(&backoff, 0), 400);
	ck_assert_int_eq(ur_outage_backoff(&backoff, 400), 400);
	ck_assert_int_eq(ur_outage_backoff(&backoff, 0), 1000);
	ck_assert_int_eq(ur_outage_backoff(&backoff, 500), 500);
	ck_assert_int_eq(ur_outage_backoff(&backoff, 501), 1000);
	backoff.max = 300; /* lowered meanwhile */
	ck_assert_int_eq(ur_outage_backoff(&backoff, 0), 300);
	backoff.last = 0;
	backoff.min = 400;
	ck_assert_int_eq(ur_outage_backoff(&backoff, 0), 300);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {backoff_doubles_within_its_limits, NULL};
	const struct ur_test_suite suite = {.name = "outage"};

	return ur_test_suite_run(&suite, tests);
}
