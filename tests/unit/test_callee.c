/*
 * Finding the callee: one line a case.
 *
 * acme.example has the users 100 and 101 (disabled), the extensions 200 and 201 (disabled), the
 * devices desk@acme.example (of 100), off@acme.example (disabled, of 100), gone@acme.example (of 101)
 * and theirs@acme.example (of zoo.example's user); closed.example is suspended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/callee.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum
{
	ACME = 1,
	CLOSED = 2,
	ZOO = 3,
};

static int references;

/* ---- a world of constants */

static const struct ur_account accounts[] = {
		{.number = ACME, .active = 1},
		{.number = CLOSED, .active = 0},
		{.number = ZOO, .active = 1},
};
static const char *const domains[] = {
		"acme.example", "closed.example", "zoo.example"};

/* With two devices: the first active, the second not. */
static union
{
	struct ur_user user;
	char block[sizeof(struct ur_user) + 2 * sizeof(struct ur_device)];
} users[3];

static const struct ur_extension extensions[] = {
		{.account = ACME, .active = 1}, {.account = ACME, .active = 0}};

static void make_world(void)
{
	int i;

	memset(users, 0, sizeof(users));
	for(i = 0; i < 3; i++) {
		users[i].user.account = i == 2 ? ZOO : ACME;
		users[i].user.active = i != 1;
		users[i].user.device_count = 2;
		users[i].user.devices[0].flags = UR_DEVICE_ACTIVE;
	}
	references = 0;
}

static bool is(struct ur_text text, const char *s)
{
	return ur_text_equal(text, (struct ur_text){s, (int)strlen(s)});
}

static const struct ur_account *account_by_domain(
		void *context, struct ur_text domain)
{
	int i;

	(void)context;
	for(i = 0; i < COUNT(domains); i++) {
		if(!is(domain, domains[i]))
			continue;
		references++;
		return &accounts[i];
	}
	return NULL;
}

static const struct ur_user *user_by_name(
		void *context, uint32_t account, struct ur_text name)
{
	const int i = is(name, "100") ? 0 : is(name, "101") ? 1 : -1;

	(void)context;
	if(i < 0 || account != ACME)
		return NULL;
	references++;
	return &users[i].user;
}

static const struct ur_extension *extension_by_digits(
		void *context, uint32_t account, struct ur_text digits)
{
	/* 100 is a user's number, too: the user goes first. */
	const int i = is(digits, "200") || is(digits, "100") ? 0
				  : is(digits, "201")					 ? 1
														 : -1;

	(void)context;
	if(i < 0 || account != ACME)
		return NULL;
	references++;
	return &extensions[i];
}

static const struct ur_user *user_by_device(
		void *context, struct ur_text aor, int *device)
{
	static const struct
	{
		const char *aor;
		int user, device;
	} devices[] = {{"desk@acme.example", 0, 0}, {"off@acme.example", 0, 1},
			{"gone@acme.example", 1, 0}, {"theirs@acme.example", 2, 0},
			{"200@acme.example", 0, 0}};
	int i;

	(void)context;
	for(i = 0; i < COUNT(devices); i++) {
		if(!is(aor, devices[i].aor))
			continue;
		references++;
		*device = devices[i].device;
		return &users[devices[i].user].user;
	}
	return NULL;
}

static void put_account(const struct ur_account *account)
{
	references -= account != NULL;
}

static void put_user(const struct ur_user *user)
{
	references -= user != NULL;
}

static void put_extension(const struct ur_extension *extension)
{
	references -= extension != NULL;
}

static const struct ur_callee_directory directory = {
		.account_by_domain = account_by_domain,
		.user_by_name = user_by_name,
		.extension_by_digits = extension_by_digits,
		.user_by_device = user_by_device,
		.put_account = put_account,
		.put_user = put_user,
		.put_extension = put_extension,
};

/* ---- the cases */

/* "user", "extension", "device 0"; else why not. One reference is held, or none. */
static const char *print(const struct ur_callee *callee)
{
	static char text[100];
	const bool is_user = callee->kind == UR_CALLEE_USER;
	const bool is_device = callee->kind == UR_CALLEE_DEVICE;
	const bool is_extension = callee->kind == UR_CALLEE_EXTENSION;

	ck_assert_int_eq(callee->user != NULL, is_user || is_device);
	ck_assert_int_eq(callee->extension != NULL, is_extension);
	ck_assert_int_eq(references, is_user || is_device || is_extension);
	snprintf(text, sizeof(text), "device %d", callee->device);
	return is_user		  ? "user"
		   : is_extension ? "extension"
		   : is_device	  ? text
						  : ur_callee_why(callee);
}

