/*
 * What explain says of users who have too many calls in progress.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>

#include "support/calls.h"
#include "support/scenario.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define RINGS_A                                                   \
	"user a: to ring, showing what the trunk asserted\n"          \
	"  all at once, for 25 s, 4 s if a phone sends no response\n" \
	"  nobody rings: no rule → 480 Temporarily Unavailable\n"

static const struct ur_test_scenario scenarios[] = {
		/* the callee: then the busy line, and whom it leads to */
		{.callee = "a",
				.caller = "",
				.calls = "a2",
				.people = {{.id = "a", .name = "Alice", .max_calls = 2}},
				.text = "user a (Alice): max_calls (2) is reached: 2 calls\n"
						"user a (Alice): no rule → 486 Busy Here\n"},
		{.callee = "a",
				.caller = "",
				.calls = "a1 b7",
				.people = {{.id = "a",
								   .max_calls = 1,
								   .dnd = 1,
								   .rules = "always internal queue:1; busy "
											"internal queue:2",
								   .busy = "user:b"},
						{.id = "b", .max_calls = 5}},
				.text = "user a: rule r1 does not hold: the caller is not "
						"internal\n"
						"user a: max_calls (1) is reached: 1 call\n"
						"user a: rule r2 does not hold: the caller is not "
						"internal\n"
						"user a: fwd_busy → user b\n"
						"  user b: max_calls (5) is reached: 7 calls\n"
						"  user b: no rule → 486 Busy Here\n"},
		{.callee = "a0@x",
				.caller = "",
				.calls = "a1",
				.people = {{.id = "a",
						.max_calls = 1,
						.busy = "queue:1",
						.devices = 1,
						.device_flags = {UR_TEST_RINGS}}},
				.text = "user a: max_calls (1) is reached: 1 call\n"
						"user a: no rule → 486 Busy Here\n"},
		/* there is room, or nothing to say of it */
		{.callee = "a",
				.caller = "",
				.calls = "a1",
				.people = {{.id = "a", .max_calls = 2}},
				.text = RINGS_A},
		{.callee = "a",
				.caller = "",
				.calls = "a9",
				.people = {{.id = "a"}},
				.text = RINGS_A},
		{.callee = "a",
				.caller = "",
				.people = {{.id = "a", .max_calls = 1}},
				.text = RINGS_A},
		{.callee = "a",
				.caller = "",
				.calls = "a1",
				.people = {{.id = "a", .max_calls = 1, .always = "queue:1"}},
				.text = "user a: fwd_always → queue 1: sip:1@queue, showing "
						"what the trunk asserted\n"},
		/* the caller: nothing else */
		{.callee = "b",
				.calls = "a1",
				.people = {{.id = "a", .name = "Alice", .max_calls = 1},
						{.id = "b"}},
				.text = "the caller, user a (Alice): max_calls (1) is reached: "
						"1 call → 486 Busy Here\n"},
		{.callee = "",
				.calls = "a2",
				.people = {{.id = "a", .max_calls = 1}},
				.text = "the caller, user a: max_calls (1) is reached: 2 calls "
						"→ 486 Busy Here\n"},
		{.callee = "",
				.calls = "a0",
				.people = {{.id = "a", .max_calls = 1}},
				.text = ""},
		{.callee = "112",
				.calls = "a1",
				.people = {{.id = "a", .max_calls = 1}},
				.text = ""},
		/* who calls themself has that one call */
		{.callee = "a",
				.calls = "a0",
				.people = {{.id = "a", .max_calls = 1, .always = "hangup:404"}},
				.text = "user a: fwd_always → 404 Not Found\n"},
};

/* Whoever explains a call places none: the directory's count is left alone. */
START_TEST(test_text)
{
	const struct ur_test_scenario *s = &scenarios[_i];
	struct ur_directory directory = ur_test_directory;
	const struct ur_explain_world world = ur_test_scenario_world(s, &directory);

	directory.add_call = ur_test_add_call;
	ur_test_scenario_make(s);
	ck_assert_str_eq(ur_test_scenario_text(&world, s), s->text);
	ck_assert_str_eq(ur_test_calls_asked(), "");
	ur_test_world_forget();
}
END_TEST

/* ---- a sink that does not want to hear of it */

static int status;

static void at(void *context, enum ur_event event, const struct ur_chain *chain)
{
	(void)context;
	(void)event;
	(void)chain;
}

static void decided(void *context, const struct ur_explain_decision *decision)
{
	(void)context;
	ck_assert(decision->decision->is_full);
	status = decision->decision->arrival.status;
}

static void done(void *context)
{
	(void)context;
}

START_TEST(test_unheard)
{
	const struct ur_explain_sink sink = {
			.at = at, .decided = decided, .done = done};
	const struct ur_explain_world world =
			ur_test_scenario_world(&scenarios[0], &ur_test_directory);

	ur_test_scenario_make(&scenarios[0]);
	ur_test_scenario_explain(&world, &sink, &scenarios[0]);
	ck_assert_int_eq(status, 486);
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain_max_calls");
	TCase *tcase = tcase_create("explain_max_calls");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_text, 0, COUNT(scenarios));
	tcase_add_test(tcase, test_unheard);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
