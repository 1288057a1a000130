/*
 * Reason phrases.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>

#include "policy/status.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct
{
	int status;
	const char *phrase;
} phrases[] = {
		{400, "Bad Request"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{410, "Gone"},
		{480, "Temporarily Unavailable"},
		{486, "Busy Here"},
		{487, "Request Terminated"},
		{500, "Server Internal Error"},
		{503, "Service Unavailable"},
		{600, "Busy Everywhere"},
		{603, "Decline"},
		{606, "Not Acceptable"},
		/* by class */
		{499, "Request Failure"},
		{599, "Server Failure"},
		{699, "Global Failure"},
		/* no answer to a call */
		{0, "Server Internal Error"},
		{-1, "Server Internal Error"},
		{700, "Server Internal Error"},
};

START_TEST(test_phrase)
{
	ck_assert_str_eq(ur_status_phrase(phrases[_i].status), phrases[_i].phrase);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("status");
	TCase *tcase = tcase_create("status");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_phrase, 0, COUNT(phrases));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
