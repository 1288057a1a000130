/*
 * What is known about a dialog, and what a request in it may do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "policy/dialog.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct ur_address v4 = {1, 4, 5060, {192, 0, 2, 7}};
static const struct ur_address v6 = {
		3, 16, 5061, {0x20, 1, 0xd, 0xb8, [15] = 1}};
static const struct ur_address nowhere = {0, 0, 0, {0}};

static struct ur_text text(const char *s)
{
	return (struct ur_text){s, strlen(s)};
}

/* Two devices; each text another one. */
static struct ur_dialog example(void)
{
	return (struct ur_dialog){
			.began = 0xfedcba98,
			.id = {1, 0, 3, 4, 0xff, 6, 7, 8},
			.caller = {text("bob@acme.example"), v4, true},
			.callee = {text("desk@acme.example"), v6, false},
			.from = text("sip:whoever@elsewhere.example"),
			.from_shown = text("sip:1002@acme.example"),
			.to = text("sip:1001@acme.example"),
			.to_shown = text("sip:+49301234567@pstn.example"),
			.routes = text("0123456789ab"),
	};
}

static void same_text(struct ur_text a, struct ur_text b)
{
	ck_assert_msg(
			ur_text_equal(a, b), "%.*s, expected %.*s", a.len, a.s, b.len, b.s);
}

static void same_end(
		const struct ur_dialog_end *a, const struct ur_dialog_end *b)
{
	same_text(a->device, b->device);
	ck_assert_int_eq(a->is_pinned, b->is_pinned);
	ck_assert_int_eq(a->address.len, b->address.len);
	if(a->address.len > 0)
		ck_assert_mem_eq(&a->address, &b->address, sizeof(a->address));
}

static void same(const struct ur_dialog *a, const struct ur_dialog *b)
{
	ck_assert_uint_eq(a->began, b->began);
	ck_assert_mem_eq(a->id, b->id, sizeof(a->id));
	ck_assert_int_eq(a->is_to_gateway, b->is_to_gateway);
	ck_assert_int_eq(a->is_own_account, b->is_own_account);
	ck_assert_int_eq(a->is_emergency, b->is_emergency);
	same_end(&a->caller, &b->caller);
	same_end(&a->callee, &b->callee);
	same_text(a->from, b->from);
	same_text(a->from_shown, b->from_shown);
	same_text(a->to, b->to);
	same_text(a->to_shown, b->to_shown);
	same_text(a->routes, b->routes);
	same_text(a->mailbox, b->mailbox);
}

static const uint8_t *edge(const void *bytes, int len)
{
	return (const uint8_t *)ur_test_edge_text(bytes, len).s;
}

/* Writes it, reads it from memory of exactly its size, and compares; nothing shorter will do.
 * Returns its size. */
static int there_and_back(const struct ur_dialog *dialog)
{
	uint8_t buf[UR_DIALOG_SIZE];
	static char texts[UR_DIALOG_TEXTS_SIZE];
	struct ur_dialog again;
	const int len = ur_dialog_write(dialog, buf, sizeof(buf));
	int size;

	ck_assert_int_gt(len, 0);
	memset(&again, 0xff, sizeof(again));
	ck_assert(ur_dialog_read(&again, edge(buf, len), len, texts));
	same(&again, dialog);
	ck_assert_int_eq(ur_dialog_write(dialog, ur_test_edge(len), len), len);
	for(size = 0; size < len; size++) {
		ck_assert_int_eq(ur_dialog_write(dialog, ur_test_edge(size), size), -1);
		ck_assert_msg(!ur_dialog_read(&again, edge(buf, size), size, texts),
				"cut at %d", size);
	}
	return len;
}

START_TEST(test_all_different)
{
	const struct ur_dialog dialog = example();

	there_and_back(&dialog);
}
END_TEST

