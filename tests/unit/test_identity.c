/*
 * Target URIs and caller identity.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/identity.h"
#include "policy/target.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct ur_text text(const char *s)
{
	return (struct ur_text){s, s == NULL ? 0 : (int)strlen(s)};
}

static const struct
{
	const char *id, *address, *uri_template, *uri; /* NULL: there is none */
} targets[] = {
		/* an address that is a URI is used as it is, whatever the template says */
		{"q", "sip:support@10.0.0.9:5070;transport=tcp?X-A=b", "sip:{id}@x",
				"sip:support@10.0.0.9:5070;transport=tcp?X-A=b"},
		{"q", "SIPS:a@b", NULL, "SIPS:a@b"},
		/* else the template */
		{"1001", NULL, "sip:{id}@vm.example", "sip:1001@vm.example"},
		{"f", "49301234567", "sip:+{address}@gw;user=phone",
				"sip:+49301234567@gw;user=phone"},
		{"a", "4930", "sip:{id}-{address}-{id}@gw", "sip:a-4930-a@gw"},
		{"x", "4930", "sip:fixed@gw", "sip:fixed@gw"},
		/* what is filled in can't change the rest of the URI */
		{"a@evil;x=y?h=v", NULL, "sip:{id}@vm", "sip:a%40evil%3Bx=y%3Fh=v@vm"},
		{"<\"\r\n>%", NULL, "sip:{id}@vm", "sip:%3C%22%0D%0A%3E%25@vm"},
		{"\xc3\xa9", NULL, "sip:{id}@vm", "sip:%C3%A9@vm"},
		{"{address}", "4930", "sip:{id}@vm", "sip:%7Baddress%7D@vm"},
		{"{account}", NULL, "sip:{id}@vm", "sip:%7Baccount%7D@vm"},
		/* no URI */
		{"1", NULL, NULL, NULL},
		{"1", "4930", NULL, NULL},
		{"1", NULL, "sip:{address}@gw", NULL},
		{"", NULL, "sip:{id}@gw", NULL},
		{"1", NULL, "http://{id}", NULL},
		{"1", "sip:", NULL, NULL},
		/* none that may stand in a header, as a foreign schema may have them */
		{"1", "sip:a@vm\r\nX-Evil: 1", "sip:{id}@vm", NULL},
		{"1", "sip:a@vm>;evil", NULL, NULL},
		{"1", "sip:a@vm <b>", NULL, NULL},
		{"1", NULL, "sip:{id}@vm\nX-Evil: 1", NULL},
		{"1", NULL, "sip:\"{id}\"@vm", NULL},
		{"1", NULL, "sip:{id}@vm\x7f", NULL},
		{"a-name-that-does-not-fit-into-the-buffer-of-the-test-0123456789-"
		 "0123456789",
				NULL, "sip:{id}@vm", NULL},
};

START_TEST(test_target)
{
	char uri[64];
	const struct ur_target_form form = {UR_TEXT("acc_1"), text(targets[_i].id),
			text(targets[_i].address), text(targets[_i].uri_template)};
	int len = ur_target_uri(&form, uri, sizeof(uri));

	if(targets[_i].uri == NULL) {
		ck_assert_int_eq(len, -1);
		return;
	}
	ck_assert_int_eq(len, strlen(targets[_i].uri));
	ck_assert_int_eq(memcmp(uri, targets[_i].uri, len), 0);
}
END_TEST

/* One account's ids and another's never make the same URI. */
static const struct
{
	const char *account, *id, *uri_template, *uri; /* NULL: there is none */
} accounts[] = {
		{"acc_1", "1", "sip:{account}~{id}@vm", "sip:acc_1~1@vm"},
		{"a", "b~1", "sip:{account}~{id}@vm", "sip:a~b~1@vm"},
		{"a~b", "1", "sip:{account}~{id}@vm", "sip:a%7Eb~1@vm"},
		{"a:b.c-d_e", "1", "sip:{account}~{id}@vm", "sip:a%3Ab.c-d_e~1@vm"},
		{"a@evil/", "1", "sip:{id}@{account}.vm", "sip:1@a%40evil%2F.vm"},
		{"a", "{account}", "sip:{id}@vm", "sip:%7Baccount%7D@vm"},
		{"", "1", "sip:{account}~{id}@vm", NULL},
};

