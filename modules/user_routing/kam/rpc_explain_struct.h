/*
 * The answer of user_routing.explain: a structure for programs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_EXPLAIN_STRUCT_H
#define UR_KAM_RPC_EXPLAIN_STRUCT_H

#include "core/rpc.h"
#include "kam/request.h"
#include "policy/callee.h"
#include "policy/explain.h"

/* What was asked. */
struct ur_rpc_explain_question
{
	str callee_text,
			caller_text; /* as they were given; the caller's may be empty */
	bool is_loaded;		 /* false: nothing is known of either */
	struct ur_callee callee;
	struct ur_caller caller;
};

/* Why nobody of ours is called, a sentence; empty when somebody is. A constant. */
const char *ur_rpc_explain_struct_why(
		const struct ur_rpc_explain_question *question);

/* What such a call is answered with; 0 when somebody is called. */
int ur_rpc_explain_struct_status(
		const struct ur_rpc_explain_question *question);

/* An answer that is being made; its fields are the functions' below. */
struct ur_rpc_explain_struct
{
	rpc_t *rpc;
	void *ctx;
	void *nodes[UR_EXPLAIN_DECISIONS_MAX
				+ 1];			  /* from the answer to this decision */
	void *not_followed, *devices; /* arrays of this decision, or NULL */
	int depth;
	int bytes; /* of the answer, about */
	bool failed;
};

/*
 * Begins the answer; returns the sink for the walk, if there is one. shown: what the call
 * shows when nobody of ours is called and the script sends it on, or NULL. The answer's
 * fields, of text unless they say otherwise:
 *
 *  callee, caller   as they were asked for; caller: empty for a trunk
 *  caller_user      username of who calls, or empty
 *  found            user, extension, device, unknown, foreign or not-loaded
 *  why, status, phrase   when nobody of ours is called: a sentence, and what is answered
 *  shown_name, shown_uri, anonymous   what the leg shows of the caller: a quoted string or
 *                   empty, a URI, a number; there is none of them where it shows what a
 *                   trunk has asserted
 *  decision         the first decision, a structure
 *
 * of a decision:
 *
 *  event            called, busy or no-answer
 *  user, user_id, display_name   whose rules decide, or
 *  extension        the digits that were dialled
 *  not_followed     array of kind, id, why: targets that count as not set
 *  rule             fwd_always, fwd_busy, fwd_noanswer, voicemail, extension; or none
 *  reason           unconditional, do-not-disturb, user-busy, no-answer; or empty
 *  action           ring, move, leave, end, or unknown (the extension leads nowhere)
 *  via              extensions passed through, if any: "200, 201"
 *  status, phrase   END: a number, and its phrase
 *  target_kind, target_id, target_uri, shown_…   LEAVE
 *  shown_…, strategy, ring_ms, total, silent_ms, devices   RING: numbers but for the first;
 *                   an array of
 *    device, order  its address, and ring_order
 *    step, begin_ms the number of its step and when that begins at the latest; step 0: it
 *                   does not ring
 *    why            rings, or why not: see ur_plan_reason_name()
 *    contacts       array of uri, received, path, expires (seconds), state: see
 *                   ur_explain_contact_name()
 *  next             MOVE: the decision of the user whom the call has come to
 *  if_busy, if_no_answer   RING: the decisions behind it; the first one only if anybody rings
 *  cut              1: what follows is not told, for the answer has
 *                   UR_EXPLAIN_DECISIONS_MAX decisions
 */
struct ur_explain_sink ur_rpc_explain_struct_begin(
		struct ur_rpc_explain_struct *answer, rpc_t *rpc, void *ctx,
		const struct ur_rpc_explain_question *question,
		const struct ur_identity *shown);

/* Ends it; with a fault when it is too long, or memory was out. */
void ur_rpc_explain_struct_end(struct ur_rpc_explain_struct *answer);

#endif
