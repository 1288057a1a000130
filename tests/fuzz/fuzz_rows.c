/*
 * Rows of the database: loaded into an empty table, then changed, then loaded as a whole.
 *
 * The input is a database (support/textdb.h), a line "=", and the changed database.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/store/draft.h"
#include "support/textdb.h"
#include "support/loader.h"

static const struct
{
	enum ur_view view;
	const char *kind; /* in a notification */
} owners[] = {{UR_VIEW_ACCOUNT, "account"}, {UR_VIEW_ACCOUNT_TEXT, "account"},
		{UR_VIEW_USER, "user"}, {UR_VIEW_DEVICE, "user"},
		{UR_VIEW_EXTENSION, "extension"}, {UR_VIEW_TARGET, "target"},
		{UR_VIEW_TARGET_KIND, "kind"}, {UR_VIEW_TARGET_HOST, "host"},
		{UR_VIEW_DID, "did"}, {UR_VIEW_RULE, "user"},
		{UR_VIEW_SCHEDULE, "schedule"}, {UR_VIEW_CALLER_LIST, "callers"},
		{UR_VIEW_CALLER_ENTRY, "callers"}, {UR_VIEW_GROUP, "ring_group"},
		{UR_VIEW_GROUP_MEMBER, "ring_group"}};

#define OWNERS (sizeof(owners) / sizeof(owners[0]))

/* A notification for each owner, also of parts whose owner there is not. */
static void name_all(struct ur_changes *changes)
{
	struct ur_text id;
	size_t i;
	int k;

	for(i = 0; i < OWNERS; i++) {
		for(k = 0; id = ur_fuzz_database_key(owners[i].view, k), id.len > 0;
				k++) {
			char *item = malloc(strlen(owners[i].kind) + id.len + 2);

			sprintf(item, "%s %.*s", owners[i].kind, id.len, id.s);
			ur_changes_add(changes, item);
			free(item);
		}
	}
}

/* ---- what is in the table */

/* Every text lies in the record's block, behind the structs. */
static void check_slice(const void *body, struct ur_slice slice, size_t structs)
{
	const struct ur_record *record = ur_record_of_body(body);

	if(slice.len > 0)
		UR_FUZZ_ASSERT(slice.off >= structs
					   && slice.off + slice.len <= record->body_size);
}

/* Places number devices in the order of their starts. */
static void check_times(const struct ur_user *user, int i)
{
	const struct ur_device *device = &user->devices[i];

	UR_FUZZ_ASSERT(device->ring_delay_sec <= 600);
	UR_FUZZ_ASSERT(device->ring_for_sec <= 600);
	if(i > 0 && user->strategy != UR_RING_SEQUENTIAL)
		UR_FUZZ_ASSERT(device[-1].ring_delay_sec <= device->ring_delay_sec);
}

static void check_device(struct ur_table *table, const struct ur_user *user,
		int i, size_t structs)
{
	const struct ur_device *device = &user->devices[i];
	const struct ur_text aor = ur_user_text(user, device->aor);
	const struct ur_user *owner;
	int place = -1;

	check_slice(user, device->id, structs);
	check_slice(user, device->aor, structs);
	check_slice(user, device->number, structs);
	check_times(user, i);
	if(ur_device_is_external(device)) {
		UR_FUZZ_ASSERT(aor.len == 0);
		UR_FUZZ_ASSERT((device->flags & UR_DEVICE_HA1) == 0);
		return;
	}
	UR_FUZZ_ASSERT(memchr(aor.s, '@', aor.len) != NULL);
	owner = ur_table_user_by_device(table, aor, &place);
	UR_FUZZ_ASSERT(owner != NULL);
	UR_FUZZ_ASSERT(place >= 0 && place < owner->device_count);
	UR_FUZZ_ASSERT(
			ur_text_equal(ur_user_text(owner, owner->devices[place].aor), aor));
	ur_table_user_put(owner);
}

