/*
 * The verdicts of legs and the outcome of a ring. A case is one line: how the legs ended, and the
 * expected result.
 *
 * A leg is the code of its final response; T: the ring time ran out after a provisional response;
 * S: silent, no response.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/verdict.h"

static struct ur_verdict_codes codes;

static void use_defaults(void)
{
	const char *bad;

	ur_verdict_codes_reset(&codes);
	ck_assert_int_eq(ur_verdict_codes_parse(
							 &codes, "486,600,603", UR_VERDICT_BUSY, &bad),
			0);
	ck_assert_int_eq(ur_verdict_codes_parse(
							 &codes, "408,480", UR_VERDICT_NO_ANSWER, &bad),
			0);
	ck_assert_int_eq(ur_verdict_codes_parse(&codes, "404,410,430,503",
							 UR_VERDICT_UNREACHABLE, &bad),
			0);
	ck_assert_int_eq(ur_verdict_codes_parse(&codes,
							 "415,420,421,422,488,489,493,494,580",
							 UR_VERDICT_NEGOTIATION, &bad),
			0);
}

static struct ur_leg_end leg(const char *spec)
{
	if(*spec == 'T')
		return (struct ur_leg_end){.code = 0, .heard = true};
	if(*spec == 'S')
		return (struct ur_leg_end){.code = 0, .heard = false};
	return (struct ur_leg_end){.code = atoi(spec), .heard = false};
}

static const struct
{
	const char *leg;
	enum ur_verdict verdict;
} legs[] = {
		{"486", UR_VERDICT_BUSY},
		{"600", UR_VERDICT_BUSY},
		{"603", UR_VERDICT_BUSY},
		{"T", UR_VERDICT_NO_ANSWER},
		{"408", UR_VERDICT_NO_ANSWER},
		{"480", UR_VERDICT_NO_ANSWER},
		{"S", UR_VERDICT_UNREACHABLE},
		{"404", UR_VERDICT_UNREACHABLE},
		{"410", UR_VERDICT_UNREACHABLE},
		{"430", UR_VERDICT_UNREACHABLE},
		{"503", UR_VERDICT_UNREACHABLE},
		{"300", UR_VERDICT_REFUSED},
		{"302", UR_VERDICT_REFUSED},
		{"403", UR_VERDICT_REFUSED},
		{"422", UR_VERDICT_NEGOTIATION},
		{"488", UR_VERDICT_NEGOTIATION},
		{"580", UR_VERDICT_NEGOTIATION},
		{"481", UR_VERDICT_REFUSED},
		{"500", UR_VERDICT_REFUSED},
		{"604", UR_VERDICT_REFUSED},
		{"606", UR_VERDICT_REFUSED},
		{"699", UR_VERDICT_REFUSED},
		{"700", UR_VERDICT_REFUSED},
		{"200", UR_VERDICT_REFUSED},
};

START_TEST(test_leg)
{
	use_defaults();
	ck_assert_str_eq(
			ur_verdict_name(ur_verdict_of_leg(&codes, leg(legs[_i].leg))),
			ur_verdict_name(legs[_i].verdict));
}
END_TEST

static const struct
{
	const char *legs;
	enum ur_outcome outcome;
	bool declined;
} rings[] = {
		/* nobody was reachable */
		{"", UR_OUTCOME_UNREACHABLE, false},
		{"S", UR_OUTCOME_UNREACHABLE, false},
		{"S S", UR_OUTCOME_UNREACHABLE, false},
		{"404 503", UR_OUTCOME_UNREACHABLE, false},
		{"410 S 430", UR_OUTCOME_UNREACHABLE, false},
		/* somebody was */
		{"404 480", UR_OUTCOME_NO_ANSWER, false},
		{"408 S", UR_OUTCOME_NO_ANSWER, false},
		{"404 T", UR_OUTCOME_NO_ANSWER, false},
		{"T S", UR_OUTCOME_NO_ANSWER, false},
		{"404 500", UR_OUTCOME_NO_ANSWER, false},
		{"302 S", UR_OUTCOME_NO_ANSWER, false},
		{"302", UR_OUTCOME_NO_ANSWER, false},
		{"500", UR_OUTCOME_NO_ANSWER, false},
		/* busy if any leg was, wherever it stands, whatever tm would pick */
		{"486", UR_OUTCOME_BUSY, false},
		{"486 480", UR_OUTCOME_BUSY, false},
		{"480 486", UR_OUTCOME_BUSY, false},
		{"408 486", UR_OUTCOME_BUSY, false},
		{"486 408", UR_OUTCOME_BUSY, false},
		{"S 486", UR_OUTCOME_BUSY, false},
		{"404 486 503", UR_OUTCOME_BUSY, false},
		{"302 486", UR_OUTCOME_BUSY, false},
		{"500 600", UR_OUTCOME_BUSY, true},
		{"603", UR_OUTCOME_BUSY, true},
		{"603 480 S", UR_OUTCOME_BUSY, true},
		{"603 T", UR_OUTCOME_BUSY, true},
		{"604 606", UR_OUTCOME_NO_ANSWER, false},
		/* the time ran out while a leg was pending: no answer, even so */
		{"T", UR_OUTCOME_NO_ANSWER, false},
		{"T 486", UR_OUTCOME_NO_ANSWER, false},
		{"486 T", UR_OUTCOME_NO_ANSWER, false},
		{"486 T S", UR_OUTCOME_NO_ANSWER, false},
		{"T 603", UR_OUTCOME_NO_ANSWER, true},
		/* the phone's own 408 and 480 are no running out of time */
		{"480", UR_OUTCOME_NO_ANSWER, false},
		{"408", UR_OUTCOME_NO_ANSWER, false},
		/* the caller's phone is to mend it, if no leg ended otherwise */
		{"488", UR_OUTCOME_NEGOTIATION, false},
		{"488 422", UR_OUTCOME_NEGOTIATION, false},
		{"488 S", UR_OUTCOME_NO_ANSWER, false},
		{"404 488", UR_OUTCOME_NO_ANSWER, false},
		{"488 480", UR_OUTCOME_NO_ANSWER, false},
		{"T 488", UR_OUTCOME_NO_ANSWER, false},
		{"488 486", UR_OUTCOME_BUSY, false},
		{"488 603", UR_OUTCOME_BUSY, true},
};

