/*
 * Users with their devices and rules: from rows to drafts to the table.
 *
 * A rule that is left out may be the one that keeps a call from the rules after it. So of the rules
 * of its event that come after it, only those that reject stay: no rule forwards a call, or rings
 * through do-not-disturb, that would not with all rules. What comes after the rules, the user's own
 * columns, stays as it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>

#include "mirror/take_inside.h"

enum
{
	DEVICES, /* places in ur_take_users.parts */
	RULES,
};

static void take_device(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_taken *taken = &taker->taken[DEVICES];
	struct ur_device_row *row = &taker->devices[taken->kept];

	if(!ur_take_read(taker, rows, row))
		ur_take_skip_part(
				taker, &ur_take_users, DEVICES, rows, "device", row->id);
	else if(ur_draft_check_device(&taker->draft, row) != 0)
		ur_skips_add(taker->skips, ur_take_users.parts[DEVICES].name,
				ur_rows_key(rows), taker->draft.error);
	else
		taken->kept++;
}

/* ---- rules */

/* Notes where the rule is. If a number could not be read, that may be its position. A rule of an
 * event that the module does not know is never asked. */
static void lose_rule(
		struct ur_taker *taker, const struct ur_rule_row *row, bool is_read)
{
	const int event = ur_draft_event_of(row);
	const int64_t position = is_read ? row->position : INT64_MIN;

	if(event >= 0 && position < taker->lost[event])
		taker->lost[event] = position;
}

static void take_rule(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_taken *taken = &taker->taken[RULES];
	struct ur_rule_row *row = &taker->rules[taken->kept];
	const bool is_read = ur_take_read(taker, rows, row);

	if(is_read && ur_draft_check_rule(&taker->draft, row) == 0) {
		taken->kept++;
		return;
	}
	ur_take_skip_part(taker, &ur_take_users, RULES, rows, "rule", row->id);
	lose_rule(taker, row, is_read);
}

static bool is_hidden(
		const struct ur_taker *taker, const struct ur_rule_row *row)
{
	return row->position >= taker->lost[ur_draft_event_of(row)]
		   && !ur_text_equal(row->action, ur_draft_action_name(UR_RULE_REJECT));
}

/* Leaves out the rules that come after one that is lost. */
static void hide_rules(struct ur_taker *taker, struct ur_text user)
{
	struct ur_taken *taken = &taker->taken[RULES];
	const int count = taken->kept;
	char reason[120];
	int i;

	taken->kept = 0;
	for(i = 0; i < count; i++) {
		if(!is_hidden(taker, &taker->rules[i]))
			taker->rules[taken->kept++] = taker->rules[i];
	}
	if(taken->kept == count)
		return;
	snprintf(reason, sizeof(reason),
			"and with it %d that come after it, all but those that reject",
			count - taken->kept);
	ur_skips_add(taker->skips, ur_take_users.parts[RULES].name, user, reason);
}

/* ---- users */

static bool pin_device(struct ur_taker *taker, int i)
{
	return ur_take_pin_texts(taker, UR_VIEW_DEVICE, &taker->devices[i]);
}

static bool pin_rule(struct ur_taker *taker, int i)
{
	return ur_take_pin_texts(taker, UR_VIEW_RULE, &taker->rules[i]);
}

static int draft_user(struct ur_taker *taker, const struct ur_user_row *row)
{
	int err;

	hide_rules(taker, row->id);
	do
		err = ur_draft_user(&taker->draft, row, taker->devices,
				taker->taken[DEVICES].kept, taker->rules,
				taker->taken[RULES].kept);
	while(err != 0 && ur_take_drop_part(taker));
	return err;
}

static void take_user(struct ur_taker *taker, const struct ur_rows *owners)
{
	struct ur_key id = {UR_KEY_USER_ID, 0, ur_rows_key(owners)};
	struct ur_user_row row;
	bool is_read = ur_take_read(taker, owners, &row);

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0) {
		ur_take_skip_without_account(taker, &id, "user", row.account_id);
	} else if(!is_read || draft_user(taker, &row) != 0) {
		ur_take_skip(taker, &id, "user", taker->draft.error);
	} else {
		ur_take_tell_left_over(taker, &ur_take_users, &id);
		ur_take_publish(taker, &id, "user");
	}
}

const struct ur_take_kind ur_take_users = {
		.owners = UR_VIEW_USER,
		.type = UR_RECORD_USER,
		.key = UR_KEY_USER_ID,
		.owner = take_user,
		.part_count = 2,
		.parts = {[DEVICES] = {UR_VIEW_DEVICE, "a device of user",
						  UR_MAX_DEVICES, take_device, pin_device},
				[RULES] = {UR_VIEW_RULE, "a rule of user", UR_MAX_RULES,
						take_rule, pin_rule}},
};
