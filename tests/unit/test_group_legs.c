/*
 * What legs of calls to groups show, and what goes with a call that leaves a group.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/call.h"
#include "policy/history.h"
#include "support/calls.h"
#include "support/group_calls.h"
#include "support/groups.h"
#include "support/own_rules.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* What went before, then Diversion and History-Info without line ends. */
static const char *headers(const struct ur_chain *chain, bool to_pstn)
{
	static char text[1000];
	const struct ur_account *accounts[UR_CHAIN_LIMIT];
	struct ur_history_names names = {.domain = UR_TEXT("x")};
	char *end;
	int len, i;

	for(i = 0; to_pstn && i < chain->count; i++)
		accounts[i] = ur_test_find_account(NULL, 0);
	if(to_pstn)
		names.accounts = accounts;
	len = ur_history_diversions(chain, &names, text, sizeof(text));
	ck_assert_int_ge(len, 0);
	len += ur_history_info(chain, &names, UR_TEXT("sip:1@q"), UR_TEXT(""),
			text + len, sizeof(text) - len);
	text[len] = '\0';
	for(end = text; (end = strstr(end, "\r\n")) != NULL;)
		memcpy(end, " |", 2);
	for(i = 0; to_pstn && i < chain->count; i++)
		ur_test_put_account(accounts[i]);
	return text;
}

/* The group is named by the extension that leads to it. */
START_TEST(test_box)
{
	ur_test_group_call_world("g simultaneous noanswer:voicemail:9 = a");
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("0h");
	ck_assert_str_eq(
			ur_test_group_call_ask(25000), "no-answer: sip:9@voicemail");
	ck_assert(ur_text_equal(
			(struct ur_text){ur_test_group_call.decision.arrival.uri,
					ur_test_group_call.decision.arrival.uri_len},
			UR_TEXT("sip:9@voicemail;target=sip:e20%40x;cause=408")));
	ck_assert_str_eq(headers(&ur_test_group_call.call.chain, false),
			"Diversion: <sip:e20@x>;reason=no-answer |History-Info: "
			"<sip:e20@x>;index=1, <sip:1@q;cause=408>;index=1.1 |");
	ur_test_group_call_forget();
}
END_TEST

/* A group that a user's forward leads to has no name. */
START_TEST(test_box_without_name)
{
	ur_test_group_call_world("g simultaneous busy:voicemail:9 = d");
	ur_test_group_call_init("", UR_TRANSFER_NONE);
	ur_test_group_call_begin("k");
	ck_assert_str_eq(ur_test_group_call_decide(), "ring g");
	ur_test_group_call_next(0, 0);
	ck_assert_str_eq(ur_test_group_call_ask(0), "busy: sip:9@voicemail");
	ck_assert(ur_text_equal(
			(struct ur_text){ur_test_group_call.decision.arrival.uri,
					ur_test_group_call.decision.arrival.uri_len},
			UR_TEXT("sip:9@voicemail")));
	ck_assert_str_eq(headers(&ur_test_group_call.call.chain, false),
			"Diversion: <sip:k@x>;reason=unconditional |History-Info: "
			"<sip:k@x>;index=1, <sip:1@q;cause=302>;index=1.1 |");
	ur_test_group_call_forget();
}
END_TEST

/* User i, group g, out: both have diverted. */
START_TEST(test_history)
{
	static const struct ur_test_line line = {"e30", "ring_group:j"};

	ur_test_group_call_world(
			"g simultaneous busy:extension:e30 = a; j simultaneous "
			"busy:queue:1 = d");
	ur_test_world_add_line(&line);
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call_leg_ends("486");
	ck_assert_str_eq(ur_test_group_call_ask(1000), "busy: ring j");
	ur_test_group_call_next(1000, 0);
	ck_assert_str_eq(ur_test_group_call_ask(1000), "busy: sip:1@queue");
	ck_assert_str_eq(headers(&ur_test_group_call.call.chain, false),
			"Diversion: <sip:e30@x>;reason=user-busy |"
			"Diversion: <sip:e20@x>;reason=user-busy |"
			"History-Info: <sip:e20@x>;index=1, <sip:e30@x;cause=486>;index="
			"1.1, <sip:1@q;cause=486>;index=1.1.1 |");
	ur_test_group_call_forget();
}
END_TEST

/* Towards the PSTN the group has the account's number. */
START_TEST(test_history_to_pstn)
{
	ur_test_group_call_world("g simultaneous busy:forward:4940 = d");
	ur_test_add_account(0, "49", "", "491");
	ur_test_group_call_comes();
	ur_test_group_call_next(0, 0);
	ck_assert_str_eq(ur_test_group_call_ask(0), "busy: sip:4940@forward");
	ck_assert_ptr_nonnull(strstr(headers(&ur_test_group_call.call.chain, true),
			"Diversion: <sip:+491@x>;reason=user-busy |"));
	ck_assert_int_eq(
			ur_call_leg_to(&ur_test_group_call.call,
					ur_test_group_call.decision.arrival.target, UR_NO_PLACE),
			UR_LEG_TO_FORWARD);
	ur_test_group_call_forget();
}
END_TEST

/* ---- external members: who pays, and the number shown */

