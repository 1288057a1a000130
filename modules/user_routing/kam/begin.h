/*
 * The start of a call: caller, callee, and the first decision.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_BEGIN_H
#define UR_KAM_BEGIN_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/* Can the request be read, and in one way only? 0, or the status to refuse it with, and *why. */
int ur_begin_fault(struct sip_msg *msg, const char **why);

/*
 * Called when the module sees a call for the first time. *livep is set to its state, if it gets
 * one; the message owns it. Returns the script's return code: any enum ur_rc but NOBODY and
 * RETRANSMISSION.
 */
int ur_begin(struct sip_msg *msg, struct ur_live_call **livep);

#endif
