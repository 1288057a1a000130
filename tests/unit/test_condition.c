/*
 * The conditions of users' own rules, each for several callers and times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/own_rules.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Who calls user a of account 0: "trunk NUMBER", as it is asserted; "user b" of the account; "other c", a
 * user of account 1; "did c", who has called a did; "gone", a phone whose user was deleted. A * before
 * it: asked for privacy. */
static const struct
{
	const char *caller, *rule, *word;
} callers[] = {
		/* scopes */
		{"user b", "always internal reject", "holds"},
		{"user b", "always external reject", "not-external"},
		{"user b", "always anonymous reject", "not-anonymous"},
		{"*user b", "always internal reject", "holds"},
		{"*user b", "always external reject", "not-external"},
		{"*user b", "always anonymous reject", "holds"},
		{"other c", "always internal reject", "not-internal"},
		{"other c", "always external reject", "holds"},
		{"other c", "always anonymous reject", "not-anonymous"},
		{"*other c", "always anonymous reject", "holds"},
		{"*other c", "always external reject", "holds"},
		{"did c", "always internal reject", "not-internal"},
		{"did c", "always anonymous reject", "not-anonymous"},
		{"did d", "always anonymous reject", "holds"},
		{"did d", "always external reject", "holds"},
		{"gone", "always internal reject", "not-internal"},
		{"gone", "always external reject", "holds"},
		{"gone", "always anonymous reject", "holds"},
		{"trunk +4930123", "always internal reject", "not-internal"},
		{"trunk +4930123", "always external reject", "holds"},
		{"trunk +4930123", "always anonymous reject", "not-anonymous"},
		{"trunk +4930123", "always reject", "holds"},
		{"*trunk +4930123", "always anonymous reject", "holds"},
		{"*trunk +4930123", "always external reject", "holds"},
		{"trunk ", "always anonymous reject", "holds"},
		{"trunk ", "always external reject", "holds"},
		{"trunk anonymous", "always anonymous reject", "holds"},
		{"trunk 12345678901234567890", "always anonymous reject",
				"not-anonymous"},
		{"trunk 12345678901234567890", "always on:berlin reject", "not-listed"},
		/* a list with a prefix: E.164, else as the callee's account writes numbers */
		{"trunk +4930123", "always on:berlin reject", "holds"},
		{"trunk 004930123", "always on:berlin reject", "holds"},
		{"trunk 030123", "always on:berlin reject", "holds"},
		{"trunk (030) 12-3", "always on:berlin reject", "holds"},
		{"trunk 4930123", "always on:berlin reject", "holds"},
		{"trunk 123", "always on:berlin reject", "not-listed"},
		{"trunk +4940123", "always on:berlin reject", "not-listed"},
		{"trunk 040123", "always on:berlin reject", "not-listed"},
		{"trunk +4930123", "always off:berlin reject", "listed"},
		{"trunk +4940123", "always off:berlin reject", "holds"},
		/* on no list: who is anonymous */
		{"*trunk +4930123", "always on:berlin reject", "not-listed"},
		{"*trunk +4930123", "always off:berlin reject", "holds"},
		{"trunk ", "always on:berlin reject", "not-listed"},
		{"trunk ", "always off:berlin reject", "holds"},
		{"*user b", "always on:people reject", "not-listed"},
		{"*user b", "always off:people reject", "holds"},
		{"gone", "always on:people reject", "not-listed"},
		/* users */
		{"user b", "always on:people reject", "holds"},
		{"user b", "always off:people reject", "listed"},
		{"user e", "always on:people reject", "not-listed"},
		{"user b", "always on:addresses reject", "holds"},
		{"user e", "always on:addresses reject", "not-listed"},
		{"trunk b", "always on:people reject", "not-listed"},
		/* of another account: by what is shown, not by a username alone */
		{"other c", "always on:people reject", "not-listed"},
		{"other c", "always on:addresses reject", "holds"},
		{"other d", "always on:addresses reject", "not-listed"},
		{"other c", "always on:hamburg reject", "not-listed"},
		{"did c", "always on:addresses reject", "not-listed"},
		{"did c", "always on:hamburg reject", "holds"},
		{"did c", "always off:hamburg reject", "listed"},
		{"*did c", "always on:hamburg reject", "not-listed"},
		{"did d", "always on:hamburg reject", "not-listed"},
		/* what is missing does not hold, negated or not */
		{"user b", "always on:none reject", "list-missing"},
		{"user b", "always off:none reject", "list-missing"},
		{"user b", "always in:none reject", "schedule-missing"},
		{"user b", "always out:none reject", "schedule-missing"},
		/* all conditions; the first that does not hold is told */
		{"user b", "always internal in:day on:people reject", "holds"},
		{"user b", "always external in:never on:none reject", "not-external"},
		{"user b", "always internal in:never on:none reject", "outside-hours"},
		{"user b", "always internal out:day on:none reject", "inside-hours"},
		{"user b", "always internal in:day on:none reject", "list-missing"},
		{"user b", "always internal in:day off:people reject", "listed"},
};