static bool is_column(const struct ur_user *user, struct ur_slice slice,
		int row, const char *column)
{
	return ur_text_equal(ur_user_text(user, slice),
			ur_fuzz_database_column(UR_VIEW_USER, row, column));
}

static bool is_number(int number, int row, const char *column)
{
	const struct ur_text text =
			ur_fuzz_database_column(UR_VIEW_USER, row, column);
	char digits[32];

	snprintf(digits, sizeof(digits), "%.*s", text.len, text.s);
	return text.len > 0 && strtol(digits, NULL, 10) == number;
}

static bool is_int(enum ur_view view, int row, const char *column, int most)
{
	const struct ur_text text = ur_fuzz_database_column(view, row, column);
	char digits[64], *end;
	long number;

	if(text.len == 0 || text.len >= (int)sizeof(digits))
		return false;
	memcpy(digits, text.s, text.len);
	digits[text.len] = '\0';
	errno = 0;
	number = strtol(digits, &end, 10);
	return end != digits && *end == '\0' && errno == 0 && number >= -most - 1L
		   && number <= most && (most > 1 || number >= 0);
}

/* A number, or NULL. */
static bool is_optional(enum ur_view view, int row, const char *column)
{
	return ur_fuzz_database_column(view, row, column).len == 0
		   || is_int(view, row, column, INT_MAX);
}

static int number_in(enum ur_view view, int row, const char *column)
{
	const struct ur_text text = ur_fuzz_database_column(view, row, column);
	char digits[64];

	snprintf(digits, sizeof(digits), "%.*s", text.len, text.s);
	return (int)strtol(digits, NULL, 10);
}

static bool is_good_device(int row)
{
	const struct ur_device_row device = {
			.number = ur_fuzz_database_column(UR_VIEW_DEVICE, row, "number"),
			.ring_delay_sec = number_in(UR_VIEW_DEVICE, row, "ring_delay_sec"),
			.ring_for_sec = number_in(UR_VIEW_DEVICE, row, "ring_for_sec"),
			.id = ur_fuzz_database_column(UR_VIEW_DEVICE, row, "id"),
			.auth_username = ur_fuzz_database_column(
					UR_VIEW_DEVICE, row, "auth_username"),
			.realm = ur_fuzz_database_column(UR_VIEW_DEVICE, row, "realm"),
			.ha1 = ur_fuzz_database_column(UR_VIEW_DEVICE, row, "ha1")};
	static struct ur_draft draft;

	return ur_draft_check_device(&draft, &device) == 0
		   && is_int(UR_VIEW_DEVICE, row, "ring_order", INT_MAX)
		   && is_int(UR_VIEW_DEVICE, row, "ring_delay_sec", INT_MAX)
		   && is_optional(UR_VIEW_DEVICE, row, "ring_for_sec")
		   && is_int(UR_VIEW_DEVICE, row, "ring_on_fork", 1)
		   && is_int(UR_VIEW_DEVICE, row, "ring_specific", 1)
		   && is_int(UR_VIEW_DEVICE, row, "available", 1);
}

static bool is_good_account_text(int row)
{
	static struct ur_draft draft;

	return ur_draft_check_account_text(
				   &draft, ur_fuzz_database_column(
								   UR_VIEW_ACCOUNT_TEXT, row, "content"))
				   == 0
		   && is_int(UR_VIEW_ACCOUNT_TEXT, row, "is_number", 1);
}

/* How many parts the owner has that can be taken. */
static int count_parts(
		enum ur_view view, bool (*is_good)(int row), struct ur_text owner)
{
	struct ur_text id;
	int count = 0;
	int i;

	for(i = 0; id = ur_fuzz_database_key(view, i), id.len > 0; i++)
		count += ur_text_equal(id, owner) && is_good(i);
	return count;
}

/* ---- rules */

static struct ur_text rule_text(int row, const char *column)
{
	return ur_fuzz_database_column(UR_VIEW_RULE, row, column);
}