static const struct
{
	const char *user, *domain, *callee;
} cases[] = {
		{"100", "acme.example", "user"},
		{"101", "acme.example", "the user is disabled"},
		{"200", "acme.example", "extension"},
		{"201", "acme.example", "the extension is disabled"},
		{"desk", "acme.example", "device 0"},
		{"off", "acme.example", "the device is disabled"},
		{"gone", "acme.example", "the user is disabled"},
		{"theirs", "acme.example",
				"the device belongs to another account than the domain"},
		{"102", "acme.example", "there is no such user, extension or device"},
		{"", "acme.example", "there is no such user, extension or device"},
		{"100", "zoo.example", "there is no such user, extension or device"},
		{"100", "closed.example", "the account is suspended"},
		{"100", "elsewhere.example", "the domain is not in sip_domain"},
};

START_TEST(test_find)
{
	char aor[100];
	struct ur_callee_name name;
	struct ur_callee callee;

	make_world();
	snprintf(aor, sizeof(aor), "%s@%s", cases[_i].user, cases[_i].domain);
	name.aor = (struct ur_text){aor, (int)strlen(aor)};
	name.user = (struct ur_text){aor, (int)strlen(cases[_i].user)};
	name.domain = (struct ur_text){
			aor + name.user.len + 1, (int)strlen(cases[_i].domain)};
	callee = ur_callee_find(&directory, &name);
	ck_assert_str_eq(print(&callee), cases[_i].callee);
}
END_TEST

/* By the Contact of a phone, whose owner is known: only the caller's account's. */
static const struct
{
	const char *aor;
	uint32_t account;
	const char *callee;
} devices[] = {
		{"desk@acme.example", ACME, "device 0"},
		{"desk@acme.example", ZOO, "the domain is not in sip_domain"},
		{"off@acme.example", ACME, "the domain is not in sip_domain"},
		{"gone@acme.example", ACME, "the domain is not in sip_domain"},
		{"nobody@acme.example", ACME, "the domain is not in sip_domain"},
};

START_TEST(test_find_device)
{
	const struct ur_text aor = {devices[_i].aor, (int)strlen(devices[_i].aor)};
	struct ur_callee callee;

	make_world();
	callee = ur_callee_find_device(&directory, devices[_i].account, aor);
	ck_assert_str_eq(print(&callee), devices[_i].callee);
}
END_TEST

/* Whose extension 200 is there for whom. caller: a place in users, -1: a phone whose user is gone, -2: a
 * trunk. */
static const struct
{
	int caller;
	const char *callee;
} callers[] = {
		{0, "extension"},
		{2, "the extension belongs to another account than the caller"},
		{-1, "the extension belongs to another account than the caller"},
		{-2, "extension"},
};

START_TEST(test_keep_extension)
{
	struct ur_callee callee = {
			.kind = UR_CALLEE_EXTENSION, .extension = &extensions[0]};
	struct ur_caller caller = {.aor = UR_TEXT("")};

	make_world();
	references = 1;
	if(callers[_i].caller >= -1)
		caller.aor = UR_TEXT("phone@example");
	if(callers[_i].caller >= 0)
		caller.user = &users[callers[_i].caller].user;
	ur_callee_keep_extension(&directory, &callee, &caller);
	ck_assert_str_eq(print(&callee), callers[_i].callee);
}
END_TEST

/* A user is there for everybody. */
START_TEST(test_keep_user)
{
	struct ur_callee callee = {.kind = UR_CALLEE_USER};
	const struct ur_caller caller = {
			.aor = UR_TEXT("phone@example"), .user = &users[2].user};

	make_world();
	callee.user = &users[0].user;
	references = 1;
	ur_callee_keep_extension(&directory, &callee, &caller);
	ck_assert_str_eq(print(&callee), "user");
}
END_TEST

START_TEST(test_bad_uri)
{
	const struct ur_callee callee = {.kind = UR_CALLEE_BAD_URI};

	ck_assert_str_eq(ur_callee_why(&callee), "the Request-URI can't be parsed");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("callee");
	TCase *tcase = tcase_create("callee");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_find, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_find_device, 0, COUNT(devices));
	tcase_add_loop_test(tcase, test_keep_extension, 0, COUNT(callers));
	tcase_add_test(tcase, test_keep_user);
	tcase_add_test(tcase, test_bad_uri);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
