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
	struct ur_conditions conditions; /* of the user's own rules */
};

static void set(struct ur_decision *decision, enum ur_rule rule,
		enum ur_diversion reason)
{
	decision->rule = rule;
	decision->user_rule = NULL;
	decision->user = NULL;
	decision->reason = reason;
}

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
	set(a->decision, rule, a->reason);
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
	set(decision, UR_RULE_NONE, reason);
	decision->arrival.kind = UR_ARRIVAL_END;
	decision->arrival.status = status;
}

/* ---- the user's own rules */

static bool holds(struct attempt *a, const struct ur_user_rule *rule)
{
	const enum ur_condition why = ur_conditions_check(&a->conditions, rule);

	if(a->directory->checked != NULL)
		a->directory->checked(a->directory->context, a->chain, rule, why);
	return why == UR_CONDITION_HOLDS;
}

static struct ur_target target_of(
		const struct ur_user *user, const struct ur_user_rule *rule)
{
	return (struct ur_target){ur_user_text(user, rule->target.kind),
			ur_user_text(user, rule->target.id)};
}

/* RFC 5079: 433 is for who is anonymous, and may call again. A target that is no status never lets the
 * call through. */
static int status_of(
		const struct ur_user *user, const struct ur_user_rule *rule)
{
	const struct ur_target target = target_of(user, rule);
	const int status = ur_text_equal(target.kind, UR_TEXT("hangup"))
							   ? ur_chain_status(target.id)
							   : 0;

	if(status != 0)
		return status;
	return rule->scope == UR_SCOPE_ANONYMOUS ? 433 : 603;
}

/* The arrival stays NONE where the rule rings. */
static bool carry_out(const struct attempt *a, const struct ur_user *user,
		const struct ur_user_rule *rule)
{
	switch(rule->action) {
		case UR_RULE_FORWARD:
			return try_target(a, UR_RULE_OF_USER, target_of(user, rule));
		case UR_RULE_REJECT:
			end(a->decision, a->reason, status_of(user, rule));
			return true;
		case UR_RULE_RING:
			a->decision->reason = UR_DIVERSION_NONE;
			return rule->event == UR_RULES_ALWAYS
				   || rule->event == UR_RULES_DND;
		default:
			return false;
	}
}

/* One rule that holds; a schedule is then the reason told. */
static bool try_rule(struct attempt *a, const struct ur_user *user,
		const struct ur_user_rule *rule)
{
	const enum ur_diversion reason = a->reason;
	bool decides;

	if(rule->schedule_id.len > 0)
		a->reason = UR_DIVERSION_TIME_OF_DAY;
	decides = carry_out(a, user, rule);
	a->reason = reason;
	if(!decides)
		return false;
	a->decision->rule = UR_RULE_OF_USER;
	a->decision->user_rule = rule;
	a->decision->user = user;
	return true;
}

/* The user's own rules of an event. False: none decides. */
static bool try_rules(struct attempt *a, enum ur_rule_event event)
{
	const struct ur_user *user = ur_chain_user(a->chain);
	const struct ur_user_rule *rules = ur_user_rules(user);
	int i;

	for(i = 0; i < user->rule_count; i++) {
		if(rules[i].event == event && holds(a, &rules[i])
				&& try_rule(a, user, &rules[i]))
			return true;
	}
	return false;
}

/* ---- lines of rules that end with a status: the user's own, forward, voicemail, hang up */

static void try_forward_busy(const struct attempt *a)
{
	if(!try_forward(a, UR_RULE_BUSY, UR_FORWARD_BUSY) && !try_voicemail(a))
		end(a->decision, a->reason, 486);
}

static void try_busy(struct attempt *a)
{
	a->reason = UR_DIVERSION_USER_BUSY;
	if(!try_rules(a, UR_RULES_BUSY))
		try_forward_busy(a);
}

static void try_no_answer(struct attempt *a)
{
	a->reason = UR_DIVERSION_NO_ANSWER;
	if(!try_rules(a, UR_RULES_NO_ANSWER)
			&& !try_forward(a, UR_RULE_NO_ANSWER, UR_FORWARD_NO_ANSWER)
			&& !try_voicemail(a))
		end(a->decision, a->reason, 480);
}

static void try_unreachable(struct attempt *a)
{
	a->reason = UR_DIVERSION_UNAVAILABLE;
	if(!try_rules(a, UR_RULES_UNREACHABLE)
			&& !try_forward(a, UR_RULE_UNREACHABLE, UR_FORWARD_UNREACHABLE))
		try_no_answer(a);
}

static void try_do_not_disturb(struct attempt *a)
{
	a->reason = UR_DIVERSION_DO_NOT_DISTURB;
	if(!try_rules(a, UR_RULES_DND))
		try_forward_busy(a);
}

