/*
 * Callers on lists.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "policy/caller_list.h"
#include "support/own_rules.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A caller is a number, or username@domain of the account, or "?" and that of another account. */
static const struct
{
	const char *entries, *caller;
	bool is_listed;
} cases[] = {
		{"", "+4930123", false},
		{"", "ann@x", false},
		/* a prefix, up to the whole number */
		{"+49", "+4930123", true},
		{"+4", "+4930123", true},
		{"+4930123", "+4930123", true},
		{"+49301234", "+4930123", false},
		{"+4930124", "+4930123", false},
		{"+4930122", "+4930123", false},
		{"+4940 +4930 +4920", "+4930123", true},
		{"+4940 +4931 +4920 +4", "+4930123", true},
		{"+5 +6 +7 +8 +9", "+4930123", false},
		{"+1 +2 +3", "+4930123", false},
		{"+1 +2 +3 +4930123", "+4930123", true},
		{"+4930123 +5", "+4930123", true},
		/* a plus sign alone is no prefix */
		{"+", "+4930123", false},
		/* digits are a username */
		{"4930123", "+4930123", false},
		{"201", "201@x", true},
		{"+201", "201@x", false},
		/* a username as a whole, and in whatever domain */
		{"ann", "ann@x", true},
		{"an", "ann@x", false},
		{"anna", "ann@x", false},
		{"Ann", "ann@x", false},
		{"ann@x", "ann@x", true},
		{"ann@y", "ann@x", false},
		{"bob ann@x", "ann@x", true},
		{"ann-b ann ann@w ann@x annb", "ann@x", true},
		/* of another account only by the domain */
		{"ann", "?ann@x", false},
		{"ann@x", "?ann@x", true},
};

static struct ur_listed_caller caller_of(const char *text)
{
	struct ur_listed_caller caller = {
			UR_TEXT_INIT(""), UR_TEXT_INIT(""), UR_TEXT_INIT("")};

	if(*text == '+') {
		caller.number = (struct ur_text){text, (int)strlen(text)};
		return caller;
	}
	if(*text != '?')
		caller.username = (struct ur_text){text, (int)strcspn(text, "@")};
	else
		text++;
	caller.address = (struct ur_text){text, (int)strlen(text)};
	return caller;
}

START_TEST(test_case)
{
	const struct ur_listed_caller caller = caller_of(cases[_i].caller);

	ur_test_add_caller_list("l", cases[_i].entries);
	ck_assert_int_eq(
			ur_caller_list_has(
					ur_test_find_caller_list(NULL, UR_TEXT("l")), &caller),
			cases[_i].is_listed);
	ur_test_world_forget();
}
END_TEST

/* Each entry of a long list is found, and what stands between two of them is not. */
START_TEST(test_long)
{
	const struct ur_caller_list *list;
	char entries[2048], number[16];
	int len = 0;
	int i;

	for(i = 0; i < 200; i++)
		len += sprintf(entries + len, "+49%03d0 ", i);
	ur_test_add_caller_list("l", entries);
	list = ur_test_find_caller_list(NULL, UR_TEXT("l"));
	ck_assert_int_eq(list->entry_count, 200);
	for(i = 0; i < 200; i++) {
		sprintf(number, "+49%03d0123", i);
		ck_assert(ur_caller_list_has(
				list, &(struct ur_listed_caller){
							  .number = {number, (int)strlen(number)}}));
		number[6] = '1';
		ck_assert(!ur_caller_list_has(
				list, &(struct ur_listed_caller){
							  .number = {number, (int)strlen(number)}}));
	}
	ur_test_world_forget();
}
END_TEST

/* Who is known by nothing is on no list, not even one with an entry that a foreign schema left empty. */
START_TEST(test_nobody)
{
	struct
	{
		struct ur_caller_list list;
		struct ur_slice entries[1];
	} empty = {.list = {.entry_count = 1}};
	const struct ur_listed_caller nobody = {
			UR_TEXT_INIT(""), UR_TEXT_INIT(""), UR_TEXT_INIT("")};

	ck_assert(!ur_caller_list_has(&empty.list, &nobody));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("caller_list");
	TCase *tcase = tcase_create("caller_list");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_test(tcase, test_long);
	tcase_add_test(tcase, test_nobody);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
