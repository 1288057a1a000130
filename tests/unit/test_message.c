/*
 * The form of a message, checked before its headers are used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "policy/message.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define HEAD(literal, fault)         \
	{                                \
		UR_TEXT_INIT(literal), fault \
	}
#define OK UR_MESSAGE_OK
#define CONTROL UR_MESSAGE_CONTROL
#define LINE_END UR_MESSAGE_LINE_END
#define NO_END UR_MESSAGE_NO_END

static const struct ur_message_limits limits = {.bytes = 200, .lines = 5};

/* clang-format off */
static const struct
{
	struct ur_text message;
	enum ur_message_fault fault;
} cases[] = {
	HEAD("INVITE sip:a SIP/2.0\r\nA: b\r\n\r\n", OK),
	HEAD("A: b\r\n c\r\n\r\n", OK),
	HEAD("A: b\nC: d\r\n\r\n", OK),
	HEAD("A:\tb\r\n\tc\r\n\r\n", OK),
	HEAD("\r\n\r\nA: b\r\n\r\n", OK),
	HEAD("A: 12345678\xff\x80\x85\xe2\x80\xa8 5678\r\n\r\n", OK),
	HEAD("A: b\r\n\r\n\0\x01\x1b\x7f\r\r\n\n body", OK),
	/* a CR alone is an end of line to some */
	HEAD("A: b\rC: d\r\n\r\n", LINE_END),
	HEAD("A: b\r\r\n\r\n", LINE_END),
	HEAD("\rA: b\r\n\r\n", LINE_END),
	HEAD("A: b\r c\r\n\r\n", LINE_END),
	/* the empty line is one to some only */
	HEAD("A: b\r\n\n", LINE_END),
	HEAD("A: b\n\r\n", LINE_END),
	HEAD("A: b\n\n", LINE_END),
	HEAD("A: b\n\nC: d\r\n\r\n", LINE_END),
	HEAD("A: b\r\n\nC: d\r\n\r\n", LINE_END),
	HEAD("A: b\n\r\nC: d\r\n\r\n", LINE_END),
	HEAD("A: b\r\n\r", LINE_END),
	HEAD("A: b\r\r\n", LINE_END),
	HEAD("\nA: b\r\n\r\n", LINE_END),
	/* there is none */
	HEAD("A: b\r\n", NO_END),
	HEAD("A: b\r\n \r\n", NO_END),
	HEAD("\r\n\r\n", NO_END),
	HEAD("\r\n", NO_END),
	HEAD("", NO_END),
	HEAD("12345678", NO_END),
	/* control characters, at each place in a word of eight bytes */
	HEAD("\0: b\r\n\r\n", CONTROL),
	HEAD("1\0: b\r\n\r\n", CONTROL),
	HEAD("12\0: b\r\n\r\n", CONTROL),
	HEAD("123\0: b\r\n\r\n", CONTROL),
	HEAD("1234\0: b\r\n\r\n", CONTROL),
	HEAD("12345\0: b\r\n\r\n", CONTROL),
	HEAD("123456\0: b\r\n\r\n", CONTROL),
	HEAD("1234567\0: b\r\n\r\n", CONTROL),
	HEAD("12345678\0: b\r\n\r\n", CONTROL),
	HEAD("A: 123456789\x1f\r\n\r\n", CONTROL),
	HEAD("A: 123456789\x01\r\n\r\n", CONTROL),
	HEAD("A: 123456789\x1b[2J\r\n\r\n", CONTROL),
	HEAD("A: 123456789\x7f 123\r\n\r\n", CONTROL),
	HEAD("A: b\v\r\n\r\n", CONTROL),
	HEAD("A: b\f\r\n\r\n", CONTROL),
	HEAD("A: \"\\\0\"\r\n\r\n", CONTROL),
	HEAD("Call-ID: a\0\nb\r\n\r\n", CONTROL),
	/* five lines, and one more */
	HEAD("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\n\r\n", OK),
	HEAD("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\n\r\n", UR_MESSAGE_TOO_MANY_LINES),
	HEAD("A:\nB:\nC:\nD:\nE:\nF:\r\n\r\n", UR_MESSAGE_TOO_MANY_LINES),
	HEAD("A:\r\n b\r\n c\r\n d\r\n e\r\n f\r\n\r\n", UR_MESSAGE_TOO_MANY_LINES),
};
/* clang-format on */

static enum ur_message_fault check(const char *s, int len)
{
	return ur_message_check(ur_test_edge_text(s, len), &limits);
}

START_TEST(test_cases)
{
	const struct ur_text message = cases[_i].message;

	ck_assert_msg(check(message.s, message.len) == cases[_i].fault,
			"%d: \"%s\"", _i, message.s);
}
END_TEST