/* Names of outcomes are what $ur(outcome) shows. */
START_TEST(test_outcome_name)
{
	ck_assert_str_eq(ur_outcome_name(UR_OUTCOME_BUSY), "busy");
	ck_assert_str_eq(ur_outcome_name(UR_OUTCOME_NO_ANSWER), "no-answer");
	ck_assert_str_eq(ur_outcome_name(UR_OUTCOME_UNREACHABLE), "unreachable");
	ck_assert_str_eq(ur_outcome_name(UR_OUTCOME_NEGOTIATION), "negotiation");
}
END_TEST

/* The administrator's lists decide, also about a code that stops the ring. */
START_TEST(test_declined_unreachable)
{
	struct ur_ring ring = {0};
	const char *bad;

	use_defaults();
	ck_assert_int_eq(
			ur_verdict_codes_parse(&codes, "603", UR_VERDICT_UNREACHABLE, &bad),
			0);
	ur_ring_add(&ring, &codes, leg("603"));
	ck_assert(ring.declined);
	ck_assert_int_eq(ur_ring_outcome(&ring), UR_OUTCOME_UNREACHABLE);
}
END_TEST

START_TEST(test_ring)
{
	struct ur_ring ring = {0};
	char copy[64], *word, *save = NULL;

	use_defaults();
	strcpy(copy, rings[_i].legs);
	for(word = strtok_r(copy, " ", &save); word != NULL;
			word = strtok_r(NULL, " ", &save))
		ur_ring_add(&ring, &codes, leg(word));
	ck_assert_msg(ur_ring_outcome(&ring) == rings[_i].outcome,
			"legs \"%s\": got %s", rings[_i].legs,
			ur_outcome_name(ur_ring_outcome(&ring)));
	ck_assert_msg(ring.declined == rings[_i].declined,
			"legs \"%s\": declined is %d", rings[_i].legs, ring.declined);
}
END_TEST

/* The first response counts, whatever the order in which legs are added. */
START_TEST(test_first_negotiation)
{
	struct ur_ring ring = {0};

	use_defaults();
	ck_assert(!ur_ring_note_negotiation(&ring, &codes, 486));
	ck_assert(!ur_ring_note_negotiation(&ring, &codes, 0));
	ck_assert_int_eq(ring.negotiation, 0);
	ck_assert(ur_ring_note_negotiation(&ring, &codes, 422));
	ck_assert(!ur_ring_note_negotiation(&ring, &codes, 488));
	ur_ring_add(&ring, &codes, leg("488"));
	ur_ring_add(&ring, &codes, leg("422"));
	ck_assert_int_eq(ring.negotiation, 422);
}
END_TEST

static const struct
{
	const char *legs;
	int status;
} transfers[] = {
		/* nobody knows the call, or is there to say so */
		{"", 481},
		{"481", 481},
		{"481 481", 481},
		{"481 S", 481},
		{"404 503", 481},
		/* somebody does, or says something else */
		{"481 486", 486},
		{"603 481", 486},
		{"481 480", 480},
		{"481 T", 480},
		{"500", 480},
};

