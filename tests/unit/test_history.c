/*
 * Diversion and History-Info.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/history.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct ur_text text(const char *s)
{
	return (struct ur_text){s, (int)strlen(s)};
}

static struct ur_user *make_user(const char *username)
{
	struct ur_user *user = calloc(1, sizeof(*user) + 100);

	user->username.off = sizeof(*user);
	user->username.len = strlen(username);
	strcpy((char *)user + sizeof(*user), username);
	return user;
}

static const struct ur_history_names x = {.domain = UR_TEXT_INIT("x")};
static const struct ur_history_names evil = {
		.domain = UR_TEXT_INIT("x\r\nX-Evil: 1")};

static void check_text(const char *buf, int len, const char *expected)
{
	ck_assert_msg(len == (int)strlen(expected), "got %.*s, expected %s",
			len < 0 ? 0 : len, buf, expected);
	ck_assert_msg(memcmp(buf, expected, len) == 0, "got %.*s, expected %s", len,
			buf, expected);
}

/* 1001 → extension → 1003 → away. */
START_TEST(test_chain)
{
	static const char diversions[] =
			"Diversion: <sip:1003@acme.example>;reason=no-answer\r\n"
			"Diversion: <sip:1001@acme.example>;reason=unconditional\r\n";
	static const char info[] = "History-Info: <sip:1001@acme.example>;index=1, "
							   "<sip:1003@acme.example;cause=302>;index=1.1, "
							   "<sip:7@vm;cause=408>;index=1.1.1\r\n";
	struct ur_user *first = make_user("1001"), *second = make_user("1003");
	struct ur_extension extension = {0};
	struct ur_chain chain = {.count = 3,
			.hops = {{.user = first, .diversion = UR_DIVERSION_UNCONDITIONAL},
					{.extension = &extension},
					{.user = second, .diversion = UR_DIVERSION_NO_ANSWER},
					/* not of it any more */
					{.user = first, .diversion = UR_DIVERSION_USER_BUSY},
					{.user = first, .diversion = UR_DIVERSION_USER_BUSY}}};
	const struct ur_history_names names = {.domain = UR_TEXT("acme.example")};
	const struct ur_text uri = UR_TEXT("sip:7@vm");
	char buf[400];
	int len, size;

	len = ur_history_diversions(&chain, &names, buf, sizeof(buf));
	check_text(buf, len, diversions);
	ck_assert_int_eq(ur_history_diversions(&chain, &names, buf, len), len);
	for(size = 0; size < len; size++)
		ck_assert_int_eq(ur_history_diversions(&chain, &names, buf, size), -1);
	len = ur_history_info(&chain, &names, uri, UR_TEXT(""), buf, sizeof(buf));
	check_text(buf, len, info);
	ck_assert_int_eq(
			ur_history_info(&chain, &names, uri, UR_TEXT(""), buf, len), len);
	for(size = 0; size < len; size++)
		ck_assert_int_eq(
				ur_history_info(&chain, &names, uri, UR_TEXT(""), buf, size),
				-1);
	chain.hops[0].diversion = chain.hops[2].diversion = UR_DIVERSION_NONE;
	ck_assert_int_eq(
			ur_history_diversions(&chain, &names, buf, sizeof(buf)), 0);
	free(first);
	free(second);
}
END_TEST

static const struct
{
	enum ur_diversion reason;
	const char *diversion;
	int cause;
	const char *info;
} reasons[] = {
		{UR_DIVERSION_UNCONDITIONAL, "unconditional", 302, "cause=302"},
		{UR_DIVERSION_USER_BUSY, "user-busy", 486, "cause=486"},
		{UR_DIVERSION_NO_ANSWER, "no-answer", 408, "cause=408"},
		{UR_DIVERSION_DO_NOT_DISTURB, "do-not-disturb", 486, "cause=486"},
		{UR_DIVERSION_UNAVAILABLE, "unavailable", 503, "cause=503"},
		{UR_DIVERSION_TIME_OF_DAY, "time-of-day", 302, "cause=302"},
};

