/*
 * Finding the callee: one line a case.
 *
 * acme.example has the users 100 and 101 (disabled), the extensions 200 and 201 (disabled), the
 * devices desk@acme.example (of 100), off@acme.example (disabled, of 100), gone@acme.example (of 101)
 * and theirs@acme.example (of zoo.example's user); closed.example is suspended. +4930100 is a did of
 * acme.example's account, +4930101 a disabled one; +4930102 is one of the suspended account, +4930103
 * one of zoo.example's. In acme.example's account numbers are dialled as in Berlin.
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

/* With room for the texts of a dial plan. */
static union
{
	struct ur_account account;
	char block[sizeof(struct ur_account) + 8];
} accounts[3];
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

static const struct ur_extension dids[] = {
		{.account = ACME, .active = 1, .is_did = 1},
		{.account = ACME, .active = 0, .is_did = 1},
		{.account = CLOSED, .active = 1, .is_did = 1},
		{.account = ZOO, .active = 1, .is_did = 1},
		{.account = 4, .active = 1, .is_did = 1}, /* which is gone */
};

static void make_accounts(void)
{
	const uint16_t at = sizeof(struct ur_account);

	memset(accounts, 0, sizeof(accounts));
	accounts[0].account.number = ACME;
	accounts[1].account.number = CLOSED;
	accounts[2].account.number = ZOO;
	accounts[0].account.active = accounts[2].account.active = 1;
	memcpy(accounts[0].block + at, "4930000", 7);
	accounts[0].account.country_code = (struct ur_slice){at, 2};
	accounts[0].account.area_code = (struct ur_slice){at + 2, 2};
	accounts[0].account.international_prefix = (struct ur_slice){at + 4, 2};
	accounts[0].account.national_prefix = (struct ur_slice){at + 6, 1};
}

static void make_world(void)
{
	int i;

	make_accounts();
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
		return &accounts[i].account;
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
	const int i = is(digits, "200") || is(digits, "100")
								  || is(digits, "+4930107") || is(digits, "222")
						  ? 0
				  : is(digits, "201") ? 1
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

static const struct ur_extension *did_by_number(
		void *context, struct ur_text e164)
{
	const int i = e164.len == 7 && memcmp(e164.s, "493010", 6) == 0
						  ? e164.s[6] - '0'
						  : -1;

	(void)context;
	if(i < 0 || i >= COUNT(dids))
		return NULL;
	references++;
	return &dids[i];
}

static const struct ur_account *account_by_number(
		void *context, uint32_t number)
{
	(void)context;
	if(number < ACME || number > ZOO)
		return NULL;
	references++;
	return &accounts[number - ACME].account;
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
		.did_by_number = did_by_number,
		.account_by_number = account_by_number,
		.put_account = put_account,
		.put_user = put_user,
		.put_extension = put_extension,
};

/* ---- the cases */

/* "user", "extension", "did", "device 0"; else why not, and the number that was dialled. One reference
 * is held, or none. */
static const char *print(const struct ur_callee *callee)
{
	static char text[100];
	const bool is_user = callee->kind == UR_CALLEE_USER;
	const bool is_device = callee->kind == UR_CALLEE_DEVICE;
	const bool is_extension = callee->kind == UR_CALLEE_EXTENSION;

	ck_assert_int_eq(callee->user != NULL, is_user || is_device);
	ck_assert_int_eq(callee->extension != NULL, is_extension);
	ck_assert_int_eq(references, is_user || is_device || is_extension);
	if(is_user)
		return "user";
	if(is_extension)
		return callee->extension->is_did ? "did" : "extension";
	if(is_device)
		snprintf(text, sizeof(text), "device %d", callee->device);
	else
		snprintf(text, sizeof(text), "%s%s%.*s", ur_callee_why(callee),
				callee->number.len > 0 ? ": " : "", (int)callee->number.len,
				callee->number.text);
	return text;
}

#define NOBODY "there is no such user, extension, device or did"
#define SOS "it is an emergency number"
#define HIDDEN "the extension belongs to another account than the caller"

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
		{"x102", "acme.example", NOBODY},
		{"", "acme.example", NOBODY},
		{"100", "zoo.example", NOBODY},
		/* numbers */
		{"107", "acme.example", NOBODY ": +4930107"},
		{"100", "acme.example", "user"},
		{"+4930100", "acme.example", "did"},
		{"004930100", "acme.example", "did"},
		{"030-100", "acme.example", "did"},
		{"(030) 101", "acme.example", "the number is disabled"},
		{"030102", "acme.example", "the number's account is suspended"},
		{"030103", "acme.example", "did"},
		{"030104", "acme.example", "the number's account is suspended"},
		{"030105", "acme.example", NOBODY ": +4930105"},
		{"+4930100", "zoo.example", "did"},
		{"030100", "zoo.example", NOBODY},
		{"4930100", "zoo.example", NOBODY},
		{"+4930100", "closed.example", "the account is suspended"},
		{"+4930100", "elsewhere.example", "the domain is not in sip_domain"},
		{"100", "closed.example", "the account is suspended"},
		{"100", "elsewhere.example", "the domain is not in sip_domain"},
		/* emergency numbers, whatever the domain, and before an extension */
		{"112", "acme.example", SOS ": 112"},
		{"1-1-2", "elsewhere.example", SOS ": 112"},
		{"112", "closed.example", SOS ": 112"},
		{"222", "acme.example", SOS ": 222"},
		{"0112", "elsewhere.example", "the domain is not in sip_domain"},
};

