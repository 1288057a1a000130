/*
 * The caller identity on each leg: every combination of caller, forwarding user, privacy and
 * destination, against a naive table. Which headers are removed from a leg.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/caller.h"

enum who
{
	TRUNK,
	PHONE,		/* of Bob, sip:bob@home.example */
	GONE_PHONE, /* whose user is gone since it has authenticated */
	SERVED,		/* Bob, for whom a media server calls */
};

enum chain
{
	NOBODY,		  /* was called */
	EXTENSION,	  /* of account 7, that leads straight out */
	FORWARDED,	  /* by Ann, of account 7 */
	BY_EXTENSION, /* came to Ann through that extension */
	DID,		  /* of account 7, that leads straight out */
	BY_DID,		  /* came to Ann through that did */
};

struct combination
{
	enum who who;
	enum chain chain;
	int is_private;
	enum ur_leg_to to;
};

static struct ur_user *make_user(
		const char *name, uint32_t account, const char *number)
{
	struct ur_user *user = calloc(1, 512);
	const uint16_t at = sizeof(*user);

	user->account = account;
	strcpy((char *)user + at, name);
	strcpy((char *)user + at + 100, number);
	user->username = (struct ur_slice){at, strlen(name)};
	user->out_cid_number = (struct ur_slice){at + 100, strlen(number)};
	return user;
}

/* May present 10 (its default), 11 and 12. */
static struct ur_account *make_account(void)
{
	struct ur_account *account = calloc(1, 512);
	const uint16_t at = sizeof(*account) + 3 * sizeof(account->texts[0]);
	int i;

	strcpy((char *)account + at, "101112");
	account->number_count = 3;
	for(i = 0; i < 3; i++)
		account->texts[i] = (struct ur_slice){at + 2 * i, 2};
	account->default_cid_number = account->texts[0];
	return account;
}

/* Section 6 of the contract, read line by line. First whose numbers may be shown, then
 * what is. */
static const char *expected(const struct combination *c)
{
	const bool is_forwarded = c->chain == FORWARDED || c->chain == BY_EXTENSION
							  || c->chain == BY_DID;
	const bool is_bob = c->who == PHONE || c->who == SERVED;
	const bool is_outside = is_bob && (c->chain == DID || c->chain == BY_DID);

	if(c->to == UR_LEG_TO_DEVICE || c->to == UR_LEG_TO_TARGET) {
		if(c->is_private || c->who == GONE_PHONE)
			return "- anonymous";
		if(is_outside)
			return "8 sip:+12@home.example";
		return is_bob ? "- sip:bob@home.example" : "- asserted";
	}
	if(is_forwarded)
		return "7 sip:+11@acme.example";
	if(is_outside)
		return c->to == UR_LEG_TO_FORWARD ? "7 sip:+10@acme.example"
										  : "- anonymous";
	if(c->to == UR_LEG_TO_EMERGENCY)
		return is_bob ? "8 sip:+12@home.example" : "- anonymous";
	if(is_bob)
		return c->is_private ? "- anonymous" : "8 sip:+12@home.example";
	if(c->who == TRUNK && c->to == UR_LEG_TO_FORWARD)
		return "7 sip:+10@acme.example";
	return "- anonymous";
}

static void begin_chain(struct ur_chain *chain, enum chain what,
		const struct ur_user *ann, const struct ur_extension *extension)
{
	memset(chain, 0, sizeof(*chain));
	if(what != NOBODY && what != FORWARDED)
		chain->hops[chain->count++].extension = extension;
	if(what == FORWARDED || what == BY_EXTENSION || what == BY_DID)
		chain->hops[chain->count++].user = ann;
}

