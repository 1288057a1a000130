/*
 * The call's state machine (policy/call.h) in Kamailio: the facts it is given, and its decisions
 * carried out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ACT_H
#define UR_KAM_ACT_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"
#include "kam/script.h"
#include "policy/rules.h"

/* Facts for a call to the account's user or extension. *directory must outlive them. */
struct ur_call_facts ur_act_facts(
		struct sip_msg *msg, uint32_t account, struct ur_directory *directory);

/* Sets the answer to the caller (0: none yet) and returns rc. A call that is over no longer counts
 * against its device's limit. */
int ur_act_answer(const struct sip_msg *msg, int status, enum ur_rc rc);

/* Leaves, ends or begins a ring; counts and logs it. Returns the script's return code. */
int ur_act_carry_out(struct sip_msg *msg, struct ur_live_call *live,
		enum ur_event event, struct ur_decision *decision);

/* Sets target, Request-URI and next hop of what leaves, whose phase is LEFT, and prepares its leg. 0, or
 * -1 and logs an error. */
int ur_act_set_out(struct sip_msg *msg, struct ur_live_call *live,
		const struct ur_arrival *arrival);

/* Counts the users and extensions that the call has reached since the last count. */
void ur_act_count_hops(struct ur_live_call *live);

/* With log_calls: logs the final status of the call, and why. */
void ur_act_log_end(struct sip_msg *msg, int status, const char *why);

#endif
