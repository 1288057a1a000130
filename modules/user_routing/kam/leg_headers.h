/*
 * Which headers of a call its legs go without.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LEG_HEADERS_H
#define UR_KAM_LEG_HEADERS_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/*
 * At the call's start: removes what ur_caller_headers_of_none() names, once for all legs. 0, or -1 with a log line, and the call has ended with 500.
 */
int ur_leg_headers_begin(struct sip_msg *msg, struct ur_live_call *live);

/*
 * Of the branch that tm is building: removes what ur_caller_headers() names, and what a trunk
 * asserts when the leg is stamped with another identity. 0, or -1.
 */
int ur_leg_headers_clean(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_leg_to to, bool is_stamped);

#endif