static void try_always(struct attempt *a)
{
	if(!try_rules(a, UR_RULES_ALWAYS))
		try_forward(a, UR_RULE_ALWAYS, UR_FORWARD_ALWAYS);
}

/* The rules before ringing; if none applies, or one that rings, the arrival stays NONE. max_calls and
 * do not disturb are checked after a rule that rings, too. */
static void try_before_ringing(struct attempt *a)
{
	const struct ur_user *user = ur_chain_user(a->chain);

	try_always(a);
	if(a->decision->arrival.kind != UR_ARRIVAL_NONE)
		return;
	a->decision->is_full = !ur_chain_add_call(a->directory, user, false);
	if(a->decision->is_full)
		try_busy(a);
	else if(user->dnd)
		try_do_not_disturb(a);
}

/* ---- at a group: it always rings, and has two forwards */

static void try_group(
		const struct attempt *a, const struct ur_group *group, bool is_busy)
{
	const struct ur_target_slice *forward =
			is_busy ? &group->forward_busy : &group->forward_no_answer;
	const struct ur_target target = {ur_slice_text(group, forward->kind),
			ur_slice_text(group, forward->id)};

	if(!try_target(a, is_busy ? UR_RULE_BUSY : UR_RULE_NO_ANSWER, target))
		end(a->decision, a->reason, is_busy ? 486 : 480);
}

static void decide_group(
		struct attempt *a, const struct ur_group *group, enum ur_event event)
{
	if(event == UR_EVENT_CALLED)
		return;
	a->reason = event == UR_EVENT_BUSY ? UR_DIVERSION_USER_BUSY
									   : UR_DIVERSION_NO_ANSWER;
	try_group(a, group, event == UR_EVENT_BUSY);
}

/* ---- decisions */

static void decide_user(struct attempt *a, enum ur_event event)
{
	switch(event) {
		case UR_EVENT_BUSY:
			try_busy(a);
			break;
		case UR_EVENT_NO_ANSWER:
			try_no_answer(a);
			break;
		case UR_EVENT_UNREACHABLE:
			try_unreachable(a);
			break;
		default:
			try_before_ringing(a);
	}
}

static enum ur_action action_of(enum ur_arrival_kind kind)
{
	switch(kind) {
		case UR_ARRIVAL_STOP:
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
	set(decision, UR_RULE_NONE, UR_DIVERSION_NONE);
	decision->is_full = false;
	decision->arrival.kind = UR_ARRIVAL_NONE;
}

/* The rest of the conditions is set when a rule asks. */
static void begin(struct attempt *a, struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		struct ur_decision *decision)
{
	a->chain = chain;
	a->directory = directory;
	a->reason = UR_DIVERSION_UNCONDITIONAL;
	a->decision = decision;
	ur_conditions_begin(&a->conditions, chain, directory, call);
	clear(decision);
}

void ur_rules_decide(struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		enum ur_event event, struct ur_decision *decision)
{
	const struct ur_group *group = ur_chain_group(chain);
	struct attempt a;

	begin(&a, chain, directory, call, decision);
	if(group != NULL)
		decide_group(&a, group, event);
	else
		decide_user(&a, event);
	decision->action = action_of(decision->arrival.kind);
}

void ur_rules_decide_member(struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		struct ur_decision *decision)
{
	struct attempt a;

	begin(&a, chain, directory, call, decision);
	try_always(&a);
	decision->action = action_of(decision->arrival.kind);
}

bool ur_rules_decide_extension(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_decision *decision)
{
	struct attempt a;

	a.chain = chain;
	a.directory = directory;
	a.reason = UR_DIVERSION_NONE;
	a.decision = decision;
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
	clear(decision);
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

bool ur_rules_has(const struct ur_user *user, enum ur_rule_event event)
{
	const struct ur_user_rule *rules = ur_user_rules(user);
	int i;

	for(i = 0; i < user->rule_count; i++) {
		if(rules[i].event == event)
			return true;
	}
	return false;
}

struct ur_text ur_rules_id(const struct ur_decision *decision)
{
	return decision->user_rule != NULL
				   ? ur_user_text(decision->user, decision->user_rule->id)
				   : UR_TEXT("");
}

const char *ur_user_rule_event_name(enum ur_rule_event event)
{
	static const char *const names[UR_RULES_COUNT] = {
			[UR_RULES_ALWAYS] = "always",
			[UR_RULES_DND] = "dnd",
			[UR_RULES_BUSY] = "busy",
			[UR_RULES_NO_ANSWER] = "noanswer",
			[UR_RULES_UNREACHABLE] = "unreachable",
	};

	return names[event];
}

const char *ur_user_rule_action_name(enum ur_rule_action action)
{
	static const char *const names[] = {
			[UR_RULE_FORWARD] = "forward",
			[UR_RULE_RING] = "ring",
			[UR_RULE_REJECT] = "reject",
	};

	return names[action];
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
			[UR_RULE_OF_USER] = "user_rule",
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
