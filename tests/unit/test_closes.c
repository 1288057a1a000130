/*
 * What a record allows that its successor does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/store/closes.h"
#include "support/sample.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define HA1 "0123456789abcdef0123456789abcdef"
#define OTHER_HA1 "0123456789abcdef0123456789abcdee"

static struct ur_draft before, after;

/* One user and one of the devices, before and after. */
struct state
{
	int account;
	const char *status, *device, *device_status, *ha1;
};

static const struct
{
	struct state before, after;
	bool closes;
} users[] = {
		{{1, "active", "desk", "active", HA1},
				{1, "active", "desk", "active", HA1}, false},
		{{1, "active", "desk", "active", HA1},
				{1, "disabled", "desk", "active", HA1}, true},
		{{1, "active", "desk", "active", HA1},
				{2, "active", "desk", "active", HA1}, true},
		{{1, "active", "desk", "active", HA1},
				{1, "active", "desk", "disabled", HA1}, true},
		{{1, "active", "desk", "active", HA1},
				{1, "active", "desk", "active", OTHER_HA1}, true},
		{{1, "active", "desk", "active", HA1},
				{1, "active", "desk", "active", ""}, true},
		{{1, "active", "desk", "active", HA1},
				{1, "active", "soft", "active", HA1}, true},
		/* nobody could do anything by it, or can do more now */
		{{1, "disabled", "desk", "active", HA1},
				{2, "disabled", "soft", "active", HA1}, false},
		{{1, "active", "desk", "disabled", HA1},
				{1, "active", "soft", "active", HA1}, false},
		{{1, "active", "desk", "active", ""},
				{1, "active", "soft", "active", HA1}, false},
};

static void draft(struct ur_draft *draft, const struct state *state)
{
	struct ur_user_row row = ur_test_user_row(state->account, "us_a", "alice");
	struct ur_device_row devices[] = {ur_test_device_row("dev_0", "other"),
			ur_test_device_row("dev_1", state->device)};

	row.status = ur_test_text(state->status);
	devices[1].status = ur_test_text(state->device_status);
	devices[1].ha1 = ur_test_text(state->ha1);
	ck_assert_int_eq(ur_draft_user(draft, &row, devices, 2, NULL, 0), 0);
}

START_TEST(test_user)
{
	draft(&before, &users[_i].before);
	draft(&after, &users[_i].after);
	ck_assert_int_eq(ur_closes(&after, before.body), users[_i].closes);
}
END_TEST

/* The user's rules: letters. r, s: they reject, at any time or in a schedule; f forwards. */
static const struct
{
	const char *before, *after;
	bool closes;
} rules[] = {
		{"", "", false},
		{"", "r", true},
		{"r", "r", false},
		{"r", "", false},
		{"r", "rs", true},
		{"s", "r", true},
		{"rsf", "sfr", false},
		{"", "f", false},
};

static void draft_rules(struct ur_draft *draft, const char *spec)
{
	struct ur_user_row user = ur_test_user_row(1, "us_a", "alice");
	struct ur_rule_row rows[3];
	const int count = (int)strlen(spec);
	int i;

	for(i = 0; i < count; i++) {
		rows[i] = (struct ur_rule_row){.id = {&spec[i], 1},
				.position = i,
				.event = UR_TEXT("always"),
				.scope = UR_TEXT("any"),
				.action = UR_TEXT("reject")};
		if(spec[i] == 's')
			rows[i].schedule_id = UR_TEXT("sch");
		if(spec[i] == 'f') {
			rows[i].action = UR_TEXT("forward");
			rows[i].target = (struct ur_target){
					UR_TEXT_INIT("user"), UR_TEXT_INIT("us_b")};
		}
	}
	ck_assert_int_eq(ur_draft_user(draft, &user, NULL, 0, rows, count), 0);
}

/* Who is rejected from now on must not get through. */
START_TEST(test_rules)
{
	draft_rules(&before, rules[_i].before);
	draft_rules(&after, rules[_i].after);
	ck_assert_int_eq(ur_closes(&after, before.body), rules[_i].closes);
}
END_TEST

