/*
 * Rosters of random groups of random people: what holds for all of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/plan.h"
#include "policy/roster.h"
#include "support/calls.h"
#include "support/groups.h"
#include "support/own_rules.h"
#include "support/rosters.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define RANDOM_WORLDS 3000

static int below(int n)
{
	return (int)(ur_test_roster_draw() % (uint32_t)n);
}

static int put_times(char *text)
{
	int len = 0;

	if(below(3) == 0)
		len += sprintf(text + len, "+%d", below(12));
	if(below(3) == 0)
		len += sprintf(text + len, "/%d", 1 + below(12));
	text[len] = '\0';
	return len;
}

/* Users a to f. */
static void make_random_people(void)
{
	static const char *const options[] = {
			"", "", "", ",dnd", ",specific", ",sequential", ",max1"};
	static const char *const forwards[] = {"", "", "user:a", "user:c",
			"ring_group:g", "ring_group:h", "ring_group:j", "forward:491",
			"queue:1", "hangup:99", "extension:e"};
	char name;

	for(name = 'a'; name <= 'f'; name++) {
		const char *forward = forwards[below(COUNT(forwards))];
		char person[128];
		int len = sprintf(person, "%c(", name), devices = below(4);

		for(int i = 0; i < devices; i++) {
			static const char *const flags[] = {
					"", "", "", "d", "f", "s", "#491"};

			len += sprintf(person + len, "%s%s", i > 0 ? "|" : "",
					flags[below(COUNT(flags))]);
			len += put_times(person + len);
		}
		len += sprintf(person + len, "%s)%s%s%s", devices == 0 ? "-" : "",
				options[below(COUNT(options))], *forward != '\0' ? ",>" : "",
				forward);
		ur_test_roster_people(person);
	}
}

/* Groups g to k. */
static void make_random_groups(void)
{
	static const char *const strategies[] = {"simultaneous", "simultaneous",
			"sequential", "random", "round_robin"};
	static const char *const members[] = {"a", "b", "c", "d", "e", "f", "x",
			"a.0", "b.1", "c.2", "#491", "#492", "*g", "*h", "*i", "*j", "*k"};
	char name;

	for(name = 'g'; name <= 'k'; name++) {
		char group[400];
		int len = sprintf(group, "%c %s/%d%s%s =", name,
				strategies[below(COUNT(strategies))], 1 + below(20),
				below(2) ? " follow" : "", below(2) ? " skip_busy" : "");

		for(int i = below(7); i > 0; i--) {
			len += sprintf(group + len, " %s%s", below(8) == 0 ? "-" : "",
					members[below(COUNT(members))]);
			len += put_times(group + len);
		}
		ur_test_add_group(group);
	}
}

/* What a phone is known by: the number, or the device's id. */
static struct ur_text phone_of(const struct ur_plan *plan, int place)
{
	const struct ur_member member = ur_plan_member(plan, place);

	return ur_member_is_external(&member)
				   ? ur_member_number(&member)
				   : ur_user_text(member.owner,
						   member.owner->devices[member.device].id);
}

/* No phone is there twice; those that ring are first, by the time when they begin. */
static void check_places(const struct ur_plan *plan)
{
	int place, other;

	for(place = 1; place < ur_plan_count(plan); place++) {
		const struct ur_member member = ur_plan_member(plan, place);
		const struct ur_member last = ur_plan_member(plan, place - 1);

		for(other = 0; other < place; other++)
			UR_TEST_HOLDS(!ur_text_equal(
					phone_of(plan, place), phone_of(plan, other)));
		if(!ur_plan_rings(plan, place))
			continue;
		UR_TEST_HOLDS(ur_plan_rings(plan, place - 1));
		UR_TEST_HOLDS(last.step <= member.step);
		if(member.step == last.step)
			UR_TEST_HOLDS(last.from_ms <= member.from_ms);
	}
}

/* All who ring have a start, and q falls from step to step. */
static void check_starts(const struct ur_plan *plan)
{
	struct ur_plan_start start;
	int from, place, ringing = 0, last_q = UR_PLAN_Q_MAX + 1;

	for(place = 0; place < ur_plan_count(plan); place++)
		ringing += ur_plan_rings(plan, place);
	for(from = 0; (start = ur_plan_next_start(plan, from)).count > 0;
			from = start.next) {
		ringing -= start.count;
		for(place = start.first; place < start.next; place++) {
			const int q = ur_plan_q(plan, place);

			if(plan->roster->has_steps && place == start.first)
				UR_TEST_HOLDS(q < last_q);
			else if(ur_plan_rings(plan, place))
				UR_TEST_HOLDS(q == ur_plan_q(plan, start.first));
		}
		last_q = ur_plan_q(plan, start.first);
	}
	ck_assert_int_eq(ringing, 0);
}

START_TEST(test_random_worlds)
{
	struct ur_plan plan = {.caller = UR_NO_PLACE, .only = UR_NO_PLACE};
	struct ur_roster *made;
	char first[4096];

	for(int i = 0; i < RANDOM_WORLDS; i++) {
		ur_test_roster_world("z", NULL);
		make_random_people();
		make_random_groups();
		ur_test_calls_set(below(2) ? "a1 c2" : NULL);
		ur_test_roster_call_by(below(3) == 0 ? "a" : NULL);
		ur_test_roster.question.is_for_all = below(5) == 0;
		ur_test_roster.question.chance = ur_test_roster_draw();
		ur_test_roster.directory.max_hops = below(3) == 0 ? 2 + below(4) : 10;
		ur_test_roster_come_by("ring_group:g");
		made = ur_roster_make(&ur_test_roster.question);
		ur_plan_ring_group(&plan, made);
		check_places(&plan);
		check_starts(&plan);
		snprintf(first, sizeof(first), "%s",
				ur_test_roster_print(made, ur_test_roster.caller.aor));
		ur_roster_put(made, ur_test_roster.directory.put_user);
		ur_test_roster.directory.release(made);
		/* the same question, the same answer */
		ur_test_world.turns = 0;
		ck_assert_str_eq(ur_test_roster_text(), first);
		ur_test_roster_forget();
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("random_rosters");
	TCase *tcase = tcase_create("random_rosters");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_random_worlds);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
