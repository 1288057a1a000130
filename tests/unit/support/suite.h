/*
 * A test program with one suite.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_SUITE_H
#define UR_TEST_SUITE_H

#include <check.h>

/* Fixtures may be NULL. */
struct ur_test_suite
{
	const char *name;
	SFun start; /* once, before all tests … */
	SFun stop;	/* … and after */
	SFun setup; /* before each test … */
	SFun teardown;
};

/* Runs the tests, a list that ends in NULL. Returns main()'s value. */
int ur_test_suite_run(
		const struct ur_test_suite *what, const TTest *const *tests);

#endif
