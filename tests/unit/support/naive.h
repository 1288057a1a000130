/*
 * The expected result of a call: the contract, read line by line and as plainly as possible. None
 * of the module's code decides anything here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_NAIVE_H
#define UR_TEST_NAIVE_H

#include "support/follow.h"
#include "support/random_world.h"

/*
 * Writes the story: each start with the moment when it begins, and the end. Two phones of a device
 * are a0x2; a phone that comes late is +a0.
 * "0:a0+a1 2065:+a1 4000:b0 6007:sip:9@voicemail (a busy, b no-answer)"
 * Returns how many targets counted as not set. counted: the users for whom the call counts as one of
 * their calls, "abf".
 */
int ur_naive_call(const struct ur_random_world *world,
		struct ur_test_story *story, char counted[UR_RANDOM_USERS + 1]);

#endif
