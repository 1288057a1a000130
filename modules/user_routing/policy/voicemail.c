/*
 * What a voicemail box is told about the call (RFC 4458).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/voicemail.h"

#include "policy/history.h"
#include "policy/identity.h"
#include "policy/output.h"
#include "policy/target.h"

int ur_voicemail_add_cause(const struct ur_chain *chain, struct ur_text dialled,
		struct ur_arrival *arrival)
{
	const int stop = ur_chain_stop(chain);
	char called[UR_IDENTITY_URI_MAX];
	struct ur_output out = {called, 0, sizeof(called)};

	if(!ur_text_equal(arrival->target.kind, UR_TEXT("voicemail")) || stop < 0
			|| chain->hops[stop].diversion == UR_DIVERSION_NONE
			|| ur_text_is_empty(ur_chain_name(chain, stop)))
		return arrival->uri_len;
	ur_output_put_address(&out, ur_chain_name(chain, stop), dialled);
	if(out.len < 0)
		return -1;
	return ur_target_add_cause(arrival->uri, arrival->uri_len,
			sizeof(arrival->uri), (struct ur_text){called, out.len},
			ur_history_cause(chain->hops[stop].diversion));
}
