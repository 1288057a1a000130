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
		/* RFC 3261 §21, and the RFCs that have added one */
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{402, "Payment Required"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{406, "Not Acceptable"},
		{407, "Proxy Authentication Required"},
		{408, "Request Timeout"},
		{410, "Gone"},
		{413, "Request Entity Too Large"},
		{414, "Request-URI Too Long"},
		{415, "Unsupported Media Type"},
		{416, "Unsupported URI Scheme"},
		{420, "Bad Extension"},
		{421, "Extension Required"},
		{422, "Session Interval Too Small"},
		{423, "Interval Too Brief"},
		{433, "Anonymity Disallowed"},
		{480, "Temporarily Unavailable"},
		{481, "Call/Transaction Does Not Exist"},
		{482, "Loop Detected"},
		{483, "Too Many Hops"},
		{484, "Address Incomplete"},
		{485, "Ambiguous"},
		{486, "Busy Here"},
		{487, "Request Terminated"},
		{488, "Not Acceptable Here"},
		{489, "Bad Event"},
		{491, "Request Pending"},
		{493, "Undecipherable"},
		{494, "Security Agreement Required"},
		{500, "Server Internal Error"},
		{501, "Not Implemented"},
		{502, "Bad Gateway"},
		{503, "Service Unavailable"},
		{504, "Server Time-out"},
		{505, "Version Not Supported"},
		{513, "Message Too Large"},
		{580, "Precondition Failure"},
		{600, "Busy Everywhere"},
		{603, "Decline"},
		{604, "Does Not Exist Anywhere"},
		{606, "Not Acceptable"},
		/* by class */
		{409, "Request Failure"},
		{417, "Request Failure"},
		{499, "Request Failure"},
		{506, "Server Failure"},
		{599, "Server Failure"},
		{601, "Global Failure"},
		{699, "Global Failure"},
		/* no answer to a call */
		{0, "Server Internal Error"},
		{-1, "Server Internal Error"},
		{200, "Server Internal Error"},
		{399, "Server Internal Error"},
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
