/*
 * Emergency numbers: the list, what is one, the URN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/emergency.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* bad: where a number is expected; NULL: it is a list of so many numbers, and which is first. */
static const struct
{
	const char *list, *bad;
	int count;
	const char *first;
} lists[] = {
		{"", NULL, 0, ""},
		{" \t", NULL, 0, ""},
		{"112", NULL, 1, "112"},
		{"112,911", NULL, 2, "112"},
		{" 112 ,\t911 ", NULL, 2, "112"},
		{"11", NULL, 1, "11"},
		{"123456789012345", NULL, 1, "123456789012345"},
		{"12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27", NULL, 16, "12"},
		{"12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28", ",28", 0, ""},
		{"1", "1", 0, ""},
		{"1234567890123456", "1234567890123456", 0, ""},
		{"112,", "", 0, ""},
		{",112", ",112", 0, ""},
		{"112,,911", ",911", 0, ""},
		{"112 911", "911", 0, ""},
		{"112;911", ";911", 0, ""},
		{"+112", "+112", 0, ""},
		{"112,9x1", "9x1", 0, ""},
		{"112,x", "x", 0, ""},
};

START_TEST(test_list)
{
	struct ur_emergency emergency;
	const char *bad = NULL;
	const int rc = ur_emergency_parse(&emergency, lists[_i].list, &bad);

	ck_assert_int_eq(rc, lists[_i].bad != NULL ? -1 : 0);
	if(rc < 0) {
		ck_assert_str_eq(bad, lists[_i].bad);
		return;
	}
	ck_assert_int_eq(emergency.count, lists[_i].count);
	ck_assert(ur_text_equal(ur_emergency_of_urn(&emergency),
			(struct ur_text){lists[_i].first, (int)strlen(lists[_i].first)}));
}
END_TEST

/* number NULL: it is none of 112 and 911. */
static const struct
{
	struct ur_text dialled;
	const char *number;
} dialled[] = {
		{UR_TEXT_INIT("112"), "112"},
		{UR_TEXT_INIT("911"), "911"},
		{UR_TEXT_INIT("1-1-2"), "112"},
		{UR_TEXT_INIT("(9) 1.1"), "911"},
		{UR_TEXT_INIT(""), NULL},
		{UR_TEXT_INIT("1"), NULL},
		{UR_TEXT_INIT("11"), NULL},
		{UR_TEXT_INIT("1120"), NULL},
		{UR_TEXT_INIT("0112"), NULL},
		{UR_TEXT_INIT("+112"), NULL},
		{UR_TEXT_INIT("112x"), NULL},
		{UR_TEXT_INIT("112,"), NULL},
		{UR_TEXT_INIT("112\0"), NULL},
		{UR_TEXT_INIT("112911"), NULL},
		{UR_TEXT_INIT("1234567890123456"), NULL},
		{UR_TEXT_INIT("11222222222222222222222222222222222222"), NULL},
};

START_TEST(test_find)
{
	const struct ur_text text =
			ur_test_edge_text(dialled[_i].dialled.s, dialled[_i].dialled.len);
	struct ur_emergency emergency;
	struct ur_number number;
	const char *bad;
	const char *const expected = dialled[_i].number;

	ck_assert_int_eq(ur_emergency_parse(&emergency, "112,911", &bad), 0);
	ck_assert_int_eq(
			ur_emergency_find(&emergency, text, &number), expected != NULL);
	if(expected != NULL)
		ck_assert(ur_text_equal(ur_number_text(&number),
				(struct ur_text){expected, (int)strlen(expected)}));
	ur_emergency_parse(&emergency, "", &bad);
	ck_assert(!ur_emergency_find(&emergency, text, &number));
}
END_TEST

static const struct
{
	struct ur_text uri;
	bool is_urn;
} urns[] = {
		{UR_TEXT_INIT("urn:service:sos"), true},
		{UR_TEXT_INIT("URN:Service:SOS"), true},
		{UR_TEXT_INIT("urn:service:sos.fire"), true},
		{UR_TEXT_INIT("urn:service:sos.police.municipal"), true},
		{UR_TEXT_INIT("urn:service:so"), false},
		{UR_TEXT_INIT("urn:service:sosx"), false},
		{UR_TEXT_INIT("urn:service:sos;x"), false},
		{UR_TEXT_INIT("urn:service:counseling"), false},
		{UR_TEXT_INIT("sip:urn:service:sos"), false},
		{UR_TEXT_INIT(""), false},
};

START_TEST(test_urn)
{
	ck_assert_int_eq(ur_emergency_is_urn(ur_test_edge_text(
							 urns[_i].uri.s, urns[_i].uri.len)),
			urns[_i].is_urn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("emergency");
	TCase *tcase = tcase_create("emergency");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_list, 0, COUNT(lists));
	tcase_add_loop_test(tcase, test_find, 0, COUNT(dialled));
	tcase_add_loop_test(tcase, test_urn, 0, COUNT(urns));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