static struct ur_rule_row rule_of(int row)
{
	return (struct ur_rule_row){.id = rule_text(row, "id"),
			.position = number_in(UR_VIEW_RULE, row, "position"),
			.event = rule_text(row, "event"),
			.schedule_id = rule_text(row, "schedule_id"),
			.outside = number_in(UR_VIEW_RULE, row, "outside"),
			.caller_list_id = rule_text(row, "caller_list_id"),
			.except_listed = number_in(UR_VIEW_RULE, row, "except_listed"),
			.scope = rule_text(row, "scope"),
			.action = rule_text(row, "action"),
			.target = {rule_text(row, "target_kind"),
					rule_text(row, "target_id")},
			.ring_strategy = rule_text(row, "ring_strategy"),
			.ring_timeout_sec =
					number_in(UR_VIEW_RULE, row, "ring_timeout_sec")};
}

static bool has_good_numbers(int row)
{
	return is_int(UR_VIEW_RULE, row, "position", INT_MAX)
		   && is_int(UR_VIEW_RULE, row, "outside", 1)
		   && is_int(UR_VIEW_RULE, row, "except_listed", 1)
		   && is_optional(UR_VIEW_RULE, row, "ring_timeout_sec");
}

static bool is_good_rule(int row)
{
	const struct ur_rule_row rule = rule_of(row);
	static struct ur_draft draft;

	return has_good_numbers(row) && ur_draft_check_rule(&draft, &rule) == 0;
}

/* Is there a rule before it, of the same user and event, that can't be taken? */
static bool is_hidden(int row)
{
	const struct ur_text owner = ur_fuzz_database_key(UR_VIEW_RULE, row);
	const struct ur_rule_row rule = rule_of(row);
	struct ur_text id;
	int i;

	if(ur_text_equal(rule.action, UR_TEXT("reject")))
		return false;
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_RULE, i), id.len > 0; i++) {
		const struct ur_rule_row other = rule_of(i);

		if(ur_text_equal(id, owner) && ur_text_equal(other.event, rule.event)
				&& !is_good_rule(i)
				&& (!has_good_numbers(i) || other.position <= rule.position))
			return true;
	}
	return false;
}

static bool is_kept_rule(int row)
{
	return is_good_rule(row) && !is_hidden(row);
}

static void check_rules(const struct ur_user *user, size_t structs)
{
	const struct ur_user_rule *rules = ur_user_rules(user);
	int i;

	for(i = 0; i < user->rule_count; i++) {
		check_slice(user, rules[i].id, structs);
		check_slice(user, rules[i].schedule_id, structs);
		check_slice(user, rules[i].caller_list_id, structs);
		check_slice(user, rules[i].target.kind, structs);
		check_slice(user, rules[i].target.id, structs);
		UR_FUZZ_ASSERT(rules[i].event < UR_RULES_COUNT);
		UR_FUZZ_ASSERT(rules[i].scope <= UR_SCOPE_ANONYMOUS);
		UR_FUZZ_ASSERT(rules[i].action <= UR_RULE_REJECT);
		UR_FUZZ_ASSERT(rules[i].ring_timeout_sec <= 600);
		UR_FUZZ_ASSERT(
				(rules[i].target.kind.len > 0) == (rules[i].target.id.len > 0));
		if(i > 0)
			UR_FUZZ_ASSERT(rules[i - 1].event <= rules[i].event);
	}
}

