/*
 * The main() of test programs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>

#include "support/suite.h"

enum
{
	TIMEOUT = 180, /* seconds a test may take before it is killed */
};

int ur_test_suite_run(
		const struct ur_test_suite *what, const TTest *const *tests)
{
	Suite *suite = suite_create(what->name);
	TCase *tcase = tcase_create(what->name);
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, TIMEOUT);
	tcase_add_unchecked_fixture(tcase, what->start, what->stop);
	tcase_add_checked_fixture(tcase, what->setup, what->teardown);
	for(; *tests != NULL; tests++)
		tcase_add_test(tcase, *tests);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