/* Every user who diverted has the reason, the last one too. */
START_TEST(test_reason)
{
	struct ur_user *user = make_user("1001");
	struct ur_chain chain = {.count = 1,
			.hops = {{.user = user, .diversion = reasons[_i].reason}}};
	char buf[400] = "";

	ck_assert_int_gt(ur_history_diversions(&chain, &x, buf, sizeof(buf)), 0);
	ck_assert_ptr_nonnull(strstr(buf, reasons[_i].diversion));
	memset(buf, 0, sizeof(buf));
	ck_assert_int_gt(ur_history_info(&chain, &x, UR_TEXT("sip:7@vm"),
							 UR_TEXT(""), buf, sizeof(buf)),
			0);
	ck_assert_ptr_nonnull(strstr(buf, reasons[_i].info));
	ck_assert_int_eq(ur_history_cause(reasons[_i].reason), reasons[_i].cause);
	ck_assert_int_eq(
			ur_history_diversions(&chain, &evil, buf, sizeof(buf)), -1);
	free(user);
}
END_TEST

static const struct
{
	const char *uri, *parent, *info;
} targets[] = {
		/* a voicemail box has its cause already */
		{"sip:7@vm;target=sip:1%40x;cause=486", "",
				"<sip:1@x>;index=1, "
				"<sip:7@vm;target=sip:1%40x;cause=486>;index=1.1"},
		{"sip:7@vm;CAUSE=486", "",
				"<sip:1@x>;index=1, <sip:7@vm;CAUSE=486>;index=1.1"},
		/* none stands twice, however odd the first one is */
		{"sip:7@vm;cause=", "",
				"<sip:1@x>;index=1, <sip:7@vm;cause=>;index=1.1"},
		{"sip:7@vm;cause=?A=b", "",
				"<sip:1@x>;index=1, <sip:7@vm;cause=?A=b>;index=1.1"},
		{"sip:7@vm.example;transport=tcp", "",
				"<sip:1@x>;index=1, "
				"<sip:7@vm.example;transport=tcp;cause=408>;index=1.1"},
		{"sip:7@vm;because=1", "",
				"<sip:1@x>;index=1, <sip:7@vm;because=1;cause=408>;index=1.1"},
		/* before the headers of a URI, whatever they say */
		{"sip:7@vm?A=b", "",
				"<sip:1@x>;index=1, <sip:7@vm;cause=408?A=b>;index=1.1"},
		{"sip:7@vm?A=;cause=1", "",
				"<sip:1@x>;index=1, <sip:7@vm;cause=408?A=;cause=1>;index=1.1"},
		/* and before them only: a user part may have a ?, and a cause, of its own */
		{"sip:7?;cause=1@vm?A=b", "",
				"<sip:1@x>;index=1, "
				"<sip:7?;cause=1@vm;cause=408?A=b>;index=1.1"},
		/* behind a trunk's history */
		{"sip:7@vm", "1",
				"<sip:1@x>;index=1.1, <sip:7@vm;cause=408>;index=1.1.1"},
		{"sip:7@vm", "2.10.3",
				"<sip:1@x>;index=2.10.3.1, "
				"<sip:7@vm;cause=408>;index=2.10.3.1.1"},
};

START_TEST(test_target)
{
	struct ur_user *user = make_user("1");
	struct ur_chain chain = {.count = 1,
			.hops = {{.user = user, .diversion = UR_DIVERSION_NO_ANSWER}}};
	char buf[400], expected[400];
	int len = ur_history_info(&chain, &x, text(targets[_i].uri),
			text(targets[_i].parent), buf, sizeof(buf));

	snprintf(expected, sizeof(expected), "History-Info: %s\r\n",
			targets[_i].info);
	check_text(buf, len, expected);
	free(user);
}
END_TEST

/* An account that may present 10, its default, and 11. */
static const struct ur_account *make_account(void)
{
	static union
	{
		struct ur_account account;
		char block[sizeof(struct ur_account) + 2 * sizeof(struct ur_slice) + 8];
	} room;
	const uint16_t at = sizeof(struct ur_account) + 2 * sizeof(struct ur_slice);

	memcpy(room.block + at, "1011", 4);
	room.account.number_count = 2;
	room.account.texts[0] = (struct ur_slice){at, 2};
	room.account.texts[1] = (struct ur_slice){at + 2, 2};
	room.account.default_cid_number = room.account.texts[0];
	return &room.account;
}

