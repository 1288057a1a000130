/*
 * The conditions of a user's own rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/condition.h"

#include <stddef.h>

#include "policy/schedule.h"

void ur_conditions_begin(struct ur_conditions *conditions,
		const struct ur_chain *chain, const struct ur_directory *directory,
		const struct ur_rule_call *call)
{
	conditions->chain = chain;
	conditions->directory = directory;
	conditions->call = call;
	conditions->is_read = false;
}

static const struct ur_rule_caller *who(struct ur_conditions *c)
{
	if(!c->is_read)
		ur_rule_caller_read(c->chain, c->directory, c->call, &c->who);
	c->is_read = true;
	return &c->who;
}

static enum ur_condition check_scope(
		struct ur_conditions *c, const struct ur_user_rule *rule)
{
	switch(rule->scope) {
		case UR_SCOPE_INTERNAL:
			return ur_rule_caller_is_internal(c->chain, c->call->caller)
						   ? UR_CONDITION_HOLDS
						   : UR_CONDITION_NOT_INTERNAL;
		case UR_SCOPE_EXTERNAL:
			return ur_rule_caller_is_internal(c->chain, c->call->caller)
						   ? UR_CONDITION_NOT_EXTERNAL
						   : UR_CONDITION_HOLDS;
		case UR_SCOPE_ANONYMOUS:
			return who(c)->is_anonymous ? UR_CONDITION_HOLDS
										: UR_CONDITION_NOT_ANONYMOUS;
		default:
			return UR_CONDITION_HOLDS;
	}
}

static enum ur_condition check_hours(
		const struct ur_schedule *schedule, int64_t time, bool is_outside)
{
	switch(ur_schedule_at(schedule, time)) {
		case UR_SCHEDULE_INSIDE:
			return is_outside ? UR_CONDITION_INSIDE_HOURS : UR_CONDITION_HOLDS;
		case UR_SCHEDULE_OUTSIDE:
			return is_outside ? UR_CONDITION_HOLDS : UR_CONDITION_OUTSIDE_HOURS;
		default:
			return UR_CONDITION_HOURS_UNKNOWN;
	}
}

static enum ur_condition check_schedule(const struct ur_conditions *c,
		struct ur_text id, const struct ur_user_rule *rule)
{
	const struct ur_directory *directory = c->directory;
	const struct ur_schedule *schedule;
	enum ur_condition result;

	if(ur_text_is_empty(id))
		return UR_CONDITION_HOLDS;
	schedule = directory->find_schedule(directory->context, id);
	if(schedule == NULL)
		return UR_CONDITION_SCHEDULE_MISSING;
	result = check_hours(
			schedule, c->call->time, (rule->flags & UR_RULE_OUTSIDE) != 0);
	directory->put_schedule(schedule);
	return result;
}

static enum ur_condition check_list(struct ur_conditions *c, struct ur_text id,
		const struct ur_user_rule *rule)
{
	const struct ur_directory *directory = c->directory;
	const bool is_except = (rule->flags & UR_RULE_EXCEPT) != 0;
	const struct ur_caller_list *list;
	bool is_listed;

	if(ur_text_is_empty(id))
		return UR_CONDITION_HOLDS;
	list = directory->find_caller_list(directory->context, id);
	if(list == NULL)
		return UR_CONDITION_LIST_MISSING;
	is_listed = ur_caller_list_has(list, &who(c)->listed);
	directory->put_caller_list(list);
	if(is_listed != is_except)
		return UR_CONDITION_HOLDS;
	return is_except ? UR_CONDITION_LISTED : UR_CONDITION_NOT_LISTED;
}

enum ur_condition ur_conditions_check(
		struct ur_conditions *c, const struct ur_user_rule *rule)
{
	const struct ur_user *user = ur_chain_user(c->chain);
	enum ur_condition result = check_scope(c, rule);

	if(result == UR_CONDITION_HOLDS)
		result = check_schedule(c, ur_user_text(user, rule->schedule_id), rule);
	if(result == UR_CONDITION_HOLDS)
		result = check_list(c, ur_user_text(user, rule->caller_list_id), rule);
	return result;
}

const char *ur_condition_name(enum ur_condition condition)
{
	static const char *const names[UR_CONDITION_COUNT] = {
			[UR_CONDITION_HOLDS] = "holds",
			[UR_CONDITION_NOT_INTERNAL] = "not-internal",
			[UR_CONDITION_NOT_EXTERNAL] = "not-external",
			[UR_CONDITION_NOT_ANONYMOUS] = "not-anonymous",
			[UR_CONDITION_SCHEDULE_MISSING] = "schedule-missing",
			[UR_CONDITION_HOURS_UNKNOWN] = "hours-unknown",
			[UR_CONDITION_OUTSIDE_HOURS] = "outside-hours",
			[UR_CONDITION_INSIDE_HOURS] = "inside-hours",
			[UR_CONDITION_LIST_MISSING] = "list-missing",
			[UR_CONDITION_NOT_LISTED] = "not-listed",
			[UR_CONDITION_LISTED] = "listed",
	};

	return names[condition];
}