/* A subscription to a voicemail box has one field more, and never an empty one. */
START_TEST(test_mailbox)
{
	struct ur_dialog d = example(), again;
	uint8_t buf[UR_DIALOG_SIZE];
	char texts[UR_DIALOG_TEXTS_SIZE];
	const int call = ur_dialog_write(&d, buf, sizeof(buf));
	int len, size;

	d.mailbox = text("us_bob\n7");
	len = ur_dialog_write(&d, buf, sizeof(buf));
	ck_assert_int_eq(len, call + 1 + d.mailbox.len);
	ck_assert(ur_dialog_read(&again, edge(buf, len), len, texts));
	same(&again, &d);
	for(size = 0; size < len; size++)
		ck_assert_int_eq(ur_dialog_read(&again, edge(buf, size), size, texts),
				size == call);
	buf[call] = 0;
	ck_assert(!ur_dialog_read(&again, buf, call + 1, texts));
}
END_TEST

/* Each by itself. */
START_TEST(test_flags)
{
	struct ur_dialog d = {.began = 1};
	bool *const flags[] = {&d.is_to_gateway, &d.is_own_account, &d.is_emergency,
			&d.caller.is_pinned, &d.callee.is_pinned};
	int i;

	for(i = 0; i < COUNT(flags); i++) {
		*flags[i] = true;
		there_and_back(&d);
		*flags[i] = false;
	}
}
END_TEST

/* What was written before the last update comes back after it: bytes of a dialog that may only change
 * with the version. */
START_TEST(test_layout)
{
	static const char bytes[] = "\1\1\2\3\4\x3d\1\2\3\4\5\6\7\10"
								"\0\7\1\x13\xc4\xc0\0\2\7"
								"\0\0"
								"\x50"
								"bob@acme.example"
								"\0\x64"
								"1001\0\x0c"
								"0123456789ab";
	const struct ur_dialog d = {.began = 0x01020304,
			.id = {1, 2, 3, 4, 5, 6, 7, 8},
			.is_to_gateway = true,
			.caller = {text("bob@acme.example"), v4, true},
			.from = text("sip:bob@acme.example"),
			.from_shown = text("sip:bob@acme.example"),
			.to = text("sip:1001@acme.example"),
			.to_shown = text("sip:1001@acme.example"),
			.routes = text("0123456789ab")};
	uint8_t buf[UR_DIALOG_SIZE];

	ck_assert_int_eq(
			ur_dialog_write(&d, buf, sizeof(buf)), (int)sizeof(bytes) - 1);
	ck_assert_mem_eq(buf, bytes, sizeof(bytes) - 1);
	there_and_back(&d);
}
END_TEST

/* … with the other flags, an address of IPv6, and a text that has two bytes for its length. */
START_TEST(test_layout_of_long_text)
{
	static const char head[] = "\1\0\0\0\1\x5a\0\0\0\0\0\0\0\0";
	static const char end[] = "\0\0\1a\x13\3\x13\xc5\x20\1\x0d\xb8"
							  "\0\0\0\0\0\0\0\0\0\0\0\1\xc1\x28";
	static char from[300];
	uint8_t buf[UR_DIALOG_SIZE];
	struct ur_dialog d = {.began = 1,
			.is_own_account = true,
			.callee = {text("a"), v6, true}};

	memset(from, 'x', sizeof(from));
	memcpy(from, "sip:", 4);
	d.from = d.from_shown = (struct ur_text){from, sizeof(from)};
	/* without "sip:", and four empty fields behind it */
	ck_assert_int_eq(ur_dialog_write(&d, buf, sizeof(buf)),
			(int)(sizeof(head) - 1 + sizeof(end) - 1 + sizeof(from) - 4 + 4));
	ck_assert_mem_eq(buf, head, sizeof(head) - 1);
	ck_assert_mem_eq(buf + sizeof(head) - 1, end, sizeof(end) - 1);
	there_and_back(&d);
}
END_TEST

START_TEST(test_nothing_set)
{
	const struct ur_dialog empty = {.began = 1};

	there_and_back(&empty);
}
END_TEST

