/*
 * Telephone numbers in one form: one line a case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/number.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* How an account writes its numbers. */
struct plan
{
	const char *country, *area, *international, *national;
};

static const struct plan none = {"", "", "", ""};
static const struct plan unset = {"", "", "00", "0"}; /* SQL's defaults */
static const struct plan berlin = {"49", "30", "00", "0"};
static const struct plan germany = {"49", "", "00", "0"};
static const struct plan america = {"1", "212", "011", "1"};
static const struct plan italy = {"39", "", "00", ""};
static const struct plan italian_town = {"39", "06", "00", ""};
static const struct plan town_without_country = {"", "30", "00", "0"};

/* An account with that plan; its texts follow it. */
static const struct ur_account *account_of(const struct plan *plan)
{
	static struct
	{
		struct ur_account account;
		char texts[64];
	} room;
	const char *const texts[] = {
			plan->country, plan->area, plan->international, plan->national};
	struct ur_slice *const slices[] = {&room.account.country_code,
			&room.account.area_code, &room.account.international_prefix,
			&room.account.national_prefix};
	size_t at = 0;
	int i;

	memset(&room, 0, sizeof(room));
	for(i = 0; i < COUNT(texts); i++) {
		const size_t len = strlen(texts[i]);

		*slices[i] = (struct ur_slice){
				(uint16_t)(room.texts + at - (char *)&room), (uint16_t)len};
		memcpy(room.texts + at, texts[i], len);
		at += len;
	}
	return &room.account;
}

static void ck_number(const struct ur_number *number, const char *expected)
{
	const struct ur_text text = ur_number_text(number);

	ck_assert_msg(ur_text_equal(text,
						  (struct ur_text){expected, (int)strlen(expected)}),
			"'%.*s' in place of '%s'", text.len, text.s, expected);
}

static const struct
{
	const struct plan *plan;
	struct ur_text dialled;
	const char *expected; /* "": none */
} cases[] = {
		{&berlin, UR_TEXT_INIT("+4930123456"), "+4930123456"},
		{&berlin, UR_TEXT_INIT("004930123456"), "+4930123456"},
		{&berlin, UR_TEXT_INIT("030123456"), "+4930123456"},
		{&berlin, UR_TEXT_INIT("123456"), "+4930123456"},
		{&berlin, UR_TEXT_INIT("08912345"), "+498912345"},
		{&berlin, UR_TEXT_INIT("+12125550100"), "+12125550100"},
		{&berlin, UR_TEXT_INIT("0012125550100"), "+12125550100"},
		{&berlin, UR_TEXT_INIT("(030) 123-45.6"), "+4930123456"},
		{&berlin, UR_TEXT_INIT(" +49 30/"), ""},
		{&berlin, UR_TEXT_INIT("(+49)30"), "+4930"},
		{&germany, UR_TEXT_INIT("030123456"), "+4930123456"},
		{&germany, UR_TEXT_INIT("123456"), ""},
		{&america, UR_TEXT_INIT("5550100"), "+12125550100"},
		{&america, UR_TEXT_INIT("17185550100"), "+17185550100"},
		{&america, UR_TEXT_INIT("0114930123456"), "+4930123456"},
		{&italy, UR_TEXT_INIT("0612345678"), "+390612345678"},
		{&italy, UR_TEXT_INIT("3331234567"), "+393331234567"},
		{&italian_town, UR_TEXT_INIT("12345"), "+3912345"},
		{&unset, UR_TEXT_INIT("+4930123456"), "+4930123456"},
		{&unset, UR_TEXT_INIT("004930123456"), "+4930123456"},
		{&unset, UR_TEXT_INIT("030123456"), ""},
		{&unset, UR_TEXT_INIT("123456"), ""},
		{&town_without_country, UR_TEXT_INIT("123456"), ""},
		{&none, UR_TEXT_INIT("+4930123456"), "+4930123456"},
		{&none, UR_TEXT_INIT("004930123456"), ""},
		{NULL, UR_TEXT_INIT("+49 30 123456"), "+4930123456"},
		{NULL, UR_TEXT_INIT("4930123456"), ""},
		/* E.164: 2 to 15 digits, the first not 0 */
		{&berlin, UR_TEXT_INIT("+12"), "+12"},
		{&berlin, UR_TEXT_INIT("+1"), ""}, {&berlin, UR_TEXT_INIT("+"), ""},
		{&berlin, UR_TEXT_INIT("+0301"), ""},
		{&berlin, UR_TEXT_INIT("00049301"), ""},
		{&berlin, UR_TEXT_INIT("00"), ""}, {&berlin, UR_TEXT_INIT("0"), ""},
		{&berlin, UR_TEXT_INIT("001"), ""},
		{&berlin, UR_TEXT_INIT("+123456789012345"), "+123456789012345"},
		{&berlin, UR_TEXT_INIT("+1234567890123456"), ""},
		{&berlin, UR_TEXT_INIT("12345678901"), "+493012345678901"},
		{&berlin, UR_TEXT_INIT("123456789012"), ""},
		{&berlin, UR_TEXT_INIT("00123456789012345678901234567890"), ""},
		{&berlin, UR_TEXT_INIT("001234567890123456789012345678901"), ""},
		/* not a number */
		{&berlin, UR_TEXT_INIT(""), ""}, {&berlin, UR_TEXT_INIT("-.() "), ""},
		{&berlin, UR_TEXT_INIT("alice"), ""},
		{&berlin, UR_TEXT_INIT("030x"), ""},
		{&berlin, UR_TEXT_INIT("*21#"), ""},
		{&berlin, UR_TEXT_INIT("++4930"), ""},
		{&berlin, UR_TEXT_INIT("49+30"), ""},
		{&berlin, UR_TEXT_INIT("030\0001"), ""},
		{&berlin, UR_TEXT_INIT("030\n"), ""},
		{&berlin, UR_TEXT_INIT("\xd9\xa0\xd9\xa3"), ""}, /* Arabic digits */
};

