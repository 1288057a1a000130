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

/* The question. */
struct ur_rpc_explain_question
{
	str callee_text, caller_text; /* as given; the caller's may be empty */
	str at_text;				  /* the local time, as given; empty: now */
	int64_t time;				  /* … in Unix seconds */
	struct ur_text
			asserted; /* the number that a trunk asserts, as given; or empty */
	bool is_loaded;	  /* false: callee and caller can't be looked up */
	struct ur_callee callee;
	struct ur_caller caller;
};

/* Why no user or extension of ours is called, as a constant sentence; empty if one is. */
const char *ur_rpc_explain_struct_why(
		const struct ur_rpc_explain_question *question);

/* The status that answers such a call; 0 if a user or extension of ours is called. */
int ur_rpc_explain_struct_status(
		const struct ur_rpc_explain_question *question);

/* An answer being built; its fields belong to the functions below. */
struct ur_rpc_explain_struct
{
	rpc_t *rpc;
	void *ctx;
	void *nodes[UR_EXPLAIN_DECISIONS_MAX
				+ 1]; /* from the answer down to this decision */
	void *not_followed, *not_applied,
			*devices; /* arrays of this decision, or NULL */
	int depth;
	int bytes; /* approximate size of the answer */
	bool failed;
};

/*
 * Begins the answer; returns the sink for the walk, if there is one. shown: the identity that a
 * call to an unknown callee shows if the script sends it on, or NULL. The answer's fields are
 * text unless stated otherwise:
 *
 *  callee, caller   as given in the question; caller: empty for a trunk, unless it asserts a number
 *  at               the local time, as given; absent: now
 *  caller_user      the caller's username, or empty
 *  found            user, extension, did, device, unknown, foreign or not-loaded
 *  why, status, phrase   if no user or extension of ours is called: a sentence, and the answer
 *  number           of unknown: the number that was dialled, in E.164, if it is one
 *  shown_name, shown_uri, anonymous   the caller's identity on the leg: a quoted string or
 *                   empty, a URI, a number; all absent if the leg shows what a trunk has
 *                   asserted
 *  caller_max_calls, caller_calls, caller_status   numbers, if the caller is in max_calls calls: how
 *                   many are allowed, how many there are, and the answer, 486, whatever status is; then there is
 *                   no decision
 *  decision         the first decision, a structure
 *
 * of a decision:
 *
 *  event            called, busy, no-answer or unreachable
 *  user, user_id, display_name   whose rules decide, or
 *  group_id, group_name   the group that rings or has rung, or
 *  extension, did   the dialled digits, or the number without +
 *  not_followed     array of kind, id, why: targets treated as not set
 *  rules_not_applied   array of rule_id, why: rules of the user that were asked and do not hold, see
 *                   ur_condition_name()
 *  max_calls, calls   numbers, if the user is in max_calls calls: the busy line decides
 *  rule             fwd_always, fwd_busy, fwd_noanswer, fwd_unreachable, voicemail, extension,
 *                   user_rule; or none
 *  rule_id          user_rule: its id
 *  reason           unconditional, do-not-disturb, user-busy, no-answer, unavailable, time-of-day;
 *                   or empty
 *  action           ring, move, leave, end, or unknown (the extension leads nowhere)
 *  via              extensions passed through, if any: "200, 201"
 *  status, phrase   END: a number, and its phrase
 *  target_kind, target_id, target_uri, shown_…   LEAVE
 *  shown_…, strategy, ring_ms, total, silent_ms, devices   RING: numbers except the strategy;
 *                   devices is an array of
 *    device, order  its address, and ring_order
 *    member         of a group: the username of whoever has it; empty: a number of the group's own
 *    step           number of its step; 0: it does not ring
 *    begin_ms, until_ms   when it begins and ends, if those before it ring as long as they may;
 *                   -1: it begins only if they end early
 *    why            rings, or why not: see ur_plan_reason_name()
 *    contacts       array of uri, received, path, expires (seconds), state, connection: see
 *                   ur_explain_contact_name()
 *  next             MOVE: the decision of the user or group that the call reaches next
 *  if_busy, if_no_answer, if_unreachable   RING: the decisions after the ring. if_busy only if any
 *                   device rings, or none of a group as its members are busy (then it is the only one); if_unreachable only if fwd_unreachable or a rule of that event is
 *                   set, and if_no_answer then only if any device rings
 *  cut              1: the rest is omitted, as the answer has UR_EXPLAIN_DECISIONS_MAX
 *                   decisions
 */
struct ur_explain_sink ur_rpc_explain_struct_begin(
		struct ur_rpc_explain_struct *answer, rpc_t *rpc, void *ctx,
		const struct ur_rpc_explain_question *question,
		const struct ur_identity *shown);

/* Ends the answer; with a fault if it is too long, or memory was out. */
void ur_rpc_explain_struct_end(struct ur_rpc_explain_struct *answer);

#endif
