/*
 * Who a digest username names, and why that device may not authenticate: one line a case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/authentication.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum
{
	ACME = 1,	/* acme.example, with the user 100 */
	CLOSED = 2, /* closed.example; suspended */
	GONE = 3,	/* of a user, but there is no such account */
};

static int references;

/* ---- a world: one device, desk@REALM, whose row and user each case makes */

static struct ur_account accounts[] = {
		{.number = ACME, .active = 1}, {.number = CLOSED, .active = 0}};

static union
{
	struct ur_user user;
	char block[sizeof(struct ur_user) + 5 * sizeof(struct ur_device) + 64];
} room;

static bool is(struct ur_text text, const char *s)
{
	return ur_text_equal(text, (struct ur_text){s, (int)strlen(s)});
}

static const struct ur_account *account_by_number(
		void *context, uint32_t number)
{
	(void)context;
	if(number != ACME && number != CLOSED)
		return NULL;
	references++;
	return &accounts[number - ACME];
}

static const struct ur_account *account_by_domain(
		void *context, struct ur_text domain)
{
	return account_by_number(context, is(domain, "acme.example")	 ? ACME
									  : is(domain, "closed.example") ? CLOSED
																	 : 0);
}

static const struct ur_user *user_by_name(
		void *context, uint32_t account, struct ur_text name)
{
	(void)context;
	if(account != ACME || !is(name, "100"))
		return NULL;
	references++;
	return &room.user;
}

static const struct ur_user *user_by_device(
		void *context, struct ur_text aor, int *device)
{
	(void)context;
	if(aor.len < 5 || memcmp(aor.s, "desk@", 5) != 0)
		return NULL;
	references++;
	*device = 1;
	return &room.user;
}

static void put_account(const struct ur_account *account)
{
	references -= account != NULL;
}

static const struct ur_callee_directory directory = {
		.account_by_domain = account_by_domain,
		.account_by_number = account_by_number,
		.user_by_name = user_by_name,
		.user_by_device = user_by_device,
		.put_account = put_account,
};

/* ---- the cases */

enum
{
	ALL = UR_DEVICE_ACTIVE | UR_DEVICE_HA1,
};

static const struct
{
	const char *name, *realm;
	uint32_t account; /* of the device's user */
	int active;		  /* the user */
	int flags;		  /* the device */
	enum ur_authentication_why why;
} cases[] = {
		{"desk", "acme.example", ACME, 1, ALL, UR_AUTHENTICATION_OK},
		{"desk", "anything", ACME, 1, ALL, UR_AUTHENTICATION_OK},
		{"desk", "acme.example", ACME, 1, UR_DEVICE_HA1,
				UR_AUTHENTICATION_DISABLED},
		{"desk", "acme.example", ACME, 1, UR_DEVICE_ACTIVE,
				UR_AUTHENTICATION_NO_PASSWORD},
		{"desk", "acme.example", ACME, 0, ALL, UR_AUTHENTICATION_USER_DISABLED},
		{"desk", "closed.example", ACME, 1, ALL,
				UR_AUTHENTICATION_OTHERS_REALM},
		{"desk", "closed.example", CLOSED, 1, ALL, UR_AUTHENTICATION_SUSPENDED},
		{"desk", "anything", CLOSED, 1, ALL, UR_AUTHENTICATION_SUSPENDED},
		{"desk", "anything", GONE, 1, ALL, UR_AUTHENTICATION_SUSPENDED},
		/* of several reasons SUSPENDED is the last: an emergency call passes it */
		{"desk", "acme.example", CLOSED, 1, ALL,
				UR_AUTHENTICATION_OTHERS_REALM},
		{"desk", "closed.example", CLOSED, 0, ALL,
				UR_AUTHENTICATION_USER_DISABLED},
		{"desk", "closed.example", CLOSED, 1, UR_DEVICE_HA1,
				UR_AUTHENTICATION_DISABLED},
		{"desk", "closed.example", CLOSED, 1, UR_DEVICE_ACTIVE,
				UR_AUTHENTICATION_NO_PASSWORD},
		{"100", "acme.example", ACME, 1, ALL, UR_AUTHENTICATION_IS_USER},
		{"101", "acme.example", ACME, 1, ALL, UR_AUTHENTICATION_NO_DEVICE},
		{"100", "closed.example", ACME, 1, ALL, UR_AUTHENTICATION_NO_DEVICE},
		{"100", "nowhere.example", ACME, 1, ALL, UR_AUTHENTICATION_NO_DOMAIN},
};