/* To the PSTN: 1001's own number, that of 1002's account, and 1003's name, whose account has none. */
START_TEST(test_numbers)
{
	static const struct ur_account nothing;
	static const char diversions[] =
			"Diversion: <sip:1003@carrier>;reason=no-answer\r\n"
			"Diversion: <sip:+10@carrier>;reason=no-answer\r\n"
			"Diversion: <sip:+11@carrier>;reason=no-answer\r\n";
	struct ur_user *users[] = {
			make_user("1001"), make_user("1002"), make_user("1003")};
	const struct ur_extension extension = {0};
	const struct ur_chain chain = {.count = 4,
			.hops = {{.user = users[0], .diversion = UR_DIVERSION_NO_ANSWER},
					{.extension = &extension},
					{.user = users[1], .diversion = UR_DIVERSION_NO_ANSWER},
					{.user = users[2], .diversion = UR_DIVERSION_NO_ANSWER}}};
	const struct ur_account *const accounts[] = {
			make_account(), NULL, make_account(), &nothing};
	const struct ur_history_names names = {UR_TEXT("carrier"), accounts};
	char buf[400];
	int len;

	strcpy((char *)users[0] + sizeof(*users[0]) + 50, "11");
	users[0]->out_cid_number = (struct ur_slice){sizeof(*users[0]) + 50, 2};
	len = ur_history_diversions(&chain, &names, buf, sizeof(buf));
	check_text(buf, len, diversions);
	len = ur_history_info(&chain, &names, UR_TEXT("sip:+9@vm"), UR_TEXT(""),
			buf, sizeof(buf));
	check_text(buf, len,
			"History-Info: <sip:+11@carrier>;index=1, "
			"<sip:+10@carrier;cause=408>;index=1.1, "
			"<sip:1003@carrier;cause=408>;index=1.1.1, "
			"<sip:+9@vm;cause=408>;index=1.1.1.1\r\n");
	free(users[0]);
	free(users[1]);
	free(users[2]);
}
END_TEST

static const struct
{
	const char *value, *index;
} values[] = {
		{"<sip:a@b>;index=1", "1"},
		{"<sip:a@b>;index=1.2.13", "1.2.13"},
		{"<sip:a@b>;index=1, <sip:c@d>;index=1.1", "1.1"},
		{"<sip:a@b>;index=1,<sip:c@d>;foo=\"x;index=9\";index=1.1;rc=1", "1.1"},
		{"\"A <sip:x>;index=7\" <sip:a@b;index=8>;index=1", "1"},
		{"\"A \\\" ,;index=7\" <sip:a@b>;index=1", "1"},
		{"<sip:a@b> ; INDEX = 1.1 ;mp=1", "1.1"},
		{"<sip:a@b>\r\n ;index=1.1", "1.1"},
		{"<sip:a@b>;index=0.9.10", "0.9.10"},
		{"<sip:a@b>;index=1\t;x", "1"},
		{"<sip:a@b>;index=1 ", "1"},
		{"<sip:a@b>;index", ""},
		{"<sip:a@b>;index=1/2", ""},
		{"<sip:a@b>;index=1:2", ""},
		{"<sip:a@b>;index=1-2", ""},
		{"<sip:a@b>;index=1,", ""},
		{"<sip:a@b>,;index=1", "1"},
		{";index=1", "1"},
		{" ;index=1", "1"},
		{"<>;index=1", "1"},
		{"\"\";index=1", "1"},
		{"\"<\";index=1", "1"},
		{"<\">;index=1", "1"},
		{"\"\\\"\";index=1", "1"},
		{"<\\>;index=1", "1"},
		{"<sip:a@b>;index=1;index=2", "2"},
		{"<sip:a@b>; index=1", "1"},
		{"<sip:a@b>;\t\r\n index\t\r\n =\t\r\n 1", "1"},
		{"<sip:a@b>;index=1\n", "1"},
		{"<sip:a@b>;index=1\r\n ;x", "1"},
		{"<sip:a@b>;index=9", "9"},
		{"<sip:a@b>;index=0", "0"},
		{"<sip:a@b>;index 1", ""},
		{"<sip:a@b>;index ", ""},
		{"<sip:a@b>;ind", ""},
		{"<sip:a@b>index=1", ""},
		{"<sip:a@b>;", ""},
		/* as long as one may be */
		{"<sip:a@b>;index=1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1."
		 "1."
		 "1.1.1.1.11",
				"1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1."
				"11"},
		/* none that could be continued */
		{"", ""},
		{"<sip:a@b>", ""},
		{"<sip:a@b>;index=1, <sip:c@d>", ""},
		{"<sip:a@b>;index=1;rc=1, <sip:c@d>", ""},
		{"<sip:a@b>;index=1 ,<sip:c@d>", ""},
		{"<sip:a@b>;index=", ""},
		{"<sip:a@b>;index=1.", ""},
		{"<sip:a@b>;index=.1", ""},
		{"<sip:a@b>;index=1..1", ""},
		{"<sip:a@b>;index=1a", ""},
		{"<sip:a@b>;index=\"1\"", ""},
		{"<sip:a@b>;index=1>\x01", ""},
		{"<sip:a@b>;xindex=1", ""},
		{"<sip:a@b>;index", ""},
		{"<sip:a@b;index=1", ""},
		{"\"a;index=1", ""},
		{"\"\\", ""},
		{"<", ""},
		{";", ""},
		{"<sip:a@b>;index="
		 "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1",
				""},
};

