/*
 * The ring plan: who rings, when, and for how long.
 *
 * A ring is a list of members, each with a time to start. Members that start together are one
 * start. The plan is not stored: each start is found from the user's record and from where the
 * start before ended, so that contacts are read only when their start is due.
 *
 * Members are numbered by place. Today a place is a device of the one user, the members of a start
 * are neighbours, and all of them ring equally long. Delays and groups need places in the order of
 * time, and a time of each member.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_PLAN_H
#define UR_POLICY_PLAN_H

#include "policy/model.h"

#define UR_NO_DEVICE (-1)

/* Highest q-value, as Kamailio counts it: thousandths. */
#define UR_PLAN_Q_MAX 1000

/* Whose devices ring, and which are excluded or the only ones. */
struct ur_plan
{
	const struct ur_user *user;
	int caller; /* place of the device that places the call, or UR_NO_DEVICE */
	int only; /* the device that was dialled at its own address, or UR_NO_DEVICE */
	bool is_transfer; /* the caller asks for a call that some phone may have: all active ones ring */
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
	/* Known when the start is due: */
	UR_PLAN_NOT_REGISTERED, /* it has no contact */
	UR_PLAN_EXPIRED,		/* its contacts have expired */
	UR_PLAN_NO_INVITE,		/* its contacts have registered without INVITE */
	UR_PLAN_NO_BRANCH,		/* the transaction has no branch left for it */
};

/* A member of the ring: a device and its user. */
struct ur_member
{
	const struct ur_user *owner; /* borrowed from the plan */
	int device;					 /* its place in owner->devices */
};

/* from_ms of a start that waits until nobody rings. */
#define UR_PLAN_WHEN_IDLE (-1)

/* Members that start together: those that ring, from place `first` up to before `next`. */
struct ur_plan_start
{
	int first;	  /* place of the first member */
	int next;	  /* where the search for the next start begins */
	int count;	  /* members; 0: the plan is at its end */
	int from_ms;  /* time in the ring, or UR_PLAN_WHEN_IDLE */
	int lasts_ms; /* how long the members ring at most */
};

/* Finds the first start at the place `from` (0 for the first of all) or later. */
struct ur_plan_start ur_plan_next_start(const struct ur_plan *plan, int from);

/* All remaining members as one start, for a script that lets tm order the contacts by their
 * q-values. */
struct ur_plan_start ur_plan_all_starts(const struct ur_plan *plan, int from);

/* The member at that place. */
struct ur_member ur_plan_member(const struct ur_plan *plan, int place);

/* How long the whole ring may last, in milliseconds; INT_MAX: only each start is limited. total:
 * ring_timeout_sec is for all starts together. */
int ur_plan_ring_ms(const struct ur_plan *plan, bool total);

/* Does the device at that place ring, as far as SQL decides it: is its reason
 * UR_PLAN_RINGS? */
bool ur_plan_rings(const struct ur_plan *plan, int device);

/* Why the device at that place does not ring: the first reason in the order above. Its contacts are
 * not considered. */
enum ur_plan_reason ur_plan_reason(const struct ur_plan *plan, int device);

/* The reason as a word, "not-on-fork"; "rings" if nothing keeps it from ringing. A constant. */
const char *ur_plan_reason_name(enum ur_plan_reason reason);

/*
 * The q-value of the device at that place, which rings, in thousandths: falling
 * from start to start, never below 1; equal when all ring at once.
 */
int ur_plan_q(const struct ur_plan *plan, int device);

/* The place of the device with that AoR (auth_username@realm), or UR_NO_DEVICE. */
int ur_plan_find_device(const struct ur_user *user, struct ur_text aor);

#endif
