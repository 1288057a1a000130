/*
 * The voicemail box that a user may ask about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <string.h>

#include "policy/mailbox.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct ur_chain chain;

static void make_world(void)
{
	static const struct ur_test_person people[] = {
			{.id = "a", .voicemail = "7", .always = "queue:1"},
			{.id = "b", .voicemail = "8"}, {.id = "without"},
			{.id = "lost", .voicemail = "none"}};
	static const struct ur_test_line lines[] = {{"ea", "user:a"},
			{"eb", "user:b"}, {"far", "extension:ea"}, {"box", "voicemail:7"},
			{"end", "hangup:486"}, {"gone", "user:x"}};
	int i;

	ur_test_world_forget();
	for(i = 0; i < COUNT(people); i++)
		ur_test_world_add(&people[i]);
	for(i = 0; i < COUNT(lines); i++)
		ur_test_world_add_line(&lines[i]);
}

/* Who asks, and whom that names: a user, or an extension. */
static const struct
{
	const char *owner, *user, *extension;
	enum ur_mailbox found;
	const char *uri;
} asked[] = {
		{"a", "a", NULL, UR_MAILBOX_FOUND, "sip:7@voicemail"},
		{"a", NULL, "ea", UR_MAILBOX_FOUND, "sip:7@voicemail"},
		{"a", NULL, "far", UR_MAILBOX_FOUND, "sip:7@voicemail"},
		{"b", "a", NULL, UR_MAILBOX_NOT_OWN, NULL},
		{"a", NULL, "eb", UR_MAILBOX_NOT_OWN, NULL},
		{"a", NULL, "box", UR_MAILBOX_NOT_OWN, NULL},
		{"a", NULL, "end", UR_MAILBOX_NOT_OWN, NULL},
		{"a", NULL, "gone", UR_MAILBOX_NOT_OWN, NULL},
		{"without", "without", NULL, UR_MAILBOX_NONE, NULL},
		{"lost", "lost", NULL, UR_MAILBOX_NONE, NULL},
};

START_TEST(test_find)
{
	const struct ur_user *owner;
	struct ur_decision decision;

	make_world();
	memset(&chain, 0, sizeof(chain));
	owner = ur_test_world_user(asked[_i].owner);
	if(asked[_i].user != NULL)
		ur_chain_begin_user(&chain, ur_test_world_user(asked[_i].user));
	else
		ur_chain_begin_extension(
				&chain, ur_test_world_line(asked[_i].extension));
	ck_assert_int_eq(
			ur_mailbox_find(&chain, &ur_test_directory, owner, &decision),
			asked[_i].found);
	if(asked[_i].uri != NULL) {
		ck_assert_int_eq(decision.arrival.uri_len, strlen(asked[_i].uri));
		ck_assert_mem_eq(
				decision.arrival.uri, asked[_i].uri, decision.arrival.uri_len);
		ck_assert_int_eq(
				chain.hops[chain.count - 1].diversion, UR_DIVERSION_NONE);
	}
	ur_chain_end(&chain, &ur_test_directory);
	ur_test_directory.put_user(owner);
	ck_assert_int_eq(ur_test_world.references, 0);
}
END_TEST

START_TEST(test_key)
{
	char key[UR_MAILBOX_KEY_MAX];

	make_world();
	ck_assert_int_eq(
			ur_mailbox_key(ur_test_world_user("a"), key, sizeof(key)), 3);
	ck_assert_mem_eq(key, "a\n7", 3);
	ck_assert_int_eq(ur_mailbox_key(ur_test_world_user("a"), key, 3), 3);
	ck_assert_int_eq(ur_mailbox_key(ur_test_world_user("a"), key, 2), -1);
	ck_assert_int_eq(
			ur_mailbox_key(ur_test_world_user("without"), key, sizeof(key)),
			-1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mailbox");
	TCase *tcase = tcase_create("mailbox");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_find, 0, COUNT(asked));
	tcase_add_test(tcase, test_key);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
