/*
 * A call begins: who calls, who is called, and the first decision.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_BEGIN_H
#define UR_KAM_BEGIN_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/*
 * The first time that the module sees the call. *livep is its state, if it gets one; the message
 * owns it. Returns what the script gets: an enum ur_rc but NOBODY and RETRANSMISSION.
 */
int ur_begin(struct sip_msg *msg, struct ur_live_call **livep);

#endif
