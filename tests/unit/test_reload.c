/*
 * When the mirror does a full load again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>

#include "mirror/reload.h"
#include "support/suite.h"

/* As if a load had taken a second. */
static struct ur_reload after_a_load(void)
{
	struct ur_reload reload = {0};

	ur_reload_now(&reload, "first");
	ur_reload_begin(&reload);
	ur_reload_end(&reload, 1000, 0);
	return reload;
}

START_TEST(nothing_is_due_at_first)
{
	struct ur_reload reload = {0};

	ck_assert(!ur_reload_is_ripe(&reload));
	ck_assert_int_eq(ur_reload_wait(&reload, 5000), 5000);
	ur_reload_now(&reload, "x");
	ck_assert(ur_reload_is_ripe(&reload));
	ck_assert_int_eq(ur_reload_wait(&reload, 5000), 0);
	ck_assert_str_eq(reload.why, "x");
}
END_TEST

/* What others can bring about comes after a rest. */
START_TEST(what_others_ask_for_rests)
{
	struct ur_reload reload = after_a_load();

	ur_reload_soon(&reload, "soon");
	ck_assert(!ur_reload_is_ripe(&reload));
	ck_assert_int_gt(ur_reload_wait(&reload, 5000), 1000);
	ck_assert_int_le(ur_reload_wait(&reload, 5000), 2000);
	reload = after_a_load();
	ur_reload_announce(&reload);
	ck_assert(!ur_reload_is_ripe(&reload));
	ck_assert_int_gt(ur_reload_wait(&reload, 5000), 1000);
}
END_TEST

/* Who is in charge need not wait, nor does the load that is due already. */
START_TEST(what_is_due_now_does_not_wait)
{
	struct ur_reload reload = after_a_load();

	ur_reload_soon(&reload, "soon");
	ur_reload_now(&reload, "now");
	ck_assert(ur_reload_is_ripe(&reload));
	ck_assert_str_eq(reload.why, "soon"); /* the first reason */
	reload = after_a_load();
	ur_reload_now(&reload, "now");
	ur_reload_soon(&reload, "soon");
	ck_assert(ur_reload_is_ripe(&reload));
}
END_TEST

START_TEST(asked_in_the_midst_of_a_load)
{
	struct ur_reload reload = {0};

	ur_reload_now(&reload, "first");
	ck_assert_int_eq(ur_reload_begin(&reload), 0);
	ur_reload_announce(&reload);
	ur_reload_end(&reload, 1000, 0);
	ck_assert(!ur_reload_is_ripe(&reload));
	ck_assert_int_gt(ur_reload_wait(&reload, 5000), 1000);
	ck_assert_int_gt(ur_reload_begin(&reload), 0);
	ck_assert(!ur_reload_is_ripe(&reload));
}
END_TEST

START_TEST(put_off)
{
	struct ur_reload reload = {0};
	int64_t announced;

	ur_reload_announce(&reload);
	announced = ur_reload_begin(&reload);
	ur_reload_put_off(&reload, announced, 3000);
	ck_assert(!ur_reload_is_ripe(&reload));
	ck_assert_int_gt(ur_reload_wait(&reload, 5000), 2000);
	ck_assert_int_eq(ur_reload_begin(&reload), announced);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {nothing_is_due_at_first,
			what_others_ask_for_rests, what_is_due_now_does_not_wait,
			asked_in_the_midst_of_a_load, put_off, NULL};
	const struct ur_test_suite suite = {.name = "reload"};

	return ur_test_suite_run(&suite, tests);
}
