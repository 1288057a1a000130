/*
 * The ring plan: which of a user's devices ring, and in which order.
 *
 * A ring is a row of steps; the devices of a step ring together. The plan is not
 * stored: a step is found from the user's record and from where the step before
 * ended, so that contacts are looked at only when their step begins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_PLAN_H
#define UR_POLICY_PLAN_H

#include "policy/model.h"

#define UR_NO_DEVICE (-1)

/* Highest q-value, as Kamailio counts it: thousandths. */
#define UR_PLAN_Q_MAX 1000

/* Whose devices, and which of them are out of the question or the only ones. */
struct ur_plan
{
	const struct ur_user *user;
	int caller; /* place of the device that places the call, or UR_NO_DEVICE */
	int only; /* the device that was dialled at its own address, or UR_NO_DEVICE */
	bool is_transfer; /* a call that one of the phones may have is asked for: all active ones */
};

/* What keeps a device from ringing. */
enum ur_plan_reason
{
	UR_PLAN_RINGS,		 /* nothing does */
	UR_PLAN_CALLER,		 /* it places the call */
	UR_PLAN_NOT_DIALLED, /* another one was dialled at its own address */
	UR_PLAN_DISABLED,	 /* status = 'disabled' */
	UR_PLAN_UNAVAILABLE, /* available = 0 */
	UR_PLAN_NOT_ON_FORK, /* ring_on_fork = 0 */
	UR_PLAN_NOT_OPTED_IN, /* ring_specific = 0, and the user's strategy asks for it */
	/* Known when the step begins: */
	UR_PLAN_NOT_REGISTERED, /* it has no contact */
	UR_PLAN_EXPIRED,		/* its contacts are too old */
	UR_PLAN_NO_INVITE,		/* its contacts have registered without INVITE */
	UR_PLAN_NO_BRANCH,		/* the transaction has no branch left for it */
};

/* A step: places in user->devices, in ring order. */
struct ur_plan_step
{
	int first; /* place of its first device */
	int next; /* where the next step begins; user->device_count: none is left */
	int count; /* devices in it; 0: the plan has come to its end */
};

/*
 * Finds the step that begins at the device `from` or later (0 for the first
 * step). Its devices are those from `first` up to before `next` for which
 * ur_plan_rings() is true.
 */
struct ur_plan_step ur_plan_next_step(const struct ur_plan *plan, int from);

/* Does the device at that place ring, as far as SQL decides it: is its reason
 * UR_PLAN_RINGS? */
bool ur_plan_rings(const struct ur_plan *plan, int device);

/* Why the device at that place does not ring, the first reason of those in the order
 * above; what its contacts say is not among them. */
enum ur_plan_reason ur_plan_reason(const struct ur_plan *plan, int device);

/* The reason as a word, "not-on-fork"; "rings" when there is none. A constant. */
const char *ur_plan_reason_name(enum ur_plan_reason reason);

/*
 * The ring time of the step that comes next, in milliseconds; 0: none is left. When
 * `total`, ring_timeout_sec is for all steps of the ring together: steps is how many
 * have rung, left_ms what their deadline has left.
 */
int ur_plan_step_ms(
		const struct ur_user *user, bool total, int steps, int left_ms);

/* The same with all that is left as one step, for a script that lets tm order the
 * contacts by their q-values. */
struct ur_plan_step ur_plan_all_steps(const struct ur_plan *plan, int from);

/*
 * The q-value of the device at that place, which rings, in thousandths: falling
 * from step to step, never below 1; equal when all ring at once.
 */
int ur_plan_q(const struct ur_plan *plan, int device);

/* The place of the device with that AoR (auth_username@realm), or UR_NO_DEVICE. */
int ur_plan_find_device(const struct ur_user *user, struct ur_text aor);

#endif
