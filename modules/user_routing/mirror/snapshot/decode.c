/*
 * Bytes → rows, by the lists of columns. encode.c writes the same format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>

#include "mirror/snapshot/decode.h"

/* What is left of a record. A field that has no bytes left is zero or empty, and ok is false from
 * then on. */
struct input
{
	const uint8_t *next;
	const uint8_t *end;
	bool ok;
};

static const uint8_t *take(struct input *in, size_t size)
{
	const uint8_t *at = in->next;

	if(size > (size_t)(in->end - in->next)) {
		in->ok = false;
		return NULL;
	}
	in->next += size;
	return at;
}

static uint8_t get8(struct input *in)
{
	const uint8_t *at = take(in, 1);

	return at != NULL ? *at : 0;
}

static uint16_t get16(struct input *in)
{
	uint16_t number = 0;
	const uint8_t *at = take(in, sizeof(number));

	if(at != NULL)
		memcpy(&number, at, sizeof(number));
	return le16toh(number);
}

static uint32_t get32(struct input *in)
{
	uint32_t number = 0;
	const uint8_t *at = take(in, sizeof(number));

	if(at != NULL)
		memcpy(&number, at, sizeof(number));
	return le32toh(number);
}

static struct ur_text get_text(struct input *in)
{
	int len = get16(in);
	const uint8_t *at = take(in, len);

	return (struct ur_text){(const char *)at, at != NULL ? len : 0};
}

/* A count, at most max. */
static int get_count(struct input *in, int max)
{
	int count = get16(in);

	if(count > max) {
		in->ok = false;
		return 0;
	}
	return count;
}

/* Reads the columns that are in a snapshot. */
static void get_row(struct input *in, enum ur_view view, void *row)
{
	const struct ur_columns *columns = &ur_columns[view];
	int i;

	for(i = 0; i < columns->count; i++) {
		const struct ur_column *column = &columns->list[i];

		if(!ur_snapshot_format_has(column))
			continue;
		switch(column->type) {
			case UR_COLUMN_TEXT:
				*ur_column_text(column, row) = get_text(in);
				break;
			case UR_COLUMN_STATUS:
				*ur_column_text(column, row) =
						get8(in) ? UR_TEXT("active") : UR_TEXT("");
				break;
			case UR_COLUMN_INT:
				*ur_column_int(column, row) = (int32_t)get32(in);
				break;
			default:
				*ur_column_int(column, row) = get8(in) != 0;
				break;
		}
	}
}

static void get_account(struct input *in, struct ur_snapshot_row *row)
{
	int i;

	row->account = (struct ur_account_row){0};
	get_row(in, UR_VIEW_ACCOUNT, &row->account);
	row->id = row->account.id;
	row->domain_count = get_count(in, UR_MAX_DOMAINS);
	row->number_count = get_count(in, UR_MAX_DOMAINS - row->domain_count);
	for(i = 0; i < row->domain_count + row->number_count; i++)
		row->texts[i] = get_text(in);
}

static void get_user(struct input *in, struct ur_snapshot_row *row)
{
	int i;

	row->user = (struct ur_user_row){0};
	get_row(in, UR_VIEW_USER, &row->user);
	row->id = row->user.id;
	row->account_id = row->user.account_id;
	row->device_count = get_count(in, UR_MAX_DEVICES);
	for(i = 0; i < row->device_count; i++) {
		row->devices[i] = (struct ur_device_row){0};
		get_row(in, UR_VIEW_DEVICE, &row->devices[i]);
	}
	row->rule_count = get_count(in, UR_MAX_RULES);
	for(i = 0; i < row->rule_count; i++) {
		row->rules[i] = (struct ur_rule_row){0};
		get_row(in, UR_VIEW_RULE, &row->rules[i]);
	}
}

static void get_extension(struct input *in, struct ur_snapshot_row *row)
{
	row->extension = (struct ur_extension_row){0};
	get_row(in, UR_VIEW_EXTENSION, &row->extension);
	row->id = row->extension.id;
	row->account_id = row->extension.account_id;
}

