/*
 * From columns to drafts to the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "mirror/take.h"

#include "mirror/store/closes.h"

/* Columns that must be numbers: what was not is kept for one message. */
struct numbers
{
	const struct ur_rows *rows;
	char *error;
	size_t size;
};

static int read_int(struct numbers *from, int column)
{
	int value = 0;

	if(!ur_rows_int(from->rows, column, &value) && from->error[0] == '\0')
		snprintf(from->error, from->size, "%s is not a number",
				ur_rows_column(from->rows, column));
	return value;
}

static int read_flag(struct numbers *from, int column)
{
	int value = read_int(from, column);

	if((value < 0 || value > 1) && from->error[0] == '\0')
		snprintf(from->error, from->size, "%s is neither 0 nor 1",
				ur_rows_column(from->rows, column));
	return value;
}

/* Whose rows they are; the key of an id says so, too. */
static enum ur_record_type type_of(const struct ur_key *id)
{
	static const struct ur_take_kind *const kinds[] = {&ur_take_accounts,
			&ur_take_users, &ur_take_extensions, &ur_take_targets,
			&ur_take_target_kinds, &ur_take_target_hosts};
	size_t i = 0;

	while(kinds[i]->key != id->kind)
		i++;
	return kinds[i]->type;
}

/* The row isn't taken, and what there was before is no longer true: as it is not seen, it is
 * taken out. */
static void skip(struct ur_taker *taker, const struct ur_key *id,
		const char *name, const char *reason)
{
	if(ur_writer_is_outdated(taker->writer, id))
		return;
	ur_skips_add(taker->skips, name, id->text, reason);
	ur_omitted_add(taker->omitted, type_of(id), id->text, taker->sum);
}

static const char no_account[] = "its account is unknown";

/* It may be taken when that comes, without being announced itself. */
static void skip_without_account(struct ur_taker *taker,
		const struct ur_key *id, const char *name, struct ur_text account)
{
	skip(taker, id, name, no_account);
	ur_omitted_await(taker->omitted, account);
}

/* There is no memory for what is new. What there was goes on to serve, if it allows nothing that
 * is not allowed any more. There may be many: one line in the log will say how many. */
static void fall_short(struct ur_taker *taker, const struct ur_key *id)
{
	const void *old = ur_writer_body(taker->writer, id);
	struct ur_sum kept = {0};

	taker->lack.records++;
	taker->lack.bytes += ur_record_draft_size(&taker->draft);
	ur_skips_count(taker->skips);
	ur_omitted_add(taker->omitted, type_of(id), id->text, taker->sum);
	if(old == NULL || ur_record_closes(&taker->draft, old))
		return;
	kept = ur_writer_keep(taker->writer, id);
	kept.rows = -kept.rows;
	ur_omitted_add(taker->omitted, type_of(id), id->text, kept);
}

/* The first row of an id counts. The tables have each once, a view may not. */
static void publish(
		struct ur_taker *taker, const struct ur_key *id, const char *name)
{
	if(ur_writer_is_seen(taker->writer, id)) {
		skip(taker, id, name, "its id stands in more than one row");
		return;
	}
	taker->draft.sum = taker->sum;
	if(ur_writer_publish(taker->writer, &taker->draft) != 0)
		fall_short(taker, id);
}

/* False: so much text can't be in one record either. */
static bool pin(struct ur_taker *taker, struct ur_text *text)
{
	char *to = taker->pinned + taker->pinned_len;

	if(text->len > (int)sizeof(taker->pinned) - taker->pinned_len)
		return false;
	if(text->len > 0)
		text->s = memcpy(to, text->s, text->len);
	taker->pinned_len += text->len;
	return true;
}

static void leave_over(struct ur_taker *taker, int parts)
{
	taker->parts_over += taker->parts - parts;
	taker->parts = parts;
	if(taker->domain_count > parts)
		taker->domain_count = parts;
}

static void pin_account_texts(struct ur_taker *taker)
{
	int i = 0;

	while(i < taker->parts && pin(taker, &taker->texts[i]))
		i++;
	leave_over(taker, i);
}

