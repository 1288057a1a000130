/*
 * The mirror without memory: each allocation fails once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>

#include "support/heap.h"
#include "support/mirror.h"
#include "support/suite.h"

static void teardown(void)
{
	if(ur_test_mirror != NULL)
		ur_test_mirror_free();
}

/* Turns, with allocations failing, until there was one more full load or
 * change. */
static void turn_armed(struct ur_mirror *mirror)
{
	struct ur_mirror_report before = ur_test_report();
	struct ur_mirror_report now = before;
	long until = ur_test_now() + 10000;

	while(now.resyncs == before.resyncs && now.changes == before.changes
			&& ur_test_now() < until) {
		ur_test_heap_arm(true);
		ur_mirror_turn(mirror, UR_TEST_TURN);
		ur_test_heap_arm(false);
		now = ur_test_report();
	}
	ck_assert_int_lt(ur_test_now(), until);
}

/* Connects, loads, applies a change: whatever fails is made up for. */
static void session(void)
{
	static int count;
	struct ur_mirror_config config = ur_test_config;
	struct ur_mirror *mirror = NULL;
	char name[16];
	int err;

	config.db_url = ur_test_db_url("user_routing");
	err = ur_mirror_alloc(&mirror, ur_test_table, ur_test_state, &config);
	ur_test_heap_arm(false);
	ck_assert_int_eq(err, mirror != NULL ? 0 : ENOMEM);
	if(err != 0)
		return;
	turn_armed(mirror);
	snprintf(name, sizeof(name), "bob%d", ++count);
	ur_test_db_exec(
			"UPDATE sip_user SET username = '%s' WHERE id = 'us_b'", name);
	turn_armed(mirror);
	ck_assert_str_eq(ur_test_user_named(name), "us_b");
	ur_mirror_free(mirror);
}

START_TEST(no_private_memory)
{
	UR_TEST_HEAP_OOM(session());
	ck_assert_str_eq(ur_test_user_named("alice"), "us_a");
}
END_TEST

static void start_without_memory(void)
{
	struct ur_mirror_config config = ur_test_config;
	struct ur_mirror *mirror = NULL;
	struct ur_state *state;
	struct ur_mirror_report report;
	int err;

	config.db_url = ur_test_db_url("user_routing");
	ur_test_heap_arm(false);
	ck_assert_int_eq(ur_state_alloc(&state), 0);
	ur_test_heap_arm(true);
	err = ur_mirror_alloc(&mirror, ur_test_table, state, &config);
	ur_test_heap_arm(false);
	ur_state_report(state, &report);
	ck_assert_str_eq(report.last_error,
			err == 0 ? "" : "the mirror can't start: Cannot allocate memory");
	ur_mirror_free(mirror);
	ur_state_free(state);
}

START_TEST(no_private_memory_at_start)
{
	UR_TEST_HEAP_OOM(start_without_memory());
}
END_TEST

static void status_without_memory(void)
{
	struct ur_state *state = NULL;

	if(ur_state_alloc(&state) == 0)
		ur_state_free(state);
}

START_TEST(no_shared_memory_for_the_status)
{
	ur_test_mirror_free();
	UR_TEST_OOM(status_without_memory());
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
	ur_state_free(NULL);
	ur_mirror_free(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {no_shared_memory_for_the_status,
			ur_test_heap_is_wrapped() ? no_private_memory : NULL,
			ur_test_heap_is_wrapped() ? no_private_memory_at_start : NULL,
			NULL};
	const struct ur_test_suite suite = {.name = "memory",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_mirror_sample,
			.teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