/* It says what its row says, and has all devices that can be taken. */
static void check_row(const struct ur_user *user, int row)
{
	static const struct
	{
		const char *kind;
		const char *id;
	} forwards[UR_FORWARD_COUNT] = {{"fwd_always_kind", "fwd_always_id"},
			{"fwd_busy_kind", "fwd_busy_id"},
			{"fwd_noanswer_kind", "fwd_noanswer_id"},
			{"fwd_unreachable_kind", "fwd_unreachable_id"}};
	int i;

	UR_FUZZ_ASSERT(user->device_count
				   == count_parts(UR_VIEW_DEVICE, is_good_device,
						   ur_user_text(user, user->id)));
	UR_FUZZ_ASSERT(user->rule_count
				   == count_parts(UR_VIEW_RULE, is_kept_rule,
						   ur_user_text(user, user->id)));
	UR_FUZZ_ASSERT(is_column(user, user->username, row, "username"));
	UR_FUZZ_ASSERT(is_column(user, user->display_name, row, "display_name"));
	UR_FUZZ_ASSERT(is_column(user, user->voicemail_id, row, "voicemail_id"));
	UR_FUZZ_ASSERT(
			is_column(user, user->out_cid_number, row, "out_cid_number"));
	UR_FUZZ_ASSERT(is_column(user, user->out_cid_name, row, "out_cid_name"));
	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		UR_FUZZ_ASSERT(
				is_column(user, user->forward[i].kind, row, forwards[i].kind));
		UR_FUZZ_ASSERT(
				is_column(user, user->forward[i].id, row, forwards[i].id));
	}
	UR_FUZZ_ASSERT(is_number(user->ring_timeout_sec, row, "ring_timeout_sec"));
	UR_FUZZ_ASSERT(is_number(user->dnd, row, "dnd"));
	UR_FUZZ_ASSERT(is_optional(UR_VIEW_USER, row, "max_calls"));
	UR_FUZZ_ASSERT(
			user->max_calls == number_in(UR_VIEW_USER, row, "max_calls"));
}

/* is_first: there was nothing in the table before. A part that can't be taken is left out. */
static void check_user(struct ur_table *table, int row, bool is_first)
{
	const struct ur_text id = ur_fuzz_database_key(UR_VIEW_USER, row);
	const struct ur_user *user = ur_table_user_by_id(table, id);
	size_t structs;
	int i;

	if(user == NULL)
		return; /* skipped */
	if(is_first)
		check_row(user, row);
	structs = sizeof(*user) + user->device_count * sizeof(user->devices[0])
			  + user->rule_count * sizeof(struct ur_user_rule);
	UR_FUZZ_ASSERT(ur_text_equal(ur_user_text(user, user->id), id));
	UR_FUZZ_ASSERT(user->ring_timeout_sec >= 1);
	UR_FUZZ_ASSERT(user->ring_timeout_sec <= 600);
	UR_FUZZ_ASSERT(user->max_calls <= 1000);
	UR_FUZZ_ASSERT(user->strategy <= UR_RING_SPECIFIC);
	check_slice(user, user->username, structs);
	check_slice(user, user->display_name, structs);
	check_slice(user, user->voicemail_id, structs);
	check_slice(user, user->out_cid_number, structs);
	check_slice(user, user->out_cid_name, structs);
	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		check_slice(user, user->forward[i].kind, structs);
		check_slice(user, user->forward[i].id, structs);
	}
	for(i = 0; i < user->device_count; i++)
		check_device(table, user, i, structs);
	check_rules(user, structs);
	ur_table_user_put(user);
}

/* ---- schedules and caller lists */

static void check_schedule(struct ur_table *table, struct ur_text id)
{
	const struct ur_schedule *schedule = ur_table_schedule(table, id);
	size_t structs;
	int i;

	if(schedule == NULL)
		return;
	structs = sizeof(*schedule)
			  + schedule->hours_count * sizeof(schedule->hours[0]);
	check_slice(schedule, schedule->id, structs);
	check_slice(schedule, schedule->name, structs);
	check_slice(schedule, schedule->windows, structs);
	for(i = 0; i < schedule->hours_count; i++) {
		UR_FUZZ_ASSERT(schedule->hours[i].from < schedule->hours[i].to);
		if(i > 0)
			UR_FUZZ_ASSERT(schedule->hours[i - 1].to < schedule->hours[i].from);
	}
	ur_table_schedule_put(schedule);
}

