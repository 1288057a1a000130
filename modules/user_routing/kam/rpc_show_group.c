/*
 * Shows a ring group with its members, as in the mirror.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_show_group.h"

#include "core/ut.h"
#include "kam/compat.h"
#include "kam/rpc_show_conditions.h"
#include "mirror/store/draft.h"

/* All return the result of rpc->struct_add(). */

static int add_ringing(rpc_t *rpc, void *to, const struct ur_group *group)
{
	str strategy = ur_str_of_text(ur_draft_group_strategy_name(
			(enum ur_group_strategy)group->strategy));
	str rules = ur_str_of_text(
			ur_draft_member_rules_name((group->flags & UR_GROUP_FOLLOW) != 0));

	return rpc->struct_add(to, "SdSdd", "strategy", &strategy,
			"ring_timeout_sec", (int)group->ring_timeout_sec, "member_rules",
			&rules, "skip_busy", (group->flags & UR_GROUP_SKIP_BUSY) != 0,
			"count_missed", (group->flags & UR_GROUP_NO_MISSED) == 0);
}

static int add_texts(rpc_t *rpc, void *to, const struct ur_group *group)
{
	const struct
	{
		char *name;
		struct ur_slice slice;
	} texts[] = {{"cid_name_prefix", group->cid_name_prefix},
			{"alert_info", group->alert_info},
			{"fwd_busy_kind", group->forward_busy.kind},
			{"fwd_busy_id", group->forward_busy.id},
			{"fwd_noanswer_kind", group->forward_no_answer.kind},
			{"fwd_noanswer_id", group->forward_no_answer.id}};
	int err = 0;
	size_t i;

	for(i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		err |= ur_rpc_show_text(rpc, to, texts[i].name, group, texts[i].slice);
	return err;
}

static int add_member(rpc_t *rpc, void *to, const struct ur_group *group,
		const struct ur_group_member *member)
{
	str kind = ur_str_of_text(
			ur_draft_member_kind_name((enum ur_group_member_kind)member->kind));
	int err = rpc->struct_add(to, "S", "member_kind", &kind);

	err |= ur_rpc_show_text(rpc, to, "member_id", group, member->id);
	err |= ur_rpc_show_text(rpc, to, "user_id", group, member->user_id);
	err |= rpc->struct_add(to, "ddd", "ring_delay_sec",
			(int)member->ring_delay_sec, "ring_for_sec",
			(int)member->ring_for_sec, "enabled", (int)member->is_enabled);
	return err;
}

static int add_members(rpc_t *rpc, void *to, const struct ur_group *group)
{
	void *members, *node;
	int err = rpc->struct_add(to, "[", "members", &members);
	int i;

	for(i = 0; err == 0 && i < group->member_count; i++) {
		err = rpc->array_add(members, "{", &node);
		if(err == 0)
			err = add_member(rpc, node, group, &group->members[i]);
	}
	return err;
}

int ur_rpc_show_group(rpc_t *rpc, void *ctx, struct ur_table *table,
		const struct ur_group *group)
{
	void *to;
	int err = rpc->add(ctx, "{", &to);

	if(err != 0)
		return err;
	err = ur_rpc_show_text(rpc, to, "id", group, group->id);
	err |= ur_rpc_show_text(rpc, to, "name", group, group->name);
	err |= ur_rpc_show_account_id(rpc, to, table, group->account);
	err |= add_ringing(rpc, to, group);
	err |= add_texts(rpc, to, group);
	return err == 0 ? add_members(rpc, to, group) : err;
}
