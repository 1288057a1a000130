/*
 * The ring plan: which of a user's devices ring, and in which order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/plan.h"

#include <limits.h>

enum ur_plan_reason ur_plan_reason(const struct ur_plan *plan, int device)
{
	const unsigned flags = plan->user->devices[device].flags;
	const bool is_dialled = plan->only != UR_NO_DEVICE;

	if(device == plan->caller && !plan->is_transfer)
		return UR_PLAN_CALLER;
	if(is_dialled && device != plan->only)
		return UR_PLAN_NOT_DIALLED;
	if(!(flags & UR_DEVICE_ACTIVE))
		return UR_PLAN_DISABLED;
	if(plan->is_transfer)
		return UR_PLAN_RINGS;
	if(!(flags & UR_DEVICE_AVAILABLE))
		return UR_PLAN_UNAVAILABLE;
	if(is_dialled)
		return UR_PLAN_RINGS;
	if(!(flags & UR_DEVICE_RING_ON_FORK))
		return UR_PLAN_NOT_ON_FORK;
	if(plan->user->strategy == UR_RING_SPECIFIC
			&& !(flags & UR_DEVICE_SPECIFIC))
		return UR_PLAN_NOT_OPTED_IN;
	return UR_PLAN_RINGS;
}

bool ur_plan_rings(const struct ur_plan *plan, int device)
{
	return ur_plan_reason(plan, device) == UR_PLAN_RINGS;
}

const char *ur_plan_reason_name(enum ur_plan_reason reason)
{
	static const char *const names[] = {
			[UR_PLAN_RINGS] = "rings",
			[UR_PLAN_CALLER] = "caller",
			[UR_PLAN_NOT_DIALLED] = "not-dialled",
			[UR_PLAN_DISABLED] = "disabled",
			[UR_PLAN_UNAVAILABLE] = "unavailable",
			[UR_PLAN_NOT_ON_FORK] = "not-on-fork",
			[UR_PLAN_NOT_OPTED_IN] = "not-opted-in",
			[UR_PLAN_NOT_REGISTERED] = "not-registered",
			[UR_PLAN_EXPIRED] = "expired",
			[UR_PLAN_NO_INVITE] = "no-invite",
			[UR_PLAN_NO_BRANCH] = "no-branch",
	};

	return names[reason];
}

static bool is_sequential(const struct ur_plan *plan)
{
	return plan->user->strategy == UR_RING_SEQUENTIAL && !plan->is_transfer;
}

static int ring_time(const struct ur_plan *plan)
{
	return plan->user->ring_timeout_sec * 1000;
}

/* The start of all members from place `from` on, or of the first one only. */
static struct ur_plan_start find_start(
		const struct ur_plan *plan, int from, bool only_one)
{
	const int end = plan->user->device_count;
	struct ur_plan_start start = {.first = end,
			.next = end,
			.from_ms = only_one && from > 0 ? UR_PLAN_WHEN_IDLE : 0,
			.lasts_ms = ring_time(plan)};
	int i;

	for(i = from; i < end && start.lasts_ms > 0; i++) {
		if(!ur_plan_rings(plan, i))
			continue;
		if(start.count == 0)
			start.first = i;
		start.count++;
		if(only_one) {
			start.next = i + 1;
			break;
		}
	}
	return start;
}

struct ur_plan_start ur_plan_next_start(const struct ur_plan *plan, int from)
{
	return find_start(plan, from, is_sequential(plan));
}

struct ur_plan_start ur_plan_all_starts(const struct ur_plan *plan, int from)
{
	return find_start(plan, from, false);
}

struct ur_member ur_plan_member(const struct ur_plan *plan, int place)
{
	return (struct ur_member){plan->user, place};
}

int ur_plan_ring_ms(const struct ur_plan *plan, bool total)
{
	return total || !is_sequential(plan) ? ring_time(plan) : INT_MAX;
}

int ur_plan_q(const struct ur_plan *plan, int device)
{
	int steps = 0, place = 0;
	int i, q;

	if(!is_sequential(plan))
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
