/*
 * What the call's machine (policy/call.h) is told of Kamailio, and what it decides, carried out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ACT_H
#define UR_KAM_ACT_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"
#include "kam/script.h"
#include "policy/rules.h"

/* The facts of a call to the account's user or extension, now. *directory must outlive them. */
struct ur_call_facts ur_act_facts(
		uint32_t account, struct ur_directory *directory);

/* Sets the answer to the caller, 0: none yet, and returns rc. A call that is over counts no more
 * as one that its device sets up. */
int ur_act_answer(const struct sip_msg *msg, int status, enum ur_rc rc);

/* Leaves, ends or begins a ring; counts and logs it. Returns what the script gets. */
int ur_act_carry_out(struct sip_msg *msg, struct ur_live_call *live,
		enum ur_event event, struct ur_decision *decision);

/* Counts users and extensions that the call has come to since the last time. */
void ur_act_count_hops(struct ur_live_call *live);

/* With log_calls: a line that the call ends with the status, and why. */
void ur_act_log_end(struct sip_msg *msg, int status, const char *why);

#endif
