/*
 * The log line of each decision about a call, for who has switched it on (log_calls).
 *
 * All are at level info and begin with the Call-ID. Call them only if
 * ur_settings_log_calls(): nothing is formatted otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALL_LOG_H
#define UR_KAM_CALL_LOG_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"
#include "kam/contacts.h"
#include "policy/rules.h"

/* What has happened, whom the call has come to by it, by which rule, and what is done:
 * once it is done. */
void ur_call_log_decision(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_event event, const struct ur_decision *decision);

/* The step that rings now, and on which contacts. */
void ur_call_log_step(struct sip_msg *msg, const struct ur_live_call *live,
		const struct ur_contacts *contacts);

/* A WARNING, with and without log_calls: phones of the step are left out, and what to do. */
void ur_call_log_left_out(
		const struct ur_live_call *live, const struct ur_contacts *contacts);

/* The call ends by no rule, with that status. why: what has happened. */
void ur_call_log_end(struct sip_msg *msg, int status, const char *why);

/* Nobody of ours is called. why: a sentence. */
void ur_call_log_nobody(struct sip_msg *msg, const char *why);

#endif
