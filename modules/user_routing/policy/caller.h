/*
 * The caller, and the caller identity and headers of each leg.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CALLER_H
#define UR_POLICY_CALLER_H

#include "policy/chain.h"
#include "policy/headers.h"
#include "policy/identity.h"

/* The caller and the dialled domain, from the request. Texts are borrowed. */
struct ur_caller
{
	/* A reference, or NULL: a call from a trunk. A media server may call for a user, too. */
	const struct ur_user *user;
	struct ur_text aor; /* of the calling device; empty: none of ours calls */
	struct ur_text domain;	/* the user's; empty for a trunk */
	struct ur_text dialled; /* domain of the Request-URI */
	/* What a gateway calls its own: the domain of numbers shown to it. Empty: the user's. */
	struct ur_text gateway_domain;
	bool is_private; /* asked for privacy (RFC 3323) */
};

/* Where a leg goes. */
enum ur_leg_to
{
	UR_LEG_TO_DEVICE,
	UR_LEG_TO_TARGET,	/* a route target that is not in the PSTN */
	UR_LEG_TO_FORWARD,	/* a route target in the PSTN */
	UR_LEG_TO_OUTBOUND, /* into the PSTN, as no local user was called */
	UR_LEG_TO_EMERGENCY, /* into the PSTN; the caller is shown even if privacy was asked for */
};

/* For a call that goes to the target. */
enum ur_leg_to ur_caller_leg_to(struct ur_target target);

/* Does the leg go into the PSTN? */
bool ur_caller_leg_is_pstn(enum ur_leg_to to);

/* Also true if the phone's user was deleted after it authenticated. */
bool ur_caller_is_phone(const struct ur_caller *caller);

/* The user who pays for a leg to the PSTN: who forwards, else who calls. NULL: an account does, whose
 * extension, did or group sends a call there that came from outside; or the phone's user was deleted. */
const struct ur_user *ur_caller_payer(
		const struct ur_chain *chain, const struct ur_caller *caller);

/* Has a user called the did of another account? They are called as from outside. */
bool ur_caller_is_outside(
		const struct ur_chain *chain, const struct ur_caller *caller);

/*
 * The account whose numbers the leg may show, in *account (as in ur_user.account). False: the leg
 * shows no number.
 */
bool ur_caller_account(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller, uint32_t *account);

/*
 * The headers removed from all legs, a set of enum ur_header_class. From anybody: P-Served-User. From
 * a phone: those that only a trunk may send. From anybody but a local user: those that make a phone
 * pick up by itself.
 */
unsigned ur_caller_headers_of_none(const struct ur_caller *caller);

/*
 * Further headers removed from this leg. To a gateway, our users' calls take only what a call needs.
 * A phone picks up by itself only for its own account, and hands over a call only to that account
 * and to trunks.
 */
unsigned ur_caller_headers(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller);

/*
 * May the call continue a call of the current user (Replaces, Join)? Calls of trunks and of users of
 * the same account may. From other calls' legs these headers are removed.
 */
bool ur_caller_may_replace(
		const struct ur_chain *chain, const struct ur_caller *caller);

/* Do the caller and those whom the call has reached belong to one account? */
bool ur_caller_is_of_callees_account(
		const struct ur_chain *chain, const struct ur_caller *caller);

/*
 * The caller identity of a leg. account: the one named by ur_caller_account(), or NULL. False: what
 * the trunk asserted stays, and identity is not set.
 */
bool ur_caller_identity(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller, const struct ur_account *account,
		struct ur_identity *identity);

#endif