/* At the end of a page: nothing behind it is read. */
START_TEST(test_normalise)
{
	const struct ur_account *account =
			cases[_i].plan != NULL ? account_of(cases[_i].plan) : NULL;
	const struct ur_text dialled =
			ur_test_edge_text(cases[_i].dialled.s, cases[_i].dialled.len);
	struct ur_number number, again;

	ck_assert_int_eq(ur_number_normalise(dialled, account, &number),
			*cases[_i].expected != '\0');
	ck_number(&number, cases[_i].expected);
	if(number.len == 0)
		return;
	ck_assert(ur_number_normalise(ur_number_text(&number), account, &again));
	ck_number(&again, cases[_i].expected);
}
END_TEST

static const struct
{
	struct ur_text text;
	const char *expected;
} trunks[] = {
		{UR_TEXT_INIT("+4930123456"), "+4930123456"},
		{UR_TEXT_INIT("4930123456"), "+4930123456"},
		{UR_TEXT_INIT("(49)30-12.34 56"), "+4930123456"},
		{UR_TEXT_INIT("004930123456"), ""},
		{UR_TEXT_INIT("1234567890123456"), ""},
		{UR_TEXT_INIT("4"), ""},
		{UR_TEXT_INIT("4930123456;npdi"), ""},
		{UR_TEXT_INIT("alice"), ""},
		{UR_TEXT_INIT(""), ""},
};

START_TEST(test_of_trunk)
{
	const struct ur_text text =
			ur_test_edge_text(trunks[_i].text.s, trunks[_i].text.len);
	struct ur_number number;

	ck_assert_int_eq(
			ur_number_of_trunk(text, &number), *trunks[_i].expected != '\0');
	ck_number(&number, trunks[_i].expected);
}
END_TEST

START_TEST(test_digits)
{
	struct ur_number number;

	ur_number_normalise(UR_TEXT("+4930"), NULL, &number);
	ck_assert(ur_text_equal(ur_number_digits(&number), UR_TEXT("4930")));
	ur_number_normalise(UR_TEXT("x"), NULL, &number);
	ck_assert(ur_text_is_empty(ur_number_digits(&number)));
	ck_assert_uint_eq(sizeof(number), UR_NUMBER_SIZE + sizeof(uint32_t));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("number");
	TCase *tcase = tcase_create("number");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_normalise, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_of_trunk, 0, COUNT(trunks));
	tcase_add_test(tcase, test_digits);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