START_TEST(test_find)
{
	char aor[64];
	const struct ur_text name = {cases[_i].name, (int)strlen(cases[_i].name)};
	const struct ur_text realm = {
			cases[_i].realm, (int)strlen(cases[_i].realm)};
	struct ur_authentication found;
	bool is_somebody;

	memset(&room, 0, sizeof(room));
	room.user.account = cases[_i].account;
	room.user.active = cases[_i].active;
	room.user.devices[1].flags = cases[_i].flags;
	references = 0;
	strcpy(aor, cases[_i].name);
	strcat(strcat(aor, "@"), cases[_i].realm);
	found = ur_authentication_find(
			&directory, name, realm, (struct ur_text){aor, (int)strlen(aor)});
	ck_assert_int_eq(found.why, cases[_i].why);
	is_somebody = found.why != UR_AUTHENTICATION_NO_DEVICE
				  && found.why != UR_AUTHENTICATION_NO_DOMAIN;
	ck_assert_int_eq(found.user != NULL, is_somebody);
	ck_assert_int_eq(references, is_somebody);
	if(is_somebody && found.why != UR_AUTHENTICATION_IS_USER)
		ck_assert_int_eq(found.device, 1);
	ck_assert_int_gt(strlen(ur_authentication_why(found.why)), 10);
}
END_TEST

static const struct
{
	int count;
	const char *text;
} devices[] = {
		{0, "none"},
		{1, "a@x"},
		{2, "a@x, b@x"},
		{3, "a@x, b@x, c@x"},
		{4, "a@x, b@x, c@x and 1 more"},
		{5, "a@x, b@x, c@x and 2 more"},
};

START_TEST(test_devices)
{
	const uint16_t at = sizeof(struct ur_user) + 5 * sizeof(struct ur_device);
	const int len = (int)strlen(devices[_i].text);
	char text[64];
	struct ur_output out = {text, 0, sizeof(text)};
	int i;

	memset(&room, 0, sizeof(room));
	memcpy(room.block + at, "a@xb@xc@xd@xe@x", 15);
	room.user.device_count = devices[_i].count;
	for(i = 0; i < devices[_i].count; i++)
		room.user.devices[i].aor = (struct ur_slice){at + 3 * i, 3};
	ur_authentication_put_devices(&out, &room.user);
	ck_assert(ur_text_equal((struct ur_text){text, out.len},
			(struct ur_text){devices[_i].text, len}));
	out = (struct ur_output){text, 0, len - 1};
	ur_authentication_put_devices(&out, &room.user);
	ck_assert_int_eq(out.len, -1);
}
END_TEST

/* External phones are not among them. */
START_TEST(test_external)
{
	const uint16_t at = sizeof(struct ur_user) + 5 * sizeof(struct ur_device);
	char text[64];
	struct ur_output out = {text, 0, sizeof(text)};
	int i;

	memset(&room, 0, sizeof(room));
	memcpy(room.block + at, "4917a@xb@x", 10);
	room.user.device_count = 5;
	for(i = 0; i < 5; i += 2)
		room.user.devices[i].number = (struct ur_slice){at, 4};
	room.user.devices[1].aor = (struct ur_slice){at + 4, 3};
	room.user.devices[3].aor = (struct ur_slice){at + 7, 3};
	ur_authentication_put_devices(&out, &room.user);
	ck_assert(is((struct ur_text){text, out.len}, "a@x, b@x"));
	room.user.device_count = 1;
	out = (struct ur_output){text, 0, sizeof(text)};
	ur_authentication_put_devices(&out, &room.user);
	ck_assert(is((struct ur_text){text, out.len}, "none"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("authentication");
	TCase *tcase = tcase_create("authentication");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_find, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_devices, 0, COUNT(devices));
	tcase_add_test(tcase, test_external);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
