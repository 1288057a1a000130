/*
 * The mirrored records in the form that the policy's forward chain needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/directory.h"

#include <stdio.h>

#include "core/dprint.h"
#include "core/mem/shm.h"
#include "kam/context.h"
#include "kam/counters.h"
#include "kam/hosts.h"
#include "kam/in_progress.h"
#include "kam/log_rate.h"
#include "kam/settings.h"
#include "mirror/port.h"
#include "policy/condition.h"
#include "policy/target.h"

#define CHAIN_TEXT_MAX 2048

/* The context is the account's number. */
static uint32_t account_of(const void *context)
{
	return (uint32_t)(uintptr_t)context;
}

static const struct ur_user *find_user(void *context, struct ur_text id)
{
	const struct ur_user *user = ur_table_user_by_id(ur_context_table(), id);

	if(user == NULL)
		return NULL;
	if(user->active && user->account == account_of(context))
		return user;
	ur_table_user_put(user);
	return NULL;
}

static const struct ur_extension *find_extension(
		void *context, struct ur_text id)
{
	const struct ur_extension *extension =
			ur_table_extension_by_id(ur_context_table(), id);

	if(extension == NULL)
		return NULL;
	if(extension->active && extension->account == account_of(context))
		return extension;
	ur_table_extension_put(extension);
	return NULL;
}

static const struct ur_group *find_group(void *context, struct ur_text id)
{
	const struct ur_group *group = ur_table_group_by_id(ur_context_table(), id);

	if(group == NULL || group->account == account_of(context))
		return group;
	ur_table_group_put(group);
	return NULL;
}

static uint32_t turn(void *context, const struct ur_group *group)
{
	(void)context;
	return ur_table_group_turn(group, true);
}

static int calls_of(void *context, const struct ur_user *user)
{
	(void)context;
	return ur_in_progress_active(ur_user_text(user, user->id));
}

/* The account of a target's row: the row's name is "account_id kind id". */
static struct ur_text account_id(const struct ur_route_target *row)
{
	struct ur_text name = ur_slice_text(row, row->name);

	name.len -= row->kind.len + row->id.len + 2;
	return name;
}

static struct ur_target_form form_of(const struct ur_route_target *row,
		const struct ur_target_kind *kind, struct ur_text id)
{
	return (struct ur_target_form){account_id(row), id,
			ur_slice_text(row, row->address),
			kind != NULL ? ur_slice_text(kind, kind->uri_template)
						 : UR_TEXT("")};
}

static enum ur_refusal locate(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	const struct ur_route_target *row =
			ur_table_target(ur_context_table(), account_of(context), target);
	const struct ur_target_kind *kind;
	struct ur_target_form form;
	bool names_host;

	if(row == NULL)
		return UR_REFUSAL_NO_URI;
	kind = ur_table_kind(ur_context_table(), target.kind);
	form = form_of(row, kind, target.id);
	arrival->uri_len = ur_target_uri(&form, arrival->uri, sizeof(arrival->uri));
	names_host = ur_target_names_host(&form);
	ur_table_kind_put(kind);
	ur_table_target_put(row);
	if(arrival->uri_len <= 0)
		return UR_REFUSAL_NO_URI;
	/* A number: the script sends it to a gateway, or to the host of the template. */
	if(!names_host && ur_text_equal(target.kind, UR_TEXT("forward")))
		return UR_REFUSAL_NONE;
	return ur_hosts_check(ur_context_table(), names_host, arrival);
}

static enum ur_refusal locate_number(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	const struct ur_route_target *row =
			ur_table_target(ur_context_table(), account_of(context), target);
	const struct ur_target_kind *kind;
	struct ur_target_form form;

	if(row == NULL)
		return UR_REFUSAL_NO_URI;
	kind = ur_table_kind(ur_context_table(), target.kind);
	form = form_of(row, kind, target.id);
	if(ur_text_equal(target.kind, UR_TEXT("forward"))
			&& !ur_target_names_host(&form))
		ur_number_of_trunk(row->address.len > 0 ? form.address : target.id,
				&arrival->number);
	ur_table_kind_put(kind);
	ur_table_target_put(row);
	return UR_REFUSAL_NONE;
}

static const char *kind_of(const struct ur_hop *hop)
{
	if(hop->user != NULL)
		return "user ";
	if(hop->group != NULL)
		return "group ";
	return hop->extension->is_did ? "did +" : "extension ";
}

static struct ur_text name_of(const struct ur_hop *hop)
{
	if(hop->user != NULL)
		return ur_user_text(hop->user, hop->user->username);
	return hop->group != NULL
				   ? ur_slice_text(hop->group, hop->group->id)
				   : ur_slice_text(hop->extension, hop->extension->digits);
}

struct ur_text ur_directory_print(const struct ur_chain *chain)
{
	static char text[CHAIN_TEXT_MAX];
	int len = 0;
	int i;