static bool is_good_entry(int row)
{
	static struct ur_draft draft;

	return ur_draft_check_entry(&draft,
				   ur_fuzz_database_column(UR_VIEW_CALLER_ENTRY, row, "what"))
		   == 0;
}

static void check_caller_list(
		struct ur_table *table, struct ur_text id, bool is_first)
{
	const struct ur_caller_list *list = ur_table_caller_list(table, id);
	size_t structs;
	int i;

	if(list == NULL)
		return;
	structs = sizeof(*list) + list->entry_count * sizeof(list->entries[0]);
	check_slice(list, list->id, structs);
	check_slice(list, list->name, structs);
	if(is_first)
		UR_FUZZ_ASSERT(list->entry_count
					   == count_parts(UR_VIEW_CALLER_ENTRY, is_good_entry, id));
	for(i = 0; i < list->entry_count; i++) {
		const struct ur_text entry = ur_slice_text(list, list->entries[i]);
		struct ur_text before;
		int order;

		check_slice(list, list->entries[i], structs);
		if(i == 0)
			continue;
		before = ur_slice_text(list, list->entries[i - 1]);
		order = memcmp(before.s, entry.s,
				before.len < entry.len ? before.len : entry.len);
		UR_FUZZ_ASSERT(order < 0 || (order == 0 && before.len <= entry.len));
	}
	ur_table_caller_list_put(list);
}

/* ---- groups */

static struct ur_text member_text(int row, const char *column)
{
	return ur_fuzz_database_column(UR_VIEW_GROUP_MEMBER, row, column);
}

static struct ur_group_member_row member_of(int row)
{
	return (struct ur_group_member_row){
			.position = number_in(UR_VIEW_GROUP_MEMBER, row, "position"),
			.kind = member_text(row, "member_kind"),
			.id = member_text(row, "member_id"),
			.user_id = member_text(row, "user_id"),
			.ring_delay_sec =
					number_in(UR_VIEW_GROUP_MEMBER, row, "ring_delay_sec"),
			.ring_for_sec =
					number_in(UR_VIEW_GROUP_MEMBER, row, "ring_for_sec"),
			.enabled = number_in(UR_VIEW_GROUP_MEMBER, row, "enabled")};
}

static bool is_good_member(int row)
{
	const struct ur_group_member_row member = member_of(row);
	static struct ur_draft draft;

	return is_int(UR_VIEW_GROUP_MEMBER, row, "position", INT_MAX)
		   && is_int(UR_VIEW_GROUP_MEMBER, row, "ring_delay_sec", INT_MAX)
		   && is_optional(UR_VIEW_GROUP_MEMBER, row, "ring_for_sec")
		   && is_int(UR_VIEW_GROUP_MEMBER, row, "enabled", 1)
		   && ur_draft_check_member(&draft,
					  ur_fuzz_database_key(UR_VIEW_GROUP_MEMBER, row), &member)
					  == 0;
}

/* The members that can be taken: each stands behind those of lower positions. Returns their number. */
static int check_order(const struct ur_group *group, struct ur_text id)
{
	struct ur_group_member_row good[UR_GROUP_MEMBERS_MAX];
	struct ur_text owner;
	int count = 0;
	int i, k;

	for(i = 0; owner = ur_fuzz_database_key(UR_VIEW_GROUP_MEMBER, i),
	owner.len > 0;
			i++) {
		if(ur_text_equal(owner, id) && is_good_member(i))
			good[count++] = member_of(i);
	}
	for(i = 0; i < count; i++) {
		int place = 0, end = 0;

		for(k = 0; k < count; k++) {
			place += good[k].position < good[i].position;
			end += good[k].position <= good[i].position;
		}
		while(place < end
				&& !ur_text_equal(
						ur_slice_text(group, group->members[place].id),
						good[i].id))
			place++;
		UR_FUZZ_ASSERT(place < end);
	}
	return count;
}

static bool is_any(int row)
{
	(void)row;
	return true;
}

