/*
 * The caller, and the caller identity and headers of each leg.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/caller.h"

#include <stddef.h>

enum ur_leg_to ur_caller_leg_to(struct ur_target target)
{
	return ur_text_equal(target.kind, UR_TEXT("forward")) ? UR_LEG_TO_FORWARD
														  : UR_LEG_TO_TARGET;
}

bool ur_caller_is_phone(const struct ur_caller *caller)
{
	return !ur_text_is_empty(caller->aor);
}

/* By whatever it calls; also a phone whose user was deleted. */
static bool is_user_of_ours(const struct ur_caller *caller)
{
	return caller->user != NULL || ur_caller_is_phone(caller);
}

bool ur_caller_leg_is_pstn(enum ur_leg_to to)
{
	return to == UR_LEG_TO_FORWARD || to == UR_LEG_TO_OUTBOUND
		   || to == UR_LEG_TO_EMERGENCY;
}

bool ur_caller_is_outside(
		const struct ur_chain *chain, const struct ur_caller *caller)
{
	const struct ur_extension *first =
			chain->count > 0 ? chain->hops[0].extension : NULL;

	return caller->user != NULL && first != NULL && first->is_did
		   && first->account != caller->user->account;
}

/* The PSTN sees a number of the user who pays for the leg. */
const struct ur_user *ur_caller_payer(
		const struct ur_chain *chain, const struct ur_caller *caller)
{
	const struct ur_user *forwarder = ur_chain_user(chain);

	if(forwarder != NULL)
		return forwarder;
	return ur_caller_is_outside(chain, caller) ? NULL : caller->user;
}

/* A caller who asked for privacy shows no number, but help must know where to go. */
static bool account_of_caller(
		enum ur_leg_to to, const struct ur_caller *caller, uint32_t *account)
{
	if(caller->is_private && to != UR_LEG_TO_EMERGENCY)
		return false;
	*account = caller->user->account;
	return true;
}

bool ur_caller_account(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller, uint32_t *account)
{
	const struct ur_user *user = ur_caller_payer(chain, caller);

	if(!ur_caller_leg_is_pstn(to))
		return ur_caller_is_outside(chain, caller)
			   && account_of_caller(to, caller, account);
	if(user == NULL) {
		/* a call from outside that an extension, a did or a group sends into the PSTN */
		if(to != UR_LEG_TO_FORWARD
				|| (ur_caller_is_phone(caller)
						&& !ur_caller_is_outside(chain, caller)))
			return false;
		*account = ur_chain_account(chain);
		return true;
	}
	/* Privacy is the caller's, not the forwarding user's. */
	if(ur_chain_user(chain) == NULL)
		return account_of_caller(to, caller, account);
	*account = user->account;
	return true;
}

/* Do those whom the call has reached belong to that account? */
static bool is_in_account(const struct ur_chain *chain, uint32_t account)
{
	return chain->count > 0 && account == ur_chain_account(chain);
}

bool ur_caller_is_of_callees_account(
		const struct ur_chain *chain, const struct ur_caller *caller)
{
	return caller->user != NULL && is_in_account(chain, caller->user->account);
}

bool ur_caller_may_replace(
		const struct ur_chain *chain, const struct ur_caller *caller)
{
	return !is_user_of_ours(caller)
		   || ur_caller_is_of_callees_account(chain, caller);
}

/* A media server's diversions are believed. The user that one calls for is for us alone: another media
 * server would send what a trunk has written back to us as its own. */
unsigned ur_caller_headers_of_none(const struct ur_caller *caller)
{
	return UR_HEADER_SERVED
		   | (ur_caller_is_phone(caller) ? UR_HEADERS_OF_TRUNKS : 0)
		   | (caller->user == NULL ? UR_HEADER_ANSWER : 0);
}

static unsigned headers_to_gateway(
		enum ur_leg_to to, const struct ur_caller *caller)
{
	const unsigned classes = to == UR_LEG_TO_EMERGENCY
									 ? UR_HEADERS_NOT_TO_HELP
									 : UR_HEADERS_NOT_TO_GATEWAY;

	return ur_caller_is_phone(caller)
				   ? classes
				   : classes & ~(unsigned)UR_HEADER_DIVERSION;
}

unsigned ur_caller_headers(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller)
{
	if(ur_caller_leg_is_pstn(to) && is_user_of_ours(caller))
		return headers_to_gateway(to, caller);
	if(to == UR_LEG_TO_DEVICE && ur_caller_may_replace(chain, caller))
		return 0;
	return UR_HEADER_REPLACES | (caller->user != NULL ? UR_HEADER_ANSWER : 0);
}

static struct ur_text domain_of_number(
		const struct ur_chain *chain, const struct ur_caller *caller)
{
	const bool is_callers = ur_chain_user(chain) == NULL
							&& is_user_of_ours(caller)
							&& !ur_caller_is_outside(chain, caller);

	if(!ur_text_is_empty(caller->gateway_domain))
		return caller->gateway_domain;
	return is_callers ? caller->domain : caller->dialled;
}

static void pstn_identity(const struct ur_chain *chain,
		const struct ur_caller *caller, const struct ur_account *account,
		struct ur_identity *identity)
{
	ur_identity_of_number(account, ur_caller_payer(chain, caller),
			domain_of_number(chain, caller), identity);
}

bool ur_caller_identity(enum ur_leg_to to, const struct ur_chain *chain,
		const struct ur_caller *caller, const struct ur_account *account,
		struct ur_identity *identity)
{
	const bool is_pstn = ur_caller_leg_is_pstn(to);

	if(is_pstn && account != NULL)
		pstn_identity(chain, caller, account, identity);
	else if(account != NULL)
		ur_identity_of_number(account, caller->user, caller->domain, identity);
	else if(is_pstn || ur_caller_is_outside(chain, caller))
		ur_identity_anonymous(identity);
	else if(caller->user != NULL && !caller->is_private)
		ur_identity_of_user(caller->user, caller->domain, identity);
	else if(caller->is_private || ur_caller_is_phone(caller))
		ur_identity_anonymous(identity);
	else
		return false;
	return true;
}
