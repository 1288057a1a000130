/*
 * The ring plan: who rings, when, and for how long.
 *
 * A ring is a list of members: whose device it is, when it starts and how long it rings. Places
 * number the members in the order of their starts. Members that start together are one start. The
 * plan is not stored: each start is found from the records and from the place where the start
 * before ended, so that contacts are read only when their start is due.
 *
 * Only plan.c knows what members are made from. It is the devices of one user, which the record has in
 * the order of their starts: a place is the device's, unless a rule rings them in another order. Or it
 * is the roster of a group: policy/roster.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_PLAN_H
#define UR_POLICY_PLAN_H

#include <stddef.h>

#include "policy/model.h"
#include "policy/output.h"

#define UR_NO_PLACE (-1)

/* As many devices as the schema lets a user have. */
#define UR_PLAN_PLACES_MAX 200

/* Highest q-value, as Kamailio counts it: thousandths. */
#define UR_PLAN_Q_MAX 1000

struct ur_roster;

/* What a ring's members are found from. */
struct ur_plan
{
	const struct ur_roster
			*roster; /* of the group that rings; NULL: a user does */
	const struct ur_user *
			user; /* whose strategy and ring time hold; NULL: a group rings … */
	/* … but for those that this rule of the user names; NULL: none decided. Set by
	 * ur_plan_ring_by(). */
	const struct ur_user_rule *rule;
	int caller; /* place of the device that places the call, or UR_NO_PLACE */
	int only; /* … of the one that was dialled at its own address, or UR_NO_PLACE */
	bool is_transfer; /* the caller asks for a call that some phone may have: all active ones ring */
	bool is_message; /* no call, but something for all active devices except the sender's own */
	bool is_reordered; /* the record's order is not that of the starts, but this is: */
	uint8_t order[UR_PLAN_PLACES_MAX]; /* the device of each place */
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
	UR_PLAN_EXTERNAL, /* it is an external phone, and only those that register are asked */
	UR_PLAN_OFF,	 /* the member of the group has enabled = 0 */
	UR_PLAN_DND,	 /* … has do-not-disturb set */
	UR_PLAN_IN_CALL, /* … is in a call, and the group has skip_busy = 1 */
	UR_PLAN_FULL,	 /* … is in max_calls calls */
	UR_PLAN_FORWARDS, /* … forwards all calls: elsewhere, or to whom the group rings instead */
	UR_PLAN_DECLINED, /* … has declined this call on another phone */
	UR_PLAN_NO_TIME,  /* … rings no longer than the device's delay */
	/* Known when the start is due: */
	UR_PLAN_NOT_REGISTERED, /* it has no contact */
	UR_PLAN_EXPIRED,		/* its contacts have expired */
	UR_PLAN_NO_INVITE,		/* its contacts have registered without INVITE */
	UR_PLAN_NO_BRANCH,		/* the transaction has no branch left for it */
	UR_PLAN_NO_GATEWAY, /* it is an external phone, and the kind forward has no URI for it */
};

/* from_ms of what starts when nobody rings. */
#define UR_PLAN_WHEN_IDLE (-1)

/* A member of the ring. */
struct ur_member
{
	const struct ur_user *
			owner; /* borrowed from the plan; NULL: a number of the group's own */
	int device;	   /* its place in owner->devices, or UR_NO_PLACE */
	struct ur_text
			number; /* without a device: E.164 without +, borrowed from the plan */
	uint32_t account; /* whose member it is */
	int step; /* members of one step start together, where from_ms is WHEN_IDLE */
	int from_ms;  /* time in the ring, or UR_PLAN_WHEN_IDLE */
	int lasts_ms; /* how long it rings at most; the ring may end before */
};

/* Members that start together: those that ring, from place `first` up to before `next`. */
struct ur_plan_start
{
	int first;	 /* place of the first member */
	int next;	 /* where the search for the next start begins */
	int count;	 /* members; 0: the plan is at its end */
	int from_ms; /* as in struct ur_member */
};

/* Rings that group; the roster is borrowed. */
void ur_plan_ring_group(struct ur_plan *plan, const struct ur_roster *roster);

