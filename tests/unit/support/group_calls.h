/*
 * Calls to groups, as tests drive them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_GROUP_CALLS_H
#define UR_TEST_GROUP_CALLS_H

#include "policy/call.h"

extern struct ur_test_group_call
{
	struct ur_directory directory;
	struct ur_call call;
	struct ur_call_facts facts;
	struct ur_decision decision;
} ur_test_group_call;

/* Names of enum ur_call_phase. */
extern const char *const ur_test_phases[];

/* Begins anew, with people (see support/group_calls.c) and those groups. */
void ur_test_group_call_world(const char *groups);

/* By device 0 of that user, or by a trunk, if caller is empty. */
void ur_test_group_call_init(const char *caller, enum ur_transfer transfer);

/* To a user, or to extension e20 with that target. */
void ur_test_group_call_begin(const char *callee);

/* The first decision as text, or "outbound". */
const char *ur_test_group_call_decide(void);

/* A trunk's call to group g: all of the above. */
void ur_test_group_call_comes(void);

/* "busy: 486" and so on, "goes on", "over 486". */
const char *ur_test_group_call_ask(int64_t now);

/* "a0,a1 until 25000", "wait", "wait until 5000" or "nobody". */
const char *ur_test_group_call_next(int64_t now, int pending);

/* The same, and those members ring. */
const char *ur_test_group_call_start(int64_t now);

/* "486", "0" for one that was never heard, "0h" for one that was. */
void ur_test_group_call_leg_ends(const char *how);

/* All references are back. */
void ur_test_group_call_forget(void);

#endif