static void check_member(const struct ur_group *group, int i, size_t structs)
{
	const struct ur_group_member *member = &group->members[i];

	check_slice(group, member->id, structs);
	check_slice(group, member->user_id, structs);
	UR_FUZZ_ASSERT(member->id.len > 0);
	UR_FUZZ_ASSERT(member->kind <= UR_GROUP_GROUP);
	UR_FUZZ_ASSERT(
			(member->user_id.len > 0) == (member->kind == UR_GROUP_DEVICE));
	UR_FUZZ_ASSERT(member->ring_delay_sec <= 600);
	UR_FUZZ_ASSERT(member->ring_for_sec <= 600);
	UR_FUZZ_ASSERT(member->is_enabled <= 1);
}

static bool is_of_group(const struct ur_group *group, struct ur_slice slice,
		int row, const char *column)
{
	return ur_text_equal(ur_slice_text(group, slice),
			ur_fuzz_database_column(UR_VIEW_GROUP, row, column));
}

static bool has_flag(
		const struct ur_group *group, int flag, int row, const char *column)
{
	return ((group->flags & flag) != 0)
		   == (number_in(UR_VIEW_GROUP, row, column) != 0);
}

/* It says what its row says, and has all members that can be taken. */
static void check_group_row(const struct ur_group *group, int row)
{
	const struct ur_text id = ur_slice_text(group, group->id);

	if(count_parts(UR_VIEW_GROUP_MEMBER, is_any, id) <= UR_GROUP_MEMBERS_MAX)
		UR_FUZZ_ASSERT(group->member_count == check_order(group, id));
	else
		UR_FUZZ_ASSERT(group->member_count <= UR_GROUP_MEMBERS_MAX);
	UR_FUZZ_ASSERT(is_of_group(group, group->name, row, "name"));
	UR_FUZZ_ASSERT(
			is_of_group(group, group->cid_name_prefix, row, "cid_name_prefix"));
	UR_FUZZ_ASSERT(is_of_group(group, group->alert_info, row, "alert_info"));
	UR_FUZZ_ASSERT(
			is_of_group(group, group->forward_busy.kind, row, "fwd_busy_kind"));
	UR_FUZZ_ASSERT(
			is_of_group(group, group->forward_busy.id, row, "fwd_busy_id"));
	UR_FUZZ_ASSERT(is_of_group(
			group, group->forward_no_answer.kind, row, "fwd_noanswer_kind"));
	UR_FUZZ_ASSERT(is_of_group(
			group, group->forward_no_answer.id, row, "fwd_noanswer_id"));
	UR_FUZZ_ASSERT(group->ring_timeout_sec
				   == number_in(UR_VIEW_GROUP, row, "ring_timeout_sec"));
	UR_FUZZ_ASSERT(has_flag(group, UR_GROUP_SKIP_BUSY, row, "skip_busy"));
	UR_FUZZ_ASSERT(!has_flag(group, UR_GROUP_NO_MISSED, row, "count_missed"));
}

static void check_group(struct ur_table *table, int row, bool is_first)
{
	const struct ur_text id = ur_fuzz_database_key(UR_VIEW_GROUP, row);
	const struct ur_group *group = ur_table_group_by_id(table, id);
	size_t structs;
	int i;

	if(group == NULL)
		return;
	structs = sizeof(*group) + group->member_count * sizeof(group->members[0]);
	if(is_first)
		check_group_row(group, row);
	UR_FUZZ_ASSERT(group->ring_timeout_sec >= 1);
	UR_FUZZ_ASSERT(group->ring_timeout_sec <= 600);
	UR_FUZZ_ASSERT(group->strategy <= UR_GROUP_ROUND_ROBIN);
	check_slice(group, group->id, structs);
	check_slice(group, group->name, structs);
	check_slice(group, group->cid_name_prefix, structs);
	check_slice(group, group->alert_info, structs);
	check_slice(group, group->forward_busy.kind, structs);
	check_slice(group, group->forward_busy.id, structs);
	check_slice(group, group->forward_no_answer.kind, structs);
	check_slice(group, group->forward_no_answer.id, structs);
	for(i = 0; i < group->member_count; i++)
		check_member(group, i, structs);
	ur_table_group_put(group);
}