/* Rings the user by that rule, or by none (NULL): sets rule, and the order of the places. Before
 * places are asked for; user is set. */
void ur_plan_ring_by(struct ur_plan *plan, const struct ur_user_rule *rule);

/* A group's strategy as a user's: one after another, or all at once. */
enum ur_ring_strategy ur_plan_group_strategy(const struct ur_roster *roster);

/* The strategy that holds: the rule's, else the user's. (Inline, as each member asks.) */
static inline enum ur_ring_strategy ur_plan_strategy(const struct ur_plan *plan)
{
	if(plan->roster != NULL)
		return ur_plan_group_strategy(plan->roster);
	return plan->rule != NULL && plan->rule->strategy != UR_RING_AS_USER
				   ? plan->rule->strategy
				   : plan->user->strategy;
}

/* That of the group. */
int ur_plan_group_timeout_ms(const struct ur_roster *roster);

/* The ring time that holds. */
static inline int ur_plan_ring_timeout_ms(const struct ur_plan *plan)
{
	const int sec = plan->rule != NULL ? plan->rule->ring_timeout_sec : 0;

	if(plan->roster != NULL)
		return ur_plan_group_timeout_ms(plan->roster);
	return 1000 * (sec > 0 ? sec : plan->user->ring_timeout_sec);
}

/* Has somebody been planned to ring? */
static inline bool ur_plan_is_set(const struct ur_plan *plan)
{
	return plan->user != NULL || plan->roster != NULL;
}

/* How many places the plan has. */
int ur_plan_count(const struct ur_plan *plan);

/* The member at that place, whether it rings or not. */
struct ur_member ur_plan_member(const struct ur_plan *plan, int place);

/* The member's ring_order; 0 without a device. */
int ur_member_order(const struct ur_member *member);

/* The AoR of the member's device; empty: it is an external phone. */
struct ur_text ur_member_aor(const struct ur_member *member);

/* The number of the member's device, E.164 without +, if it is an external phone; else empty. */
struct ur_text ur_member_number(const struct ur_member *member);

/* Has the member's device a number, and no AoR? */
bool ur_member_is_external(const struct ur_member *member);

/* Writes what people know the member by: its AoR, or its number, with +. */
void ur_member_put(struct ur_output *out, const struct ur_member *member);

/* The place of the device with that AoR (auth_username@realm), or UR_NO_PLACE. */
int ur_plan_find(const struct ur_plan *plan, struct ur_text aor);

/* Finds the first start at the place `from` (0 for the first of all) or later. */
struct ur_plan_start ur_plan_next_start(const struct ur_plan *plan, int from);

/* All remaining members as one start, for a script that lets tm order the contacts by their
 * q-values. Their delays do not count. */
struct ur_plan_start ur_plan_all_starts(const struct ur_plan *plan, int from);

/* How long the whole ring may last, in milliseconds; INT_MAX: only each start is limited. total:
 * ring_timeout_sec is for all starts together. */
int ur_plan_ring_ms(const struct ur_plan *plan, bool total);

/* Does the member at that place ring, as far as SQL decides it: is its reason
 * UR_PLAN_RINGS? */
bool ur_plan_rings(const struct ur_plan *plan, int place);

/* Why the member at that place does not ring: the first reason in the order above. Its contacts are
 * not considered. */
enum ur_plan_reason ur_plan_reason(const struct ur_plan *plan, int place);

/* What the row of a device says of it. is_for_all: it is asked as one of all active devices; is_dialled: at
 * its own address. */
enum ur_plan_reason ur_plan_device_reason(const struct ur_device *device,
		enum ur_ring_strategy strategy, bool is_for_all, bool is_dialled);

/* The reason as a word, "not-on-fork"; "rings" if nothing keeps it from ringing. A constant. */
const char *ur_plan_reason_name(enum ur_plan_reason reason);

/*
 * The q-value of the member at that place, which rings, in thousandths: falling
 * from start to start, never below 1; equal when all ring at once.
 */
int ur_plan_q(const struct ur_plan *plan, int place);

#endif
