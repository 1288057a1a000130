/*
 * Does a user's own rule hold? Section 9 of the contract, read as plainly as possible.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_NAIVE_RULES_H
#define UR_TEST_NAIVE_RULES_H

#include "support/random_world.h"

/* now: milliseconds of the call. */
bool ur_naive_rule_holds(const struct ur_random_world *world,
		const struct ur_random_rule *rule, int now);

/* The status that a rule rejects with. */
int ur_naive_rule_status(const struct ur_random_rule *rule);

#endif