static void try_combination(const struct combination *c)
{
	struct ur_user *ann = make_user("ann", 7, "11"),
				   *bob = make_user("bob", 8, "12");
	struct ur_account *account = make_account();
	const struct ur_extension extension = {
			.account = 7, .is_did = c->chain == DID || c->chain == BY_DID};
	const bool is_bob = c->who == PHONE || c->who == SERVED;
	const bool is_phone = c->who == PHONE || c->who == GONE_PHONE;
	const struct ur_caller caller = {.user = is_bob ? bob : NULL,
			.aor = is_phone ? UR_TEXT("phone@home.example") : UR_TEXT(""),
			.domain = c->who == TRUNK ? UR_TEXT("") : UR_TEXT("home.example"),
			.dialled = UR_TEXT("acme.example"),
			.is_private = c->is_private};
	struct ur_identity identity = {.uri_len = 0};
	struct ur_chain chain;
	uint32_t number = 0;
	char seen[100];
	bool shown, numbers;

	begin_chain(&chain, c->chain, ann, &extension);
	numbers = ur_caller_account(c->to, &chain, &caller, &number);
	shown = ur_caller_identity(
			c->to, &chain, &caller, numbers ? account : NULL, &identity);
	snprintf(seen, sizeof(seen), "%.*u%s %.*s", numbers ? 1 : 0, number,
			numbers ? "" : "-",
			!shown				 ? (int)sizeof("asserted") - 1
			: identity.anonymous ? (int)sizeof("anonymous") - 1
								 : identity.uri_len,
			!shown				 ? "asserted"
			: identity.anonymous ? "anonymous"
								 : identity.uri);
	ck_assert_msg(strcmp(seen, expected(c)) == 0,
			"who %d, chain %d, private %d, to %d: got \"%s\", expected \"%s\"",
			c->who, c->chain, c->is_private, c->to, seen, expected(c));
	free(ann);
	free(bob);
	free(account);
}

/* Only what can be: a leg to the PSTN that nobody forwards has nobody in the chain, or an
 * extension that leads nowhere; all others have somebody in it. */
static bool can_be(const struct combination *c)
{
	switch(c->to) {
		case UR_LEG_TO_OUTBOUND:
			return c->chain == NOBODY || c->chain == EXTENSION
				   || c->chain == DID;
		case UR_LEG_TO_EMERGENCY:
			return c->chain == NOBODY;
		case UR_LEG_TO_DEVICE:
			return c->chain == FORWARDED || c->chain == BY_EXTENSION
				   || c->chain == BY_DID;
		default:
			return c->chain != NOBODY;
	}
}

START_TEST(test_identity)
{
	struct combination c;
	int tried = 0;

	for(c.who = TRUNK; c.who <= SERVED; c.who++)
		for(c.chain = NOBODY; c.chain <= BY_DID; c.chain++)
			for(c.is_private = 0; c.is_private < 2; c.is_private++)
				for(c.to = 0; c.to <= UR_LEG_TO_EMERGENCY; c.to++) {
					if(!can_be(&c))
						continue;
					try_combination(&c);
					tried++;
				}
	ck_assert_int_eq(tried, 4 * 2 * (3 + 3 + 5 + 5 + 1));
}
END_TEST

/* A gateway's own domain is that of all numbers shown to it. */
START_TEST(test_gateway_domain)
{
	struct ur_user *bob = make_user("bob", 8, "12");
	struct ur_account *account = make_account();
	const struct ur_caller caller = {.user = bob,
			.aor = UR_TEXT("phone@home.example"),
			.domain = UR_TEXT("home.example"),
			.dialled = UR_TEXT("acme.example"),
			.gateway_domain = UR_TEXT("carrier.example")};
	const struct ur_chain nobody = {.count = 0};
	struct ur_identity identity;
	const struct ur_text shown = UR_TEXT("sip:+12@carrier.example");
	const struct ur_text name = UR_TEXT("sip:bob@home.example");
	enum ur_leg_to to;

	for(to = UR_LEG_TO_FORWARD; to <= UR_LEG_TO_EMERGENCY; to++) {
		ck_assert(ur_caller_identity(to, &nobody, &caller, account, &identity));
		ck_assert(ur_text_equal(
				(struct ur_text){identity.uri, identity.uri_len}, shown));
	}
	ck_assert(ur_caller_identity(
			UR_LEG_TO_DEVICE, &nobody, &caller, NULL, &identity));
	ck_assert(ur_text_equal(
			(struct ur_text){identity.uri, identity.uri_len}, name));
	free(bob);
	free(account);
}
END_TEST