static void check_byte(int at, unsigned char byte)
{
	char head[] = "A: 12345678901234567890\r\n\r\n";
	const bool is_control = byte < ' ' || byte == 0x7f;
	const enum ur_message_fault expected =
			byte == '\r'								 ? LINE_END
			: is_control && byte != '\t' && byte != '\n' ? CONTROL
														 : OK;

	head[at] = (char)byte;
	ck_assert_msg(check(head, sizeof(head) - 1) == expected, "byte %d at %d",
			byte, at);
}

/* Each single byte, at each place that is not beside the line end. In one test: each of them is a
 * process. */
START_TEST(test_bytes)
{
	int at, byte;

	for(at = 3; at < 22; at++) {
		for(byte = 0; byte < 256; byte++)
			check_byte(at, byte);
	}
}
END_TEST

START_TEST(test_size)
{
	char message[202] = "A: b\r\n\r\n";

	ck_assert_int_eq(check(message, 200), UR_MESSAGE_OK);
	ck_assert_int_eq(check(message, 201), UR_MESSAGE_TOO_LARGE);
	ck_assert(!ur_message_has_control(UR_TEXT("")));
	ck_assert(!ur_message_has_control(UR_TEXT("a-call@id.\xff\x80")));
	ck_assert(ur_message_has_control(UR_TEXT("a-call\r\n @id")));
	ck_assert(ur_message_has_control(UR_TEXT("a-long-call-id\t")));
	ck_assert_int_eq(ur_message_status(UR_MESSAGE_OK), 0);
	ck_assert_int_eq(ur_message_status(UR_MESSAGE_TOO_LARGE), 513);
	ck_assert_int_eq(ur_message_status(UR_MESSAGE_CONTROL), 400);
	ck_assert_int_eq(ur_message_status(UR_MESSAGE_TOO_MANY_LINES), 400);
	ck_assert_int_eq(ur_message_status(UR_MESSAGE_TAG), 400);
	ck_assert_str_eq(ur_message_why(UR_MESSAGE_OK), "");
	ck_assert_ptr_nonnull(
			strstr(ur_message_why(UR_MESSAGE_TOO_MANY_LINES), "max_headers"));
}
END_TEST

/* clang-format off */
static const struct
{
	struct ur_text tag;
	bool is_tag;
} tags[] = {
	{UR_TEXT_INIT(""), true},
	{UR_TEXT_INIT("z9hG4bK-1.2!%*_+`'~"), true},
	{UR_TEXT_INIT("a@192.0.2.1:5060/x"), true},
	{UR_TEXT_INIT("{a}[b](c)|$&#^"), true},
	/* what ends a parameter, an address, or its URI */
	{UR_TEXT_INIT("a;b=c"), false},
	{UR_TEXT_INIT("a>"), false},
	{UR_TEXT_INIT("<a"), false},
	{UR_TEXT_INIT("a,b"), false},
	{UR_TEXT_INIT("a?b"), false},
	{UR_TEXT_INIT("a=b"), false},
	{UR_TEXT_INIT("\""), false},
	{UR_TEXT_INIT("a\\"), false},
	/* blanks, controls, more than ASCII */
	{UR_TEXT_INIT("a b"), false},
	{UR_TEXT_INIT("a\tb"), false},
	{UR_TEXT_INIT("a\r\n b"), false},
	{UR_TEXT_INIT("a\0b"), false},
	{UR_TEXT_INIT("a\x7f"), false},
	{UR_TEXT_INIT("\x80"), false},
	{UR_TEXT_INIT("a\xc3\xa4"), false},
	{UR_TEXT_INIT("\xff"), false},
};
/* clang-format on */

START_TEST(test_tags)
{
	ck_assert_msg(ur_message_is_tag(tags[_i].tag) == tags[_i].is_tag, "%s",
			tags[_i].tag.s);
}
END_TEST

/* Each character at each end of a tag, and of a text that is looked at in words of eight. */
START_TEST(test_characters)
{
	int c;

	for(c = 0; c < 256; c++) {
		const bool is_tag =
				c > ' ' && c < 0x7f && strchr("\"<>;,?=\\", c) == NULL;
		char s[12] = "aaaaaaaaaaaa";
		int at, len;

		s[0] = (char)c;
		ck_assert_int_eq(ur_message_is_tag(ur_test_edge_text(s, 2)), is_tag);
		ck_assert_int_eq(ur_message_is_tag(ur_test_edge_text(s, 1)), is_tag);
		s[0] = 'a';
		for(len = 1; len <= 12; len++) {
			at = len - 1;
			s[at] = (char)c;
			ck_assert_int_eq(ur_message_has_control(ur_test_edge_text(s, len)),
					c < ' ' || c == 0x7f);
			s[at] = 'a';
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("message");
	TCase *tcase = tcase_create("message");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_cases, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_tags, 0, COUNT(tags));
	tcase_add_test(tcase, test_bytes);
	tcase_add_test(tcase, test_size);
	tcase_add_test(tcase, test_characters);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
