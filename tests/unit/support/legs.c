/*
 * A ring's legs, as tm has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/legs.h"

#include <stddef.h>

int ur_test_legs_pending(const struct ur_test_legs *legs)
{
	int pending = 0;
	int i;

	for(i = 0; i < legs->count; i++)
		pending += !legs->list[i].over;
	return pending;
}

/* When the leg's next event is. */
static int next_event(const struct ur_test_leg *leg)
{
	const struct ur_random_phone *phone = leg->phone;
	int at = leg->heard ? leg->until : leg->silent_until;

	if(phone->unsendable)
		return leg->begin;
	if(phone->code != 0 && leg->begin + phone->end_ms < at)
		at = leg->begin + phone->end_ms;
	if(!leg->heard && phone->heard_ms != UR_RANDOM_NEVER
			&& leg->begin + phone->heard_ms < at)
		at = leg->begin + phone->heard_ms;
	return at;
}

struct ur_test_leg *ur_test_legs_next(struct ur_test_legs *legs, int *at)
{
	struct ur_test_leg *next = NULL;
	int i;

	*at = 0;
	for(i = 0; i < legs->count; i++) {
		struct ur_test_leg *leg = &legs->list[i];

		if(!leg->over && (next == NULL || next_event(leg) < *at)) {
			next = leg;
			*at = next_event(leg);
		}
	}
	return next;
}

void ur_test_legs_happen(struct ur_test_leg *leg, int at)
{
	const struct ur_random_phone *phone = leg->phone;
	const int ms = at - leg->begin;

	if(!phone->unsendable && phone->code != 0 && phone->end_ms == ms) {
		leg->over = true;
		leg->end =
				(struct ur_leg_end){.code = phone->code, .heard = leg->heard};
	} else if(!phone->unsendable && !leg->heard && phone->heard_ms == ms) {
		leg->heard = true;
	} else {
		leg->over = true;
		leg->end = (struct ur_leg_end){.code = 0,
				.heard = leg->heard,
				.is_own_time = leg->is_own_time};
	}
}

void ur_test_legs_cancel(struct ur_test_legs *legs)
{
	int i;

	for(i = 0; i < legs->count; i++) {
		struct ur_test_leg *leg = &legs->list[i];

		if(leg->over)
			continue;
		leg->over = true;
		leg->end = (struct ur_leg_end){
				.code = leg->heard ? 487 : 0, .heard = false};
	}
}
