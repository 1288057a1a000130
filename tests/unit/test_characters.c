/*
 * Records: a row whose text could end a header, a URI or a line of the log is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include "mirror/store/draft.h"
#include "support/sample.h"
#include "support/suite.h"

static struct ur_draft draft;

#define ck_refused(call, reason)                             \
	do {                                                     \
		ck_assert_int_eq(call, EINVAL);                      \
		ck_assert_msg(strstr(draft.error, reason) != NULL,   \
				"'%s' is not in '%s'", reason, draft.error); \
	} while(0)

/* Of tables behind the views that have no constraints: the text would go on in a header,
 * or in a line of the log. */
START_TEST(control_characters_are_refused)
{
	const struct ur_text odd = UR_TEXT("a\r\nX: 1");
	struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");
	struct ur_device_row device = ur_test_device_row("dev_a", "a");
	struct ur_text *const of_user[] = {&row.id, &row.username,
			&row.voicemail_id, &row.out_cid_number, &row.forward[0].kind,
			&row.forward[2].id, &device.id, &device.auth_username,
			&device.realm};
	struct ur_extension_row extension = {.account = 1,
			.id = UR_TEXT("ext_1"),
			.digits = UR_TEXT("10"),
			.target = {UR_TEXT_INIT("queue"), UR_TEXT_INIT("q")}};
	struct ur_text *const of_extension[] = {&extension.id, &extension.digits,
			&extension.target.kind, &extension.target.id};
	size_t i;

	for(i = 0; i < sizeof(of_user) / sizeof(of_user[0]); i++) {
		const struct ur_text good = *of_user[i];

		*of_user[i] = odd;
		ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "0x0d");
		*of_user[i] = good;
	}
	ck_assert_int_eq(ur_draft_user(&draft, &row, &device, 1, NULL, 0), 0);
	for(i = 0; i < sizeof(of_extension) / sizeof(of_extension[0]); i++) {
		const struct ur_text good = *of_extension[i];

		*of_extension[i] = odd;
		ck_refused(ur_draft_extension(&draft, &extension), "0x0d");
		*of_extension[i] = good;
	}
	ck_assert_int_eq(ur_draft_extension(&draft, &extension), 0);
}
END_TEST

START_TEST(what_would_end_a_uri_is_refused)
{
	static const char *const odd[] = {
			"a b", "a>b", "<a", "a\"b", "a\\b", "a\x7f", "\xc3\xa9", "\n"};
	size_t i;

	for(i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		const struct ur_text text = {odd[i], (int)strlen(odd[i])};
		const struct ur_account_row account = {
				.number = 3, .id = UR_TEXT("acc_1")};
		const struct ur_target_row target = {.account_id = UR_TEXT("acc_1"),
				.target = {UR_TEXT_INIT("queue"), UR_TEXT_INIT("q")},
				.address = text};
		struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");
		struct ur_device_row device = ur_test_device_row("dev_a", "a");

		device.realm = text;
		ck_refused(ur_draft_user(&draft, &row, &device, 1, NULL, 0), "realm");
		ck_refused(ur_draft_account(&draft, &account, &text, 1, 0), "domains");
		ck_refused(ur_draft_target(&draft, &target), "address");
		ck_refused(ur_draft_target_kind(&draft, UR_TEXT("queue"), text),
				"uri_template");
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {control_characters_are_refused,
			what_would_end_a_uri_is_refused, NULL};
	const struct ur_test_suite suite = {.name = "characters"};

	return ur_test_suite_run(&suite, tests);
}