static void pin_devices(struct ur_taker *taker)
{
	int i;

	for(i = 0; i < taker->parts; i++) {
		struct ur_device_row *row = &taker->devices[i];

		if(!pin(taker, &row->id) || !pin(taker, &row->auth_username)
				|| !pin(taker, &row->realm) || !pin(taker, &row->ha1)
				|| !pin(taker, &row->status))
			break;
	}
	leave_over(taker, i);
}

/* Of the owner's parts those that are left over are not in the draft. */
static void tell_left_over(
		struct ur_taker *taker, const struct ur_key *id, const char *name)
{
	char reason[160];

	if(taker->parts_over == 0)
		return;
	snprintf(reason, sizeof(reason),
			"of %d there is room for the first %d, in number or in text",
			taker->parts + taker->parts_over, taker->parts);
	ur_skips_add(taker->skips, name, id->text, reason);
}

/* One part less, the last. */
static bool drop_part(struct ur_taker *taker)
{
	if(!ur_record_is_too_long(&taker->draft) || taker->parts == 0)
		return false;
	leave_over(taker, taker->parts - 1);
	return true;
}

static void take_account_text(
		struct ur_taker *taker, const struct ur_rows *parts)
{
	const struct ur_text text =
			ur_rows_text(parts, UR_COLUMN_ACCOUNT_TEXT_TEXT);
	struct numbers from = {
			parts, taker->draft.error, sizeof(taker->draft.error)};
	bool is_number;

	taker->draft.error[0] = '\0';
	is_number = read_flag(&from, UR_COLUMN_ACCOUNT_TEXT_IS_NUMBER);
	if(taker->draft.error[0] != '\0'
			|| ur_record_check_account_text(&taker->draft, text) != 0) {
		ur_skips_add(taker->skips, ur_take_accounts.part_name,
				ur_rows_text(parts, 0), taker->draft.error);
		return;
	}
	taker->texts[taker->parts++] = text;
	if(!is_number)
		taker->domain_count = taker->parts;
}

static int draft_account(
		struct ur_taker *taker, const struct ur_account_row *row)
{
	int err;

	do
		err = ur_record_draft_account(&taker->draft, row, taker->texts,
				taker->domain_count, taker->parts - taker->domain_count);
	while(err != 0 && drop_part(taker));
	return err;
}

static void take_account(struct ur_taker *taker, const struct ur_rows *owners)
{
	struct ur_account_row row = {
			.id = ur_rows_text(owners, UR_COLUMN_ACCOUNT_ID),
			.status = ur_rows_text(owners, UR_COLUMN_ACCOUNT_STATUS),
			.default_cid_number =
					ur_rows_text(owners, UR_COLUMN_ACCOUNT_DEFAULT_CID_NUMBER),
	};
	struct ur_key id = {UR_KEY_ACCOUNT_ID, 0, row.id};
	bool is_new;

	row.number = ur_writer_account(taker->writer, row.id);
	is_new = row.number == 0;
	if(is_new)
		row.number = ur_writer_new_account(taker->writer);
	if(draft_account(taker, &row) != 0) {
		skip(taker, &id, "account", taker->draft.error);
		return;
	}
	tell_left_over(taker, &id, ur_take_accounts.part_name);
	publish(taker, &id, "account");
	/* One that can't be taken has not come, however often it is announced. */
	if(is_new && ur_writer_is_seen(taker->writer, &id))
		taker->omitted->account_came |=
				ur_omitted_is_awaited(taker->omitted, row.id);
}

static void skip_device(struct ur_taker *taker, const struct ur_rows *parts,
		const struct ur_device_row *row)
{
	char reason[sizeof(taker->draft.error) + 80];

	snprintf(reason, sizeof(reason), "%s: device '%.*s'", taker->draft.error,
			row->id.len < 64 ? row->id.len : 64, row->id.s);
	ur_skips_add(taker->skips, ur_take_users.part_name, ur_rows_text(parts, 0),
			reason);
}