/* In memory of exactly its size, so that a read behind it is seen. */
START_TEST(test_last_index)
{
	const struct ur_text value =
			ur_test_edge_text(values[_i].value, strlen(values[_i].value));
	const struct ur_text index = ur_history_last_index(value);

	check_text(index.s, index.len, values[_i].index);
}
END_TEST

static const struct
{
	const char *value;
	int count;
} counts[] = {
		{"", 0},
		{" , ,", 0},
		{"<sip:a@b>", 1},
		{"sip:a@b", 1},
		{"\"A, <B>;counter=9\" <sip:a@b;counter=8>;reason=no-answer", 1},
		{"<sip:a@b>;counter=3", 3},
		{"<sip:a@b> ; COUNTER = 12 ;x", 12},
		{"<sip:a@b>;counter=3, <sip:c@d>, <sip:e@f>;counter=2", 6},
		{"<sip:a@b>;counter=0", 1},
		{"<sip:a@b>;counter=x", 1},
		{"<sip:a@b>;counter=", 1},
		{"<sip:a@b>;counter", 1},
		{"<sip:a@b>;counter=999", 99},
		{"<sip:a@b>;counters=5", 1},
		{"<sip:a@b>;counter=9", 9},
		{"<sip:a@b>;counter=10", 10},
		{"<sip:a@b>;counter=99", 99},
		{"<sip:a@b>;counter=1", 1},
		{"<sip:a@b>;counter=00", 1},
		{"<sip:a@b>;counter=2x", 2},
		{"<sip:a@b>;counter=2/", 2},
		{"<sip:a@b>;counter=2:", 2},
		{"<sip:a@b>;counter=02;x", 2},
		{";counter=3", 3},
		{"<sip:a@b>;counter=2;counter=3", 3},
		{"<sip:a@b>,<sip:c@d>", 2},
		{"<sip:a@b>,", 1},
		{",<sip:a@b>", 1},
		{"\t\r\n , <sip:a@b>", 1},
		{"<sip:a@b> , \t\r\n", 1},
		{"a b <c> \"d\" e", 1},
		{"<sip:a@b>;x=\",\";counter=2", 2},
		{"<>", 1},
		{"<sip:a@b>;index=1, <sip:c@d>;index=1.1", 2},
		{"<sip:a@b", 1},
		{"\"a", 1},
};

START_TEST(test_count)
{
	const struct ur_text value =
			ur_test_edge_text(counts[_i].value, strlen(counts[_i].value));

	ck_assert_int_eq(ur_history_count(value), counts[_i].count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("history");
	TCase *tcase = tcase_create("history");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_chain);
	tcase_add_loop_test(tcase, test_reason, 0, COUNT(reasons));
	tcase_add_test(tcase, test_numbers);
	tcase_add_loop_test(tcase, test_target, 0, COUNT(targets));
	tcase_add_loop_test(tcase, test_last_index, 0, COUNT(values));
	tcase_add_loop_test(tcase, test_count, 0, COUNT(counts));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
