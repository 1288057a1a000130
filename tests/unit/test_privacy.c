/*
 * What a Privacy header asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "policy/privacy.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum
{
	ASKED = UR_PRIVACY_ASKED,
	NONE = UR_PRIVACY_NONE,
};

static const struct
{
	const char *value;
	unsigned privacy;
} values[] = {
		{"id", ASKED},
		{"user", ASKED},
		{"header", ASKED},
		{"none", NONE},
		{"ID", ASKED},
		{"None", NONE},
		{"id;critical", ASKED},
		{"critical;id", ASKED},
		{"id, critical", ASKED},
		{"session;id", ASKED},
		{"id;foo", ASKED},
		{"foo;id", ASKED},
		{" foo ; id ", ASKED},
		{";;id;;", ASKED},
		{"session;\r\n\tuser", ASKED},
		{"none;id", ASKED | NONE},
		{"foo;id;foo", ASKED},
		{"foo,id,foo", ASKED},
		{"foo id foo", ASKED},
		{"foo\tid\tfoo", ASKED},
		{"foo\rid\rfoo", ASKED},
		{"foo\nid\nfoo", ASKED},
		/* neither */
		{"", 0},
		{";", 0},
		{"session", 0},
		{"critical", 0},
		{"history", 0},
		{"idle", 0},
		{"i", 0},
		{"id:id", 0},
		{"!id!", 0},
		{"xid", 0},
		{"username;headers", 0},
		{"\"id\"", 0},
		{"id=1", 0},
};

START_TEST(test_values)
{
	const struct ur_text value =
			ur_test_edge_text(values[_i].value, strlen(values[_i].value));

	ck_assert_uint_eq(ur_privacy_read(value), values[_i].privacy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("privacy");
	TCase *tcase = tcase_create("privacy");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_values, 0, COUNT(values));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
