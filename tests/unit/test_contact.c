/*
 * What a phone may register as its Contact.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "policy/contact.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Texts with their zero bytes. */
static const struct
{
	struct ur_text text;
	bool is_text, is_value;
} texts[] = {
		{UR_TEXT_INIT(""), true, true},
		{UR_TEXT_INIT("sip:x@192.0.2.1:5060;transport=tcp"), true, true},
		{UR_TEXT_INIT("caf\xc3\xa9 \xff"), true, true},
		{UR_TEXT_INIT("a\tb"), false, true},
		{UR_TEXT_INIT("a\r\n b"), false, true},
		{UR_TEXT_INIT("\0"), false, false},
		{UR_TEXT_INIT("a\0b"), false, false},
		{UR_TEXT_INIT("a\x01"), false, false},
		{UR_TEXT_INIT("a\x0b"), false, false},
		{UR_TEXT_INIT("a\x7f"), false, false},
		{UR_TEXT_INIT("\x1f"), false, false},
		{UR_TEXT_INIT(" "), true, true},
		{UR_TEXT_INIT("\t"), false, true},
		{UR_TEXT_INIT("\r"), false, true},
		{UR_TEXT_INIT("\n"), false, true},
};

START_TEST(test_texts)
{
	const struct ur_text text =
			ur_test_edge_text(texts[_i].text.s, texts[_i].text.len);

	ck_assert(ur_contact_text_is_sound(text) == texts[_i].is_text);
	ck_assert(ur_contact_value_is_sound(text) == texts[_i].is_value);
}
END_TEST

START_TEST(test_lengths)
{
	static char s[UR_CONTACT_VALUE_MAX + 1];

	memset(s, 'x', sizeof(s));
	ck_assert(
			ur_contact_text_is_sound((struct ur_text){s, UR_CONTACT_TEXT_MAX}));
	ck_assert(!ur_contact_text_is_sound(
			(struct ur_text){s, UR_CONTACT_TEXT_MAX + 1}));
	ck_assert(ur_contact_value_is_sound(
			(struct ur_text){s, UR_CONTACT_VALUE_MAX}));
	ck_assert(!ur_contact_value_is_sound(
			(struct ur_text){s, UR_CONTACT_VALUE_MAX + 1}));
}
END_TEST

static const struct
{
	const char *params;
	bool plain;
} params[] = {
		{"", true},
		{"transport=tcp", true},
		{"TRANSPORT=UDP;ob", true},
		{"line=3f8a;user=phone;rinstance=x", true},
		{"app-id=1;pn-provider=fcm;pn-param=a;pn-prid=b:c", true},
		{"user", true},
		{"user=a=b", true},
		{"ob;ob;ob", true},
		{"ob;maddr=192.0.2.9", false},
		{"ob;;ob", false},
		{"ob;maddr", false},
		{"user>phone", false},
		{"maddr=192.0.2.9;ob", false},
		{"Maddr=192.0.2.9", false},
		{"alias=192.0.2.9~5060~1", false},
		{"received=192.0.2.9", false},
		{"lr", false},
		{"r2=on", false},
		{"what-nobody-knows", false},
		{"transport =tcp", false},
		{" transport=tcp", false},
		{"transpor", false},
		{"transports=tcp", false},
		{"ob;", false},
		{";", false},
		{";ob", false},
		{"=tcp", false},
};

START_TEST(test_params)
{
	const struct ur_text text =
			ur_test_edge_text(params[_i].params, strlen(params[_i].params));

	ck_assert_msg(ur_contact_params_are_plain(text) == params[_i].plain, "%s",
			params[_i].params);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("contact");
	TCase *tcase = tcase_create("contact");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_texts, 0, COUNT(texts));
	tcase_add_test(tcase, test_lengths);
	tcase_add_loop_test(tcase, test_params, 0, COUNT(params));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
