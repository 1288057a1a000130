/*
 * Replaces and Join: a case is a value, and whether it names a dialog.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/replaces.h"

/* With the bytes of a literal, zero bytes too. */
#define VALUE(literal, good)                   \
	{                                          \
		{literal, sizeof(literal) - 1}, (good) \
	}

static const struct
{
	struct ur_text value;
	bool good;
} values[] = {
		/* RFC 3891 §6.1 and 3.3 */
		VALUE("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff", true),
		VALUE("12adf2f34456gs5;to-tag=12345;from-tag=54321", true),
		VALUE("87134@171.161.34.23;to-tag=24796;from-tag=0", true),
		VALUE("a;to-tag=1;from-tag=2;early-only", true),
		VALUE(" a ; To-Tag = 1\t;FROM-TAG= 2 ;x=\"y\"", true),
		VALUE("(a)<b>@[::1];to-tag=1;from-tag=2", true),
		/* no dialog */
		VALUE("", false),
		VALUE("a", false),
		VALUE("a;to-tag=1", false),
		VALUE("a;from-tag=1", false),
		VALUE(";to-tag=1;from-tag=2", false),
		VALUE("a;to-tag=;from-tag=2", false),
		VALUE("a;to-tag;from-tag=2", false),
		VALUE("a;to-tag=1;from-tag=2;to-tag=3", false),
		VALUE("a;to-tag=1;from-tag=2;from-tag=2", false),
		VALUE("a;to-tagx=1;from-tag=2", false),
		/* two of them in one, and what ends a line or a text */
		VALUE("a;to-tag=1;from-tag=2, b;to-tag=1;from-tag=2", false),
		VALUE("a b;to-tag=1;from-tag=2", false),
		VALUE("a\0;to-tag=1;from-tag=2", false),
		VALUE("a;to-tag=1\0;from-tag=2", false),
		VALUE("a;to-tag=1;from-tag=2\r\nX: y", false),
};

START_TEST(test_value)
{
	char *copy = malloc(values[_i].value.len + 1);
	struct ur_text value = {copy, values[_i].value.len};

	/* without a byte behind it that could be read */
	copy = realloc(copy, value.len > 0 ? value.len : 1);
	value.s = memcpy(copy, values[_i].value.s, value.len);
	ck_assert_msg(ur_replaces_is_good(value) == values[_i].good, "\"%s\"",
			values[_i].value.s);
	free(copy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("replaces");
	TCase *tcase = tcase_create("replaces");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
			tcase, test_value, 0, sizeof(values) / sizeof(values[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
