/*
 * Random calls in random worlds. The engine's result must be what the contract says, as read by an
 * independent, deliberately naive second implementation; and explain's answer must contain it.
 *
 * UR_TEST_SEED is the first world's seed, UR_TEST_WORLDS how many there are for each test.
 * Both are printed with a world that fails.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/calls.h"
#include "support/engine.h"
#include "support/naive.h"
#include "support/world.h"

enum
{
	TESTS = 8,
	WORLDS = 20000, /* of each test */
};

static unsigned long long setting(const char *name, unsigned long long standard)
{
	const char *value = getenv(name);

	return value != NULL ? strtoull(value, NULL, 10) : standard;
}

/* ---- what is explained of the call */

struct explained
{
	const struct ur_random_world *world;
	const struct ur_engine_result *result;
};

static int index_of(const struct ur_plan *plan)
{
	return ur_user_text(plan->user, plan->user->id).s[0] - 'a';
}

static bool is_registered(void *context, const struct ur_plan *plan, int device)
{
	const struct explained *e = context;

	return e->world->user[index_of(plan)].device[device].phones > 0;
}

static struct ur_leg_end leg_end(
		void *context, const struct ur_plan *plan, int device)
{
	const struct explained *e = context;

	return e->result->ends[index_of(plan)][device];
}

static bool rang(void *context, const struct ur_plan *plan, int device)
{
	const struct explained *e = context;

	return e->result->rang[index_of(plan)][device];
}

/* One phone at most, which does not come late. */
static bool is_plain(const struct ur_random_device *device)
{
	return device->phones == 0
		   || (device->phones == 1
				   && device->phone[0].late_ms == UR_RANDOM_NEVER);
}

/* Only what rings to its end, with one phone a device, is told as it will be. */
static bool can_be_explained(
		const struct ur_random_world *world, const struct ur_engine_result *r)
{
	int i, k;

	for(i = 0; i < UR_RANDOM_USERS; i++) {
		for(k = 0; r->rung[i] > 0 && k < world->user[i].devices; k++) {
			if(!is_plain(&world->user[i].device[k]))
				return false;
		}
	}
	return world->kind == UR_RANDOM_USER && !world->user[world->callee].disabled
		   && !r->is_over && !r->disagreed && r->left_out == 0 && !r->crossed;
}

/* The story without moments and reasons. */
static void plain(const struct ur_test_story *story, char *out)
{
	const char *at = story->text;

	while(*at == ' ' && at[1] != '(') {
		at += 1 + strcspn(at + 1, ":") + 1;
		*out++ = ' ';
		while(*at != ' ' && *at != '\0')
			*out++ = *at++;
	}
	*out = '\0';
}

/* Returns false if it could not be compared. */
static bool compare_explained(
		const struct ur_random_world *world, const struct ur_engine_result *r)
{
	struct explained e = {world, r};
	struct ur_test_story story = {.len = 0};
	struct ur_test_follow follow = {.story = &story,
			.codes = &r->codes,
			.total = world->total,
			.time = world->time,
			.asserted = {world->asserted, (int)strlen(world->asserted)},
			.calls_of = ur_test_calls_of,
			.context = &e,
			.is_registered = is_registered,
			.leg_end = leg_end,
			.rang = rang};
	const struct ur_caller caller = ur_engine_caller(world);
	const char id[] = {'a' + world->callee, '\0'};
	char expected[sizeof(story.text)];

	if(!can_be_explained(world, r))
		return false;
	ur_test_follow_call(
			&follow, &r->directory, &caller, ur_test_world_user(id));
	UR_TEST_HOLDS(ur_test_world.references == 0);
	if(follow.was_cut)
		return false;
	plain(&r->story, expected);
	if(strcmp(story.text, expected) != 0)
		ck_abort_msg("explained:%s\n      got:%s\n%s", story.text, expected,
				ur_random_world_print(world));
	return true;
}

/* ---- a world */

/* What the worlds had in them: so that none of it is tested never. */
static struct
{
	int rings, steps, left, over, diverted, left_out, disagreed, explained;
	int overlaps, joined, own_ends, explained_in_time, unreachable;
	int by_rule, reordered, by_hours, rejected, crossed;
	int full, refused, explained_full; /* callees, callers, and either */
} seen;

static int count_of(const char *text, char c)
{
	int count = 0;

	for(; *text != '\0'; text++)
		count += *text == c;
	return count;
}