/* ---- headers: the caller is account 8's, or none's */

static const struct
{
	enum who who;
	enum ur_leg_to to;
	uint32_t
			account; /* of the user who is reached; 0: by an extension of account 8 */
	unsigned classes; /* of this leg */
} headers[] = {
		/* Alice's phone rings for her own account, by itself too */
		{PHONE, UR_LEG_TO_DEVICE, 8, 0},
		{PHONE, UR_LEG_TO_DEVICE, 7, UR_HEADER_ANSWER | UR_HEADER_REPLACES},
		/* a call that a phone has: to the account's own users and to trunks alone */
		{GONE_PHONE, UR_LEG_TO_DEVICE, 8, UR_HEADER_REPLACES},
		{TRUNK, UR_LEG_TO_DEVICE, 8, 0},
		/* nobody else has to know how a phone picks up */
		{PHONE, UR_LEG_TO_TARGET, 8, UR_HEADER_ANSWER | UR_HEADER_REPLACES},
		{PHONE, UR_LEG_TO_TARGET, 0, UR_HEADER_ANSWER | UR_HEADER_REPLACES},
		{PHONE, UR_LEG_TO_TARGET, 7, UR_HEADER_ANSWER | UR_HEADER_REPLACES},
		{TRUNK, UR_LEG_TO_TARGET, 0, UR_HEADER_REPLACES},
		/* only what a call needs */
		{PHONE, UR_LEG_TO_FORWARD, 8, UR_HEADERS_NOT_TO_GATEWAY},
		{PHONE, UR_LEG_TO_FORWARD, 7, UR_HEADERS_NOT_TO_GATEWAY},
		{GONE_PHONE, UR_LEG_TO_FORWARD, 7, UR_HEADERS_NOT_TO_GATEWAY},
		{PHONE, UR_LEG_TO_OUTBOUND, 0, UR_HEADERS_NOT_TO_GATEWAY},
		{GONE_PHONE, UR_LEG_TO_OUTBOUND, 0, UR_HEADERS_NOT_TO_GATEWAY},
		/* no Privacy: help must know where to go */
		{PHONE, UR_LEG_TO_EMERGENCY, 0, UR_HEADERS_NOT_TO_HELP},
		/* a media server's diversions are believed */
		{SERVED, UR_LEG_TO_OUTBOUND, 0,
				UR_HEADERS_NOT_TO_GATEWAY & ~(unsigned)UR_HEADER_DIVERSION},
		{SERVED, UR_LEG_TO_FORWARD, 7,
				UR_HEADERS_NOT_TO_GATEWAY & ~(unsigned)UR_HEADER_DIVERSION},
		{SERVED, UR_LEG_TO_DEVICE, 8, 0},
		{SERVED, UR_LEG_TO_DEVICE, 7, UR_HEADER_ANSWER | UR_HEADER_REPLACES},
		/* a trunk says who diverted and who pays */
		{TRUNK, UR_LEG_TO_FORWARD, 7, UR_HEADER_REPLACES},
};

START_TEST(test_headers)
{
	struct ur_user *ann = make_user("ann", headers[_i].account, "11"),
				   *bob = make_user("bob", 8, "12");
	const struct ur_extension extension = {.account = 8};
	const struct ur_caller caller = {
			.user = headers[_i].who == PHONE || headers[_i].who == SERVED
							? bob
							: NULL,
			.aor = headers[_i].who == PHONE || headers[_i].who == GONE_PHONE
						   ? UR_TEXT("phone@home.example")
						   : UR_TEXT("")};
	const unsigned none[] = {[TRUNK] = UR_HEADER_ANSWER | UR_HEADER_SERVED,
			[PHONE] = UR_HEADERS_OF_TRUNKS,
			[GONE_PHONE] = UR_HEADERS_OF_TRUNKS | UR_HEADER_ANSWER,
			[SERVED] = UR_HEADER_SERVED};
	struct ur_chain chain;

	ck_assert_uint_eq(
			ur_caller_headers_of_none(&caller), none[headers[_i].who]);
	begin_chain(&chain, headers[_i].account ? BY_EXTENSION : EXTENSION, ann,
			&extension);
	ck_assert_uint_eq(ur_caller_headers(headers[_i].to, &chain, &caller),
			headers[_i].classes);
	if(headers[_i].to == UR_LEG_TO_OUTBOUND
			|| headers[_i].to == UR_LEG_TO_EMERGENCY)
		chain.count = 0;
	ck_assert_uint_eq(ur_caller_headers(headers[_i].to, &chain, &caller),
			headers[_i].classes);
	free(ann);
	free(bob);
}
END_TEST

