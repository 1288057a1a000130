/*
 * Who calls, and what each leg of the call shows of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CALLER_H
#define UR_POLICY_CALLER_H

#include "policy/chain.h"
#include "policy/headers.h"
#include "policy/identity.h"

/* Who calls, and which domain, as the request says it. Texts are borrowed. */
struct ur_caller
{
	const struct ur_user *user; /* a reference, or NULL: a call from a trunk */
	struct ur_text aor;			/* of the calling device; empty for a trunk */
	struct ur_text domain;		/* the caller's; empty for a trunk */
	struct ur_text dialled;		/* domain of the Request-URI */
	bool is_private;			/* asked for privacy (RFC 3323) */
};

/* Where a leg goes. */
enum ur_leg_to
{
	UR_LEG_TO_DEVICE,
	UR_LEG_TO_TARGET,	/* a route target that is not in the PSTN */
	UR_LEG_TO_FORWARD,	/* a route target in the PSTN */
	UR_LEG_TO_OUTBOUND, /* into the PSTN, for nobody of ours was called */
};

/* For a call that leaves for the target. */
enum ur_leg_to ur_caller_leg_to(struct ur_target target);

/* Into the PSTN. */
bool ur_caller_leg_is_pstn(enum ur_leg_to to);

/* Also true when the phone's user is gone since it has authenticated. */
bool ur_caller_is_phone(const struct ur_caller *caller);

/*
 * Whose numbers the leg may show: the account's number in *account (as ur_user.account);
 * false when the leg shows no number.
 */
bool ur_caller_account(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller, uint32_t *account);

/*
 * The headers that no leg of the call may have, a set of enum ur_header_class: of a phone's
 * call, what only trunks may say; and nobody but a user of ours has a phone pick up by itself.
 */
unsigned ur_caller_headers_of_none(const struct ur_caller *caller);

/*
 * The headers that this leg goes without, besides those. Only what a call needs gets from a
 * phone to a gateway; a phone picks up by itself only for its own account, and hands over a call
 * to it and to trunks.
 */
unsigned ur_caller_headers(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller);

/*
 * May the call continue one that a phone of the user whom the chain is at has (Replaces, Join)? A
 * trunk's call may, and that of a user of the same account. Others' legs go without these headers.
 */
bool ur_caller_may_replace(
		const struct ur_chain *chain, const struct ur_caller *caller);

/* Are who calls and whom the call has reached of one account? */
bool ur_caller_is_of_callees_account(
		const struct ur_chain *chain, const struct ur_caller *caller);

/*
 * Who is calling, for a leg. account: the one that ur_caller_account() has named, or NULL.
 * False: what the trunk has asserted stays, identity is not set.
 */
bool ur_caller_identity(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller, const struct ur_account *account,
		struct ur_identity *identity);

#endif
