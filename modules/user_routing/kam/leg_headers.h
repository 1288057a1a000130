/*
 * Removes headers of a call that its legs must not have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LEG_HEADERS_H
#define UR_KAM_LEG_HEADERS_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/*
 * At the call's start: removes the headers of ur_caller_headers_of_none(), once for all legs. 0, or
 * -1: an error is logged, and the call has ended with 500.
 */
int ur_leg_headers_begin(struct sip_msg *msg, struct ur_live_call *live);

/*
 * For the branch that tm is building: removes the headers of ur_caller_headers(), and a trunk's
 * identity headers if the leg gets another identity. 0, or -1.
 */
int ur_leg_headers_clean(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_leg_to to, bool is_stamped);

#endif