static void take_device(struct ur_taker *taker, const struct ur_rows *parts)
{
	struct ur_device_row *row = &taker->devices[taker->parts];
	struct numbers from = {
			parts, taker->draft.error, sizeof(taker->draft.error)};

	taker->draft.error[0] = '\0';
	*row = (struct ur_device_row){
			.id = ur_rows_text(parts, UR_COLUMN_DEVICE_ID),
			.auth_username =
					ur_rows_text(parts, UR_COLUMN_DEVICE_AUTH_USERNAME),
			.realm = ur_rows_text(parts, UR_COLUMN_DEVICE_REALM),
			.ha1 = ur_rows_text(parts, UR_COLUMN_DEVICE_HA1),
			.ring_order = read_int(&from, UR_COLUMN_DEVICE_RING_ORDER),
			.ring_on_fork = read_flag(&from, UR_COLUMN_DEVICE_RING_ON_FORK),
			.ring_specific = read_flag(&from, UR_COLUMN_DEVICE_RING_SPECIFIC),
			.available = read_flag(&from, UR_COLUMN_DEVICE_AVAILABLE),
			.status = ur_rows_text(parts, UR_COLUMN_DEVICE_STATUS),
	};
	if(taker->draft.error[0] != '\0')
		skip_device(taker, parts, row);
	else if(ur_record_check_device(&taker->draft, row) != 0)
		ur_skips_add(taker->skips, ur_take_users.part_name,
				ur_rows_text(parts, 0), taker->draft.error);
	else
		taker->parts++;
}

static void read_user(struct ur_user_row *row, const struct ur_rows *rows,
		struct numbers *from)
{
	int i;

	*row = (struct ur_user_row){
			.id = ur_rows_text(rows, UR_COLUMN_USER_ID),
			.username = ur_rows_text(rows, UR_COLUMN_USER_USERNAME),
			.display_name = ur_rows_text(rows, UR_COLUMN_USER_DISPLAY_NAME),
			.status = ur_rows_text(rows, UR_COLUMN_USER_STATUS),
			.ring_strategy = ur_rows_text(rows, UR_COLUMN_USER_RING_STRATEGY),
			.ring_timeout_sec = read_int(from, UR_COLUMN_USER_RING_TIMEOUT_SEC),
			.dnd = read_flag(from, UR_COLUMN_USER_DND),
			.voicemail_id = ur_rows_text(rows, UR_COLUMN_USER_VOICEMAIL_ID),
			.out_cid_number = ur_rows_text(rows, UR_COLUMN_USER_OUT_CID_NUMBER),
			.out_cid_name = ur_rows_text(rows, UR_COLUMN_USER_OUT_CID_NAME),
	};
	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		int column = UR_COLUMN_USER_FWD_ALWAYS_KIND + 2 * i;

		row->forward[i].kind = ur_rows_text(rows, column);
		row->forward[i].id = ur_rows_text(rows, column + 1);
	}
}

/* Why the user can't be taken, or NULL when there is a draft. */
static const char *draft_user(
		struct ur_taker *taker, const struct ur_rows *owners)
{
	struct ur_text account = ur_rows_text(owners, UR_COLUMN_USER_ACCOUNT_ID);
	struct numbers from = {
			owners, taker->draft.error, sizeof(taker->draft.error)};
	struct ur_user_row row;
	int err;

	taker->draft.error[0] = '\0';
	read_user(&row, owners, &from);
	if(taker->draft.error[0] != '\0')
		return taker->draft.error;
	row.account = ur_writer_account(taker->writer, account);
	if(row.account == 0)
		return no_account;
	do
		err = ur_record_draft_user(
				&taker->draft, &row, taker->devices, taker->parts);
	while(err != 0 && drop_part(taker));
	return err != 0 ? taker->draft.error : NULL;
}

static void take_user(struct ur_taker *taker, const struct ur_rows *owners)
{
	struct ur_key id = {
			UR_KEY_USER_ID, 0, ur_rows_text(owners, UR_COLUMN_USER_ID)};
	const char *reason = draft_user(taker, owners);

	if(reason == no_account)
		skip_without_account(taker, &id, "user",
				ur_rows_text(owners, UR_COLUMN_USER_ACCOUNT_ID));
	else if(reason != NULL)
		skip(taker, &id, "user", reason);
	if(reason != NULL)
		return;
	tell_left_over(taker, &id, ur_take_users.part_name);
	publish(taker, &id, "user");
}

