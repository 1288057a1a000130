/*
 * Shows rules, schedules and caller lists, as in the mirror.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_show_conditions.h"

#include <time.h>

#include "core/ut.h"
#include "kam/compat.h"
#include "mirror/store/draft.h"

#define ENTRIES_MAX 4096 /* bytes of entries shown */
#define HOURS_MAX 20	 /* hours shown, from now on */

/* All return the result of rpc->struct_add(). */

int ur_rpc_show_text(rpc_t *rpc, void *to, char *name, const void *base,
		struct ur_slice slice)
{
	str text = ur_str_of_text(ur_slice_text(base, slice));

	return rpc->struct_add(to, "S", name, &text);
}

int ur_rpc_show_account_id(
		rpc_t *rpc, void *to, struct ur_table *table, uint32_t number)
{
	const struct ur_account *account =
			ur_table_account_by_number(table, number);
	int err;

	if(account == NULL)
		return rpc->struct_add(to, "s", "account_id", "");
	err = ur_rpc_show_text(rpc, to, "account_id", account, account->id);
	ur_table_account_put(account);
	return err;
}

/* ---- rules */

/* The strategy is empty where it is the user's. */
static int add_words(rpc_t *rpc, void *to, const struct ur_user_rule *rule)
{
	str event = ur_str_of_text(ur_draft_event_name(rule->event));
	str scope = ur_str_of_text(ur_draft_scope_name(rule->scope));
	str action = ur_str_of_text(ur_draft_action_name(rule->action));
	str strategy = {"", 0};

	if(rule->strategy != UR_RING_AS_USER)
		strategy = ur_str_of_text(ur_draft_strategy_name(rule->strategy));
	return rpc->struct_add(to, "SSSSd", "event", &event, "scope", &scope,
			"action", &action, "ring_strategy", &strategy, "ring_timeout_sec",
			(int)rule->ring_timeout_sec);
}

static int add_rule(rpc_t *rpc, void *to, const struct ur_user *user,
		const struct ur_user_rule *rule)
{
	int err = ur_rpc_show_text(rpc, to, "id", user, rule->id);

	err |= add_words(rpc, to, rule);
	err |= ur_rpc_show_text(rpc, to, "schedule_id", user, rule->schedule_id);
	err |= ur_rpc_show_text(
			rpc, to, "caller_list_id", user, rule->caller_list_id);
	err |= rpc->struct_add(to, "dd", "outside",
			(rule->flags & UR_RULE_OUTSIDE) != 0, "except_listed",
			(rule->flags & UR_RULE_EXCEPT) != 0);
	err |= ur_rpc_show_text(rpc, to, "target_kind", user, rule->target.kind);
	err |= ur_rpc_show_text(rpc, to, "target_id", user, rule->target.id);
	return err;
}

int ur_rpc_show_rules(rpc_t *rpc, void *to, const struct ur_user *user)
{
	void *rules, *node;
	int err = rpc->struct_add(to, "[", "rules", &rules);
	int i;

	for(i = 0; err == 0 && i < user->rule_count; i++) {
		err = rpc->array_add(rules, "{", &node);
		if(err == 0)
			err = add_rule(rpc, node, user, &ur_user_rules(user)[i]);
	}
	return err;
}

/* ---- schedules and caller lists */

/* "2026-12-24 17:00", in UTC */
static void write_time(uint32_t minute, char text[20])
{
	const time_t at = (time_t)minute * 60;
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, 20, "%Y-%m-%d %H:%M", &tm);
}

static int add_hours_of(rpc_t *rpc, void *to, const struct ur_hours *hours)
{
	char from[20], until[20];
	void *node;
	int err = rpc->array_add(to, "{", &node);

	if(err != 0)
		return err;
	write_time(hours->from, from);
	write_time(hours->to, until);
	return rpc->struct_add(node, "ss", "from", from, "to", until);
}

/* Those that are not over. */
static int add_hours(rpc_t *rpc, void *to, const struct ur_schedule *schedule)
{
	const time_t now = time(NULL);
	int shown = 0;
	void *list;
	int err = rpc->struct_add(to, "[", "hours_utc", &list);
	int i;

	for(i = 0; err == 0 && i < schedule->hours_count && shown < HOURS_MAX;
			i++) {
		if((time_t)schedule->hours[i].to * 60 <= now)
			continue;
		err = add_hours_of(rpc, list, &schedule->hours[i]);
		shown++;
	}
	return err;
}

int ur_rpc_show_schedule(rpc_t *rpc, void *ctx, struct ur_table *table,
		const struct ur_schedule *schedule)
{
	char from[20], until[20];
	void *to;
	int err = rpc->add(ctx, "{", &to);

	if(err != 0)
		return err;
	write_time(schedule->known_from, from);
	write_time(schedule->known_to, until);
	err = ur_rpc_show_text(rpc, to, "id", schedule, schedule->id);
	err |= ur_rpc_show_text(rpc, to, "name", schedule, schedule->name);
	err |= ur_rpc_show_account_id(rpc, to, table, schedule->account);
	err |= ur_rpc_show_text(rpc, to, "windows", schedule, schedule->windows);
	err |= rpc->struct_add(to, "dssd", "is_over", (int)schedule->is_over,
			"known_from_utc", from, "known_to_utc", until, "hours_count",
			(int)schedule->hours_count);
	return err == 0 ? add_hours(rpc, to, schedule) : err;
}

static int add_entries(
		rpc_t *rpc, void *to, const struct ur_caller_list *caller_list)
{
	int left = ENTRIES_MAX;
	void *list;
	int err = rpc->struct_add(to, "[", "entries", &list);
	int i;

	for(i = 0; err == 0 && i < caller_list->entry_count; i++) {
		str entry = ur_str_of_text(
				ur_slice_text(caller_list, caller_list->entries[i]));

		left -= entry.len;
		if(left < 0)
			break;
		err = rpc->array_add(list, "S", &entry);
	}
	return err;
}

int ur_rpc_show_caller_list(rpc_t *rpc, void *ctx, struct ur_table *table,
		const struct ur_caller_list *list)
{
	void *to;
	int err = rpc->add(ctx, "{", &to);

	if(err != 0)
		return err;
	err = ur_rpc_show_text(rpc, to, "id", list, list->id);
	err |= ur_rpc_show_text(rpc, to, "name", list, list->name);
	err |= ur_rpc_show_account_id(rpc, to, table, list->account);
	err |= rpc->struct_add(to, "d", "entry_count", (int)list->entry_count);
	return err == 0 ? add_entries(rpc, to, list) : err;
}
