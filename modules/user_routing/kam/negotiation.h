/*
 * A ring in which every leg ended by negotiation: the caller's phone is told what to mend.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_NEGOTIATION_H
#define UR_KAM_NEGOTIATION_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/*
 * A leg of the ring has got this final response. Of the first one that has to do with negotiation
 * the call keeps the headers that say what to mend (ur_header_negotiates()), 2 KB at most. With tm's
 * reply lock.
 */
void ur_negotiation_note(
		struct ur_live_call *live, struct sip_msg *response, int code);

/* In the failure route: the answer that the script sends next has these headers. Logs when memory
 * is out. */
void ur_negotiation_answer(
		struct sip_msg *msg, const struct ur_live_call *live);

#endif
