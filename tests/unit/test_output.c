/*
 * Text that grows in a buffer: what just fits, and what does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <limits.h>
#include <string.h>

#include "policy/output.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct ur_output make(int size)
{
	return (struct ur_output){ur_test_edge(size), 0, size};
}

static struct ur_text text(const char *s)
{
	return (struct ur_text){s, (int)strlen(s)};
}

static void check_output(const struct ur_output *out, const char *expected)
{
	ck_assert_int_eq(out->len, strlen(expected));
	ck_assert_mem_eq(out->buf, expected, out->len);
}

START_TEST(test_put)
{
	struct ur_output out = make(5);

	ur_output_put(&out, UR_TEXT(""));
	check_output(&out, "");
	ur_output_put(&out, UR_TEXT("abc"));
	ur_output_put(&out, UR_TEXT("de"));
	check_output(&out, "abcde");
	ur_output_put(&out, UR_TEXT(""));
	check_output(&out, "abcde");
	ur_output_put(&out, UR_TEXT("f"));
	ck_assert_int_eq(out.len, -1);
}
END_TEST

/* What did not fit is missing: nothing may be added that would. */
START_TEST(test_stays_full)
{
	struct ur_output out = make(5);

	ur_output_put(&out, UR_TEXT("abcdef"));
	ck_assert_int_eq(out.len, -1);
	ur_output_put(&out, UR_TEXT("a"));
	ck_assert_int_eq(out.len, -1);
	ur_output_put(&out, UR_TEXT(""));
	ck_assert_int_eq(out.len, -1);
	ur_output_put_number(&out, 1);
	ck_assert_int_eq(out.len, -1);
	ur_output_keep_on_one_line(&out);
	ck_assert_int_eq(out.len, -1);
	out.size = 100;
	ur_output_put_address(&out, UR_TEXT("a"), UR_TEXT("b"));
	ck_assert_int_eq(out.len, -1);
}
END_TEST

START_TEST(test_no_room)
{
	struct ur_output out = make(0);

	ur_output_put(&out, UR_TEXT(""));
	ck_assert_int_eq(out.len, 0);
	ur_output_put(&out, UR_TEXT("a"));
	ck_assert_int_eq(out.len, -1);
}
END_TEST

static const struct
{
	int number;
	const char *text;
} numbers[] = {
		{0, "0"},
		{7, "7"},
		{10, "10"},
		{486, "486"},
		{-1, "-1"},
		{INT_MAX, "2147483647"},
		{INT_MIN, "-2147483648"},
};

START_TEST(test_number)
{
	const int len = strlen(numbers[_i].text);
	struct ur_output out = make(len);

	ur_output_put_number(&out, numbers[_i].number);
	check_output(&out, numbers[_i].text);
	out = make(len - 1);
	ur_output_put_number(&out, numbers[_i].number);
	ck_assert_int_eq(out.len, -1);
}
END_TEST

START_TEST(test_one_line)
{
	char buf[] = "\na\r\x01\t \x7f\x80~\x1f\n"
				 "\nbehind";
	struct ur_output out = {buf, 11, sizeof(buf)};

	ur_output_keep_on_one_line(&out);
	ck_assert_str_eq(buf, "?a??? ?\x80~??"
						  "\nbehind");
	ck_assert_int_eq(out.len, 11);
}
END_TEST

/* user, domain → the address; NULL: it does not fit, whatever the size */
static const struct
{
	const char *user, *domain, *address;
} addresses[] = {
		{"1001", "acme.example", "sip:1001@acme.example"},
		{"a b", "x", "sip:a%20b@x"},
		{"a@b:c;d?e#", "x", "sip:a%40b%3Ac%3Bd%3Fe%23@x"},
		{"a&=+$,/-_.!~*'()", "x", "sip:a&=+$,/-_.!~*'()@x"},
		{"\xc3\xa9", "[::1]:5060", "sip:%C3%A9@[::1]:5060"},
		{"", "x", "sip:@x"},
		{"1001", "", "sip:1001@"},
		/* a domain that would end the header */
		{"1001", "x\r\nX-Evil: 1", NULL},
		{"1001", "x>", NULL},
		{"1001", "<x", NULL},
		{"1001", "x y", NULL},
		{"1001", "x\"", NULL},
		{"1001", "x\x7f", NULL},
};

START_TEST(test_address)
{
	const char *address = addresses[_i].address;
	const int len = address != NULL ? (int)strlen(address) : 100;
	struct ur_output out;
	int size;

	for(size = 0; size <= len + 1; size++) {
		out = make(size);
		ur_output_put_address(
				&out, text(addresses[_i].user), text(addresses[_i].domain));
		if(address != NULL && size >= len)
			check_output(&out, address);
		else
			ck_assert_int_eq(out.len, -1);
	}
}
END_TEST

/* Behind what is there already. */
START_TEST(test_address_behind)
{
	struct ur_output out = make(9);

	ur_output_put(&out, UR_TEXT("<"));
	ur_output_put_address(&out, UR_TEXT("a"), UR_TEXT("b"));
	ur_output_put(&out, UR_TEXT(">"));
	check_output(&out, "<sip:a@b>");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output");
	TCase *tcase = tcase_create("output");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_put);
	tcase_add_test(tcase, test_stays_full);
	tcase_add_test(tcase, test_no_room);
	tcase_add_loop_test(tcase, test_number, 0, COUNT(numbers));
	tcase_add_test(tcase, test_one_line);
	tcase_add_loop_test(tcase, test_address, 0, COUNT(addresses));
	tcase_add_test(tcase, test_address_behind);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
