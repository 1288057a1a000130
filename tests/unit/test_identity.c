/*
 * Caller identity.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/identity.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct ur_text text(const char *s)
{
	return (struct ur_text){s, s == NULL ? 0 : (int)strlen(s)};
}

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
		/* neighbours of these */
		{"1001", "\xd8\x9d\xd9\x9c", "\"\xd8\x9d\xd9\x9c\"",
				"sip:1001@acme.example"},
		{"1001", "\xe2\x80\x90\xe2\x81\xaa\xe2\x82\xa6",
				"\"\xe2\x80\x90\xe2\x81\xaa\xe2\x82\xa6\"",
				"sip:1001@acme.example"},
		{"1001", "\xe3\x80\x8e\xe3\x81\xa6\xc3\x85",
				"\"\xe3\x80\x8e\xe3\x81\xa6\xc3\x85\"",
				"sip:1001@acme.example"},
		{"1001", "\xef\xbb\xbe\xef\xbc\xbf\xee\xbb\xbf",
				"\"\xef\xbb\xbe\xef\xbc\xbf\xee\xbb\xbf\"",
				"sip:1001@acme.example"},
		{"1001", "A\x1f\x7f B", "\"A B\"", "sip:1001@acme.example"},
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

/* The number stands behind the name, and does not belong to it. */
START_TEST(test_caller)
{
	struct ur_user *user =
			make_user(callers[_i].username, callers[_i].name, "4930100", "");
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
	/* an even number, with the two around it: it is full */
	ck_assert_int_eq(identity.display_len, UR_IDENTITY_DISPLAY_MAX);
	ck_assert_int_eq(identity.uri_len, strlen("sip:1@x"));
	ck_assert_mem_eq(identity.uri, "sip:1@x", identity.uri_len);
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
	size_t used = sizeof(*account) + 4 * sizeof(account->texts[0]);
	struct ur_identity identity;

	account->domain_count = 1;
	account->number_count = 2;
	account->texts[0] = add(account, &used, "4930999");
	account->texts[1] = add(account, &used, "4930100");
	account->texts[2] = add(account, &used, "4930200");
	account->texts[3] = account->texts[0]; /* behind them */
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

/* The longest number that is shown has 63 digits. */
START_TEST(test_long_number)
{
	static const char digits[] =
			"123456789012345678901234567890123456789012345678901234567890"
			"1234";
	struct ur_account *account = calloc(1, 1024);
	size_t used = sizeof(*account) + 2 * sizeof(account->texts[0]);
	struct ur_identity identity;

	account->number_count = 1;
	account->texts[0] = add(account, &used, digits);
	account->texts[0].len--;
	account->default_cid_number = account->texts[0];
	ur_identity_of_number(account, NULL, UR_TEXT("x"), &identity);
	ck_assert(!identity.anonymous);
	ck_assert_int_eq(identity.uri_len, strlen("sip:+@x") + 63);
	ck_assert_mem_eq(identity.uri + 5, digits, 63);
	ur_identity_of_number(account, NULL, UR_TEXT(""), &identity);
	ck_assert(identity.anonymous); /* it would have no host */
	account->default_cid_number.len++;
	account->texts[0].len++;
	ur_identity_of_number(account, NULL, UR_TEXT("x"), &identity);
	ck_assert(identity.anonymous);
	free(account);
}
END_TEST

/* The address of a user that just fits, and one that does not: nobody is shown. */
START_TEST(test_long_address)
{
	char username[UR_IDENTITY_URI_MAX];
	struct ur_identity identity;
	struct ur_user *user;
	int len = UR_IDENTITY_URI_MAX - (int)strlen("sip:@x");

	memset(username, 'a', sizeof(username));
	username[len] = '\0';
	user = make_user(username, "", "", "");
	ur_identity_of_user(user, UR_TEXT("x"), &identity);
	ck_assert_int_eq(identity.uri_len, UR_IDENTITY_URI_MAX);
	ck_assert_int_eq(
			ur_identity_address(user, UR_TEXT("x"),
					ur_test_edge(UR_IDENTITY_URI_MAX), UR_IDENTITY_URI_MAX),
			UR_IDENTITY_URI_MAX);
	ur_identity_of_user(user, UR_TEXT("xy"), &identity);
	ck_assert(identity.anonymous);
	ck_assert_int_eq(
			ur_identity_address(user, UR_TEXT("xy"),
					ur_test_edge(UR_IDENTITY_URI_MAX), UR_IDENTITY_URI_MAX),
			-1);
	free(user);
}
END_TEST

/* Without a domain nobody has an address. */
START_TEST(test_empty_domain)
{
	struct ur_user *user = make_user("1001", "Alice", "", "");
	struct ur_identity identity;

	ur_identity_of_user(user, UR_TEXT(""), &identity);
	check_identity(
			&identity, "\"Anonymous\"", "sip:anonymous@anonymous.invalid");
	ck_assert(identity.anonymous);
	free(user);
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
		{{"acme.example", NULL}, "evil.test", "acme.example"},
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

/* ---- a group's prefix */

static const struct
{
	const char *display, *uri, *shown;
} prefixed[] = {
		{"\"Alice\"", "sip:1@x", "\"S: Alice\""},
		{"\"A \\\"B\\\\\"", "sip:1@x", "\"S: A \\\"B\\\\\""},
		/* as trunks write it */
		{"Alice Jones  ", "sip:1@x", "\"S: Alice Jones\""},
		{"\"", "sip:1@x", "\"S: \\\"\""},
		/* nobody's name: the number */
		{"", "sip:+4930@x", "\"S: +4930\""},
		{"", "sip:+4930;cpc=ordinary:secret@x", "\"S: +4930\""},
		{"", "tel:+4930;phone-context=x", "\"S: +4930\""},
		{"", "sip:x.example", "\"S: \""},
		{"", "sip:x.example:5060", "\"S: \""},
		{"", "nothing", "\"S: \""},
};

START_TEST(test_prefix)
{
	struct ur_identity identity;

	identity.display_len = (int)strlen(prefixed[_i].display);
	memcpy(identity.display, prefixed[_i].display, identity.display_len);
	identity.uri_len = (int)strlen(prefixed[_i].uri);
	memcpy(identity.uri, prefixed[_i].uri, identity.uri_len);
	ur_identity_prefix(&identity, UR_TEXT("S: "));
	ck_assert(ur_text_equal(
			(struct ur_text){identity.display, identity.display_len},
			text(prefixed[_i].shown)));
}
END_TEST

/* A long name is cut, never the quote behind it. */
START_TEST(test_long_prefix)
{
	struct ur_identity identity = {.uri_len = 0};
	char prefix[UR_IDENTITY_DISPLAY_MAX];

	identity.display_len = UR_IDENTITY_DISPLAY_MAX;
	memset(identity.display, '"', UR_IDENTITY_DISPLAY_MAX);
	memset(prefix, '\\', sizeof(prefix));
	ur_identity_prefix(&identity, (struct ur_text){prefix, 256});
	ck_assert_int_le(identity.display_len, UR_IDENTITY_DISPLAY_MAX);
	ck_assert_int_gt(identity.display_len, UR_IDENTITY_DISPLAY_MAX - 4);
	ck_assert_int_eq(identity.display[identity.display_len - 1], '"');
	ck_assert_int_eq(identity.display_len % 2, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity");
	TCase *tcase = tcase_create("identity");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_caller, 0, COUNT(callers));
	tcase_add_loop_test(tcase, test_no_domain, 0, COUNT(no_domains));
	tcase_add_test(tcase, test_long_name);
	tcase_add_loop_test(tcase, test_long_utf8_name, 0, COUNT(characters));
	tcase_add_loop_test(tcase, test_number, 0, COUNT(numbers));
	tcase_add_test(tcase, test_long_number);
	tcase_add_test(tcase, test_long_address);
	tcase_add_test(tcase, test_empty_domain);
	tcase_add_loop_test(tcase, test_home, 0, COUNT(homes));
	tcase_add_loop_test(tcase, test_prefix, 0, COUNT(prefixed));
	tcase_add_test(tcase, test_long_prefix);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