START_TEST(test_account)
{
	const struct ur_target_form form = {text(accounts[_i].account),
			text(accounts[_i].id), UR_TEXT(""),
			text(accounts[_i].uri_template)};
	char uri[64];
	int len = ur_target_uri(&form, uri, sizeof(uri) - 1);

	if(accounts[_i].uri == NULL) {
		ck_assert_int_eq(len, -1);
		return;
	}
	ck_assert_int_gt(len, 0);
	uri[len] = '\0';
	ck_assert_str_eq(uri, accounts[_i].uri);
}
END_TEST

/* Whose word it is where a call goes. */
static const struct
{
	const char *address, *uri_template;
	bool names_host;
} hosts[] = {
		{NULL, "sip:{account}~{id}@vm.example", false},
		{"4930", "sip:+{address}@gw;user=phone", false},
		{NULL, "sip:{id}@{account}.vm.example", false},
		{"sip:x@gw", "sip:{id}@vm.example", true},
		{"SIPS:x@gw", NULL, true},
		{NULL, "sip:{id}", true},
		{NULL, "sip:box@{id}", true},
		{NULL, "sip:box@vm;maddr={id}", true},
		{"4930", "sip:box@{address}.gw", true},
};

START_TEST(test_names_host)
{
	const struct ur_target_form form = {UR_TEXT("acc_1"), UR_TEXT("1"),
			text(hosts[_i].address), text(hosts[_i].uri_template)};

	ck_assert_int_eq(ur_target_names_host(&form), hosts[_i].names_host);
}
END_TEST

static const struct
{
	const char *uri, *called, *result;
} causes[] = {
		{"sip:1@vm", "sip:1001@acme.example",
				"sip:1@vm;target=sip:1001%40acme.example;cause=486"},
		{"sip:1@vm?A=b", "sip:1001@x",
				"sip:1@vm;target=sip:1001%40x;cause=486?A=b"},
		{"sip:1@vm;p", "sip:a;b@x",
				"sip:1@vm;p;target=sip:a%3Bb%40x;cause=486"},
		/* a user part with a ? of its own (RFC 3261, user-unreserved) */
		{"sip:1?2@vm?A=b", "sip:1001@x",
				"sip:1?2@vm;target=sip:1001%40x;cause=486?A=b"},
		{"sip:vm?A=b", "sip:1001@x",
				"sip:vm;target=sip:1001%40x;cause=486?A=b"},
};

START_TEST(test_cause)
{
	char uri[100];
	int len = strlen(causes[_i].uri);
	int size;

	strcpy(uri, causes[_i].uri);
	len = ur_target_add_cause(
			uri, len, sizeof(uri), text(causes[_i].called), 486);
	ck_assert_int_eq(len, strlen(causes[_i].result));
	ck_assert_int_eq(memcmp(uri, causes[_i].result, len), 0);
	for(size = strlen(causes[_i].uri); size < len; size++) {
		strcpy(uri, causes[_i].uri);
		ck_assert_int_eq(ur_target_add_cause(uri, strlen(causes[_i].uri), size,
								 text(causes[_i].called), 486),
				-1);
	}
}
END_TEST

/* ---- identities */

static struct ur_slice add(void *base, size_t *used, const char *s)
{
	struct ur_slice slice = {*used, strlen(s)};

	memcpy((char *)base + *used, s, slice.len);
	*used += slice.len;
	return slice;
}

static struct ur_user *make_user(const char *username, const char *name,
		const char *number, const char *number_name)
{
	struct ur_user *user = calloc(1, 2048);
	size_t used = sizeof(*user);

	user->username = add(user, &used, username);
	user->display_name = add(user, &used, name);
	user->out_cid_number = add(user, &used, number);
	user->out_cid_name = add(user, &used, number_name);
	return user;
}

