/*
 * A ring in which every leg ended by negotiation: tells the caller's phone what to change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_NEGOTIATION_H
#define UR_KAM_NEGOTIATION_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/*
 * A leg of the ring got this final response. If it is the first one about negotiation, the call
 * keeps its headers that say what to change (ur_header_negotiates()), at most 2 KB. With tm's reply
 * lock.
 */
void ur_negotiation_note(
		struct ur_live_call *live, struct sip_msg *response, int code);

/* In the failure route: adds these headers to the answer that the script sends next. Logs an error
 * if memory is out. */
void ur_negotiation_answer(
		struct sip_msg *msg, const struct ur_live_call *live);

#endif
