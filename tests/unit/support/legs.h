/*
 * A ring's legs, as tm has them: responses of random phones, and tm's timers, event by event.
 *
 * Times are moments of the call, in milliseconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_LEGS_H
#define UR_TEST_LEGS_H

#include "policy/verdict.h"
#include "support/random_world.h"

struct ur_test_leg
{
	const struct ur_random_phone *phone;
	int device;
	int begin;
	int until;		  /* when it is ended, if it was heard … */
	int silent_until; /* … and if it was not */
	bool is_own_time; /* until is the device's time, not the ring's */
	/* From here on its own: */
	bool heard, over;
	struct ur_leg_end end; /* once it is over */
};

struct ur_test_legs
{
	struct ur_test_leg list[UR_RANDOM_DEVICES * UR_RANDOM_PHONES];
	int count;
};

/* How many are not over. */
int ur_test_legs_pending(const struct ur_test_legs *legs);

/* The leg that has the next event of all, and when; NULL: each one is over. */
struct ur_test_leg *ur_test_legs_next(struct ur_test_legs *legs, int *at);

/* The response or the timer of that moment. */
void ur_test_legs_happen(struct ur_test_leg *leg, int at);

/* Legs that still ring are cancelled: who has been heard answers that. */
void ur_test_legs_cancel(struct ur_test_legs *legs);

#endif
