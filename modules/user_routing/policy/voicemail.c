/*
 * What a voicemail box is told about the call (RFC 4458).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/voicemail.h"

#include <stddef.h>

#include "policy/history.h"
#include "policy/identity.h"
#include "policy/target.h"

int ur_voicemail_add_cause(const struct ur_chain *chain, struct ur_text dialled,
		struct ur_arrival *arrival)
{
	const struct ur_user *user = ur_chain_user(chain);
	const struct ur_hop *hop = &chain->hops[chain->count - 1];
	char called[UR_IDENTITY_URI_MAX];
	int len;

	if(!ur_text_equal(arrival->target.kind, UR_TEXT("voicemail")))
		return arrival->uri_len;
	for(; user != NULL && hop->user != user; hop--)
		;
	if(user == NULL || hop->diversion == UR_DIVERSION_NONE)
		return arrival->uri_len;
	len = ur_identity_address(user, dialled, called, sizeof(called));
	if(len < 0)
		return -1;
	return ur_target_add_cause(arrival->uri, arrival->uri_len,
			sizeof(arrival->uri), (struct ur_text){called, len},
			ur_history_cause(hop->diversion));
}
