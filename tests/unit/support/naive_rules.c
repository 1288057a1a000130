/*
 * Does a user's own rule hold?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/naive_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the caller */

/* A phone whose user is gone is nobody. */
static bool is_user(const struct ur_random_world *world)
{
	return world->caller >= 0 && !world->user[world->caller].disabled;
}

/* "a user who has called the did of another account is shown by number" */
static bool has_called_did(const struct ur_random_world *world)
{
	return world->kind == UR_RANDOM_LINE && world->line[world->callee].is_did;
}

/* What the callee is shown of the caller: a number, or username@domain; "": neither. */
static void show(
		const struct ur_random_world *world, char *number, char *address)
{
	*number = *address = '\0';
	if(world->is_private)
		return;
	if(is_user(world))
		sprintf(address, "%c@x", 'a' + world->caller);
	else if(world->caller == UR_RANDOM_TRUNK)
		strcpy(number, world->number);
	else if(world->caller == UR_RANDOM_OTHER && has_called_did(world))
		strcpy(number, world->number);
	else if(world->caller == UR_RANDOM_OTHER)
		strcpy(address, "z@y");
}

static bool is_anonymous(const struct ur_random_world *world)
{
	char number[20], address[8];

	show(world, number, address);
	return *number == '\0' && *address == '\0';
}

static bool is_meant(const struct ur_random_world *world, const char *entry)
{
	char number[20], address[8], username[2] = "";

	show(world, number, address);
	/* a username alone is one of the account */
	if(is_user(world) && !world->is_private)
		username[0] = (char)('a' + world->caller);
	if(*entry == '+')
		return strncmp(number, entry, strlen(entry)) == 0;
	return strcmp(entry, address) == 0 || strcmp(entry, username) == 0;
}

static bool is_in_scope(
		const struct ur_random_world *world, enum ur_caller_scope scope)
{
	if(scope == UR_SCOPE_INTERNAL)
		return is_user(world);
	if(scope == UR_SCOPE_EXTERNAL)
		return !is_user(world);
	return scope == UR_SCOPE_ANY || is_anonymous(world);
}

static bool is_right_for_list(
		const struct ur_random_world *world, const struct ur_random_rule *rule)
{
	int i;

	if(rule->list == UR_RANDOM_NONE)
		return true;
	if(rule->list == UR_RANDOM_LISTS)
		return false;
	for(i = 0; i < world->list[rule->list].entries; i++) {
		if(is_meant(world, world->list[rule->list].entry[i]))
			return !rule->except;
	}
	return rule->except;
}

/* ---- the time */

static bool is_right_time(const struct ur_random_world *world,
		const struct ur_random_rule *rule, int now)
{
	const int minute = (world->time + now / 1000) / 60;
	const struct ur_random_schedule *s;
	int i;

	if(rule->schedule == UR_RANDOM_NONE)
		return true;
	if(rule->schedule == UR_RANDOM_SCHEDULES)
		return false;
	s = &world->schedule[rule->schedule];
	if(minute < s->known_from || minute >= s->known_to)
		return false;
	for(i = 0; i < s->hours; i++) {
		if(minute >= s->from[i] && minute < s->to[i])
			return !rule->outside;
	}
	return rule->outside;
}

bool ur_naive_rule_holds(const struct ur_random_world *world,
		const struct ur_random_rule *rule, int now)
{
	return is_right_time(world, rule, now) && is_right_for_list(world, rule)
		   && is_in_scope(world, rule->scope);
}

/* "reject ends with its status (a hangup target's; without one 603, for scope anonymous 433)" */
int ur_naive_rule_status(const struct ur_random_rule *rule)
{
	const int status = strncmp(rule->target, "hangup:", 7) == 0
							   ? atoi(rule->target + 7)
							   : 0;

	if(status >= 400)
		return status;
	return rule->scope == UR_SCOPE_ANONYMOUS ? 433 : 603;
}
