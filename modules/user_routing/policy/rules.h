/*
 * The call-handling rules of one user: what happens before ringing, and what
 * after it.
 *
 * Room for what comes next: an action LEAVE with a route target, decided by the
 * user's forwards, do-not-disturb and voicemail box.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_RULES_H
#define UR_POLICY_RULES_H

#include "policy/model.h"
#include "policy/verdict.h"

enum ur_action
{
	UR_ACTION_RING,	  /* ring the user's devices */
	UR_ACTION_END,	  /* end the call with the status */
	UR_ACTION_NOBODY, /* as if the user did not exist */
};

struct ur_decision
{
	enum ur_action action;
	int status; /* SIP status to end with; 0 for UR_ACTION_RING */
};

/* Before ringing; account_active: the account is not suspended. */
struct ur_decision ur_rules_before_ringing(
		const struct ur_user *user, bool account_active);

/* After a ring that nobody answered. */
struct ur_decision ur_rules_after_ringing(
		const struct ur_user *user, enum ur_outcome outcome);

/* The reason phrase of a status that a decision can have (RFC 3261 §21). */
const char *ur_rules_reason(int status);

#endif