static void take_extension(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_text account = ur_rows_text(rows, UR_COLUMN_EXTENSION_ACCOUNT_ID);
	struct ur_extension_row row = {
			.account = ur_writer_account(taker->writer, account),
			.id = ur_rows_text(rows, UR_COLUMN_EXTENSION_ID),
			.digits = ur_rows_text(rows, UR_COLUMN_EXTENSION_DIGITS),
			.status = ur_rows_text(rows, UR_COLUMN_EXTENSION_STATUS),
			.target = {ur_rows_text(rows, UR_COLUMN_EXTENSION_DEST_KIND),
					ur_rows_text(rows, UR_COLUMN_EXTENSION_DEST_ID)},
	};
	struct ur_key id = {UR_KEY_EXTENSION_ID, 0, row.id};

	if(row.account == 0)
		skip_without_account(taker, &id, "extension", account);
	else if(ur_record_draft_extension(&taker->draft, &row) != 0)
		skip(taker, &id, "extension", taker->draft.error);
	else
		publish(taker, &id, "extension");
}

static void take_target(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_target_row row = {
			.account_id = ur_rows_text(rows, UR_COLUMN_TARGET_ACCOUNT_ID),
			.target = {ur_rows_text(rows, UR_COLUMN_TARGET_KIND),
					ur_rows_text(rows, UR_COLUMN_TARGET_ID)},
			.address = ur_rows_text(rows, UR_COLUMN_TARGET_ADDRESS),
	};
	struct ur_key id = {
			UR_KEY_TARGET, 0, ur_rows_text(rows, UR_COLUMN_TARGET_NAME)};

	if(ur_record_draft_target(&taker->draft, &row) != 0)
		skip(taker, &id, "route target", taker->draft.error);
	else
		publish(taker, &id, "route target");
}

static void take_target_kind(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_text kind = ur_rows_text(rows, UR_COLUMN_TARGET_KIND_KIND);
	struct ur_key id = {UR_KEY_TARGET_KIND, 0, kind};

	if(ur_record_draft_target_kind(&taker->draft, kind,
			   ur_rows_text(rows, UR_COLUMN_TARGET_KIND_URI_TEMPLATE))
			!= 0)
		skip(taker, &id, "kind of route target", taker->draft.error);
	else
		publish(taker, &id, "kind of route target");
}

static void take_target_host(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_text host = ur_rows_text(rows, UR_COLUMN_TARGET_HOST_HOST);
	struct ur_key id = {UR_KEY_TARGET_HOST, 0, host};

	if(ur_record_draft_target_host(&taker->draft, host) != 0)
		skip(taker, &id, "host of targets", taker->draft.error);
	else
		publish(taker, &id, "host of targets");
}

const struct ur_take_kind ur_take_extensions = {
		.owners = UR_QUERY_EXTENSIONS,
		.type = UR_RECORD_EXTENSION,
		.key = UR_KEY_EXTENSION_ID,
		.owner = take_extension,
};

const struct ur_take_kind ur_take_targets = {
		.owners = UR_QUERY_TARGETS,
		.type = UR_RECORD_TARGET,
		.key = UR_KEY_TARGET,
		.owner = take_target,
};

const struct ur_take_kind ur_take_target_kinds = {
		.owners = UR_QUERY_TARGET_KINDS,
		.type = UR_RECORD_TARGET_KIND,
		.key = UR_KEY_TARGET_KIND,
		.owner = take_target_kind,
};

const struct ur_take_kind ur_take_target_hosts = {
		.owners = UR_QUERY_TARGET_HOSTS,
		.type = UR_RECORD_TARGET_HOST,
		.key = UR_KEY_TARGET_HOST,
		.owner = take_target_host,
};

const struct ur_take_kind ur_take_accounts = {
		.owners = UR_QUERY_ACCOUNTS,
		.parts = UR_QUERY_ACCOUNT_TEXTS,
		.part_name = "a domain or number of account",
		.type = UR_RECORD_ACCOUNT,
		.key = UR_KEY_ACCOUNT_ID,
		.parts_max = UR_MAX_DOMAINS,
		.part = take_account_text,
		.pin = pin_account_texts,
		.owner = take_account,
};

const struct ur_take_kind ur_take_users = {
		.owners = UR_QUERY_USERS,
		.parts = UR_QUERY_DEVICES,
		.part_name = "a device of user",
		.type = UR_RECORD_USER,
		.key = UR_KEY_USER_ID,
		.parts_max = UR_MAX_DEVICES,
		.part = take_device,
		.pin = pin_devices,
		.owner = take_user,
};
