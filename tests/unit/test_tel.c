/*
 * The number of a tel: URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "policy/tel.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* number NULL: it is refused. */
static const struct
{
	struct ur_text number, params;
	const char *expected, *domain;
} cases[] = {
		{UR_TEXT_INIT("+4930123456"), UR_TEXT_INIT(""), "+4930123456", ""},
		{UR_TEXT_INIT("+49-(30).123-456"), UR_TEXT_INIT("ext=1;isub=2"),
				"+4930123456", ""},
		{UR_TEXT_INIT("1001"), UR_TEXT_INIT("phone-context=acme.example"),
				"1001", "acme.example"},
		{UR_TEXT_INIT("*21#"), UR_TEXT_INIT("x;Phone-Context=ACME.example;y="),
				"*21#", "ACME.example"},
		{UR_TEXT_INIT("1001"), UR_TEXT_INIT(""), "1001", ""},
		{UR_TEXT_INIT("123-456"), UR_TEXT_INIT("phone-context=+49-30"),
				"+4930123456", ""},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-contexts=x;xphone-context=y"),
				"1", ""},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("x=\";phone-context=a.b;\""), "1",
				"a.b"},
		{UR_TEXT_INIT("0189*#"), UR_TEXT_INIT(";;x;"), "0189*#", ""},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-contex=x"), "1", ""},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("x;;phone-context=a"), "1", "a"},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context=a;"), "1", "a"},
		{UR_TEXT_INIT("-1-"), UR_TEXT_INIT("phone-context=+4"), "+41", ""},
		/* no number */
		{UR_TEXT_INIT(""), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("+"), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("-.()"), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("+*1"), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("++49"), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("49+1"), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("%2B49"), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("1001\0"), UR_TEXT_INIT(""), NULL, NULL},
		{UR_TEXT_INIT("alice"), UR_TEXT_INIT("phone-context=acme.example"),
				NULL, NULL},
		/* no place */
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context"), NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context="), NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context=+"), NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context=+4x"), NULL, NULL},
		{UR_TEXT_INIT("*1"), UR_TEXT_INIT("phone-context=+49"), NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context=a@b"), NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context=a.b:5060"), NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context=a\0b"), NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context=a;phone-context=a"),
				NULL, NULL},
		{UR_TEXT_INIT("1"), UR_TEXT_INIT("phone-context;PHONE-context=+49"),
				NULL, NULL},
		{UR_TEXT_INIT("+49"), UR_TEXT_INIT("phone-context=acme.example"), NULL,
				NULL},
		{UR_TEXT_INIT("+49"), UR_TEXT_INIT("phone-context=+49"), NULL, NULL},
};

START_TEST(test_read)
{
	const struct ur_text number =
			ur_test_edge_text(cases[_i].number.s, cases[_i].number.len);
	const struct ur_text params =
			ur_test_edge_text(cases[_i].params.s, cases[_i].params.len);
	const char *expected = cases[_i].expected;
	struct ur_tel tel;

	ck_assert_int_eq(ur_tel_read(number, params, &tel), expected != NULL);
	if(expected != NULL) {
		ck_assert(ur_text_equal(ur_tel_number(&tel),
				(struct ur_text){expected, (int)strlen(expected)}));
		ck_assert(ur_text_equal(
				tel.domain, (struct ur_text){cases[_i].domain,
									(int)strlen(cases[_i].domain)}));
	}
}
END_TEST

START_TEST(test_lengths)
{
	static char s[2 * UR_TEL_NUMBER_MAX];
	const struct ur_text prefix = UR_TEXT("phone-context=+49");
	struct ur_tel tel;

	memset(s, '1', sizeof(s));
	ck_assert(ur_tel_read(
			(struct ur_text){s, UR_TEL_NUMBER_MAX}, UR_TEXT(""), &tel));
	ck_assert(!ur_tel_read(
			(struct ur_text){s, UR_TEL_NUMBER_MAX + 1}, UR_TEXT(""), &tel));
	ck_assert(ur_tel_read(
			(struct ur_text){s, UR_TEL_NUMBER_MAX - 3}, prefix, &tel));
	ck_assert(!ur_tel_read(
			(struct ur_text){s, UR_TEL_NUMBER_MAX - 2}, prefix, &tel));
	s[0] = '+';
	ck_assert(ur_tel_read(
			(struct ur_text){s, UR_TEL_NUMBER_MAX}, UR_TEXT(""), &tel));
	ck_assert(!ur_tel_read(
			(struct ur_text){s, UR_TEL_NUMBER_MAX + 1}, UR_TEXT(""), &tel));
}
END_TEST

/* Each character at both ends of a number, and of the domain where it is valid. */
START_TEST(test_characters)
{
	int c;

	for(c = 0; c < 256; c++) {
		const bool is_number = c != 0 && strchr("0123456789*#-.()", c) != NULL;
		const bool is_host = (c < 0x80 && isalnum(c)) || c == '-' || c == '.';
		char number[] = "_1_", params[] = "phone-context=_a_";
		struct ur_tel tel;

		number[0] = number[2] = params[14] = params[16] = c;
		ck_assert_msg(
				ur_tel_read((struct ur_text){number, 3}, UR_TEXT(""), &tel)
						== is_number,
				"0x%02x", c);
		if(c == ';') /* ends it */
			continue;
		ck_assert_msg(
				ur_tel_read(UR_TEXT("1"), (struct ur_text){params, 17}, &tel)
						== is_host,
				"0x%02x", c);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tel");
	TCase *tc = tcase_create("tel");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, test_read, 0, COUNT(cases));
	tcase_add_test(tc, test_lengths);
	tcase_add_test(tc, test_characters);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
