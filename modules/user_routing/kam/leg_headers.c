/*
 * Removes headers of a call that its legs must not have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/leg_headers.h"

#include "core/dprint.h"
#include "kam/headers.h"

int ur_leg_headers_begin(struct sip_msg *msg, struct ur_live_call *live)
{
	const unsigned classes = ur_caller_headers_of_none(&live->call.caller);

	if(classes == 0 || ur_headers_clean(msg, classes) == 0)
		return 0;
	LM_ERR("a call ends with 500: headers that its legs must not have can't be"
		   " removed: out of private memory, or they can't be parsed\n");
	ur_call_end(&live->call, 500);
	return -1;
}

int ur_leg_headers_clean(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_leg_to to, bool is_stamped)
{
	unsigned classes =
			ur_caller_headers(to, &live->call.chain, &live->call.caller);

	if(is_stamped && !ur_caller_is_phone(&live->call.caller))
		classes |= UR_HEADER_IDENTITY;
	return classes != 0 ? ur_headers_clean(msg, classes) : 0;
}
