/*
 * A small world for the rules: users and extensions by name, as a directory returns them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_WORLD_H
#define UR_TEST_WORLD_H

#include <check.h>
#include <stddef.h>

#include "policy/rules.h"

#define UR_TEST_DEVICES 3

/* As ck_assert() for what is asked a million times: Check, which writes a line for each that holds,
 * hears only of one that does not. */
#define UR_TEST_HOLDS(condition)                 \
	do {                                         \
		if(!(condition))                         \
			ck_abort_msg("not so: " #condition); \
	} while(0)

/* A user as it is written in a test. Targets are "kind:id" or NULL. Device 0 of user a is called
 * a0, and has the address a0@x. */
struct ur_test_person
{
	const char *id, *always, *busy, *noanswer, *unreachable, *voicemail;
	int dnd;
	enum ur_ring_strategy strategy;
	int devices; /* how many, up to UR_TEST_DEVICES */
	unsigned device_flags[UR_TEST_DEVICES]; /* enum ur_device_flag */
	const char *name;						/* display_name */
	int ring_sec;							/* 0: 25 */
	/* Each device's; they are written in the order of their starts, as a record has them. */
	int delay_sec[UR_TEST_DEVICES], for_sec[UR_TEST_DEVICES];
	int ring_order[UR_TEST_DEVICES];
	const char *rules; /* see support/own_rules.h */
	uint32_t account;
	const char *cid_number; /* out_cid_number */
	int max_calls;
	/* Each device's: E.164 without +, of an external phone; NULL: it registers. */
	const char *number[UR_TEST_DEVICES];
};

struct ur_test_line
{
	const char *id, *target;
};

/* How often a reference is out, a target was refused, and why the last time. */
struct ur_test_world
{
	int references, refusals;
	char why[128];
	uint32_t turns; /* that groups have taken */
	bool is_out_of_memory;
};

extern struct ur_test_world ur_test_world;

/* Every target has the URI sip:ID@KIND, but for ids that begin with "no"; that of a forward is made from
 * its id as a number, if it is one. Groups are those of support/groups.h, calls those of
 * support/calls.h. */
extern const struct ur_directory ur_test_directory;

/* Puts text behind a struct, as a record has it; a target: "kind:id". */
struct ur_slice ur_test_put(
		char *base, size_t *used, const char *text, int len);
struct ur_target_slice ur_test_put_target(
		char *base, size_t *used, const char *target);

/* What ur_test_decide() tells rules of the call; at first a trunk's that asserts no number, at
 * 1970-01-01. */
extern struct ur_rule_call ur_test_call;

void ur_test_world_add(const struct ur_test_person *person);
void ur_test_world_add_line(const struct ur_test_line *line);
void ur_test_world_forget(void);

/* The user or the extension with that id, with a reference, or NULL. */
const struct ur_user *ur_test_world_user(const char *id);
const struct ur_extension *ur_test_world_line(const char *id);

/* Decides, and goes on at the next user until the chain moves no further. */
void ur_test_decide(struct ur_chain *chain,
		const struct ur_directory *directory, enum ur_event event,
		struct ur_decision *decision);

/* A decision as text, a URI without its parameters: "ring b", "sip:1@voicemail", "486". */
const char *ur_test_world_print(
		const struct ur_chain *chain, const struct ur_decision *decision);

#endif