	for(i = 0; i < chain->count && len < (int)sizeof(text) - 1; i++) {
		const struct ur_hop *hop = &chain->hops[i];
		struct ur_text name = name_of(hop);
		int n = snprintf(text + len, sizeof(text) - len, "%s%s%.*s",
				i ? " → " : "", kind_of(hop), name.len, name.s);

		len += n;
	}
	if(len > (int)sizeof(text) - 1)
		len = sizeof(text) - 1;
	return (struct ur_text){text, len};
}

/* The id of the user, group or extension that forwards to the target. */
static struct ur_text leaving_id(const struct ur_chain *chain)
{
	const struct ur_hop *hop = &chain->hops[chain->count - 1];

	if(hop->user != NULL)
		return ur_user_text(hop->user, hop->user->id);
	return hop->group != NULL
				   ? ur_slice_text(hop->group, hop->group->id)
				   : ur_slice_text(hop->extension, hop->extension->id);
}

static void refused(void *context, const struct ur_chain *chain,
		struct ur_target target, enum ur_refusal why)
{
	struct ur_text text;
	unsigned left_out;

	(void)context;
	counter_inc(ur_counters_of_refusal(why));
	if(!ur_log_rate_take(
			   UR_LOG_NOT_FOLLOWED + why, leaving_id(chain), &left_out))
		return;
	text = ur_directory_print(chain);
	LM_NOTICE("%.*s → %.*s (id %.*s) is not followed: %s (logged once a"
			  " minute; %u suppressed)\n",
			text.len, text.s, target.kind.len, target.kind.s, target.id.len,
			target.id.s, ur_chain_refusal_text(why), left_out);
}

static const struct ur_schedule *find_schedule(void *context, struct ur_text id)
{
	const struct ur_schedule *schedule =
			ur_table_schedule(ur_context_table(), id);

	if(schedule == NULL || schedule->account == account_of(context))
		return schedule;
	ur_table_schedule_put(schedule);
	return NULL;
}

static const struct ur_caller_list *find_caller_list(
		void *context, struct ur_text id)
{
	const struct ur_caller_list *list =
			ur_table_caller_list(ur_context_table(), id);

	if(list == NULL || list->account == account_of(context))
		return list;
	ur_table_caller_list_put(list);
	return NULL;
}

static const struct ur_account *find_account(void *context, uint32_t number)
{
	(void)context;
	return ur_table_account_by_number(ur_context_table(), number);
}

static bool is_unknown(enum ur_condition why)
{
	return why == UR_CONDITION_SCHEDULE_MISSING
		   || why == UR_CONDITION_HOURS_UNKNOWN
		   || why == UR_CONDITION_LIST_MISSING;
}

/* A rule that can't be judged is somebody's fault, or the database has been away for weeks. */
static void checked(void *context, const struct ur_chain *chain,
		const struct ur_user_rule *rule, enum ur_condition why)
{
	const struct ur_user *const user = ur_chain_user(chain);
	const struct ur_text id = ur_user_text(user, rule->id);
	unsigned left_out;

	(void)context;
	if(!is_unknown(why))
		return;
	counter_inc(ur_counters.rules_unknown);
	if(ur_log_rate_take(UR_LOG_RULE_UNKNOWN, id, &left_out))
		LM_WARN("rule %.*s of user %.*s is passed over (%s): it is not known"
				" whether it holds; see user_routing.status and"
				" user_routing.show user (logged once a minute; %u"
				" suppressed)\n",
				id.len, id.s, user->username.len,
				ur_user_text(user, user->username).s, ur_condition_name(why),
				left_out);
}

static bool add_call(void *context, const struct ur_user *user, bool must)
{
	struct ur_live_call *live;

	(void)context;
	if(!ur_in_progress_is_counted()) {
		if(user->max_calls > 0)
			ur_in_progress_warn(user);
		return true;
	}
	live = ur_live_call_get();
	return live == NULL || ur_in_progress_add(live, user, must);
}

/* Not ur_port_alloc(): what that keeps back is for calls. */
static void *allocate(size_t size)
{
	void *block = shm_malloc(size);

	if(block == NULL)
		SHM_MEM_ERROR;
	return block;
}

struct ur_directory ur_directory_of(uint32_t account)
{
	return (struct ur_directory){
			.context = (void *)(uintptr_t)account,
			.max_hops = ur_setting(max_hops),
			.find_user = find_user,
			.find_extension = find_extension,
			.put_user = ur_table_user_put,
			.put_extension = ur_table_extension_put,
			.locate = locate,
			.refused = refused,
			.find_schedule = find_schedule,
			.find_caller_list = find_caller_list,
			.find_account = find_account,
			.put_schedule = ur_table_schedule_put,
			.put_caller_list = ur_table_caller_list_put,
			.put_account = ur_table_account_put,
			.checked = checked,
			.add_call = add_call,
			.find_group = find_group,
			.put_group = ur_table_group_put,
			.turn = turn,
			.calls_of = ur_in_progress_is_counted() ? calls_of : NULL,
			.locate_number = locate_number,
			.ref_user = ur_table_user_ref,
			.ref_group = ur_table_group_ref,
			.allocate = allocate,
			.release = ur_port_free,
	};
}