static const struct
{
	const char *username, *name, *display, *uri;
} callers[] = {
		{"1001", "Alice", "\"Alice\"", "sip:1001@acme.example"},
		{"1001", "", "", "sip:1001@acme.example"},
		/* nothing that a display shows as another line, or in another order */
		{"1001",
				"a\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae"
				"b",
				"\"ab\"", "sip:1001@acme.example"},
		{"1001",
				"a\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9"
				"b",
				"\"ab\"", "sip:1001@acme.example"},
		{"1001",
				"\xe2\x80\x8e"
				"a\xe2\x80\x8f\xd8\x9c",
				"\"a\"", "sip:1001@acme.example"},
		{"1001",
				"a\xe2\x80\xa8"
				"b\xe2\x80\xa9\xc2\x85\xc2\x80\xc2\x9f\xef\xbb\xbf",
				"\"ab\"", "sip:1001@acme.example"},
		{"1001",
				"\xc2\xa0\xe2\x80\x8d\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xd8"
				"\x9b",
				"\"\xc2\xa0\xe2\x80\x8d\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xd8"
				"\x9b\"",
				"sip:1001@acme.example"},
		{"1001", "Al \"Ace\" \\o/", "\"Al \\\"Ace\\\" \\\\o/\"",
				"sip:1001@acme.example"},
		{"1001", "A\r\nX-Evil: 1", "\"AX-Evil: 1\"", "sip:1001@acme.example"},
		{"a+b;c?d", "\xc3\x89ve", "\"\xc3\x89ve\"",
				"sip:a+b%3Bc%3Fd@acme.example"},
};

static void check_identity(const struct ur_identity *identity,
		const char *display, const char *uri)
{
	ck_assert_int_eq(identity->display_len, strlen(display));
	ck_assert_int_eq(memcmp(identity->display, display, strlen(display)), 0);
	ck_assert_int_eq(identity->uri_len, strlen(uri));
	ck_assert_int_eq(memcmp(identity->uri, uri, strlen(uri)), 0);
}

START_TEST(test_caller)
{
	struct ur_user *user =
			make_user(callers[_i].username, callers[_i].name, "", "");
	struct ur_identity identity;

	ur_identity_of_user(user, UR_TEXT("acme.example"), &identity);
	check_identity(&identity, callers[_i].display, callers[_i].uri);
	ck_assert(!identity.anonymous);
	free(user);
}
END_TEST

static const char *const no_domains[] = {
		"x\r\nX-Evil: 1", "x>;evil", "x y", "x\"", "<x", "x\x7f"};

/* Nobody is shown rather than a header that is broken. */
START_TEST(test_no_domain)
{
	struct ur_user *user = make_user("1001", "Alice", "", "");
	struct ur_identity identity;

	ur_identity_of_user(user, text(no_domains[_i]), &identity);
	check_identity(
			&identity, "\"Anonymous\"", "sip:anonymous@anonymous.invalid");
	ck_assert(identity.anonymous);
	free(user);
}
END_TEST