START_TEST(test_transfer)
{
	struct ur_ring ring = {0};
	char copy[64], *word, *save = NULL;

	use_defaults();
	strcpy(copy, transfers[_i].legs);
	for(word = strtok_r(copy, " ", &save); word != NULL;
			word = strtok_r(NULL, " ", &save))
		ur_ring_add(&ring, &codes, leg(word));
	ck_assert_msg(ur_ring_status_of_transfer(&ring) == transfers[_i].status,
			"legs \"%s\": got %d", transfers[_i].legs,
			ur_ring_status_of_transfer(&ring));
}
END_TEST

/* 481 may be in the list of any verdict: it still says that the call is not there. */
START_TEST(test_transfer_and_lists)
{
	const char *bad;
	enum ur_verdict verdict;

	for(verdict = UR_VERDICT_REFUSED; verdict < UR_VERDICT_COUNT; verdict++) {
		struct ur_ring ring = {0};

		use_defaults();
		ck_assert_int_eq(
				ur_verdict_codes_parse(&codes, "481", verdict, &bad), 0);
		ur_ring_add(&ring, &codes, leg("481"));
		ur_ring_add(&ring, &codes, leg("S"));
		ck_assert_int_eq(ur_ring_status_of_transfer(&ring), 481);
	}
}
END_TEST

static const struct
{
	const char *list;
	int err, bad; /* bad: where it stops making sense */
} lists[] = {
		{"", 0, 0},
		{"486", 0, 0},
		{" 486 , 600,603 ", 0, 0},
		{"486,", EINVAL, 4},
		{",486", EINVAL, 0},
		{"486 600", EINVAL, 4},
		{"486,busy", EINVAL, 4},
		{"299", EINVAL, 0},
		{"486,700", EINVAL, 4},
		{"-486", EINVAL, 0},
		{"99999999999999999999", EINVAL, 0},
		{" ", EINVAL, 1},
};

START_TEST(test_list)
{
	struct ur_verdict_codes parsed;
	const char *bad = NULL;

	ur_verdict_codes_reset(&parsed);
	ck_assert_msg(ur_verdict_codes_parse(
						  &parsed, lists[_i].list, UR_VERDICT_BUSY, &bad)
						  == lists[_i].err,
			"list \"%s\"", lists[_i].list);
	if(lists[_i].err)
		ck_assert_msg(bad - lists[_i].list == lists[_i].bad,
				"list \"%s\": bad at \"%s\"", lists[_i].list, bad);
}
END_TEST

/* A phone whose DND sends 480 counts as busy where the administrator says so. */
START_TEST(test_list_overrides)
{
	const char *bad;

	use_defaults();
	ck_assert_int_eq(
			ur_verdict_codes_parse(&codes, "480", UR_VERDICT_BUSY, &bad), 0);
	ck_assert_int_eq(ur_verdict_of_leg(&codes, leg("480")), UR_VERDICT_BUSY);
	ck_assert_int_eq(
			ur_verdict_of_leg(&codes, leg("408")), UR_VERDICT_NO_ANSWER);
}
END_TEST

/* The first and the last code there is, and those beside them. */
START_TEST(test_list_edges)
{
	const char *bad;

	use_defaults();
	ck_assert_int_eq(
			ur_verdict_codes_parse(&codes, "300,699", UR_VERDICT_BUSY, &bad),
			0);
	ck_assert_int_eq(ur_verdict_of_leg(&codes, leg("300")), UR_VERDICT_BUSY);
	ck_assert_int_eq(ur_verdict_of_leg(&codes, leg("699")), UR_VERDICT_BUSY);
	ck_assert_int_eq(ur_verdict_of_leg(&codes, leg("301")), UR_VERDICT_REFUSED);
	ck_assert_int_eq(ur_verdict_of_leg(&codes, leg("698")), UR_VERDICT_REFUSED);
	ck_assert_int_eq(
			ur_verdict_codes_parse(&codes, "299", UR_VERDICT_BUSY, &bad),
			EINVAL);
	ck_assert_int_eq(
			ur_verdict_codes_parse(&codes, "700", UR_VERDICT_BUSY, &bad),
			EINVAL);
}
END_TEST

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tcase = tcase_create("verdict");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_leg, 0, COUNT(legs));
	tcase_add_loop_test(tcase, test_ring, 0, COUNT(rings));
	tcase_add_test(tcase, test_outcome_name);
	tcase_add_test(tcase, test_declined_unreachable);
	tcase_add_test(tcase, test_first_negotiation);
	tcase_add_loop_test(tcase, test_transfer, 0, COUNT(transfers));
	tcase_add_test(tcase, test_transfer_and_lists);
	tcase_add_loop_test(tcase, test_list, 0, COUNT(lists));
	tcase_add_test(tcase, test_list_overrides);
	tcase_add_test(tcase, test_list_edges);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