/* What is the same is written once: whole texts, sip:, and the domain that came before. */
START_TEST(test_shorter)
{
	struct ur_dialog d = example();
	const int all = there_and_back(&d);
	int short_one;

	d.from = text("sip:whoever@acme.example");
	/* two domains less: its own, and that of from_shown; but one behind it as before */
	ck_assert_int_lt(there_and_back(&d), all - 15);
	d.from = text("sip:bob@acme.example");
	ck_assert_int_lt(there_and_back(&d), all - 20);
	d.from_shown = d.from;
	d.to_shown = d.to;
	ck_assert_int_lt(there_and_back(&d), all - 50);
	/* with nothing before it, too */
	d.from = text("@acme.example");
	d.from_shown = text("sip:1002@acme.example");
	short_one = there_and_back(&d);
	d.from = text("@acme.exampl3");
	ck_assert_int_ge(there_and_back(&d), short_one + 20);
	/* and an empty one */
	d.from = text("a@");
	d.from_shown = text("bcd");
	short_one = there_and_back(&d);
	d.from_shown = text("bcd@");
	ck_assert_int_eq(there_and_back(&d), short_one);
	d = example();
	/* neither in capitals nor with anything behind it */
	d.from = text("SIP:bob@acme.example");
	there_and_back(&d);
	d.from = text("sip:bob@acme.example:5060");
	there_and_back(&d);
}
END_TEST

static const char *const odd[] = {"", "sip:", "sip:@", "@", "@@", "sip:sip:a@b",
		"sip:a@acme.example;x=@acme.example", "acme.example", "sips:a@b",
		"@acme.example", "sip:@acme.example", "\001\200\377"};

START_TEST(test_odd_texts)
{
	struct ur_dialog d = example();

	d.from = text(odd[_i]);
	there_and_back(&d);
	d.from_shown = d.to = d.callee.device = text(odd[_i]);
	there_and_back(&d);
	d.caller.device = text(odd[_i]);
	there_and_back(&d);
}
END_TEST

START_TEST(test_long_texts)
{
	static char buf[1000];
	struct ur_dialog d = example();
	const int lengths[] = {30, 31, 32, 33, 255, 256, UR_DIALOG_URI_MAX};
	int i;

	memset(buf, 'x', sizeof(buf));
	for(i = 0; i < COUNT(lengths); i++) {
		d.from = (struct ur_text){buf, lengths[i]};
		d.to_shown = (struct ur_text){buf, lengths[i]};
		there_and_back(&d);
	}
}
END_TEST

START_TEST(test_all_at_their_longest_fit)
{
	static char buf[UR_DIALOG_URI_MAX];
	const struct ur_text longest = {buf, sizeof(buf)};
	struct ur_dialog d = example();

	d.caller.device = d.from_shown = d.to = longest;
	d.from = d.to_shown = (struct ur_text){buf, sizeof(buf) - 1};
	there_and_back(&d);
}
END_TEST

/* Texts that a length can't say, and more than there is room for when it is read. */
START_TEST(test_longer_than_any)
{
	static char longest[1 << 13], texts[UR_DIALOG_TEXTS_SIZE];
	static uint8_t buf[10000];
	struct ur_dialog d = {.began = 1}, again;
	int len;

	memset(longest, 'x', sizeof(longest));
	d.to = (struct ur_text){longest, sizeof(longest) - 1};
	ck_assert_int_gt(ur_dialog_write(&d, buf, sizeof(buf)), d.to.len);
	d.to.len++;
	ck_assert_int_eq(ur_dialog_write(&d, buf, sizeof(buf)), -1);
	d.to.len = UR_DIALOG_TEXTS_SIZE;
	len = ur_dialog_write(&d, buf, sizeof(buf));
	ck_assert(ur_dialog_read(&again, buf, len, ur_test_edge(sizeof(texts))));
	d.to.len++;
	len = ur_dialog_write(&d, buf, sizeof(buf));
	ck_assert(!ur_dialog_read(&again, buf, len, ur_test_edge(sizeof(texts))));
}
END_TEST