static void take_note(const struct ur_engine_result *r)
{
	int i;

	for(i = 0; i < UR_RANDOM_USERS; i++)
		seen.rings += r->rung[i];
	seen.steps += count_of(r->story.text, ':') > 2;
	seen.left += strstr(r->story.text, "sip:") != NULL;
	seen.diverted += count_of(r->story.text, ',') > 0;
	seen.over += r->is_over;
	seen.left_out += r->left_out > 0;
	seen.disagreed += r->disagreed;
	seen.full += r->full > 0 && strcmp(r->story.text, " 0:486") != 0;
	seen.refused += r->full > 0 && r->counted[0] == '\0';
	seen.overlaps += r->overlaps > 0;
	seen.joined += r->joined > 0;
	seen.own_ends += r->own_ends > 0;
	seen.by_rule += r->by_rule > 0;
	seen.reordered += r->reordered > 0;
	seen.crossed += r->crossed && r->by_rule > 0;
	seen.by_hours += strstr(r->story.text, "time-of-day") != NULL;
	seen.rejected += strstr(r->story.text, ":433") != NULL;
	seen.unreachable += strstr(r->story.text, "unavailable") != NULL;
}

static void try_world(uint64_t seed)
{
	struct ur_test_story expected = {.len = 0};
	struct ur_engine_result result;
	struct ur_random_world world;
	char counted[UR_RANDOM_USERS + 1];
	int refused;

	ur_random_world(&world, seed);
	ur_engine_call(&world, &result);
	refused = ur_naive_call(&world, &expected, counted);
	if(strcmp(result.story.text, expected.text) != 0)
		ck_abort_msg("     got:%s\nexpected:%s\n%s", result.story.text,
				expected.text, ur_random_world_print(&world));
	if(strcmp(result.counted, counted) != 0)
		ck_abort_msg("counted for \"%s\", expected \"%s\"\n%s", result.counted,
				counted, ur_random_world_print(&world));
	if(ur_test_world.refusals != refused)
		ck_abort_msg("%d targets refused, expected %d\n%s",
				ur_test_world.refusals, refused, ur_random_world_print(&world));
	take_note(&result);
	if(compare_explained(&world, &result)) {
		seen.explained++;
		seen.explained_full += result.full > 0;
		seen.explained_in_time += result.overlaps > 0 || result.own_ends > 0;
	}
}

START_TEST(test_worlds)
{
	const int worlds = (int)setting("UR_TEST_WORLDS", WORLDS);
	const uint64_t seed =
			setting("UR_TEST_SEED", 1) + (uint64_t)_i * (uint64_t)worlds;
	int i;

	for(i = 0; i < worlds; i++)
		try_world(seed + (uint64_t)i);
	ur_test_world_forget();
	if(worlds < WORLDS)
		return;
	ck_assert_int_gt(seen.rings, worlds / 2);
	ck_assert_int_gt(seen.steps, worlds / 20);
	ck_assert_int_gt(seen.left, worlds / 20);
	ck_assert_int_gt(seen.diverted, worlds / 100);
	ck_assert_int_gt(seen.over, worlds / 20);
	ck_assert_int_gt(seen.left_out, worlds / 100);
	ck_assert_int_gt(seen.disagreed, worlds / 100);
	ck_assert_int_gt(seen.unreachable, worlds / 100);
	ck_assert_int_gt(seen.by_rule, worlds / 20);
	ck_assert_int_gt(seen.reordered, worlds / 150);
	ck_assert_int_gt(seen.crossed, worlds / 500);
	ck_assert_int_gt(seen.by_hours, worlds / 400);
	ck_assert_int_gt(seen.rejected, worlds / 10000);
	ck_assert_int_gt(seen.explained, worlds / 10);
	ck_assert_int_gt(seen.full, worlds / 100);
	ck_assert_int_gt(seen.refused, worlds / 100);
	ck_assert_int_gt(seen.explained_full, worlds / 100);
	ck_assert_int_gt(seen.overlaps, worlds / 50);
	ck_assert_int_gt(seen.joined, worlds / 200);
	ck_assert_int_gt(seen.own_ends, worlds / 50);
	ck_assert_int_gt(seen.explained_in_time, worlds / 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("random_calls");
	TCase *tcase = tcase_create("random_calls");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test_worlds, 0, TESTS);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