static int place_of(const char *name)
{
	char text[64];
	int place;

	for(place = 0; place < ur_plan_count(&ur_test_group_call.call.plan);
			place++) {
		const struct ur_member member =
				ur_plan_member(&ur_test_group_call.call.plan, place);
		struct ur_output out = {text, 0, sizeof(text)};

		ur_member_put(&out, &member);
		if(out.len == (int)strlen(name) && memcmp(text, name, out.len) == 0)
			return place;
	}
	ck_abort_msg("nobody is %s", name);
	return UR_NO_PLACE;
}

static void put_payer(char *text, size_t size, const struct ur_user *payer)
{
	const struct ur_text id =
			payer != NULL ? ur_user_text(payer, payer->id) : UR_TEXT("nobody");

	snprintf(text, size, "%.*s ", id.len, id.s);
}

/* "PAYER NUMBER" of a leg into the PSTN; "phone" for another leg. */
static const char *shown(const struct ur_chain *chain, enum ur_leg_to to)
{
	static char text[200];
	struct ur_identity identity;
	const struct ur_account *account = NULL;
	uint32_t number;
	size_t len;

	if(to == UR_LEG_TO_DEVICE)
		return "phone";
	put_payer(text, sizeof(text),
			ur_caller_payer(chain, &ur_test_group_call.call.caller));
	len = strlen(text);
	if(ur_caller_account(to, chain, &ur_test_group_call.call.caller, &number))
		account = ur_test_find_account(NULL, number);
	if(ur_caller_identity(
			   to, chain, &ur_test_group_call.call.caller, account, &identity))
		snprintf(text + len, sizeof(text) - len, "%.*s", identity.uri_len,
				identity.uri);
	else
		snprintf(text + len, sizeof(text) - len, "asserted");
	if(account != NULL)
		ur_test_put_account(account);
	return text;
}

/* f's forward and h's mobile, at their cost; +4930 is the group's own, at the caller's, or the
 * account's. */
static const struct
{
	const char *caller, *member, *shown, *diversion;
} external[] = {
		{"", "c0@x", "phone", ""},
		{"", "+49301", "h sip:+491@gw",
				"Diversion: <sip:h@x>;reason=unconditional |Hist"},
		{"", "+49302", "f sip:+492@gw",
				"Diversion: <sip:f@x>;reason=unconditional |Hist"},
		{"", "+4930", "nobody sip:+491@gw",
				"Diversion: <sip:e20@x>;reason=unconditional |Hist"},
		{"a", "+49301", "h sip:+491@gw",
				"Diversion: <sip:h@x>;reason=unconditional |Hist"},
		{"a", "+49302", "f sip:+492@gw",
				"Diversion: <sip:f@x>;reason=unconditional |Hist"},
		{"a", "+4930", "a sip:+491@gw",
				"Diversion: <sip:e20@x>;reason=unconditional |Hist"},
};

START_TEST(test_external)
{
	struct ur_chain copy;
	const struct ur_chain *chain;
	int place;

	ur_test_group_call_world("g simultaneous follow = c h f #4930");
	ur_test_add_account(0, "49", "", "491 492");
	ur_test_group_call_init(external[_i].caller, UR_TRANSFER_NONE);
	ur_test_group_call.call.caller.gateway_domain = UR_TEXT("gw");
	ur_test_group_call_begin("ring_group:g");
	ur_test_group_call_decide();
	ur_test_group_call_start(0);
	place = place_of(external[_i].member);
	chain = ur_call_leg_chain(&ur_test_group_call.call, place, &copy);
	ck_assert_str_eq(shown(chain, ur_call_leg_to(&ur_test_group_call.call,
										  (struct ur_target){0}, place)),
			external[_i].shown);
	ck_assert(strncmp(headers(chain, false), external[_i].diversion,
					  strlen(external[_i].diversion))
			  == 0);
	/* of that leg alone */
	ck_assert_ptr_null(ur_call_user(&ur_test_group_call.call));
	ck_assert_int_eq(
			ur_test_group_call.call.chain.hops[1].diversion, UR_DIVERSION_NONE);
	ur_test_group_call_forget();
}
END_TEST

/* As many hops as a chain may have: the group diverts in the member's place. */
START_TEST(test_external_at_limit)
{
	struct ur_chain copy;
	const struct ur_chain *chain;

	ur_test_group_call_world("g simultaneous = h");
	ur_test_group_call_comes();
	ur_test_group_call_start(0);
	ur_test_group_call.call.chain.count = UR_CHAIN_LIMIT;
	for(int i = 2; i < UR_CHAIN_LIMIT; i++)
		ur_test_group_call.call.chain.hops[i] =
				ur_test_group_call.call.chain.hops[1];
	chain = ur_call_leg_chain(&ur_test_group_call.call, 0, &copy);
	ck_assert_int_eq(chain->count, UR_CHAIN_LIMIT);
	ck_assert_int_eq(chain->hops[UR_CHAIN_LIMIT - 1].diversion,
			UR_DIVERSION_UNCONDITIONAL);
	ur_test_group_call.call.chain.count = 2;
	ur_test_group_call_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("group_legs");
	TCase *tcase = tcase_create("group_legs");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_box);
	tcase_add_test(tcase, test_box_without_name);
	tcase_add_test(tcase, test_history);
	tcase_add_test(tcase, test_history_to_pstn);
	tcase_add_loop_test(tcase, test_external, 0, COUNT(external));
	tcase_add_test(tcase, test_external_at_limit);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