/* "sip:" is no device's address, even where a device has none. */
START_TEST(test_no_device)
{
	const struct ur_dialog d = {.from = text("sip:"), .to = text("sip:")};
	uint8_t buf[UR_DIALOG_SIZE];

	there_and_back(&d);
	ck_assert_int_gt(ur_dialog_write(&d, buf, sizeof(buf)), 5);
	ck_assert_uint_eq(buf[5], 0);
}
END_TEST

/* Behind version, beginning, flags and id come nine fields: a device and an address of each end, From
 * and To as written and as shown, the routes. */
#define HEAD "\1\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define BROKEN(literal)              \
	{                                \
		literal, sizeof(literal) - 1 \
	}

START_TEST(test_least)
{
	static const char least[] = HEAD "\0\0\0\0\0\0\0\0";
	static char texts[UR_DIALOG_TEXTS_SIZE];
	struct ur_dialog dialog;

	ck_assert(ur_dialog_read(
			&dialog, edge(least, sizeof(least)), sizeof(least), texts));
}
END_TEST

static const struct
{
	const char *bytes;
	int len;
} broken[] = {
		/* another version */
		BROKEN("\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		BROKEN("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		/* something behind it */
		BROKEN(HEAD "\0\0\0\0\0\0\0\0\0x"),
		/* an address that has no length of one */
		BROKEN(HEAD "\0\1\1\0\0\0\0\0\0\0"),
		BROKEN(HEAD "\0\3\1\1\1\0\0\0\0\0\0\0"),
		BROKEN(HEAD "\0\6\1\1\1\1\1\1\0\0\0\0\0\0\0"),
		BROKEN(HEAD "\0\0\0\x08\1\1\1\1\1\1\1\1\0\0\0\0\0"),
		BROKEN(HEAD "\0\0\0\x12\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
					"\0\0\0\0\0"),
		BROKEN(HEAD "\0\0\0\x14\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
					"\0\0\0\0\0"),
		/* longer than all of it, and cut in its length */
		BROKEN(HEAD "\x9f\xff\0\0\0\0\0\0\0\0"),
		BROKEN(HEAD "\0\0\0\0\0\0\0\0\1"),
		BROKEN(HEAD "\0\0\0\0\0\0\0\0\x80"),
};

START_TEST(test_broken)
{
	const uint8_t *bytes = edge(broken[_i].bytes, broken[_i].len);
	static char texts[UR_DIALOG_TEXTS_SIZE];
	struct ur_dialog dialog;

	ck_assert(!ur_dialog_read(&dialog, bytes, broken[_i].len, texts));
}
END_TEST

START_TEST(test_same_host)
{
	struct ur_address other = v4;

	other.port = 1;
	other.protocol = 2;
	ck_assert(ur_address_is_same_host(&v4, &other));
	other.ip[3]++;
	ck_assert(!ur_address_is_same_host(&v4, &other));
	ck_assert(!ur_address_is_same_host(&v4, &v6));
	ck_assert(!ur_address_is_same_host(&nowhere, &nowhere));
	other = v6;
	ck_assert(ur_address_is_same_host(&v6, &other));
	other.ip[15]++;
	ck_assert(!ur_address_is_same_host(&v6, &other));
}
END_TEST

/* 3 bytes and the address, or nothing. */
START_TEST(test_address)
{
	const struct ur_address *const all[] = {&nowhere, &v4, &v6};
	const int lengths[] = {0, 7, UR_ADDRESS_SIZE};
	struct ur_address again;
	uint8_t *buf;
	int i, len;

	for(i = 0; i < COUNT(all); i++) {
		buf = ur_test_edge(lengths[i]);
		ck_assert_int_eq(ur_address_write(all[i], buf), lengths[i]);
		memset(&again, 0xff, sizeof(again));
		ck_assert(ur_address_read(&again, buf, lengths[i]));
		ck_assert_mem_eq(&again, all[i], sizeof(again));
	}
	buf = memset(ur_test_edge(30), 1, 30);
	for(len = 0; len < 30; len++)
		ck_assert_int_eq(ur_address_read(&again, buf + 30 - len, len),
				len == 0 || len == 7 || len == UR_ADDRESS_SIZE);
}
END_TEST

#define OLD 101
#define YOUNG 100
enum
{
	NO_DEVICE = UR_SENDER_NO_DEVICE,
	ACTIVE = UR_SENDER_ACTIVE,
	DISABLED = UR_SENDER_DISABLED,
	UNKNOWN = UR_SENDER_UNKNOWN
};

/* begins nothing, age, sender, at its address, proven, trusted hop → answer; 100 s are the most */
static const struct
{
	int ends, age, sender, at, proven, trusted;
	enum ur_dialog_answer answer;
} requests[] = {
		{0, YOUNG, ACTIVE, 1, 0, 0, UR_DIALOG_GOES},
		{0, YOUNG, ACTIVE, 0, 0, 0, UR_DIALOG_TO_BE_PROVEN},
		{0, YOUNG, ACTIVE, 0, 1, 0, UR_DIALOG_GOES},
		{0, YOUNG, ACTIVE, 0, 0, 1, UR_DIALOG_GOES},
		{0, YOUNG, DISABLED, 1, 1, 1, UR_DIALOG_DISABLED},
		{0, YOUNG, UNKNOWN, 1, 1, 1, UR_DIALOG_NOT_LOADED},
		{0, YOUNG, NO_DEVICE, 1, 0, 0, UR_DIALOG_GOES},
		{0, YOUNG, NO_DEVICE, 0, 0, 1, UR_DIALOG_GOES},
		{0, YOUNG, NO_DEVICE, 0, 0, 0, UR_DIALOG_WRONG_ADDRESS},
		{0, YOUNG, NO_DEVICE, 0, 1, 0, UR_DIALOG_WRONG_ADDRESS},
		{0, OLD, ACTIVE, 1, 1, 1, UR_DIALOG_TOO_OLD},
		{0, OLD, NO_DEVICE, 1, 0, 1, UR_DIALOG_TOO_OLD},
		/* hanging up is never refused */
		{1, OLD, ACTIVE, 0, 0, 0, UR_DIALOG_GOES},
		{1, YOUNG, DISABLED, 0, 0, 0, UR_DIALOG_GOES},
		{1, YOUNG, UNKNOWN, 0, 0, 0, UR_DIALOG_GOES},
		{1, OLD, NO_DEVICE, 0, 0, 0, UR_DIALOG_GOES},
};

START_TEST(test_judge)
{
	const struct ur_dialog_request request = {
			.begins_nothing = requests[_i].ends,
			.age = requests[_i].age,
			.max_age = 100,
			.sender = requests[_i].sender,
			.is_at_its_address = requests[_i].at,
			.has_proven_itself = requests[_i].proven,
			.is_trusted_hop = requests[_i].trusted,
	};

	ck_assert_int_eq(ur_dialog_judge(&request), requests[_i].answer);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dialog");
	TCase *tcase = tcase_create("dialog");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_all_different);
	tcase_add_test(tcase, test_mailbox);
	tcase_add_test(tcase, test_flags);
	tcase_add_test(tcase, test_layout);
	tcase_add_test(tcase, test_layout_of_long_text);
	tcase_add_test(tcase, test_nothing_set);
	tcase_add_test(tcase, test_shorter);
	tcase_add_loop_test(tcase, test_odd_texts, 0, COUNT(odd));
	tcase_add_test(tcase, test_long_texts);
	tcase_add_test(tcase, test_all_at_their_longest_fit);
	tcase_add_test(tcase, test_longer_than_any);
	tcase_add_test(tcase, test_no_device);
	tcase_add_test(tcase, test_least);
	tcase_add_test(tcase, test_address);
	tcase_add_loop_test(tcase, test_broken, 0, COUNT(broken));
	tcase_add_test(tcase, test_same_host);
	tcase_add_loop_test(tcase, test_judge, 0, COUNT(requests));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
