/*
 * The roster of a group's ring: whose devices ring, when, and for how long.
 *
 * A group's members are users, devices, numbers and groups. The roster has them all as places, in the
 * order of their starts. It is made when the group is called; then only who declines is noted in it.
 *
 *   simultaneous          each place has its own time: the member's ring_delay_sec, then the device's
 *   the other strategies  a member is a step; its devices ring together, and delays do not count
 *
 * A group in a group takes the place of the member that it is: with the strategy simultaneous as one
 * member, else its own members one after another. Options, ring time and forwards are those of the
 * group that was called. A device that several members have rings once, at its earliest time.
 *
 * A user who is a member rings as when called, but for the user's own ring_strategy (only specific
 * counts) and ring time. One who is left out has places that do not ring, so that people see why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_ROSTER_H
#define UR_POLICY_ROSTER_H

#include "policy/condition.h"

/* Further places are left out: those that begin last, and first those that do not ring. */
#define UR_ROSTER_PLACES_MAX 200

/* Groups in groups: the one that is called is the first. */
#define UR_ROSTER_DEPTH_MAX 3

/* Groups of one ring, with those in them. */
#define UR_ROSTER_GROUPS_MAX 32

/* Users and devices that are looked at for one ring, those of forwards included: whoever comes after them
 * is left out. It bounds what a call costs, whatever rows say. */
#define UR_ROSTER_USERS_MAX 400
#define UR_ROSTER_DEVICES_MAX 1000

/* Device of a place that is a number. */
#define UR_ROSTER_NO_DEVICE UINT16_MAX

/* Without padding: see push() in policy/chain.c. */
struct ur_roster_place
{
	/* A reference. Of a number: who forwards there, or NULL: a member of the group. */
	const struct ur_user *owner;
	struct ur_number number; /* only without a device */
	int32_t from_ms;		 /* as in struct ur_member */
	int32_t lasts_ms;
	uint16_t device; /* its place in owner->devices, or UR_ROSTER_NO_DEVICE */
	uint16_t step;	 /* from 1; 0: the strategy is simultaneous */
	uint8_t reason;	 /* enum ur_plan_reason */
	uint8_t unused[7];
};

struct ur_roster
{
	struct ur_roster *next;		  /* of the call */
	const struct ur_group *group; /* borrowed from the chain */
	uint32_t count;
	bool has_steps;
	/* Members were left out as they are in a call, or do not want to be disturbed. */
	bool has_busy;
	uint8_t unused[2];
	struct ur_roster_place places[];
};

/* What a roster is made from. */
struct ur_roster_question
{
	struct ur_chain *chain; /* its last hop is the group; the same afterwards */
	const struct ur_directory *directory;
	const struct ur_rule_call *call;
	/* All active devices that register, at once, whatever rows say: a transfer or a message. */
	bool is_for_all;
	uint32_t chance; /* a number of chance, for the strategy random */
};

/* Makes the roster of the chain's current group. The caller owns it. NULL: out of memory. */
struct ur_roster *ur_roster_make(const struct ur_roster_question *question);

/* Gives the references of its places back; the block is the caller's. */
void ur_roster_put(const struct ur_roster *roster,
		void (*put_user)(const struct ur_user *user));

#endif
