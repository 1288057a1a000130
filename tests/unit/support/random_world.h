/*
 * A random world and a call in it: its users, how they are reached, what each phone does when it
 * rings, and when the caller hangs up. The same seed makes the same world.
 *
 * Times are in milliseconds. A phone's are counted from when its INVITE is sent, and tell it apart from
 * the other phones of its user; but when it registers is a moment of the call. What still falls into one
 * millisecond happens in this order:
 *
 *   1. what legs do, the leg first that began first; of one start, in the order of the devices
 *   2. the starts that are due, or that may begin as nobody rings
 *   3. registrations: a phone is not yet rung by a start of that millisecond, but may join it
 *   4. the caller hangs up
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_RANDOM_WORLD_H
#define UR_TEST_RANDOM_WORLD_H

#include <stdint.h>

#include "policy/model.h"

enum
{
	UR_RANDOM_USERS = 6, /* called a, b, c … */
	UR_RANDOM_LINES = 3, /* extensions; called e0, e1 … */
	UR_RANDOM_DEVICES = 3,
	UR_RANDOM_PHONES = 2, /* contacts of a device */
	UR_RANDOM_RULES = 4,
	UR_RANDOM_SCHEDULES = 3, /* called s0, s1 …; one more is not there */
	UR_RANDOM_HOURS = 3,
	UR_RANDOM_LISTS = 3, /* called l0, l1 …; one more is not there */
	UR_RANDOM_ENTRIES = 3,
	UR_RANDOM_NEVER = -1,
	UR_RANDOM_NONE = -1,
	UR_RANDOM_TRUNK = -1, /* as the caller */
	UR_RANDOM_OTHER = -2, /* … z@y, a user of another account */
};

/* A contact. */
struct ur_random_phone
{
	int late_ms; /* when it registers; NEVER: it is registered all the time */
	bool unsendable; /* a transport error: its leg ends at once */
	int heard_ms;	 /* its first provisional, or NEVER */
	int code;		 /* its final response, 0: none comes … */
	int end_ms;		 /* … and when */
};

struct ur_random_device
{
	unsigned flags; /* enum ur_device_flag */
	int delay_sec;	/* a user's devices are in the order of their starts */
	int for_sec;	/* 0: to the end */
	int order;		/* ring_order: each has its own */
	int phones;
	struct ur_random_phone phone[UR_RANDOM_PHONES];
};

/* A user's own rule. */
struct ur_random_rule
{
	enum ur_rule_event event;
	int schedule, list; /* or NONE */
	bool outside, except;
	enum ur_caller_scope scope;
	enum ur_rule_action action;
	char target[16];
	int strategy; /* of the action ring: enum ur_ring_strategy, or NONE */
	int ring_sec; /* … or 0 */
};

/* Minutes since 1970. */
struct ur_random_schedule
{
	int known_from, known_to;
	int hours;
	int from[UR_RANDOM_HOURS], to[UR_RANDOM_HOURS];
};

struct ur_random_list
{
	int entries;
	const char *entry[UR_RANDOM_ENTRIES];
};

/* Targets are "kind:id", or "" for none. */
struct ur_random_user
{
	bool disabled, dnd;
	int max_calls; /* 0: no limit */
	int calls;	   /* in progress, besides the one that is placed */
	enum ur_ring_strategy strategy;
	int ring_sec;
	char forward[UR_FORWARD_COUNT][16];
	char voicemail[8];
	int rules;
	struct ur_random_rule rule[UR_RANDOM_RULES];
	int devices;
	struct ur_random_device device[UR_RANDOM_DEVICES];
};

struct ur_random_line
{
	bool disabled, is_did;
	char target[16];
};

enum ur_random_callee
{
	UR_RANDOM_USER,
	UR_RANDOM_LINE,
	UR_RANDOM_DEVICE, /* at its own address */
};

struct ur_random_world
{
	uint64_t seed;
	struct ur_random_user user[UR_RANDOM_USERS];
	struct ur_random_line line[UR_RANDOM_LINES];
	struct ur_random_schedule schedule[UR_RANDOM_SCHEDULES];
	struct ur_random_list list[UR_RANDOM_LISTS];
	bool has_plan; /* numbers are written as in Berlin */
	/* Settings. */
	int max_hops, max_branches, fr_timer;
	bool total; /* ring_timeout_total */
	char busy[40], no_answer[40], unreachable[40],
			negotiation[40]; /* lists of codes */
	/* The call. */
	enum ur_random_callee kind;
	int callee;				   /* user or line */
	int callee_device;		   /* for a device: which of the user's */
	int caller, caller_device; /* a device of a user; or TRUNK, or OTHER */
	bool is_private;
	/* The caller's number, "" if none is shown: of a trunk the one that it asserts, of OTHER the
	 * account's. */
	const char *number;
	const char *asserted; /* of a trunk: as it is written */
	int time;			  /* when the call comes, in Unix seconds */
	int cancel_ms;		  /* the caller hangs up; or NEVER */
};

void ur_random_world(struct ur_random_world *world, uint64_t seed);

/* The world as people read it, in a static buffer. */
const char *ur_random_world_print(const struct ur_random_world *world);

/* The user's rules as support/own_rules.h has them, in a static buffer. */
const char *ur_random_rules(const struct ur_random_user *user);

/* "" as none: what tests of the rules take for a target that is not set. */
const char *ur_random_target(const char *target);

#endif
