/*
 * Rows of a user's rules → the rules of a draft.
 *
 * A rule that contradicts itself is refused. The schema refuses such rows, too; views over other
 * tables may have some.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/store/draft_inside.h"
#include "policy/chain.h"

static const struct ur_text event_names[UR_RULES_COUNT] = {
		[UR_RULES_ALWAYS] = UR_TEXT_INIT("always"),
		[UR_RULES_DND] = UR_TEXT_INIT("dnd"),
		[UR_RULES_BUSY] = UR_TEXT_INIT("busy"),
		[UR_RULES_NO_ANSWER] = UR_TEXT_INIT("noanswer"),
		[UR_RULES_UNREACHABLE] = UR_TEXT_INIT("unreachable"),
};

static const struct ur_text scope_names[] = {
		[UR_SCOPE_ANY] = UR_TEXT_INIT("any"),
		[UR_SCOPE_INTERNAL] = UR_TEXT_INIT("internal"),
		[UR_SCOPE_EXTERNAL] = UR_TEXT_INIT("external"),
		[UR_SCOPE_ANONYMOUS] = UR_TEXT_INIT("anonymous"),
};

static const struct ur_text action_names[] = {
		[UR_RULE_FORWARD] = UR_TEXT_INIT("forward"),
		[UR_RULE_RING] = UR_TEXT_INIT("ring"),
		[UR_RULE_REJECT] = UR_TEXT_INIT("reject"),
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct ur_draft_words events = {"event", event_names,
		COUNT(event_names), "always, dnd, busy, noanswer or unreachable"};
static const struct ur_draft_words scopes = {"scope", scope_names,
		COUNT(scope_names), "any, internal, external or anonymous"};
static const struct ur_draft_words actions = {
		"action", action_names, COUNT(action_names), "forward, ring or reject"};

struct ur_text ur_draft_event_name(enum ur_rule_event event)
{
	return event_names[event];
}

struct ur_text ur_draft_scope_name(enum ur_caller_scope scope)
{
	return scope_names[scope];
}

struct ur_text ur_draft_action_name(enum ur_rule_action action)
{
	return action_names[action];
}

int ur_draft_event_of(const struct ur_rule_row *row)
{
	return ur_draft_find_word(&events, row->event);
}

static int read_words(struct ur_draft *draft, const struct ur_rule_row *row,
		struct ur_user_rule *rule)
{
	int err = ur_draft_read_word(draft, &events, row->event, &rule->event);

	if(err == 0)
		err = ur_draft_read_word(draft, &scopes, row->scope, &rule->scope);
	if(err == 0)
		err = ur_draft_read_word(draft, &actions, row->action, &rule->action);
	rule->strategy = UR_RING_AS_USER;
	if(err == 0 && !ur_text_is_empty(row->ring_strategy))
		err = ur_draft_read_word(draft, &ur_draft_strategies,
				row->ring_strategy, &rule->strategy);
	return err;
}

/* Returns NULL, or what is wrong with the target. */
static const char *wrong_target(
		const struct ur_rule_row *row, const struct ur_user_rule *rule)
{
	const bool is_hangup = ur_text_equal(row->target.kind, UR_TEXT("hangup"));

	if(ur_text_is_empty(row->target.kind) != ur_text_is_empty(row->target.id))
		return "it has a target_kind or a target_id, not both";
	if(rule->action == UR_RULE_FORWARD
			&& (ur_text_is_empty(row->target.kind) || is_hangup))
		return "it forwards, and its target is none or a hangup";
	if(rule->action == UR_RULE_RING && !ur_text_is_empty(row->target.kind))
		return "it rings, and has a target";
	if(rule->action == UR_RULE_REJECT && !ur_text_is_empty(row->target.kind)
			&& !(is_hangup && ur_chain_status(row->target.id) != 0))
		return "it rejects, and its target is no hangup with 400 to 699";
	return NULL;
}

/* Returns NULL, or how its columns contradict each other. */
static const char *contradiction(
		const struct ur_rule_row *row, const struct ur_user_rule *rule)
{
	if(row->outside && ur_text_is_empty(row->schedule_id))
		return "it is for outside a schedule, and has none";
	if(row->except_listed && ur_text_is_empty(row->caller_list_id))
		return "it is for callers who are not on a list, and has none";
	if(rule->scope == UR_SCOPE_ANONYMOUS
			&& !ur_text_is_empty(row->caller_list_id))
		return "it is for anonymous callers on a list";
	if(rule->action == UR_RULE_RING && rule->event != UR_RULES_ALWAYS
			&& rule->event != UR_RULES_DND)
		return "it rings when the ring is over";
	if(rule->action != UR_RULE_RING
			&& (!ur_text_is_empty(row->ring_strategy)
					|| row->ring_timeout_sec != 0))
		return "it has a ring_strategy or ring_timeout_sec, and does not ring";
	return wrong_target(row, rule);
}

#define RULE_ID(row) (row)->id.len < 64 ? (row)->id.len : 64, (row)->id.s

/* Checks the row, and fills in what the rule has of its words. */
static int check(struct ur_draft *draft, const struct ur_rule_row *row,
		struct ur_user_rule *rule)
{
	const char *why;

	if(ur_draft_check_row(draft, UR_VIEW_RULE, row) != 0
			|| read_words(draft, row, rule) != 0)
		return EINVAL;
	why = contradiction(row, rule);
	return why != NULL ? ur_draft_refuse(draft, "%s", why) : 0;
}

int ur_draft_check_rule(struct ur_draft *draft, const struct ur_rule_row *row)
{
	struct ur_user_rule rule;

	return check(draft, row, &rule);
}

/* ---- the order */

struct sorted
{
	const struct ur_rule_row *row;
	struct ur_user_rule rule; /* its words */
};

static int compare(const void *a, const void *b)
{
	const struct sorted *one = a, *other = b;

	if(one->rule.event != other->rule.event)
		return one->rule.event - other->rule.event;
	if(one->row->position != other->row->position)
		return one->row->position < other->row->position ? -1 : 1;
	return ur_text_compare(one->row->id, other->row->id);
}

int ur_draft_rules(struct ur_draft *draft, struct ur_user_rule *to,
		const struct ur_rule_row *rules, int count)
{
	struct sorted sorted[UR_MAX_RULES];
	int i;

	if(count <= 0)
		return 0;
	for(i = 0; i < count; i++) {
		sorted[i] = (struct sorted){.row = &rules[i]};
		if(check(draft, &rules[i], &sorted[i].rule) != 0)
			return EINVAL;
	}
	qsort(sorted, count, sizeof(sorted[0]), compare);
	for(i = 0; i < count; i++) {
		to[i] = sorted[i].rule;
		ur_draft_keep_row(draft, UR_VIEW_RULE, sorted[i].row, &to[i]);
	}
	return 0;
}
