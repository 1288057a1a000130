/*
 * What an in-dialog request may ask for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "policy/ask.h"
#include "support/edge.h"
#include "support/suite.h"

static bool ask(bool (*question)(struct ur_text), const char *text)
{
	return question(ur_test_edge_text(text, strlen(text)));
}

enum
{
	NONE,
	IN_DIALOG,
	SESSION
};

static const struct
{
	const char *type;
	int allowed; /* for a gateway */
} types[] = {
		{"application/sdp", SESSION},
		{"APPLICATION/Sdp", SESSION},
		{" application/sdp ;charset=utf-8", SESSION},
		{"application/sdp\r\n\t;x=y", SESSION},
		{"\t\r\n application/sdp", SESSION},
		{"application/sdp \t\r\n", SESSION},
		{"!application/sdp", NONE},
		{"application/sdp!", NONE},
		{"application/sd", NONE},
		{" ", NONE},
		{";", NONE},
		{"application/dtmf-relay", IN_DIALOG},
		{"application/dtmf", IN_DIALOG},
		{"application/media_control+xml", IN_DIALOG},
		{"message/sipfrag;version=2.0", IN_DIALOG},
		{"application/ISUP", NONE},
		{"application/isup;version=itu-t92+", NONE},
		{"application/qsig", NONE},
		{"multipart/mixed;boundary=x", NONE},
		{"application/sdp, application/isup", NONE},
		{"application/sdp application/isup", NONE},
		{"application/sdpx", NONE},
		{"application /sdp", NONE},
		{"\"application/sdp\"", NONE},
		{";application/sdp", NONE},
		{"text/plain", NONE},
		{"", NONE},
};

START_TEST(test_types)
{
	ck_assert_int_eq(ask(ur_ask_type_is_session, types[_i].type),
			types[_i].allowed == SESSION);
	ck_assert_int_eq(ask(ur_ask_type_is_for_gateway, types[_i].type),
			types[_i].allowed != NONE);
	ck_assert(!ask(ur_ask_type_is_control, types[_i].type));
}
END_TEST

START_TEST(test_control)
{
	ck_assert(ask(ur_ask_type_is_control, "application/CSTA+xml"));
	ck_assert(ask(ur_ask_type_is_control, "application/csta+xml ;x=1"));
	ck_assert(!ask(ur_ask_type_is_for_gateway, "application/csta+xml"));
}
END_TEST

static const struct
{
	const char *event;
	bool is_transfer;
	bool is_mailbox;
} events[] = {
		{"refer", true, false},
		{"REFER", true, false},
		{"refer;id=93809823", true, false},
		{" refer\t; id=1", true, false},
		{"refer, talk", false, false},
		{"refer talk", false, false},
		{"refer.talk", false, false},
		{"referx", false, false},
		{"talk", false, false},
		{"\"talk\"", false, false},
		{"check-sync;reboot=true", false, false},
		{"ua-profile", false, false},
		{"message-summary", false, true},
		{"Message-Summary;id=1", false, true},
		{"message-summary, talk", false, false},
		{"message-summary.x", false, false},
		{";refer", false, false},
		{"", false, false},
};

START_TEST(test_events)
{
	ck_assert_int_eq(ask(ur_ask_event_is_transfer, events[_i].event),
			events[_i].is_transfer);
	ck_assert_int_eq(ask(ur_ask_event_is_mailbox, events[_i].event),
			events[_i].is_mailbox);
}
END_TEST

static const struct
{
	const char *headers;
	bool are_plain;
} refer_headers[] = {
		{"", true},
		{"Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2", true},
		{"replaces=a", true},
		{"Replaces=", false},
		{"Replaces=a&Route=%3Csip:evil.test%3E", false},
		{"Route=%3Csip:evil.test%3Blr%3E", false},
		{"Route=x&Replaces=a", false},
		{"P-Asserted-Identity=x", false},
		{"Replaces", false},
		{"xReplaces=a", false},
};

START_TEST(test_refer_headers)
{
	ck_assert_int_eq(
			ask(ur_ask_refer_headers_are_plain, refer_headers[_i].headers),
			refer_headers[_i].are_plain);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ask");
	TCase *tcase = tcase_create("ask");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
			tcase, test_types, 0, (int)(sizeof(types) / sizeof(types[0])));
	tcase_add_test(tcase, test_control);
	tcase_add_loop_test(
			tcase, test_events, 0, (int)(sizeof(events) / sizeof(events[0])));
	tcase_add_loop_test(tcase, test_refer_headers, 0,
			(int)(sizeof(refer_headers) / sizeof(refer_headers[0])));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
