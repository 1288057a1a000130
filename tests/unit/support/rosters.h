/*
 * Rosters of groups, from text and as text.
 *
 * A person is "a", who has the device a0; or "b(+5/10|df|#4930)", with three: flags as in test_plan.c,
 * a delay, how long it rings, or the number of an external phone; "c(-)" has none. Then follow dnd,
 * specific, sequential, max2 (max_calls), >user:d (fwd_always) and !always_external_forward:1 (a rule),
 * each after a comma. For groups see support/groups.h.
 *
 * Starts are "5:a0,b1/10", the time and who starts then, with how long it rings if not to the end of
 * the ring; or "step1:a0" where one member rings after another. A number is "+4930", or "+4930(b)" if
 * b forwards there. Then come those who do not ring: "c0=dnd".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_ROSTERS_H
#define UR_TEST_ROSTERS_H

#include "policy/roster.h"

/* What a roster is made from; a test may change it after ur_test_roster_world(). */
extern struct ur_test_roster
{
	struct ur_chain chain;
	struct ur_directory directory;
	struct ur_caller caller;
	struct ur_rule_call call;
	struct ur_roster_question question;
	const char *text; /* of the last roster */
} ur_test_roster;

/* Begins anew, with those people and groups. */
void ur_test_roster_world(const char *people, const char *groups);

/* Further people. */
void ur_test_roster_people(const char *people);

/* Device 0 of that user calls; NULL: a trunk. */
void ur_test_roster_call_by(const char *user);

/* The call comes to group g by an extension of that target. */
void ur_test_roster_come_by(const char *target);

/* The roster of group g as text, valid until the next one; the chain stays as it was. */
const char *ur_test_roster_text(void);

/* A roster as text. */
const char *ur_test_roster_print(
		const struct ur_roster *roster, struct ur_text caller);

/* All references are back. */
void ur_test_roster_forget(void);

/* All of that: the roster of group g, called by a trunk. */
const char *ur_test_roster_of(const char *people, const char *groups);

/* The next number of chance, the same in each run. */
uint32_t ur_test_roster_draw(void);

#endif