/* A name that is longer than what fits is cut, and stays one quoted string. */
START_TEST(test_long_name)
{
	struct ur_identity identity;
	char name[700];
	struct ur_user *user;
	int i, quotes = 0;

	memset(name, '"', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	user = make_user("1", name, "", "");
	ur_identity_of_user(user, UR_TEXT("x"), &identity);
	ck_assert_int_le(identity.display_len, UR_IDENTITY_DISPLAY_MAX);
	for(i = 0; i < identity.display_len; i++) {
		if(identity.display[i] == '\\')
			i++;
		else
			quotes += identity.display[i] == '"';
	}
	ck_assert_int_eq(quotes, 2);
	ck_assert_int_eq(identity.display[identity.display_len - 1], '"');
	free(user);
}
END_TEST

/* Some ASCII, then characters of several bytes: none is cut in two, and as many are
 * there as fit. */
static const char *const characters[] = {
		"\xc3\xa9", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80"};

START_TEST(test_long_utf8_name)
{
	const int size = strlen(characters[_i]);
	struct ur_identity identity;
	struct ur_user *user;
	char name[600];
	int begin, whole;

	for(begin = 0; begin < 4; begin++) {
		memset(name, 'a', begin);
		name[begin] = '\0';
		while(strlen(name) < 500)
			strcat(name, characters[_i]);
		user = make_user("1", name, "", "");
		ur_identity_of_user(user, UR_TEXT("x"), &identity);
		whole = identity.display_len - 2 - begin;
		ck_assert_int_eq(whole % size, 0);
		ck_assert_int_eq(memcmp(identity.display + 1, name, begin + whole), 0);
		ck_assert_int_le(identity.display_len, UR_IDENTITY_DISPLAY_MAX);
		ck_assert_int_gt(
				identity.display_len, UR_IDENTITY_DISPLAY_MAX - size - 2);
		free(user);
	}
}
END_TEST

/* Verified for the account: 4930100 and 4930200. */
static const struct
{
	const char *number, *name, *common, *display,
			*uri; /* uri NULL: anonymous */
} numbers[] = {
		{"4930100", "Sales", "4930200", "\"Sales\"",
				"sip:+4930100@acme.example"},
		{"4930100", "", "4930200", "", "sip:+4930100@acme.example"},
		{"4930999", "Sales", "4930200", "", "sip:+4930200@acme.example"},
		{"", "Sales", "4930200", "", "sip:+4930200@acme.example"},
		{"4930999", "Sales", "4930999", NULL, NULL}, {"", "", "", NULL, NULL},
		{"", "", "4930999", NULL, NULL}, {"4930999", "", "", NULL, NULL},
		{"493010", "", "49302001", NULL, NULL}, /* not a prefix of one either */
};

START_TEST(test_number)
{
	struct ur_user *user =
			make_user("1001", "Alice", numbers[_i].number, numbers[_i].name);
	struct ur_account *account = calloc(1, 1024);
	size_t used = sizeof(*account) + 3 * sizeof(account->texts[0]);
	struct ur_identity identity;

	account->domain_count = 1;
	account->number_count = 2;
	account->texts[0] = add(account, &used, "4930999");
	account->texts[1] = add(account, &used, "4930100");
	account->texts[2] = add(account, &used, "4930200");
	account->default_cid_number = add(account, &used, numbers[_i].common);
	ur_identity_of_number(account, user, UR_TEXT("acme.example"), &identity);
	ck_assert_int_eq(identity.anonymous, numbers[_i].uri == NULL);
	if(numbers[_i].uri != NULL)
		check_identity(&identity, numbers[_i].display, numbers[_i].uri);
	else
		check_identity(
				&identity, "\"Anonymous\"", "sip:anonymous@anonymous.invalid");
	/* A trunk's call to an extension that leaves: the account's number or none. */
	ur_identity_of_number(account, NULL, UR_TEXT("acme.example"), &identity);
	ck_assert_int_eq(
			identity.anonymous, strcmp(numbers[_i].common, "4930200") != 0);
	free(user);
	free(account);
}
END_TEST

/* ---- where the caller is at home */

static const struct
{
	const char *domains[2], *realm, *domain;
} homes[] = {
		{{"acme.example", "acme.test"}, "acme.example", "acme.example"},
		{{"acme.example", "acme.test"}, "acme.test", "acme.test"},
		{{"acme.example", "acme.test"}, "evil.test", "acme.example"},
		{{"acme.example", "acme.test"}, "acme.exampl", "acme.example"},
		{{"acme.example", "acme.test"}, "4930100", "acme.example"},
		/* an account without a domain has no address */
		{{NULL, NULL}, "evil.test", ""},
		{{NULL, NULL}, "4930100", ""},
};

START_TEST(test_home)
{
	struct ur_account *account = calloc(1, 1024);
	size_t used = sizeof(*account) + 3 * sizeof(account->texts[0]);
	struct ur_text domain;
	int i;

	for(i = 0; i < 2 && homes[_i].domains[i] != NULL; i++)
		account->texts[account->domain_count++] =
				add(account, &used, homes[_i].domains[i]);
	account->number_count = 1;
	account->texts[account->domain_count] = add(account, &used, "4930100");
	domain = ur_identity_domain(account, text(homes[_i].realm));
	ck_assert(ur_text_equal(domain, text(homes[_i].domain)));
	free(account);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity");
	TCase *tcase = tcase_create("identity");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_target, 0, COUNT(targets));
	tcase_add_loop_test(tcase, test_account, 0, COUNT(accounts));
	tcase_add_loop_test(tcase, test_names_host, 0, COUNT(hosts));
	tcase_add_loop_test(tcase, test_cause, 0, COUNT(causes));
	tcase_add_loop_test(tcase, test_caller, 0, COUNT(callers));
	tcase_add_loop_test(tcase, test_no_domain, 0, COUNT(no_domains));
	tcase_add_test(tcase, test_long_name);
	tcase_add_loop_test(tcase, test_long_utf8_name, 0, COUNT(characters));
	tcase_add_loop_test(tcase, test_number, 0, COUNT(numbers));
	tcase_add_loop_test(tcase, test_home, 0, COUNT(homes));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
