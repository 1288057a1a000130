/*
 * The call-handling rules of one user or group: what happens before ringing, and what after it.
 *
 *   called       rules of event always, fwd_always; else, when the user's max_calls are reached: as
 *                busy; else, when dnd is set: rules of event dnd, fwd_busy, voicemail, 486; else ring
 *   busy         rules of event busy, fwd_busy, voicemail, 486
 *   no answer    rules of event noanswer, fwd_noanswer, voicemail, 480
 *   unreachable  rules of event unreachable, fwd_unreachable; else as no answer, which is then also
 *                the reason told
 *
 * The first one that can be used applies. A forward to another user starts again with that user's
 * rules.
 *
 * A group always rings when it is called. Then its fwd_busy, or 486; else its fwd_noanswer, or 480.
 *
 * Of the user's own rules (rows of user_rule) the first one applies whose conditions hold and whose
 * target can be followed. It forwards; or rejects: the call ends, and no voicemail is asked; or
 * rings: fwd_always, or do not disturb, does not count, and this ring has the rule's strategy and
 * time. After a rule of event always that rings, max_calls and do not disturb are still checked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_RULES_H
#define UR_POLICY_RULES_H

#include "policy/condition.h"
#include "policy/verdict.h"

/* What has happened at the current user. */
enum ur_event
{
	UR_EVENT_CALLED,
	UR_EVENT_BUSY,
	UR_EVENT_NO_ANSWER,
	UR_EVENT_UNREACHABLE,
	UR_EVENT_NEGOTIATION, /* no rule applies: ur_rules_decide_end() */
};

enum ur_action
{
	UR_ACTION_RING, /* ring the devices of ur_chain_user(), or the members of ur_chain_group() */
	UR_ACTION_MOVE, /* to another user or group, the chain's current one, whose rules are next */
	UR_ACTION_LEAVE, /* go to the target's URI */
	UR_ACTION_END,	 /* end the call with the status */
};

/* The rule that decided. */
enum ur_rule
{
	UR_RULE_NONE, /* no usable forward or voicemail box */
	UR_RULE_ALWAYS,
	UR_RULE_BUSY,
	UR_RULE_NO_ANSWER,
	UR_RULE_UNREACHABLE,
	UR_RULE_VOICEMAIL,
	UR_RULE_EXTENSION, /* the target of the extension that was dialled */
	UR_RULE_OF_USER,   /* a row of user_rule: ur_decision.user_rule */
};

struct ur_decision
{
	enum ur_action action;
	enum ur_rule rule;
	/* OF_USER: the rule, and the user who has it. Else both are NULL. Borrowed from the chain, which
	 * may have moved on. */
	const struct ur_user_rule *user_rule;
	const struct ur_user *user;
	/* Tells do not disturb from busy, which use the same forward. NONE: ring, or an extension. */
	enum ur_diversion reason;
	bool is_full; /* the user's max_calls are reached: the busy line decided */
	struct ur_arrival arrival; /* LEAVE: target and URI; END: the status */
};

/* Decides at the current user or group. If the target is another one (MOVE), the chain moves there: its
 * rules are next, with UR_EVENT_CALLED. */
void ur_rules_decide(struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		enum ur_event event, struct ur_decision *decision);

/* For the current user as a member of a group that follows its members' forwards: only rules of event
 * always and fwd_always apply. */
void ur_rules_decide_member(struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		struct ur_decision *decision);

/*
 * Decides for a chain that began with a dialled extension. False: its target can't be used, so the
 * number counts as unknown.
 */
bool ur_rules_decide_extension(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_decision *decision);

/* Decides for a device that was dialled at its own address: its user's rules are only for calls to
 * the user. Where the user's max_calls are reached the event is BUSY. */
void ur_rules_decide_device(enum ur_event event, struct ur_decision *decision);

/* Ends the call with the status, where no rule applies: the called phones and the caller's could
 * not agree, say, and only the caller's can change that. */
void ur_rules_decide_end(int status, struct ur_decision *decision);

/* Has the user rules of that event? */
bool ur_rules_has(const struct ur_user *user, enum ur_rule_event event);

/* The id of the user's own rule that decided; empty: none did. Borrowed. */
struct ur_text ur_rules_id(const struct ur_decision *decision);

/* "always", "dnd" and so on, as in user_rule.event. A constant. */
const char *ur_user_rule_event_name(enum ur_rule_event event);

/* "forward", "ring" or "reject", as in user_rule.action. A constant. */
const char *ur_user_rule_action_name(enum ur_rule_action action);

/* "fwd_always" and so on, as in SQL, "voicemail", "extension", "user_rule" or "none". A constant. */
const char *ur_rules_name(enum ur_rule rule);

/* "called", "busy", "no-answer", "unreachable" or "negotiation". A constant. */
const char *ur_rules_event_name(enum ur_event event);

/* The event for a ring's outcome. */
enum ur_event ur_rules_event(enum ur_outcome outcome);

#endif
