/*
 * The call-handling rules of one user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/rules.h"

struct ur_decision ur_rules_before_ringing(
		const struct ur_user *user, bool account_active)
{
	if(!user->active || !account_active)
		return (struct ur_decision){UR_ACTION_NOBODY, 404};
	return (struct ur_decision){UR_ACTION_RING, 0};
}

struct ur_decision ur_rules_after_ringing(
		const struct ur_user *user, enum ur_outcome outcome)
{
	(void)user;
	return (struct ur_decision){
			UR_ACTION_END, outcome == UR_OUTCOME_BUSY ? 486 : 480};
}

const char *ur_rules_reason(int status)
{
	switch(status) {
		case 400:
			return "Bad Request-URI";
		case 404:
			return "Not Found";
		case 480:
			return "Temporarily Unavailable";
		case 486:
			return "Busy Here";
		case 487:
			return "Request Terminated";
		case 503:
			return "Service Unavailable";
		default:
			return "Server Internal Error";
	}
}
