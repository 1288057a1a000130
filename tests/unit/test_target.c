/*
 * URIs of targets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "policy/target.h"
#include "support/edge.h"

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
		{"q", "sip:a", NULL, "sip:a"},
		{"q", "sips:a", NULL, "sips:a"},
		/* else the template */
		{"1001", NULL, "sip:{id}@vm.example", "sip:1001@vm.example"},
		{"f", "49301234567", "sip:+{address}@gw;user=phone",
				"sip:+49301234567@gw;user=phone"},
		{"a", "4930", "sip:{id}-{address}-{id}@gw", "sip:a-4930-a@gw"},
		{"x", "4930", "sip:fixed@gw", "sip:fixed@gw"},
		{"1", NULL, "sips:{id}", "sips:1"},
		/* no placeholders */
		{"1", NULL, "sip:{id@vm", "sip:{id@vm"},
		{"1", NULL, "sip:vm{id", "sip:vm{id"},
		{"1", NULL, "sip:{}@{ID}", "sip:{}@{ID}"},
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
		{"1", "sips:", NULL, NULL},
		{"1", NULL, "sip:", NULL},
		{"1", NULL, "sips:", NULL},
		{"1", NULL, "sipx{id}", NULL},
		{"1", NULL, "tel:{id}", NULL},
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
	int size, len = ur_target_uri(&form, uri, sizeof(uri));

	if(targets[_i].uri == NULL) {
		ck_assert_int_eq(len, -1);
		return;
	}
	ck_assert_int_eq(len, strlen(targets[_i].uri));
	ck_assert_int_eq(memcmp(uri, targets[_i].uri, len), 0);
	for(size = 0; size <= len; size++)
		ck_assert_int_eq(ur_target_uri(&form, ur_test_edge(size), size),
				size < len ? -1 : len);
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
		{NULL, "sip:{id}@vm{id", false},
		{NULL, "sip:{id}@{account}", false},
		{NULL, NULL, false},
};

START_TEST(test_names_host)
{
	const struct ur_text uri_template = text(hosts[_i].uri_template);
	const struct ur_target_form form = {UR_TEXT("acc_1"), UR_TEXT("1"),
			text(hosts[_i].address),
			ur_test_edge_text(uri_template.s, uri_template.len)};

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
	const char *result = causes[_i].result;
	const int len = strlen(causes[_i].uri), all = strlen(result);
	int size;

	for(size = len; size <= all; size++) {
		char *uri = memcpy(ur_test_edge(size), causes[_i].uri, len);
		const int now = ur_target_add_cause(
				uri, len, size, text(causes[_i].called), 486);

		ck_assert_int_eq(now, size < all ? -1 : all);
		ck_assert_mem_eq(
				uri, now < 0 ? causes[_i].uri : result, now < 0 ? len : now);
	}
}
END_TEST

/* However much room there is behind the URI. */
START_TEST(test_longest_cause)
{
	static char called[UR_TARGET_CAUSE_MAX], uri[2 * UR_TARGET_CAUSE_MAX];
	const int most = UR_TARGET_CAUSE_MAX - (int)strlen(";target=;cause=486");

	memset(called, 'a', sizeof(called));
	memcpy(uri, "sip:a", 5);
	ck_assert_int_eq(ur_target_add_cause(uri, 5, sizeof(uri),
							 (struct ur_text){called, most}, 486),
			5 + UR_TARGET_CAUSE_MAX);
	ck_assert_int_eq(ur_target_add_cause(uri, 5, sizeof(uri),
							 (struct ur_text){called, most + 1}, 486),
			-1);
}
END_TEST

/* ---- what may stand where */

START_TEST(test_fits)
{
	int c;

	for(c = 0; c < 256; c++) {
		const char s[] = {'a', (char)c, 'b'};
		const bool fits =
				c > ' ' && c != 0x7f && c != '<' && c != '>' && c != '"';

		ck_assert_msg(ur_target_fits(c) == fits, "0x%02x", c);
		ck_assert_int_eq(ur_target_is_plain((struct ur_text){s, 3}), fits);
		ck_assert_int_eq(ur_target_is_plain((struct ur_text){s + 1, 1}), fits);
		ck_assert(ur_target_is_plain((struct ur_text){s, 1}));
	}
	ck_assert(ur_target_is_plain(UR_TEXT("")));
}
END_TEST

/* RFC 3261 §25.1: unreserved, and what may also stand there. */
START_TEST(test_escape)
{
	int c;

	for(c = 0; c < 256; c++) {
		const bool stands = (c < 0x80 && isalnum(c))
							|| (c != 0 && strchr("-_.!~*'()+$", c) != NULL);
		const char byte = (char)c;
		char buf[8] = "x", expected[8];
		const int len = ur_target_escape(
				buf, 1, sizeof(buf), (struct ur_text){&byte, 1}, "+$");

		snprintf(expected, sizeof(expected), stands ? "x%c" : "x%%%02X", c);
		ck_assert_int_eq(len, stands ? 2 : 4);
		ck_assert_mem_eq(buf, expected, len);
	}
}
END_TEST

START_TEST(test_escape_edges)
{
	char *buf = ur_test_edge(4);

	ck_assert_int_eq(ur_target_escape(buf, 0, 4, UR_TEXT("a b"), ""), -1);
	ck_assert_int_eq(ur_target_escape(buf, 0, 4, UR_TEXT("a@"), ""), 4);
	ck_assert_mem_eq(buf, "a%40", 4);
	ck_assert_int_eq(ur_target_escape(buf, 4, 4, UR_TEXT(""), ""), 4);
	ck_assert_int_eq(ur_target_escape(buf, 4, 4, UR_TEXT("a"), ""), -1);
	ck_assert_int_eq(ur_target_escape(buf, -1, 4, UR_TEXT("a"), ""), -1);
	ck_assert_int_eq(ur_target_escape(buf, -1, 4, UR_TEXT(""), ""), -1);
}
END_TEST

/* ---- the parts of a URI */

static const struct
{
	const char *uri;
	int host, headers;
} parts[] = {
		{"", 0, 0},
		{"?", 0, 0},
		{"@", 0, 1},
		{"sip:vm", 0, 6},
		{"sip:vm?A=b", 0, 6},
		{"sip:a@b", 5, 7},
		{"sip:a@b?", 5, 7},
		{"sip:a@b;p=q?A=b?c", 5, 11},
		{"sip:a?b@c", 7, 9},
		{"sip:a?b@c?A=d@e", 7, 9},
		{"?@?", 1, 2},
};

START_TEST(test_parts)
{
	const struct ur_text uri =
			ur_test_edge_text(parts[_i].uri, strlen(parts[_i].uri));

	ck_assert_int_eq(ur_target_host(uri), parts[_i].host);
	ck_assert_int_eq(ur_target_headers(uri), parts[_i].headers);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("target");
	TCase *tcase = tcase_create("target");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_target, 0, COUNT(targets));
	tcase_add_loop_test(tcase, test_account, 0, COUNT(accounts));
	tcase_add_loop_test(tcase, test_names_host, 0, COUNT(hosts));
	tcase_add_loop_test(tcase, test_cause, 0, COUNT(causes));
	tcase_add_test(tcase, test_longest_cause);
	tcase_add_test(tcase, test_fits);
	tcase_add_test(tcase, test_escape);
	tcase_add_test(tcase, test_escape_edges);
	tcase_add_loop_test(tcase, test_parts, 0, COUNT(parts));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
