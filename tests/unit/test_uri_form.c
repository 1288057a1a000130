/*
 * SIP URIs in a canonical form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "policy/uri_form.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define NAME UR_TEXT("ur")

static int form(const char *uri, char *buf, int size, struct ur_text *value)
{
	return ur_uri_form(
			ur_test_edge_text(uri, strlen(uri)), NAME, buf, size, value);
}

static const struct
{
	const char *a, *b;
	bool same;
} pairs[] = {
		{"sip:a@b", "sip:a@b", true},
		{"sip:a@B.Example", "sip:a@b.example", true},
		{"sip:a@b;transport=TCP;user=phone", "sip:a@b;user=phone;transport=tcp",
				true},
		{"sip:a%2A@b", "sip:a*@b", true},
		{"sip:a@b;ur=x", "sip:a@b", true},
		{"sip:a@b;ur=x;lr", "sip:a@b;lr;ur=y", true},
		{"sip:a@b;LR", "sip:a@b;lr", true},
		{"sip:a@b;ur=x;ur=y", "sip:a@b;ur=x;ur=z", true},
		{"sip:a@b;ur=x;ob;ur=y", "sip:a@b;ob;ur=x;ur=z", true},
		{"sip:%41@b", "sip:A@b", true},
		{"sip:%2a@b", "sip:%2A@b", true},
		{"sip:%7e%4F%4f%39%30@b", "sip:~OO90@b", true},
		{"sip:%20@b", "sip: @b", true},
		{"sip:a@b;b;a;c", "sip:a@b;c;a;b", true},
		{"sip:a@b;aa;a;ab", "sip:a@b;ab;aa;a", true},
		{"sip:a@b;a;a1", "sip:a@b;a1;a", true},
		{"sip:a@b;B=x;a", "sip:a@b;A;b=X", true},
		{"sip:a@b;aB;Aa", "sip:a@b;AA;ab", true},
		{"%41@b", "A@b", true},
		/* no escapes */
		{"sip:a%4@b", "sip:aD@b", false},
		{"sip:%4g@b", "sip:P@b", false},
		{"sip:%G4@b", "sip:\x04@b", false},
		{"sip:%@b", "sip:@b", false},
		{"sip:%%34@b", "sip:%4@b", true},
		{"sip:%1f@b", "sip:\x1f@b", false},
		{"sip:%7f@b", "sip:\x7f@b", false},
		{"sip:%25@b", "sip:%@b", false},
		{"sip:a@%62", "sip:a@b", false},
		{"sip:a@b;%63", "sip:a@b;c", false},
		/* other users, hosts, parameters */
		{"sip:A@b", "sip:a@b", false},
		{"sip:a@b", "sip:a@c", false},
		{"sip:a@b", "sip:a@b:5060", false},
		{"sip:a@b", "sips:a@b", false},
		{"sip:a@b", "sip:a@b;lr", false},
		{"sip:a@b;maddr=c", "sip:a@b", false},
		{"sip:a%2540@b", "sip:a%40@b", false},
		{"sip:a%40b@c", "sip:a@b@c", false},
		{"sip:a%0a@b", "sip:a\n@b", false},
		{"sip:a@b;xur=x", "sip:a@b", false},
		{"sip:a@b;ur=x;ur=y", "sip:a@b;ur=y", false},
		{"sip:a@b;ur=x;ur=z", "sip:a@b;ur=y;ur=z", false},
		{"sip:a;ur=x@b", "sip:a@b", false},
		{"sip:b;lr", "sip:b@;lr", false},
		{"sip:a@b;c;d", "sip:a@b;cd", false},
		{"sip:a@b;c;c", "sip:a@b;c", false},
		{"sip:a@b;c", "sip:a@b;c;", false},
		{"sip:a@b;ur", "sip:a@b", false},
		{"sip:a@b;UR=x", "sip:a@b", false},
};

START_TEST(test_pairs)
{
	char a[200], b[200];
	struct ur_text value;
	const int a_len = form(pairs[_i].a, a, sizeof(a), &value);
	const int b_len = form(pairs[_i].b, b, sizeof(b), &value);

	ck_assert_int_gt(a_len, 0);
	ck_assert_int_gt(b_len, 0);
	ck_assert_msg(
			(a_len == b_len && memcmp(a, b, a_len) == 0) == pairs[_i].same,
			"%s and %s", pairs[_i].a, pairs[_i].b);
}
END_TEST

