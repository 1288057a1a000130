/*
 * Replaces and Join: a case is a value, and whether it names a dialog.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "policy/replaces.h"
#include "support/edge.h"

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
		VALUE("a;to-tag=1;from-tag=2 x", false),
		VALUE(" ;to-tag=1;from-tag=2", false),
		VALUE("\ta\t;\tto-tag\t=\t1\t;from-tag=2\t", true),
		VALUE("a;;to-tag=1;;from-tag=2;", true),
		VALUE("a;to-tag=1;from-tag", false),
		VALUE("a;to-tag=1;from-ta=2", false),
		VALUE("a;to-tag=1=1;from-tag=2", false),
		VALUE("a;to-tag=1;from-tag=2\r\nX: y", false),
};

START_TEST(test_value)
{
	const struct ur_text value =
			ur_test_edge_text(values[_i].value.s, values[_i].value.len);

	ck_assert_msg(ur_replaces_is_good(value) == values[_i].good, "\"%s\"",
			values[_i].value.s);
}
END_TEST

/* RFC 3261 §25.1: what a Call-ID's word and a tag may have, at the beginning, in the middle and at the
 * end. */
START_TEST(test_characters)
{
	int c;

	for(c = 0; c < 256; c++) {
		const bool good =
				(c < 0x80 && isalnum(c))
				|| (c != 0 && strchr("-.!%*_+`'~()<>:\\\"/[]?{}@", c));
		char value[40];
		int at, len;

		if(c == ';' || c == ' ' || c == '\t') /* parts it */
			continue;
		for(at = 0; at < 3; at++) {
			len = sprintf(value, "___;to-tag=1;from-tag=2");
			value[at] = c;
			ck_assert_msg(
					ur_replaces_is_good((struct ur_text){value, len}) == good,
					"0x%02x in Call-ID", c);
			len = sprintf(value, "a;to-tag=___;from-tag=2");
			value[9 + at] = c;
			ck_assert_msg(
					ur_replaces_is_good((struct ur_text){value, len}) == good,
					"0x%02x in a tag", c);
		}
	}
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
	tcase_add_test(tcase, test_characters);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
