/*
 * The ring plan: which of a user's devices ring, and in which order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/plan.h"

bool ur_plan_rings(const struct ur_plan *plan, int device)
{
	unsigned needed = UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE;

	if(device == plan->caller)
		return false;
	if(plan->only != UR_NO_DEVICE) {
		if(device != plan->only)
			return false;
	} else {
		needed |= UR_DEVICE_RING_ON_FORK;
		if(plan->user->strategy == UR_RING_SPECIFIC)
			needed |= UR_DEVICE_SPECIFIC;
	}
	return (plan->user->devices[device].flags & needed) == needed;
}

/* The devices from there on, or only the first of them. */
static struct ur_plan_step find_step(
		const struct ur_plan *plan, int from, bool only_one)
{
	const int end = plan->user->device_count;
	struct ur_plan_step step = {end, end, 0};
	int i;

	for(i = from; i < end; i++) {
		if(!ur_plan_rings(plan, i))
			continue;
		if(step.count == 0)
			step.first = i;
		step.count++;
		if(only_one) {
			step.next = i + 1;
			break;
		}
	}
	return step;
}

struct ur_plan_step ur_plan_next_step(const struct ur_plan *plan, int from)
{
	return find_step(plan, from, plan->user->strategy == UR_RING_SEQUENTIAL);
}

struct ur_plan_step ur_plan_all_steps(const struct ur_plan *plan, int from)
{
	return find_step(plan, from, false);
}

int ur_plan_q(const struct ur_plan *plan, int device)
{
	int steps = 0, place = 0;
	int i, q;

	if(plan->user->strategy != UR_RING_SEQUENTIAL)
		return UR_PLAN_Q_MAX;
	for(i = 0; i < plan->user->device_count; i++) {
		if(!ur_plan_rings(plan, i))
			continue;
		if(i < device)
			place++;
		steps++;
	}
	q = steps ? UR_PLAN_Q_MAX - place * (UR_PLAN_Q_MAX / steps) : UR_PLAN_Q_MAX;
	return q > 0 ? q : 1;
}

int ur_plan_find_device(const struct ur_user *user, struct ur_text aor)
{
	int i;

	for(i = 0; i < user->device_count; i++) {
		if(ur_text_equal(ur_user_text(user, user->devices[i].aor), aor))
			return i;
	}
	return UR_NO_DEVICE;
}
