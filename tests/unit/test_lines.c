/*
 * Where the header lines of a message end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/lines.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct
{
	const char *head;
	bool alike;
} heads[] = {
		{"INVITE sip:a SIP/2.0\r\nA: b\r\n\r\n", true},
		{"A: b\r\n c\r\n\r\n", true},
		{"A: b\nC: d\r\n\r\n", true},
		{"\r\n\r\n", true},
		/* a CR alone is an end of line to some */
		{"A: b\rC: d\r\n\r\n", false},
		{"A: b\r\r\n\r\n", false},
		{"\rA: b\r\n\r\n", false},
		{"A: b\r c\r\n\r\n", false},
		/* the empty line is one to some only */
		{"A: b\r\n\n", false},
		{"A: b\n\r\n", false},
		{"A: b\n\n", false},
		{"A: b\r\n\r", false},
		{"A: b\r\r\n", false},
		/* there is none */
		{"A: b\r\n", false},
		{"\r\n", false},
		{"", false},
};

/* In memory of exactly its size, so that a sanitizer sees a read behind it. */
START_TEST(test_heads)
{
	const int len = strlen(heads[_i].head);
	char *head = memcpy(malloc(len > 0 ? len : 1), heads[_i].head, len);

	ck_assert_msg(
			ur_lines_end_alike((struct ur_text){head, len}) == heads[_i].alike,
			"%d: \"%s\"", _i, heads[_i].head);
	free(head);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lines");
	TCase *tcase = tcase_create("lines");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_heads, 0, COUNT(heads));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