static int asked;

static struct ur_text asserted(void *request)
{
	asked++;
	return (struct ur_text){request, (int)strlen(request)};
}

static void make_world(void)
{
	static const struct ur_test_person people[] = {{.id = "b"}, {.id = "e"},
			{.id = "c", .account = 1}, {.id = "d", .account = 2}};
	static const struct ur_test_line line = {"did", "user:a"};
	int i;

	ur_test_world_forget();
	asked = 0;
	for(i = 0; i < COUNT(people); i++)
		ur_test_world_add(&people[i]);
	ur_test_world_add_line(&line);
	ur_test_add_schedule("day", "0-1440", "480-1020");
	ur_test_add_schedule("never", "0-1440", "");
	ur_test_add_caller_list("berlin", "+4930 +33");
	ur_test_add_caller_list("hamburg", "+4940");
	ur_test_add_caller_list("people", "b c d");
	ur_test_add_caller_list("addresses", "b@x c@x");
	ur_test_add_account(0, "49", "30", "");
	ur_test_add_account(1, "", "", "494012");
	ur_test_add_account(2, "", "", "");
}

/* The chain at user a, who has the rule. */
static void come_to_a(struct ur_chain *chain, const char *rule, bool by_did)
{
	const struct ur_test_person a = {.id = "a", .rules = rule};

	ur_test_world_add(&a);
	memset(chain, 0, sizeof(*chain));
	if(by_did) {
		struct ur_extension *did =
				(struct ur_extension *)ur_test_world_line("did");

		did->is_did = 1;
		chain->hops[chain->count++].extension = did;
	}
	chain->hops[chain->count++].user = ur_test_world_user("a");
}

/* user is looked up: a reference that is given back at the end. */
static struct ur_caller caller_of(const char *text)
{
	struct ur_caller caller = {.dialled = UR_TEXT_INIT("x")};

	caller.is_private = *text == '*';
	text += caller.is_private;
	if(strncmp(text, "trunk", 5) == 0)
		return caller;
	caller.aor = UR_TEXT("phone@x");
	if(strcmp(text, "gone") == 0)
		return caller;
	caller.user = ur_test_world_user(strchr(text, ' ') + 1);
	caller.domain = UR_TEXT("x");
	return caller;
}

static const char *check(
		const struct ur_caller *caller, const char *text, const char *rule)
{
	const struct ur_rule_call call = {.caller = caller,
			.time = 600 * 60,
			.request = strstr(text, "trunk ") != NULL
							   ? (void *)(strstr(text, "trunk ") + 6)
							   : NULL,
			.asserted = asserted};
	const struct ur_user_rule *first;
	struct ur_conditions conditions;
	struct ur_chain chain;
	enum ur_condition why;

	come_to_a(&chain, rule, strstr(text, "did ") != NULL);
	memset(&conditions, 0xff, sizeof(conditions));
	ur_conditions_begin(&conditions, &chain, &ur_test_directory, &call);
	first = ur_user_rules(ur_chain_user(&chain));
	why = ur_conditions_check(&conditions, first);
	/* asked again, the answer is the same, and the number is not read again */
	ck_assert_int_eq(ur_conditions_check(&conditions, first), why);
	ck_assert_int_le(asked, 1);
	ur_chain_end(&chain, &ur_test_directory);
	return ur_condition_name(why);
}