static void get_did(struct input *in, struct ur_snapshot_row *row)
{
	row->did = (struct ur_did_row){0};
	get_row(in, UR_VIEW_DID, &row->did);
	row->id = row->did.e164;
	row->account_id = row->did.account_id;
}

static void get_schedule(struct input *in, struct ur_snapshot_row *row)
{
	int i;

	row->schedule = (struct ur_schedule_row){0};
	get_row(in, UR_VIEW_SCHEDULE, &row->schedule);
	row->id = row->schedule.id;
	row->account_id = row->schedule.account_id;
	row->hours.count = get_count(in, UR_MAX_HOURS);
	for(i = 0; i < row->hours.count; i++) {
		row->hours.list[i].from = get32(in);
		row->hours.list[i].to = get32(in);
	}
}

static void get_caller_list(struct input *in, struct ur_snapshot_row *row)
{
	int i;

	row->caller_list = (struct ur_caller_list_row){0};
	get_row(in, UR_VIEW_CALLER_LIST, &row->caller_list);
	row->id = row->caller_list.id;
	row->account_id = row->caller_list.account_id;
	row->entry_count = get_count(in, UR_MAX_ENTRIES);
	for(i = 0; i < row->entry_count; i++)
		row->texts[i] = get_text(in);
}

static void get_group(struct input *in, struct ur_snapshot_row *row)
{
	int i;

	row->group = (struct ur_group_row){0};
	get_row(in, UR_VIEW_GROUP, &row->group);
	row->id = row->group.id;
	row->account_id = row->group.account_id;
	row->member_count = get_count(in, UR_GROUP_MEMBERS_MAX);
	for(i = 0; i < row->member_count; i++) {
		row->members[i] = (struct ur_group_member_row){0};
		get_row(in, UR_VIEW_GROUP_MEMBER, &row->members[i]);
	}
}

static void get_fields(struct input *in, struct ur_snapshot_row *row)
{
	switch(row->type) {
		case UR_RECORD_ACCOUNT:
			get_account(in, row);
			break;
		case UR_RECORD_USER:
			get_user(in, row);
			break;
		case UR_RECORD_EXTENSION:
			get_extension(in, row);
			break;
		case UR_RECORD_DID:
			get_did(in, row);
			break;
		case UR_RECORD_SCHEDULE:
			get_schedule(in, row);
			break;
		case UR_RECORD_CALLER_LIST:
			get_caller_list(in, row);
			break;
		case UR_RECORD_GROUP:
			get_group(in, row);
			break;
		case UR_RECORD_TARGET:
			get_row(in, UR_VIEW_TARGET, &row->target);
			row->id = row->target.target.id;
			break;
		case UR_RECORD_TARGET_HOST:
			get_row(in, UR_VIEW_TARGET_HOST, &row->target_host);
			row->id = row->target_host.host;
			break;
		default:
			get_row(in, UR_VIEW_TARGET_KIND, &row->target_kind);
			row->id = row->target_kind.kind;
			break;
	}
}

/* The next record. Returns NULL, or what is wrong with it. */
static const char *decode(
		struct ur_snapshot_reader *reader, struct ur_snapshot_row *row)
{
	struct input head = {reader->next, reader->end, true};
	struct input fields = {.ok = true};
	int type = ur_snapshot_format_type(get8(&head));
	uint32_t size = get32(&head);

	fields.next = take(&head, size);
	if(!head.ok)
		return "it goes beyond the end";
	if(type < 0)
		return "its kind is unknown";
	fields.end = fields.next + size;
	row->type = (enum ur_record_type)type;
	get_fields(&fields, row);
	if(!fields.ok)
		return "its fields are longer than the record, or too many";
	if(fields.next != fields.end)
		return "it is longer than its fields";
	reader->next = fields.end;
	return NULL;
}

