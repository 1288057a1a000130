/*
 * A record → bytes, by the lists of columns. decode.c reads the same format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <endian.h>

#include "mirror/snapshot/encode.h"
#include "mirror/store/draft.h"

/* Where the next field goes. */
struct output
{
	uint8_t *next;
	const void *body; /* of the record: what slices are in */
};

static void put8(struct output *out, uint8_t number)
{
	*out->next++ = number;
}

static void put16(struct output *out, uint16_t number)
{
	number = htole16(number);
	memcpy(out->next, &number, sizeof(number));
	out->next += sizeof(number);
}

static void put32(struct output *out, uint32_t number)
{
	number = htole32(number);
	memcpy(out->next, &number, sizeof(number));
	out->next += sizeof(number);
}

static void put_text(struct output *out, struct ur_text text)
{
	put16(out, (uint16_t)text.len);
	if(text.len > 0)
		memcpy(out->next, text.s, text.len);
	out->next += text.len;
}

static void put_number(
		struct output *out, const struct ur_column *column, int number)
{
	if(column->type == UR_COLUMN_INT)
		put32(out, (uint32_t)number);
	else
		put8(out, (uint8_t)number);
}

/* ---- columns */

static bool is_active(struct ur_text status)
{
	return ur_text_equal(status, UR_TEXT("active"));
}

/* Writes a column that the record keeps at that place. */
static void put_kept(
		struct output *out, const struct ur_column *column, const void *at)
{
	switch(column->kept) {
		case UR_KEPT_SLICE:
			put_text(out,
					ur_slice_text(out->body, *(const struct ur_slice *)at));
			break;
		case UR_KEPT_BYTE:
			put_number(out, column, *(const uint8_t *)at);
			break;
		case UR_KEPT_WORD:
			put_number(out, column, *(const uint16_t *)at);
			break;
		case UR_KEPT_LONG:
			put_number(out, column, *(const int32_t *)at);
			break;
		default:
			put_number(out, column, (*(const uint8_t *)at & column->bit) != 0);
			break;
	}
}

/* Writes a column that the record keeps in another form; the caller has put it into the row. */
static void put_apart(
		struct output *out, const struct ur_column *column, const void *row)
{
	if(column->type == UR_COLUMN_TEXT)
		put_text(out, *ur_column_text(column, row));
	else if(column->type == UR_COLUMN_STATUS)
		put_number(out, column, is_active(*ur_column_text(column, row)));
	else
		put_number(out, column, *ur_column_int(column, row));
}

/*
 * Writes a row. from: the struct of the body that keeps its columns; row: has those that are kept
 * apart. Credentials are left out: with the file, or a backup of it, nobody shall be able to
 * register.
 */
static void put_row(struct output *out, enum ur_view view, const void *from,
		const void *row)
{
	const struct ur_columns *columns = &ur_columns[view];
	int i;

	for(i = 0; i < columns->count; i++) {
		const struct ur_column *column = &columns->list[i];

		if(!ur_snapshot_format_has(column))
			continue;
		if(column->kept == UR_KEPT_APART)
			put_apart(out, column, row);
		else
			put_kept(out, column, (const char *)from + column->at);
	}
}

/* ---- records */

static void put_account(struct output *out, const struct ur_account *account)
{
	int i;

	put_row(out, UR_VIEW_ACCOUNT, account, NULL);
	put16(out, account->domain_count);
	put16(out, account->number_count);
	for(i = 0; i < account->domain_count + account->number_count; i++)
		put_text(out, ur_account_text(account, account->texts[i]));
}

/*
 * Splits the address of record: the realm, a host, has no @ in it. Neither part is empty.
 */
static void split_aor(struct ur_text aor, struct ur_device_row *row)
{
	int at = aor.len - 2;

	while(aor.s[at] != '@')
		at--;
	row->auth_username = (struct ur_text){aor.s, at};
	row->realm = (struct ur_text){aor.s + at + 1, aor.len - at - 1};
}

static void put_device(struct output *out, const struct ur_device *device)
{
	struct ur_device_row row = {0};

	if(!ur_device_is_external(device))
		split_aor(ur_slice_text(out->body, device->aor), &row);
	put_row(out, UR_VIEW_DEVICE, device, &row);
}

/* The rules are in the order of their events and positions: any rising numbers keep it. */
static void put_rule(struct output *out, const struct ur_user_rule *rule, int i)
{
	struct ur_rule_row row = {.position = i};

	row.event = ur_draft_event_name(rule->event);
	row.scope = ur_draft_scope_name(rule->scope);
	row.action = ur_draft_action_name(rule->action);
	if(rule->strategy != UR_RING_AS_USER)
		row.ring_strategy = ur_draft_strategy_name(rule->strategy);
	put_row(out, UR_VIEW_RULE, rule, &row);
}

static void put_user(struct output *out, const struct ur_user *user,
		struct ur_text account_id)
{
	struct ur_user_row row;
	int i;

