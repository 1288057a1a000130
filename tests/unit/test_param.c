/*
 * Parameters of a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "policy/param.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define NAME UR_TEXT("ur")

/* The first parameter called ur, or NULL. */
static const struct
{
	const char *params, *value;
} lists[] = {
		{"ur=x", "x"},
		{"lr;ur=x", "x"},
		{"lr=on;ur=x;ftag=1", "x"},
		{"ur=x;ur=y", "x"},
		{"ur=", ""},
		{"ur=;ur=x", ""},
		{"ur=a=b", "a=b"},
		{"ur==", "="},
		{"a;ur=x", "x"},
		{"ur;ur=x", "x"},
		{";;ur=x", "x"},
		{"ur=x;", "x"},
		{"ur", NULL},
		{"", NULL},
		{";", NULL},
		{"=", NULL},
		{"lr", NULL},
		{"kur=x", NULL},
		{"urk=x", NULL},
		{"u=x", NULL},
		{"UR=x", NULL},
		{"a=ur=x", NULL},
		{"u", NULL},
		{"ux=x", NULL},
		{"xr=x", NULL},
		{"ur;x", NULL},
};

static void check_value(
		struct ur_text in, struct ur_text value, const char *expected)
{
	ck_assert_int_eq(value.len, strlen(expected));
	ck_assert_mem_eq(value.s, expected, value.len);
	ck_assert(value.s >= in.s && value.s + value.len <= in.s + in.len);
}

START_TEST(test_find)
{
	const struct ur_text params =
			ur_test_edge_text(lists[_i].params, strlen(lists[_i].params));
	struct ur_text value = {NULL, 0};
	const bool found = ur_param_find(params, NAME, &value);

	ck_assert_int_eq(found, lists[_i].value != NULL);
	if(found)
		check_value(params, value, lists[_i].value);
}
END_TEST

/* What stands behind the list is not of it. */
START_TEST(test_end)
{
	struct ur_text value = {NULL, 0};

	ck_assert(!ur_param_find((struct ur_text){"ur=x", 2}, NAME, &value));
	ck_assert(!ur_param_find((struct ur_text){"ur=x", 0}, NAME, &value));
	ck_assert(!ur_param_find((struct ur_text){"lr;ur=x", 3}, NAME, &value));
	ck_assert(!ur_param_is((struct ur_text){"ur=x", 2}, NAME, &value));
	ck_assert_ptr_null(value.s);
	ck_assert(ur_param_find((struct ur_text){"ur=xy", 4}, NAME, &value));
	ck_assert(ur_text_equal(value, UR_TEXT("x")));
}
END_TEST

/* One parameter: here a semicolon separates nothing. */
START_TEST(test_is)
{
	struct ur_text value = {NULL, 0};

	ck_assert(ur_param_is(UR_TEXT("ur=x;ur=y"), NAME, &value));
	ck_assert(ur_text_equal(value, UR_TEXT("x;ur=y")));
	ck_assert(ur_param_is(UR_TEXT("ur="), NAME, &value));
	ck_assert_int_eq(value.len, 0);
	ck_assert(!ur_param_is(UR_TEXT("Ur=x"), NAME, &value));
	ck_assert(!ur_param_is(UR_TEXT("lr;ur=x"), NAME, &value));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("param");
	TCase *tcase = tcase_create("param");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_find, 0, COUNT(lists));
	tcase_add_test(tcase, test_end);
	tcase_add_test(tcase, test_is);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
