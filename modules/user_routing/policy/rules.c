/*
 * The call-handling rules of one user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/rules.h"

#include <stddef.h>

/* A line of rules that is being tried, and its decision. */
struct attempt
{
	struct ur_chain *chain;
	const struct ur_directory *directory;
	enum ur_diversion reason;
	struct ur_decision *decision;
};

/* Tries a target, which may be unset; true if it decides, or leads to another user. */
static bool try_target(
		const struct attempt *a, enum ur_rule rule, struct ur_target target)
{
	if(ur_text_is_empty(target.kind))
		return false;
	ur_chain_follow(
			a->chain, a->directory, target, a->reason, &a->decision->arrival);
	if(a->decision->arrival.kind == UR_ARRIVAL_NONE)
		return false;
	a->decision->rule = rule;
	a->decision->reason = a->reason;
	return true;
}

static bool try_forward(
		const struct attempt *a, enum ur_rule rule, enum ur_forward which)
{
	return try_target(a, rule, ur_user_forward(ur_chain_user(a->chain), which));
}

static bool try_voicemail(const struct attempt *a)
{
	const struct ur_user *user = ur_chain_user(a->chain);
	struct ur_target box = {
			UR_TEXT_INIT("voicemail"), ur_user_text(user, user->voicemail_id)};

	return !ur_text_is_empty(box.id) && try_target(a, UR_RULE_VOICEMAIL, box);
}

static void end(
		struct ur_decision *decision, enum ur_diversion reason, int status)
{
	decision->rule = UR_RULE_NONE;
	decision->reason = reason;
	decision->arrival.kind = UR_ARRIVAL_END;
	decision->arrival.status = status;
}

/* Lines of rules that end with a status: forward, voicemail, hang up. */
static void try_busy(const struct attempt *a)
{
	if(!try_forward(a, UR_RULE_BUSY, UR_FORWARD_BUSY) && !try_voicemail(a))
		end(a->decision, a->reason, 486);
}

static void try_no_answer(struct attempt *a)
{
	a->reason = UR_DIVERSION_NO_ANSWER;
	if(!try_forward(a, UR_RULE_NO_ANSWER, UR_FORWARD_NO_ANSWER)
			&& !try_voicemail(a))
		end(a->decision, a->reason, 480);
}

static void try_unreachable(struct attempt *a)
{
	a->reason = UR_DIVERSION_UNAVAILABLE;
	if(!try_forward(a, UR_RULE_UNREACHABLE, UR_FORWARD_UNREACHABLE))
		try_no_answer(a);
}

/* The rules before ringing; if none applies, the arrival stays NONE. */
static void try_before_ringing(struct attempt *a)
{
	if(try_forward(a, UR_RULE_ALWAYS, UR_FORWARD_ALWAYS)
			|| !ur_chain_user(a->chain)->dnd)
		return;
	a->reason = UR_DIVERSION_DO_NOT_DISTURB;
	try_busy(a);
}

static enum ur_action action_of(enum ur_arrival_kind kind)
{
	switch(kind) {
		case UR_ARRIVAL_USER:
			return UR_ACTION_MOVE;
		case UR_ARRIVAL_URI:
			return UR_ACTION_LEAVE;
		case UR_ARRIVAL_END:
			return UR_ACTION_END;
		default:
			return UR_ACTION_RING;
	}
}

static void clear(struct ur_decision *decision)
{
	decision->rule = UR_RULE_NONE;
	decision->reason = UR_DIVERSION_NONE;
	decision->arrival.kind = UR_ARRIVAL_NONE;
}

void ur_rules_decide(struct ur_chain *chain,
		const struct ur_directory *directory, enum ur_event event,
		struct ur_decision *decision)
{
	struct attempt a = {chain, directory, UR_DIVERSION_UNCONDITIONAL, decision};

	clear(decision);
	switch(event) {
		case UR_EVENT_BUSY:
			a.reason = UR_DIVERSION_USER_BUSY;
			try_busy(&a);
			break;
		case UR_EVENT_NO_ANSWER:
			try_no_answer(&a);
			break;
		case UR_EVENT_UNREACHABLE:
			try_unreachable(&a);
			break;
		default:
			try_before_ringing(&a);
	}
	decision->action = action_of(decision->arrival.kind);
}

bool ur_rules_decide_extension(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_decision *decision)
{
	const struct attempt a = {chain, directory, UR_DIVERSION_NONE, decision};

	clear(decision);
	if(!try_target(&a, UR_RULE_EXTENSION,
			   ur_extension_target(chain->hops[0].extension)))
		return false;
	decision->action = action_of(decision->arrival.kind);
	return true;
}

void ur_rules_decide_device(enum ur_event event, struct ur_decision *decision)
{
	clear(decision);
	if(event == UR_EVENT_BUSY)
		end(decision, UR_DIVERSION_USER_BUSY, 486);
	else if(event == UR_EVENT_NO_ANSWER || event == UR_EVENT_UNREACHABLE)
		end(decision, UR_DIVERSION_NO_ANSWER, 480);
	decision->action = action_of(decision->arrival.kind);
}

void ur_rules_decide_end(int status, struct ur_decision *decision)
{
	end(decision, UR_DIVERSION_NONE, status);
	decision->action = UR_ACTION_END;
}

enum ur_event ur_rules_event(enum ur_outcome outcome)
{
	static const enum ur_event events[] = {
			[UR_OUTCOME_BUSY] = UR_EVENT_BUSY,
			[UR_OUTCOME_NO_ANSWER] = UR_EVENT_NO_ANSWER,
			[UR_OUTCOME_UNREACHABLE] = UR_EVENT_UNREACHABLE,
			[UR_OUTCOME_NEGOTIATION] = UR_EVENT_NEGOTIATION,
	};

	return events[outcome];
}

const char *ur_rules_name(enum ur_rule rule)
{
	static const char *const names[] = {
			[UR_RULE_NONE] = "none",
			[UR_RULE_ALWAYS] = "fwd_always",
			[UR_RULE_BUSY] = "fwd_busy",
			[UR_RULE_NO_ANSWER] = "fwd_noanswer",
			[UR_RULE_UNREACHABLE] = "fwd_unreachable",
			[UR_RULE_VOICEMAIL] = "voicemail",
			[UR_RULE_EXTENSION] = "extension",
	};

	return names[rule];
}

const char *ur_rules_event_name(enum ur_event event)
{
	static const char *const names[] = {
			[UR_EVENT_CALLED] = "called",
			[UR_EVENT_BUSY] = "busy",
			[UR_EVENT_NO_ANSWER] = "no-answer",
			[UR_EVENT_UNREACHABLE] = "unreachable",
			[UR_EVENT_NEGOTIATION] = "negotiation",
	};

	return names[event];
}
