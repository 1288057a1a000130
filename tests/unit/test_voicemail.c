/*
 * What a voicemail box is told about the call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/identity.h"
#include "policy/voicemail.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define OF_ANN ";target=sip:ann%40acme.example"
#define OF_BOB ";target=sip:bob%40acme.example"
#define DOMAIN UR_TEXT("acme.example")

/* The hops: a and b are users, e an extension; behind each why it was left: always, do not disturb,
 * busy, no answer, unreachable; "-" if it was not. */
static const struct
{
	const char *kind, *hops, *uri;
} boxes[] = {
		{"voicemail", "aA", "sip:7@vm" OF_ANN ";cause=302"},
		{"voicemail", "aD", "sip:7@vm" OF_ANN ";cause=486"},
		{"voicemail", "aB", "sip:7@vm" OF_ANN ";cause=486"},
		{"voicemail", "aN", "sip:7@vm" OF_ANN ";cause=408"},
		{"voicemail", "aU", "sip:7@vm" OF_ANN ";cause=503"},
		/* the last user, and why that one was left */
		{"voicemail", "aBbN", "sip:7@vm" OF_BOB ";cause=408"},
		{"voicemail", "bNaB", "sip:7@vm" OF_ANN ";cause=486"},
		{"voicemail", "e-aN", "sip:7@vm" OF_ANN ";cause=408"},
		/* through extensions behind that user */
		{"voicemail", "aNe-", "sip:7@vm" OF_ANN ";cause=408"},
		{"voicemail", "bAaNe-e-", "sip:7@vm" OF_ANN ";cause=408"},
		{"voicemail", "bAaDeNe-", "sip:7@vm" OF_ANN ";cause=486"},
		/* nobody's */
		{"voicemail", "e-", "sip:7@vm"},
		{"voicemail", "e-e-", "sip:7@vm"},
		{"voicemail", "a-", "sip:7@vm"},
		{"voicemail", "aNb-", "sip:7@vm"},
		/* any other target */
		{"queue", "aN", "sip:7@vm"},
		{"voicemai", "aN", "sip:7@vm"},
		{"", "aN", "sip:7@vm"},
};

static const struct ur_extension extension;

static struct ur_user *make_user(const char *username)
{
	struct ur_user *user = calloc(1, sizeof(*user) + 1000);

	user->username.off = sizeof(*user);
	user->username.len = strlen(username);
	strcpy((char *)user + sizeof(*user), username);
	return user;
}

/* Behind its end stands what is left of a longer one. */
static void make_chain(struct ur_chain *chain, const char *hops,
		const struct ur_user *ann, const struct ur_user *bob)
{
	static const char letters[] = "-ADBNU";
	const struct ur_user *last = ann;
	int i;

	memset(chain, 0, sizeof(*chain));
	chain->count = strlen(hops) / 2;
	for(i = 0; i < chain->count; i++, hops += 2) {
		struct ur_hop *hop = &chain->hops[i];

		hop->user = hops[0] == 'a' ? ann : hops[0] == 'b' ? bob : NULL;
		hop->extension = hops[0] == 'e' ? &extension : NULL;
		hop->diversion = strchr(letters, hops[1]) - letters;
		last = hop->user != NULL ? hop->user : last;
	}
	for(; i < UR_CHAIN_LIMIT; i++)
		chain->hops[i] = (struct ur_hop){
				.user = last, .diversion = UR_DIVERSION_UNCONDITIONAL};
}

static void make_arrival(struct ur_arrival *arrival, const char *kind, int len)
{
	memset(arrival, 0, sizeof(*arrival));
	arrival->target.kind = (struct ur_text){kind, strlen(kind)};
	memset(arrival->uri, 'x', sizeof(arrival->uri));
	memcpy(arrival->uri, "sip:7@vm", 8);
	arrival->uri_len = len;
}

START_TEST(test_box)
{
	static struct ur_arrival arrival;
	struct ur_user *ann = make_user("ann"), *bob = make_user("bob");
	struct ur_chain chain;
	int len;

	make_chain(&chain, boxes[_i].hops, ann, bob);
	make_arrival(&arrival, boxes[_i].kind, 8);
	len = ur_voicemail_add_cause(&chain, DOMAIN, &arrival);
	ck_assert_int_eq(len, strlen(boxes[_i].uri));
	ck_assert_int_eq(memcmp(arrival.uri, boxes[_i].uri, len), 0);
	ck_assert_int_eq(arrival.uri_len, 8); /* is not set */
	free(ann);
	free(bob);
}
END_TEST

/* A URI that is as long as one may be, and one that is longer. */
START_TEST(test_longest)
{
	static const char added[] = OF_ANN ";cause=408";
	const int room = UR_TARGET_URI_MAX - (int)(sizeof(added) - 1);
	static struct ur_arrival arrival;
	struct ur_user *ann = make_user("ann");
	struct ur_chain chain;

	make_chain(&chain, "aN", ann, NULL);
	make_arrival(&arrival, "voicemail", room);
	ck_assert_int_eq(ur_voicemail_add_cause(&chain, DOMAIN, &arrival),
			UR_TARGET_URI_MAX);
	ck_assert_mem_eq(arrival.uri + room, added, sizeof(added) - 1);
	make_arrival(&arrival, "voicemail", room + 1);
	ck_assert_int_eq(ur_voicemail_add_cause(&chain, DOMAIN, &arrival), -1);
	ck_assert_int_eq(arrival.uri[room + 1], 'x');
	free(ann);
}
END_TEST

/* Who was called can't be said: the domain would end the URI, or the name is too long. */
START_TEST(test_no_address)
{
	static struct ur_arrival arrival;
	char name[UR_IDENTITY_URI_MAX + 1];
	struct ur_user *ann = make_user("ann"), *long_name;
	struct ur_chain chain;

	make_chain(&chain, "aN", ann, NULL);
	make_arrival(&arrival, "voicemail", 8);
	ck_assert_int_eq(
			ur_voicemail_add_cause(&chain, UR_TEXT("x>"), &arrival), -1);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	long_name = make_user(name);
	make_chain(&chain, "aN", long_name, NULL);
	ck_assert_int_eq(ur_voicemail_add_cause(&chain, DOMAIN, &arrival), -1);
	ck_assert_int_eq(arrival.uri[8], 'x');
	free(ann);
	free(long_name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("voicemail");
	TCase *tcase = tcase_create("voicemail");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_box, 0, COUNT(boxes));
	tcase_add_test(tcase, test_longest);
	tcase_add_test(tcase, test_no_address);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
