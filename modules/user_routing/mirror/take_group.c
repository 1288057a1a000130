/*
 * Ring groups with their members: from rows to drafts to the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/take_inside.h"

static void take_member(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_taken *taken = &taker->taken[0];
	struct ur_group_member_row *row = &taker->members[taken->kept];

	if(ur_take_read(taker, rows, row)
			&& ur_draft_check_member(&taker->draft, ur_rows_key(rows), row)
					   == 0)
		taken->kept++;
	else
		ur_take_skip_part(taker, &ur_take_groups, 0, rows, "member", row->id);
}

static bool pin_member(struct ur_taker *taker, int i)
{
	return ur_take_pin_texts(taker, UR_VIEW_GROUP_MEMBER, &taker->members[i]);
}

static int draft_group(struct ur_taker *taker, const struct ur_group_row *row)
{
	int err;

	do
		err = ur_draft_group(
				&taker->draft, row, taker->members, taker->taken[0].kept);
	while(err != 0 && ur_take_drop_part(taker));
	return err;
}

static void take_group(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_GROUP, 0, ur_rows_key(rows)};
	struct ur_group_row row;
	bool is_read = ur_take_read(taker, rows, &row);

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0) {
		ur_take_skip_without_account(taker, &id, "ring group", row.account_id);
	} else if(!is_read || draft_group(taker, &row) != 0) {
		ur_take_skip(taker, &id, "ring group", taker->draft.error);
	} else {
		ur_take_tell_left_over(taker, &ur_take_groups, &id);
		ur_take_publish(taker, &id, "ring group");
	}
}

const struct ur_take_kind ur_take_groups = {
		.owners = UR_VIEW_GROUP,
		.type = UR_RECORD_GROUP,
		.key = UR_KEY_GROUP,
		.owner = take_group,
		.part_count = 1,
		.parts = {{UR_VIEW_GROUP_MEMBER, "a member of ring group",
				UR_GROUP_MEMBERS_MAX, take_member, pin_member}},
};