static struct ur_callee found; /* last */

static const char *find(
		const char *user, const char *domain, const struct ur_caller *caller)
{
	char aor[100];
	static struct ur_emergency emergency;
	struct ur_callee_name name = {.caller = caller, .emergency = &emergency};
	struct ur_callee callee;
	const char *bad;

	make_world();
	ck_assert_int_eq(ur_emergency_parse(&emergency, "112,222", &bad), 0);
	snprintf(aor, sizeof(aor), "%s@%s", user, domain);
	name.aor = (struct ur_text){aor, (int)strlen(aor)};
	name.user = (struct ur_text){aor, (int)strlen(user)};
	name.domain =
			(struct ur_text){aor + name.user.len + 1, (int)strlen(domain)};
	found = callee = ur_callee_find(&directory, &name);
	return print(&callee);
}

/* A user of acme.example calls. */
START_TEST(test_find)
{
	const struct ur_caller caller = {
			.aor = UR_TEXT("phone@acme.example"), .user = &users[0].user};

	ck_assert_str_eq(
			find(cases[_i].user, cases[_i].domain, &caller), cases[_i].callee);
}
END_TEST

/* A trunk: dids first, whatever the domain. */
static const struct
{
	const char *user, *domain, *callee;
} by_trunk[] = {
		{"+4930100", "192.0.2.1", "did"},
		{"4930100", "192.0.2.1", "did"},
		{"4930103", "acme.example", "did"},
		{"4930101", "192.0.2.1", "the number is disabled"},
		{"4930102", "acme.example", "the number's account is suspended"},
		{"4930100", "closed.example", "did"},
		{"030100", "acme.example", "did"},
		{"030100", "192.0.2.1", "the domain is not in sip_domain"},
		{"4930105", "192.0.2.1", "the domain is not in sip_domain"},
		{"4930105", "acme.example", NOBODY},
		{"+4930105", "acme.example", NOBODY ": +4930105"},
		{"100", "acme.example", "user"},
		{"200", "acme.example", "extension"},
		{"desk", "acme.example", "device 0"},
		{"alice", "192.0.2.1", "the domain is not in sip_domain"},
		{"112", "192.0.2.1", "the domain is not in sip_domain"},
		{"112", "acme.example", NOBODY},
		{"222", "acme.example", "extension"},
};