START_TEST(test_caller)
{
	struct ur_caller caller;

	make_world();
	caller = caller_of(callers[_i].caller);
	ck_assert_str_eq(check(&caller, callers[_i].caller, callers[_i].rule),
			callers[_i].word);
	/* of phones nobody asserts a number, and for privacy it is not asked */
	if(callers[_i].caller[0] != 't')
		ck_assert_int_eq(asked, 0);
	ur_test_world.references -= caller.user != NULL;
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

/* The number is not asked for where no rule depends on it. */
static const char *const cheap[] = {"always reject", "always internal reject",
		"always external reject", "always in:day reject",
		"always internal on:berlin reject", "always in:never on:berlin reject",
		"always on:none reject"};

START_TEST(test_not_asked)
{
	struct ur_caller caller;

	make_world();
	caller = caller_of("trunk +4930123");
	check(&caller, "trunk +4930123", cheap[_i]);
	ck_assert_int_eq(asked, 0);
	ur_test_world_forget();
}
END_TEST

/* Without a dial plan numbers are as trunks send them; so are those of an account that is gone. */
START_TEST(test_no_plan)
{
	struct ur_caller caller;

	make_world();
	caller = caller_of("trunk ");
	ur_test_own_rules_forget();
	if(_i)
		ur_test_add_account(0, "", "", "");
	ur_test_add_caller_list("berlin", "+4930");
	ck_assert_str_eq(check(&caller, "trunk 4930123", "always on:berlin reject"),
			"holds");
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

/* A driver that knows no number asserts none. */
START_TEST(test_nobody_asserts)
{
	const struct ur_caller caller = {.dialled = UR_TEXT_INIT("x")};
	const struct ur_rule_call call = {.caller = &caller};
	struct ur_rule_caller who;
	struct ur_chain chain;

	make_world();
	come_to_a(&chain, "", false);
	memset(&who, 0xff, sizeof(who));
	ur_rule_caller_read(&chain, &ur_test_directory, &call, &who);
	ck_assert(who.is_anonymous);
	ck_assert(ur_text_is_empty(who.listed.number));
	ck_assert(ur_text_is_empty(who.listed.username));
	ck_assert(ur_text_is_empty(who.listed.address));
	ur_test_world_forget();
}
END_TEST

/* A user whose account has no domain is a user all the same, but has no address. One of another account
 * shows nothing then. */
START_TEST(test_no_domain)
{
	struct ur_caller caller;

	make_world();
	caller = caller_of(_i == 0 ? "user b" : _i == 1 ? "other c" : "did c");
	caller.domain = UR_TEXT("");
	ck_assert_str_eq(
			check(&caller, _i == 2 ? "did c" : "", "always anonymous reject"),
			_i == 0 ? "not-anonymous" : "holds");
	make_world();
	caller = caller_of("user b");
	caller.domain = UR_TEXT("");
	ck_assert_str_eq(check(&caller, "",
							 _i == 0 ? "always on:people reject"
									 : "always on:addresses reject"),
			_i == 0 ? "holds" : "not-listed");
	ur_test_world_forget();
}
END_TEST

/* The user's own number, if the account may present it. */
START_TEST(test_own_number)
{
	struct ur_test_person f = {
			.id = "f", .account = 1, .cid_number = _i ? "494012" : "4930999"};
	struct ur_caller caller;

	make_world();
	ur_test_world_add(&f);
	caller = caller_of("did f");
	ck_assert_str_eq(
			check(&caller, "did f", "always on:hamburg reject"), "holds");
	ur_test_world_forget();
}
END_TEST

/* Minutes of the day, with hours from 480 to 1020, known to 1440. */
static const struct
{
	int minute;
	const char *inside, *outside;
} times[] = {
		{0, "outside-hours", "holds"},
		{479, "outside-hours", "holds"},
		{480, "holds", "inside-hours"},
		{1019, "holds", "inside-hours"},
		{1020, "outside-hours", "holds"},
		{1439, "outside-hours", "holds"},
		{1440, "hours-unknown", "hours-unknown"},
		{-1, "hours-unknown", "hours-unknown"},
};

static const char *check_at(int minute, const char *rule)
{
	const struct ur_rule_call call = {
			.caller = ur_test_call.caller, .time = 60 * minute};
	struct ur_conditions conditions;
	struct ur_chain chain;
	enum ur_condition why;

	come_to_a(&chain, rule, false);
	ur_conditions_begin(&conditions, &chain, &ur_test_directory, &call);
	why = ur_conditions_check(&conditions, ur_user_rules(chain.hops[0].user));
	ur_chain_end(&chain, &ur_test_directory);
	return ur_condition_name(why);
}

START_TEST(test_time)
{
	make_world();
	ck_assert_str_eq(check_at(times[_i].minute, "always in:day reject"),
			times[_i].inside);
	make_world();
	ck_assert_str_eq(check_at(times[_i].minute, "always out:day reject"),
			times[_i].outside);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("condition");
	TCase *tcase = tcase_create("condition");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_caller, 0, COUNT(callers));
	tcase_add_loop_test(tcase, test_not_asked, 0, COUNT(cheap));
	tcase_add_loop_test(tcase, test_no_plan, 0, 2);
	tcase_add_test(tcase, test_nobody_asserts);
	tcase_add_loop_test(tcase, test_no_domain, 0, 3);
	tcase_add_loop_test(tcase, test_own_number, 0, 2);
	tcase_add_loop_test(tcase, test_time, 0, COUNT(times));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