static const struct
{
	const char *before, *after; /* a letter is a domain, a figure a number */
	bool closes;
} accounts[] = {
		{"+ab1", "+ab1", false},
		{"+ab1", "-ab1", true},
		{"+ab1", "+b1", true},
		{"+ab1", "+ab", true},
		{"+ab", "+abc12", false},
		{"-ab1", "-", false},
		{"+a1", "+1a", false},
		{"+a", "+1", true},
};

static void draft_account(struct ur_draft *draft, const char *spec)
{
	struct ur_account_row row = {.number = 1,
			.id = UR_TEXT("acc_1"),
			.status =
					spec[0] == '+' ? UR_TEXT("active") : UR_TEXT("suspended")};
	struct ur_text texts[8];
	int domains = 0, count = 0;
	const char *at;

	for(at = spec + 1; *at; at++) {
		if(*at >= 'a')
			texts[domains++] = (struct ur_text){at, 1};
	}
	count = domains;
	for(at = spec + 1; *at; at++) {
		if(*at < 'a')
			texts[count++] = (struct ur_text){at, 1};
	}
	ck_assert_int_eq(
			ur_draft_account(draft, &row, texts, domains, count - domains), 0);
}

START_TEST(test_account)
{
	draft_account(&before, accounts[_i].before);
	draft_account(&after, accounts[_i].after);
	ck_assert_int_eq(ur_closes(&after, before.body), accounts[_i].closes);
}
END_TEST

START_TEST(test_extension)
{
	struct ur_extension_row row = {.account = 1,
			.id = UR_TEXT("ext_1"),
			.digits = UR_TEXT("200"),
			.status = UR_TEXT("active"),
			.target = {UR_TEXT("user"), UR_TEXT("us_a")}};

	ck_assert_int_eq(ur_draft_extension(&before, &row), 0);
	ck_assert(!ur_closes(&before, before.body));
	row.status = UR_TEXT("disabled");
	ck_assert_int_eq(ur_draft_extension(&after, &row), 0);
	ck_assert(ur_closes(&after, before.body));
	ck_assert(!ur_closes(&before, after.body));
}
END_TEST

/* Also one that is another account's now: the old one must not get its calls. */
START_TEST(test_did)
{
	struct ur_did_row row = {.account = 1,
			.e164 = UR_TEXT("4930100"),
			.status = UR_TEXT("active"),
			.target = {UR_TEXT("user"), UR_TEXT("us_a")}};

	ck_assert_int_eq(ur_draft_did(&before, &row), 0);
	ck_assert(!ur_closes(&before, before.body));
	row.account = 2;
	ck_assert_int_eq(ur_draft_did(&after, &row), 0);
	ck_assert(ur_closes(&after, before.body));
	row.status = UR_TEXT("disabled");
	ck_assert_int_eq(ur_draft_did(&before, &row), 0);
	ck_assert(ur_closes(&before, after.body));
	ck_assert(!ur_closes(&after, before.body));
}
END_TEST

/* One that is another account's now. That others ring, or nobody, is no matter of permission. */
START_TEST(test_group)
{
	struct ur_group_row row = {.account = 1,
			.id = UR_TEXT("grp_1"),
			.strategy = UR_TEXT("random"),
			.ring_timeout_sec = 25,
			.member_rules = UR_TEXT("none")};
	const struct ur_group_member_row member = {
			.kind = UR_TEXT("user"), .id = UR_TEXT("us_a"), .enabled = 1};

	ck_assert_int_eq(ur_draft_group(&before, &row, &member, 1), 0);
	ck_assert_int_eq(ur_draft_group(&after, &row, NULL, 0), 0);
	ck_assert(!ur_closes(&after, before.body));
	row.account = 2;
	ck_assert_int_eq(ur_draft_group(&after, &row, &member, 1), 0);
	ck_assert(ur_closes(&after, before.body));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("closes");
	TCase *tcase = tcase_create("closes");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_user, 0, COUNT(users));
	tcase_add_loop_test(tcase, test_rules, 0, COUNT(rules));
	tcase_add_loop_test(tcase, test_account, 0, COUNT(accounts));
	tcase_add_test(tcase, test_extension);
	tcase_add_test(tcase, test_did);
	tcase_add_test(tcase, test_group);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