/* Of whom the call came to last, the first one too; of nobody when it came to none. */
START_TEST(test_callees_account)
{
	struct ur_user *ann = make_user("ann", 8, "11"),
				   *bob = make_user("bob", 8, "12");
	const struct ur_extension extension = {.account = 8};
	const struct ur_caller caller = {
			.user = bob, .aor = UR_TEXT("phone@home.example")};
	enum chain what;
	struct ur_chain chain;

	for(what = NOBODY; what <= BY_EXTENSION; what++) {
		begin_chain(&chain, what, ann, &extension);
		ck_assert_int_eq(ur_caller_is_of_callees_account(&chain, &caller),
				what != NOBODY);
		ck_assert_int_eq(
				ur_caller_may_replace(&chain, &caller), what != NOBODY);
	}
	ann->account = 7;
	ck_assert(!ur_caller_is_of_callees_account(&chain, &caller));
	ck_assert(!ur_caller_may_replace(&chain, &caller));
	free(ann);
	free(bob);
}
END_TEST

/* Who pays for a leg to the PSTN, and who calls as from outside. */
START_TEST(test_payer)
{
	struct ur_user *ann = make_user("ann", 8, "11"),
				   *bob = make_user("bob", 8, "12");
	struct ur_extension extension = {.account = 8, .is_did = 1};
	struct ur_caller caller = {.user = bob, .aor = UR_TEXT("phone@x")};
	struct ur_chain chain;

	begin_chain(&chain, NOBODY, ann, &extension);
	ck_assert_ptr_eq(ur_caller_payer(&chain, &caller), bob);
	begin_chain(&chain, DID, ann, &extension);
	ck_assert_ptr_eq(ur_caller_payer(&chain, &caller), bob);
	ck_assert(!ur_caller_is_outside(&chain, &caller));
	extension.account = 7;
	ck_assert_ptr_null(ur_caller_payer(&chain, &caller));
	ck_assert(ur_caller_is_outside(&chain, &caller));
	extension.is_did = 0;
	ck_assert(!ur_caller_is_outside(&chain, &caller));
	begin_chain(&chain, BY_DID, ann, &extension);
	ck_assert_ptr_eq(ur_caller_payer(&chain, &caller), ann);
	caller.user = NULL;
	extension.is_did = 1;
	ck_assert(!ur_caller_is_outside(&chain, &caller));
	begin_chain(&chain, DID, ann, &extension);
	ck_assert_ptr_null(ur_caller_payer(&chain, &caller));
	free(ann);
	free(bob);
}
END_TEST

START_TEST(test_leg_to)
{
	const struct ur_target forward = {UR_TEXT("forward"), UR_TEXT("1")};
	const struct ur_target queue = {UR_TEXT("queue"), UR_TEXT("1")};

	ck_assert_int_eq(ur_caller_leg_to(forward), UR_LEG_TO_FORWARD);
	ck_assert_int_eq(ur_caller_leg_to(queue), UR_LEG_TO_TARGET);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("caller");
	TCase *tcase = tcase_create("caller");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_gateway_domain);
	tcase_add_test(tcase, test_identity);
	tcase_add_test(tcase, test_callees_account);
	tcase_add_test(tcase, test_payer);
	tcase_add_test(tcase, test_leg_to);
	tcase_add_loop_test(
			tcase, test_headers, 0, sizeof(headers) / sizeof(headers[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