int ur_snapshot_decode_draft(struct ur_snapshot_room *room, uint32_t account)
{
	struct ur_snapshot_row *row = &room->row;

	switch(row->type) {
		case UR_RECORD_ACCOUNT:
			row->account.number = account;
			return ur_draft_account(&room->draft, &row->account, row->texts,
					row->domain_count, row->number_count);
		case UR_RECORD_USER:
			row->user.account = account;
			return ur_draft_user(&room->draft, &row->user, row->devices,
					row->device_count, row->rules, row->rule_count);
		case UR_RECORD_EXTENSION:
			row->extension.account = account;
			return ur_draft_extension(&room->draft, &row->extension);
		case UR_RECORD_DID:
			row->did.account = account;
			return ur_draft_did(&room->draft, &row->did);
		case UR_RECORD_SCHEDULE:
			row->schedule.account = account;
			return ur_draft_schedule(&room->draft, &row->schedule, &row->hours);
		case UR_RECORD_CALLER_LIST:
			row->caller_list.account = account;
			return ur_draft_caller_list(&room->draft, &row->caller_list,
					row->texts, row->entry_count);
		case UR_RECORD_GROUP:
			row->group.account = account;
			return ur_draft_group(
					&room->draft, &row->group, row->members, row->member_count);
		case UR_RECORD_TARGET:
			return ur_draft_target(&room->draft, &row->target);
		case UR_RECORD_TARGET_HOST:
			return ur_draft_target_host(&room->draft, row->target_host.host);
		default:
			return ur_draft_target_kind(&room->draft, row->target_kind.kind,
					row->target_kind.uri_template);
	}
}

struct ur_snapshot_reader ur_snapshot_decode_begin(
		const void *data, size_t size)
{
	const uint8_t *start = data;

	return (struct ur_snapshot_reader){
			start + UR_SNAPSHOT_HEADER_SIZE, start + size};
}

bool ur_snapshot_decode_next(
		struct ur_snapshot_reader *reader, struct ur_snapshot_room *room)
{
	return reader->next < reader->end && decode(reader, &room->row) == NULL;
}

static uint64_t sum_of(const uint8_t *data, size_t size)
{
	uint64_t sum = 0;

	for(; size > UR_SNAPSHOT_BLOCK; size -= UR_SNAPSHOT_BLOCK) {
		sum = ur_snapshot_format_sum(sum, data, UR_SNAPSHOT_BLOCK);
		data += UR_SNAPSHOT_BLOCK;
	}
	return ur_snapshot_format_sum(sum, data, size);
}

static int refuse(struct ur_snapshot_room *room, const char *why)
{
	snprintf(room->error, sizeof(room->error), "%s", why);
	return EINVAL;
}

/* The checksum is right, so whatever wrote the file made the mistake. */
static int refuse_record(
		struct ur_snapshot_room *room, size_t offset, const char *why)
{
	snprintf(room->error, sizeof(room->error),
			"has a bad record at byte %zu: %s", offset, why);
	return EINVAL;
}

static int check_records(const struct ur_snapshot_header *header,
		const void *data, size_t size, struct ur_snapshot_room *room)
{
	struct ur_snapshot_reader reader = ur_snapshot_decode_begin(data, size);
	uint32_t counts[UR_SNAPSHOT_KINDS] = {0};

	while(reader.next < reader.end) {
		size_t offset = reader.next - (const uint8_t *)data;
		const char *why = decode(&reader, &room->row);

		if(why != NULL)
			return refuse_record(room, offset, why);
		if(ur_snapshot_decode_draft(room, 1) != 0)
			return refuse_record(room, offset, room->draft.error);
		counts[room->row.type]++;
	}
	if(memcmp(counts, header->counts, sizeof(counts)) != 0)
		return refuse(room, "has not as many records as its header says");
	return 0;
}

int ur_snapshot_decode_check(struct ur_snapshot_header *header,
		const void *data, size_t size, struct ur_snapshot_room *room)
{
	uint8_t bytes[UR_SNAPSHOT_HEADER_SIZE];
	uint64_t checksum, found;
	const char *why =
			ur_snapshot_format_decode_header(header, &checksum, data, size);

	if(why != NULL)
		return refuse(room, why);
	header->sum = sum_of(
			(const uint8_t *)data + UR_SNAPSHOT_HEADER_SIZE, header->size);
	ur_snapshot_format_encode_header(header, bytes);
	memcpy(&found, bytes + UR_SNAPSHOT_SUMMED, sizeof(found));
	if(le64toh(found) != checksum)
		return refuse(room, "is damaged: its checksum is wrong");
	return check_records(header, data, size, room);
}
