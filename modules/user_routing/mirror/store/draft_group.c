/*
 * A ring group's row and those of its members → a draft.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include "mirror/store/characters.h"
#include "mirror/store/draft_inside.h"
#include "policy/number.h"

enum
{
	/* Bytes. The schema has 64 characters, of up to 4 bytes each. */
	PREFIX_MAX = 256,
	ALERT_INFO_MAX = 255,
};

static const struct ur_text strategy_names[] = {
		[UR_GROUP_SIMULTANEOUS] = UR_TEXT_INIT("simultaneous"),
		[UR_GROUP_SEQUENTIAL] = UR_TEXT_INIT("sequential"),
		[UR_GROUP_RANDOM] = UR_TEXT_INIT("random"),
		[UR_GROUP_ROUND_ROBIN] = UR_TEXT_INIT("round_robin"),
};

static const struct ur_text member_rules_names[] = {
		UR_TEXT_INIT("none"), UR_TEXT_INIT("follow")};

static const struct ur_text kind_names[] = {
		[UR_GROUP_USER] = UR_TEXT_INIT("user"),
		[UR_GROUP_DEVICE] = UR_TEXT_INIT("device"),
		[UR_GROUP_NUMBER] = UR_TEXT_INIT("number"),
		[UR_GROUP_GROUP] = UR_TEXT_INIT("ring_group"),
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct ur_draft_words strategies = {"strategy", strategy_names,
		COUNT(strategy_names),
		"simultaneous, sequential, random or round_robin"};
static const struct ur_draft_words member_rules = {"member_rules",
		member_rules_names, COUNT(member_rules_names), "none or follow"};
static const struct ur_draft_words kinds = {"member_kind", kind_names,
		COUNT(kind_names), "user, device, number or ring_group"};

struct ur_text ur_draft_group_strategy_name(enum ur_group_strategy strategy)
{
	return strategy_names[strategy];
}

struct ur_text ur_draft_member_rules_name(bool follow)
{
	return member_rules_names[follow];
}

struct ur_text ur_draft_member_kind_name(enum ur_group_member_kind kind)
{
	return kind_names[kind];
}

/* ---- members */

static int check_number(struct ur_draft *draft, struct ur_text number)
{
	if(ur_characters_not_digit(number) != NULL)
		return ur_draft_refuse(draft,
				"a member's number has something else than digits in it");
	if(number.len > UR_NUMBER_DIGITS_MAX)
		return ur_draft_refuse(draft,
				"a member's number has %d digits, not up to %d", number.len,
				UR_NUMBER_DIGITS_MAX);
	return 0;
}

/* The kind is one of ours. */
static int check_id(struct ur_draft *draft, struct ur_text group,
		const struct ur_group_member_row *row, uint8_t kind)
{
	if((kind == UR_GROUP_DEVICE) == ur_text_is_empty(row->user_id))
		return ur_draft_refuse(
				draft, kind == UR_GROUP_DEVICE
							   ? "a member's device has no user_id"
							   : "a member has a user_id and is no device");
	if(kind == UR_GROUP_NUMBER)
		return check_number(draft, row->id);
	if(kind == UR_GROUP_GROUP && ur_text_equal(row->id, group))
		return ur_draft_refuse(draft, "it is a member of itself");
	return 0;
}

static int check_member(struct ur_draft *draft, struct ur_text group,
		const struct ur_group_member_row *row, uint8_t *kind)
{
	if(ur_draft_check_row(draft, UR_VIEW_GROUP_MEMBER, row) != 0
			|| ur_draft_read_word(draft, &kinds, row->kind, kind) != 0)
		return EINVAL;
	return check_id(draft, group, row, *kind);
}

int ur_draft_check_member(struct ur_draft *draft, struct ur_text group,
		const struct ur_group_member_row *row)
{
	uint8_t kind;

	return check_member(draft, group, row, &kind);
}

/* In our schema each position is there once; a view may repeat one. */
static int compare(const void *a, const void *b)
{
	const struct ur_group_member_row *one =
			*(const struct ur_group_member_row *const *)a;
	const struct ur_group_member_row *other =
			*(const struct ur_group_member_row *const *)b;
	int order;

	if(one->position != other->position)
		return one->position < other->position ? -1 : 1;
	order = ur_text_compare(one->kind, other->kind);
	return order != 0 ? order : ur_text_compare(one->id, other->id);
}

static int draft_members(struct ur_draft *draft, struct ur_group *group,
		struct ur_text id, const struct ur_group_member_row *members)
{
	const struct ur_group_member_row *sorted[UR_GROUP_MEMBERS_MAX];
	int i;

	if(group->member_count == 0)
		return 0;
	for(i = 0; i < group->member_count; i++)
		sorted[i] = &members[i];
	qsort(sorted, group->member_count, sizeof(sorted[0]), compare);
	for(i = 0; i < group->member_count; i++) {
		struct ur_group_member *member = &group->members[i];

		if(check_member(draft, id, sorted[i], &member->kind) != 0)
			return EINVAL;
		ur_draft_keep_row(draft, UR_VIEW_GROUP_MEMBER, sorted[i], member);
	}
	return 0;
}

/* ---- groups */

static int check(
		struct ur_draft *draft, const struct ur_group_row *row, int count)
{
	if(ur_draft_check_row(draft, UR_VIEW_GROUP, row) != 0)
		return EINVAL;
	if(row->cid_name_prefix.len > PREFIX_MAX)
		return ur_draft_refuse(draft,
				"its cid_name_prefix has %d bytes, not up to %d",
				row->cid_name_prefix.len, PREFIX_MAX);
	if(row->alert_info.len > ALERT_INFO_MAX)
		return ur_draft_refuse(draft,
				"its alert_info has %d bytes, not up to %d",
				row->alert_info.len, ALERT_INFO_MAX);
	if(count > UR_GROUP_MEMBERS_MAX)
		return ur_draft_refuse(draft, "it has %d members, not up to %d", count,
				UR_GROUP_MEMBERS_MAX);
	return 0;
}

/* Sets what a column of the row is not kept as. */
static int draft_words(struct ur_draft *draft, struct ur_group *group,
		const struct ur_group_row *row)
{
	uint8_t follow;

	if(ur_draft_read_word(draft, &strategies, row->strategy, &group->strategy)
					!= 0
			|| ur_draft_read_word(
					   draft, &member_rules, row->member_rules, &follow)
					   != 0)
		return EINVAL;
	group->flags = (follow ? UR_GROUP_FOLLOW : 0)
				   | (row->count_missed ? 0 : UR_GROUP_NO_MISSED);
	return 0;
}

int ur_draft_group(struct ur_draft *draft, const struct ur_group_row *row,
		const struct ur_group_member_row *members, int count)
{
	struct ur_group *group = (struct ur_group *)draft->body;

	if(check(draft, row, count) != 0)
		return EINVAL;
	ur_draft_start(draft, UR_RECORD_GROUP,
			sizeof(*group) + count * sizeof(*group->members), UR_NODE_ID + 1);
	if(draft_words(draft, group, row) != 0)
		return EINVAL;
	group->account = row->account;
	group->member_count = count;
	ur_draft_keep_row(draft, UR_VIEW_GROUP, row, group);
	if(draft_members(draft, group, row->id, members) != 0)
		return EINVAL;
	return ur_draft_finish(draft);
}