START_TEST(test_find_by_trunk)
{
	const struct ur_caller trunk = {.aor = UR_TEXT("")};

	ck_assert_str_eq(find(by_trunk[_i].user, by_trunk[_i].domain, &trunk),
			by_trunk[_i].callee);
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

/* What is there for whom. caller: a place in users, -1: a phone whose user is gone, -2: a trunk. */
static const struct
{
	const char *user;
	int caller;
	const char *callee;
} callers[] = {
		{"200", 0, "extension"},
		{"200", 2, "device 0"},
		{"200", -1, "device 0"},
		{"200", -2, "extension"},
		{"201", 2, HIDDEN},
		{"100", 2, "user"},
		/* behind a hidden extension the search goes on */
		{"+4930100", 2, "did"},
		{"+4930107", 2, HIDDEN ": +4930107"},
		/* the dial plan of another account makes no number that the caller pays for */
		{"105", 0, NOBODY ": +4930105"},
		{"105", 2, NOBODY},
		{"105", -1, NOBODY},
		{"105", -2, NOBODY},
		{"0105", 2, NOBODY},
		{"+4930106", 2, NOBODY ": +4930106"},
		{"030100", 2, "did"},
		{"112", 2, SOS ": 112"},
		{"112", -1, NOBODY},
};

START_TEST(test_callers)
{
	struct ur_caller caller = {.aor = UR_TEXT("")};

	if(callers[_i].caller >= -1)
		caller.aor = UR_TEXT("phone@example");
	if(callers[_i].caller >= 0)
		caller.user = &users[callers[_i].caller].user;
	ck_assert_str_eq(find(callers[_i].user, "acme.example", &caller),
			callers[_i].callee);
}
END_TEST

/* At another account's domain only a number may leave. */
START_TEST(test_may_leave)
{
	struct ur_callee callee = {
			.kind = UR_CALLEE_UNKNOWN, .why = UR_CALLEE_NO_SUCH};

	ck_assert(ur_callee_may_leave(&callee));
	callee.is_elsewhere = true;
	ck_assert(!ur_callee_may_leave(&callee));
	callee.number.len = 5;
	ck_assert(ur_callee_may_leave(&callee));
	callee.why = UR_CALLEE_DID_DISABLED;
	ck_assert(!ur_callee_may_leave(&callee));
}
END_TEST

static const struct
{
	const char *domain;
	int caller; /* as in callers */
	bool is_elsewhere;
} elsewhere[] = {
		{"acme.example", 0, false},
		{"zoo.example", 0, true},
		{"acme.example", 2, true},
		{"acme.example", -1, false},
		{"acme.example", -2, false},
		{"closed.example", 0, true},
};

START_TEST(test_elsewhere)
{
	struct ur_caller caller = {.aor = UR_TEXT("")};

	if(elsewhere[_i].caller >= 0)
		caller.user = &users[elsewhere[_i].caller].user;
	find("0900", elsewhere[_i].domain, &caller);
	ck_assert_int_eq(found.is_elsewhere, elsewhere[_i].is_elsewhere);
	/* also if somebody has the name, who is disabled */
	find("101", elsewhere[_i].domain, &caller);
	ck_assert_int_eq(found.is_elsewhere, elsewhere[_i].is_elsewhere);
	find("off", elsewhere[_i].domain, &caller);
	ck_assert_int_eq(found.is_elsewhere, elsewhere[_i].is_elsewhere);
}
END_TEST

START_TEST(test_emergency)
{
	struct ur_callee callee = {.kind = UR_CALLEE_UNKNOWN};

	for(callee.why = UR_CALLEE_NO_SUCH; callee.why <= UR_CALLEE_EMERGENCY;
			callee.why++)
		ck_assert_int_eq(ur_callee_is_emergency(&callee),
				callee.why == UR_CALLEE_EMERGENCY);
	callee = (struct ur_callee){
			.kind = UR_CALLEE_FOREIGN, .why = UR_CALLEE_EMERGENCY};
	ck_assert(!ur_callee_is_emergency(&callee));
}
END_TEST

/* A call to it must not leave. */
START_TEST(test_our_number)
{
	const struct ur_callee callees[] = {
			{.kind = UR_CALLEE_EXTENSION, .extension = &dids[0]},
			{.kind = UR_CALLEE_UNKNOWN, .why = UR_CALLEE_DID_DISABLED},
			{.kind = UR_CALLEE_UNKNOWN, .why = UR_CALLEE_DID_SUSPENDED},
			{.kind = UR_CALLEE_EXTENSION, .extension = &extensions[0]},
			{.kind = UR_CALLEE_UNKNOWN, .why = UR_CALLEE_USER_DISABLED},
			{.kind = UR_CALLEE_FOREIGN, .why = UR_CALLEE_DID_DISABLED},
	};
	int i;

	for(i = 0; i < COUNT(callees); i++)
		ck_assert_int_eq(ur_callee_is_our_number(&callees[i]), i < 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("callee");
	TCase *tcase = tcase_create("callee");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_find, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_find_by_trunk, 0, COUNT(by_trunk));
	tcase_add_loop_test(tcase, test_find_device, 0, COUNT(devices));
	tcase_add_loop_test(tcase, test_callers, 0, COUNT(callers));
	tcase_add_test(tcase, test_emergency);
	tcase_add_test(tcase, test_may_leave);
	tcase_add_loop_test(tcase, test_elsewhere, 0, COUNT(elsewhere));
	tcase_add_test(tcase, test_our_number);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