	row.account_id = account_id;
	row.ring_strategy = ur_draft_strategy_name(user->strategy);
	put_row(out, UR_VIEW_USER, user, &row);
	put16(out, user->device_count);
	for(i = 0; i < user->device_count; i++)
		put_device(out, &user->devices[i]);
	put16(out, user->rule_count);
	for(i = 0; i < user->rule_count; i++)
		put_rule(out, &ur_user_rules(user)[i], i);
}

static void put_extension(struct output *out, struct ur_text account_id)
{
	struct ur_extension_row row;

	row.account_id = account_id;
	put_row(out, UR_VIEW_EXTENSION, out->body, &row);
}

static void put_did(struct output *out, struct ur_text account_id)
{
	struct ur_did_row row;

	row.account_id = account_id;
	put_row(out, UR_VIEW_DID, out->body, &row);
}

static void put_schedule(struct output *out, const struct ur_schedule *schedule,
		struct ur_text account_id)
{
	const struct ur_schedule_row row = {.account_id = account_id,
			.known_from = (int)schedule->known_from,
			.known_to = (int)schedule->known_to};
	int i;

	put_row(out, UR_VIEW_SCHEDULE, schedule, &row);
	put16(out, schedule->hours_count);
	for(i = 0; i < schedule->hours_count; i++) {
		put32(out, schedule->hours[i].from);
		put32(out, schedule->hours[i].to);
	}
}

static void put_caller_list(struct output *out,
		const struct ur_caller_list *list, struct ur_text account_id)
{
	const struct ur_caller_list_row row = {.account_id = account_id};
	int i;

	put_row(out, UR_VIEW_CALLER_LIST, list, &row);
	put16(out, list->entry_count);
	for(i = 0; i < list->entry_count; i++)
		put_text(out, ur_slice_text(list, list->entries[i]));
}

/* The members are in the order of their positions: any rising numbers keep it. */
static void put_member(
		struct output *out, const struct ur_group_member *member, int i)
{
	const struct ur_group_member_row row = {
			.position = i, .kind = ur_draft_member_kind_name(member->kind)};

	put_row(out, UR_VIEW_GROUP_MEMBER, member, &row);
}

static void put_group(struct output *out, const struct ur_group *group,
		struct ur_text account_id)
{
	const struct ur_group_row row = {.account_id = account_id,
			.strategy = ur_draft_group_strategy_name(group->strategy),
			.member_rules = ur_draft_member_rules_name(
					(group->flags & UR_GROUP_FOLLOW) != 0),
			.count_missed = (group->flags & UR_GROUP_NO_MISSED) == 0};
	int i;

	put_row(out, UR_VIEW_GROUP, group, &row);
	put16(out, group->member_count);
	for(i = 0; i < group->member_count; i++)
		put_member(out, &group->members[i], i);
}

/* The name is "account_id kind id". */
static void put_target(struct output *out, const struct ur_route_target *target)
{
	struct ur_target_row row;

	row.target.kind = ur_slice_text(target, target->kind);
	row.target.id = ur_slice_text(target, target->id);
	row.account_id = ur_slice_text(target, target->name);
	row.account_id.len -= target->kind.len + target->id.len + 2;
	put_row(out, UR_VIEW_TARGET, target, &row);
}

static void put_fields(
		struct output *out, enum ur_record_type type, struct ur_text account_id)
{
	switch(type) {
		case UR_RECORD_ACCOUNT:
			put_account(out, out->body);
			break;
		case UR_RECORD_USER:
			put_user(out, out->body, account_id);
			break;
		case UR_RECORD_EXTENSION:
			put_extension(out, account_id);
			break;
		case UR_RECORD_DID:
			put_did(out, account_id);
			break;
		case UR_RECORD_SCHEDULE:
			put_schedule(out, out->body, account_id);
			break;
		case UR_RECORD_CALLER_LIST:
			put_caller_list(out, out->body, account_id);
			break;
		case UR_RECORD_GROUP:
			put_group(out, out->body, account_id);
			break;
		case UR_RECORD_TARGET:
			put_target(out, out->body);
			break;
		case UR_RECORD_TARGET_HOST:
			put_row(out, UR_VIEW_TARGET_HOST, out->body, NULL);
			break;
		default:
			put_row(out, UR_VIEW_TARGET_KIND, out->body, NULL);
			break;
	}
}

size_t ur_snapshot_encode(
		const struct ur_record *record, struct ur_text account_id, uint8_t *out)
{
	struct output head = {.next = out};
	struct output fields = {out + UR_SNAPSHOT_RECORD_HEAD, record->body};

	put_fields(&fields, record->type, account_id);
	put8(&head, ur_snapshot_format_tag(record->type));
	put32(&head, (uint32_t)(fields.next - out - UR_SNAPSHOT_RECORD_HEAD));
	return fields.next - out;
}
