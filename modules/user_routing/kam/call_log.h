/*
 * With log_calls: logs one line for each decision about a call.
 *
 * All lines are at level info and begin with the Call-ID. Call these functions only if
 * ur_settings_log_calls(), so that nothing is formatted otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALL_LOG_H
#define UR_KAM_CALL_LOG_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"
#include "kam/contacts.h"
#include "policy/rules.h"

/* Logs the event, with the caller of a call that has just come, the forward chain, the rule, and the
 * action; of a ring, also the devices that do not ring, and why. Call it after the action. It reads
 * contacts: what ur_contacts_read() has returned is overwritten. */
void ur_call_log_decision(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_event event, const struct ur_decision *decision);

/* Logs the contacts that begin to ring now, and for how long at most. is_late: they have registered
 * while the step rang. */
void ur_call_log_step(struct sip_msg *msg, const struct ur_live_call *live,
		const struct ur_contacts *contacts, int ring_ms, bool is_late);

/* Logs a WARNING, whatever log_calls is: contacts of the step are left out, and what to do. */
void ur_call_log_left_out(
		const struct ur_live_call *live, const struct ur_contacts *contacts);

/* Logs that the call ends with the status, not by a rule. why: what has happened. */
void ur_call_log_end(struct sip_msg *msg, int status, const char *why);

/* Logs that the callee is not one of our users. why: a sentence. */
void ur_call_log_nobody(struct sip_msg *msg, const char *why);

#endif
