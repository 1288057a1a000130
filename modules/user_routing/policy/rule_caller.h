/*
 * The caller as a user's own rules know them.
 *
 * A user of the callee's account is known by username and by username@domain; somebody else by what
 * the callee is shown: a user of another account by that account's number or by username@domain, a
 * trunk's caller by the number that the trunk asserted. Numbers are read as the callee's account
 * writes them. What a phone wrote in From never counts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_RULE_CALLER_H
#define UR_POLICY_RULE_CALLER_H

#include "policy/caller.h"
#include "policy/caller_list.h"
#include "policy/number.h"

/* What is asked of the call. */
struct ur_rule_call
{
	const struct ur_caller *caller;
	int64_t time; /* of the decision, in Unix seconds */
	/* The number that a trunk asserted, as it is written; empty: none. Asked only if a rule depends
	 * on it; valid until the decision is made. NULL: none. */
	void *request;
	struct ur_text (*asserted)(void *request);
};

struct ur_rule_caller
{
	/* Asked for privacy, or shows no number and is no user: on no list. A number that can't be read is
	 * shown, too. */
	bool is_anonymous;
	struct ur_listed_caller listed; /* borrows from here and from the caller */
	struct ur_number number;
	char address[UR_IDENTITY_URI_MAX];
};

/* Is the caller a user of the account of the chain's current user? */
bool ur_rule_caller_is_internal(
		const struct ur_chain *chain, const struct ur_caller *caller);

/* Reads the caller of a call to the chain's current user. */
void ur_rule_caller_read(const struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		struct ur_rule_caller *who);

#endif