/* uri, value or NULL, the URI without it */
static const struct
{
	const char *uri, *value, *without;
} values[] = {
		{"sip:a@b;ur=x", "x", "sip:a@b"},
		{"sip:a@b;ur=x;ur=y", "y", "sip:a@b;ur=x"},
		{"sip:a@b;ur=x;ur=y;ur=z;lr", "z", "sip:a@b;ur=x;ur=y;lr"},
		{"sip:a@b;ur=x;ob;ur=x", "x", "sip:a@b;ur=x;ob"},
		{"sip:a@b;ur=x;ur", "x", "sip:a@b;ur"},
		{"sip:a@B;ur=x;Lr", "x", "sip:a@B;Lr"},
		{"sip:a@b;ur=", "", "sip:a@b"},
		{"sip:a@b", NULL, "sip:a@b"},
		{"sip:a;ur=x@b", NULL, "sip:a;ur=x@b"},
		{"sip:a@b;ur", NULL, "sip:a@b;ur"},
		{"sip:a@b;ur=x;c;d;e", "x", "sip:a@b;c;d;e"},
		{"sip:a@b;c;d;ur=x;e", "x", "sip:a@b;c;d;e"},
		{"sip:a@b;;ur=x;", "x", "sip:a@b;;"},
		{"sip:%41@b;ur=x;%41", "x", "sip:%41@b;%41"},
		{"sip:b;ur=x", "x", "sip:b"},
		{"", NULL, ""},
		{";", NULL, ";"},
};

START_TEST(test_values)
{
	char buf[200];
	struct ur_text value;
	const struct ur_text uri = {values[_i].uri, strlen(values[_i].uri)};
	int len = ur_uri_form(uri, NAME, buf, sizeof(buf), &value);

	ck_assert_int_ge(len, 0);
	ck_assert_int_eq(value.s != NULL, values[_i].value != NULL);
	if(value.s != NULL) {
		ck_assert_int_eq(value.len, strlen(values[_i].value));
		ck_assert_mem_eq(value.s, values[_i].value, value.len);
	} else {
		ck_assert_int_eq(value.len, 0);
	}
	len = ur_uri_without(uri, NAME, buf, sizeof(buf));
	ck_assert_int_eq(len, strlen(values[_i].without));
	ck_assert_mem_eq(buf, values[_i].without, len);
}
END_TEST

/* uri, its form as it was signed before an update: that may not change */
static const struct
{
	const char *uri, *form;
} forms[] = {
		{"sip:A%41%40%25@B;Lr;A=B;ur=x", "sip:AA@%25@\nb;a=b;lr"},
		{"sips:B:5061;x", "\nsips:b:5061;x"},
};

START_TEST(test_form)
{
	char buf[200];
	struct ur_text value;
	const int len = form(forms[_i].uri, buf, sizeof(buf), &value);

	ck_assert_int_eq(len, strlen(forms[_i].form));
	ck_assert_mem_eq(buf, forms[_i].form, len);
}
END_TEST

/* What is signed has the form of what comes back with our parameter behind it. */
START_TEST(test_no_name)
{
	static const char *const uris[] = {"sip:a@b", "sip:a@b;ur=x",
			"sip:a@B;ur=x;Lr;ur=y", "sip:a@b;=x", "sip:a@b;", ""};
	const struct ur_text uri = {uris[_i], strlen(uris[_i])};
	char before[200], after[200], back[220];
	struct ur_text value;
	int len = ur_uri_form(uri, UR_TEXT(""), before, sizeof(before), &value);

	ck_assert_int_gt(len, 0);
	ck_assert_ptr_null(value.s);
	strcpy(back, uris[_i]);
	strcat(back, ";ur=ours");
	ck_assert_int_eq(form(back, after, sizeof(after), &value), len);
	ck_assert_mem_eq(before, after, len);
	ck_assert(ur_text_equal(value, UR_TEXT("ours")));
}
END_TEST

START_TEST(test_too_long)
{
	const struct ur_text uri = UR_TEXT("sip:a@b;c=d");
	struct ur_text value;
	int size;

	for(size = 0; size <= 12; size++)
		ck_assert_int_eq(form(uri.s, ur_test_edge(size), size, &value),
				size < 12 ? -1 : 12);
	for(size = 0; size <= 11; size++)
		ck_assert_int_eq(ur_uri_without(uri, NAME, ur_test_edge(size), size),
				size < 11 ? -1 : 11);
}
END_TEST

START_TEST(test_too_many)
{
	char uri[200] = "sip:a@b", buf[200];
	struct ur_text value;
	int i;

	for(i = 0; i < UR_URI_PARAMS_MAX; i++)
		strcat(uri, ";x");
	ck_assert_int_gt(form(uri, buf, sizeof(buf), &value), 0);
	strcat(uri, ";x");
	ck_assert_int_eq(form(uri, buf, sizeof(buf), &value), -1);
	ck_assert_int_eq(ur_uri_without((struct ur_text){uri, strlen(uri)}, NAME,
							 buf, sizeof(buf)),
			-1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uri_form");
	TCase *tcase = tcase_create("uri_form");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_pairs, 0, COUNT(pairs));
	tcase_add_loop_test(tcase, test_form, 0, COUNT(forms));
	tcase_add_loop_test(tcase, test_values, 0, COUNT(values));
	tcase_add_loop_test(tcase, test_no_name, 0, 6);
	tcase_add_test(tcase, test_too_long);
	tcase_add_test(tcase, test_too_many);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
