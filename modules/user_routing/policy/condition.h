/*
 * The conditions of a user's own rules: which callers, when, and who is on a list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CONDITION_H
#define UR_POLICY_CONDITION_H

#include "policy/rule_caller.h"

/* The conditions of one decision. What several rules ask is found out once. */
struct ur_conditions
{
	const struct ur_chain *chain; /* at the user whose rules are asked */
	const struct ur_directory *directory;
	const struct ur_rule_call *call;
	bool is_read;			   /* who is set */
	struct ur_rule_caller who; /* found out when a rule asks */
};

/* Begins a decision. What is passed is borrowed; the chain stays at its user until the end. */
void ur_conditions_begin(struct ur_conditions *conditions,
		const struct ur_chain *chain, const struct ur_directory *directory,
		const struct ur_rule_call *call);

/* Does a rule of the chain's current user hold? */
enum ur_condition ur_conditions_check(
		struct ur_conditions *conditions, const struct ur_user_rule *rule);

/* As a word, "outside-hours". A constant. */
const char *ur_condition_name(enum ur_condition condition);

#endif
