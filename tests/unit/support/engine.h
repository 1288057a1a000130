/*
 * A call in a random world, as the module places it. It drives the call's state machine as
 * kam/script.c does, and plays phones and timers event by event, as tm would see them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_ENGINE_H
#define UR_TEST_ENGINE_H

#include "policy/verdict.h"
#include "support/follow.h"
#include "support/random_world.h"

struct ur_engine_result
{
	/* As ur_naive_call() writes it. */
	struct ur_test_story story;
	bool is_over;	/* answered, or the caller has hung up */
	bool disagreed; /* a ring ended by negotiation */
	int left_out;	/* phones that no branch was left for */
	int overlaps;	/* starts while others rang */
	int joined;		/* phones that came late */
	int by_rule;	/* rings and ends that a user's own rule decided */
	int reordered;	/* rings in another order than the record's */
	bool crossed;	/* a decision in another minute than the first */
	int own_ends;	/* legs that their device's time ended */
	int rung[UR_RANDOM_USERS]; /* how often each user was */
	/* Which devices rang, and how the first leg of each one ended. */
	bool rang[UR_RANDOM_USERS][UR_RANDOM_DEVICES];
	struct ur_leg_end ends[UR_RANDOM_USERS][UR_RANDOM_DEVICES];
	char counted[UR_RANDOM_USERS + 1]; /* as ur_naive_call() writes it */
	int full; /* users whose max_calls were reached, the caller included */
	struct ur_verdict_codes codes;
	struct ur_directory directory; /* with the world's max_hops */
};

/*
 * Makes the world's people (support/world.h) and places its call. Fails the test when a user
 * is rung twice, a ring lasts too long, or the chain gets too long. All references are given
 * back.
 */
void ur_engine_call(
		const struct ur_random_world *world, struct ur_engine_result *result);

/* The world's caller, when its people are made. In a static buffer. */
struct ur_caller ur_engine_caller(const struct ur_random_world *world);

#endif