static void check_account(
		struct ur_table *table, struct ur_text id, bool is_first)
{
	const struct ur_account *account = ur_table_account_by_id(table, id);
	const struct ur_account *found;
	size_t structs;
	int i;

	if(account == NULL)
		return;
	structs = sizeof(*account)
			  + (account->domain_count + account->number_count)
						* sizeof(account->texts[0]);
	UR_FUZZ_ASSERT(account->number != 0);
	if(is_first)
		UR_FUZZ_ASSERT(
				account->domain_count + account->number_count
				== count_parts(UR_VIEW_ACCOUNT_TEXT, is_good_account_text, id));
	for(i = 0; i < account->domain_count + account->number_count; i++)
		check_slice(account, account->texts[i], structs);
	for(i = 0; i < account->domain_count; i++) {
		found = ur_table_account_by_domain(
				table, ur_account_domain(account, i));
		UR_FUZZ_ASSERT(found != NULL);
		ur_table_account_put(found);
	}
	found = ur_table_account_by_number(table, account->number);
	UR_FUZZ_ASSERT(found == account);
	ur_table_account_put(found);
	ur_table_account_put(account);
}

static void check_table(struct ur_table *table, bool is_first)
{
	struct ur_text id;
	int i;

	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_USER, i), id.len > 0; i++)
		check_user(table, i, is_first);
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_ACCOUNT, i), id.len > 0; i++)
		check_account(table, id, is_first);
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_SCHEDULE, i), id.len > 0; i++)
		check_schedule(table, id);
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_CALLER_LIST, i), id.len > 0;
			i++)
		check_caller_list(table, id, is_first);
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_GROUP, i), id.len > 0; i++)
		check_group(table, i, is_first);
}

/* ---- the ways to the same table */

static bool is_same(
		const struct ur_table_stats *a, const struct ur_table_stats *b)
{
	return a->users == b->users && a->devices == b->devices
		   && a->accounts == b->accounts && a->domains == b->domains
		   && a->extensions == b->extensions && a->targets == b->targets
		   && a->rules == b->rules && a->schedules == b->schedules
		   && a->caller_lists == b->caller_lists && a->groups == b->groups;
}

/* Changed step by step or read at once, it is the same; but what is skipped stays as it was
 * before. */
static void check_reload(struct ur_fuzz_mirror *mirror)
{
	struct ur_table_stats changed, loaded;
	struct ur_fuzz_mirror other;
	const uint64_t skipped = mirror->skips.total;

	ur_table_stats(mirror->table, &changed);
	ur_fuzz_mirror_load(mirror);
	check_table(mirror->table, false);
	ur_fuzz_mirror_begin(&other);
	ur_fuzz_mirror_load(&other);
	check_table(other.table, true);
	ur_table_stats(other.table, &loaded);
	if(skipped == 0 && other.skips.total == 0)
		UR_FUZZ_ASSERT(is_same(&changed, &loaded));
	ur_load_free(other.load);
	ur_writer_exit(&other.writer);
	ur_table_free(other.table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	struct ur_changes changes = {0};
	struct ur_fuzz_mirror mirror;

	ur_fuzz_database(&in);
	ur_fuzz_mirror_begin(&mirror);
	ur_fuzz_mirror_load(&mirror);
	check_table(mirror.table, true);
	name_all(&changes);
	ur_fuzz_database(&in);
	name_all(&changes);
	ur_changes_settle(&changes);
	ur_fuzz_mirror_change(&mirror, &changes);
	check_table(mirror.table, false);
	ur_fuzz_mirror_renew(&mirror);
	check_table(mirror.table, false);
	check_reload(&mirror);
	ur_changes_clear(&changes);
	ur_fuzz_mirror_end(&mirror);
	ur_fuzz_forget();
	return 0;
}
