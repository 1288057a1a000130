/*
 * From rows to drafts to the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "mirror/take.h"

#include "mirror/store/closes.h"

/* The type of record that has an id of that kind. */
static enum ur_record_type type_of(const struct ur_key *id)
{
	static const struct ur_take_kind *const kinds[] = {&ur_take_accounts,
			&ur_take_users, &ur_take_extensions, &ur_take_dids,
			&ur_take_targets, &ur_take_target_kinds, &ur_take_target_hosts};
	size_t i = 0;

	while(kinds[i]->key != id->kind)
		i++;
	return kinds[i]->type;
}

/* Skips a row. What the table has of it is no longer true: it is not marked as seen, and so it is
 * removed. */
static void skip(struct ur_taker *taker, const struct ur_key *id,
		const char *name, const char *reason)
{
	if(ur_writer_is_outdated(taker->writer, id))
		return;
	ur_skips_add(taker->skips, name, id->text, reason);
	ur_omitted_add(taker->omitted, type_of(id), id->text, taker->sum);
}

static const char no_account[] = "its account is unknown";

/* The row can be taken when its account is added; it is not announced then. */
static void skip_without_account(struct ur_taker *taker,
		const struct ur_key *id, const char *name, struct ur_text account)
{
	skip(taker, id, name, no_account);
	ur_omitted_await(taker->omitted, account);
}

/* No shared memory for a new record. The old one stays in use, unless it allows what the new one
 * does not. There may be many: they are counted here and logged in one line. */
static void fall_short(struct ur_taker *taker, const struct ur_key *id)
{
	const void *old = ur_writer_body(taker->writer, id);
	struct ur_sum kept = {0};

	taker->lack.records++;
	taker->lack.bytes += ur_record_draft_size(&taker->draft);
	ur_skips_count(taker->skips);
	ur_omitted_add(taker->omitted, type_of(id), id->text, taker->sum);
	if(old == NULL || ur_closes(&taker->draft, old))
		return;
	kept = ur_writer_keep(taker->writer, id);
	kept.rows = -kept.rows;
	ur_omitted_add(taker->omitted, type_of(id), id->text, kept);
}

/* The first row of an id is taken. In our tables ids are unique, in a view they may not be. */
static void publish(
		struct ur_taker *taker, const struct ur_key *id, const char *name)
{
	if(ur_writer_is_seen(taker->writer, id)) {
		skip(taker, id, name, "its id is in more than one row");
		return;
	}
	taker->draft.sum = taker->sum;
	if(ur_writer_publish(taker->writer, &taker->draft) != 0)
		fall_short(taker, id);
}

/* Returns false without room: so much text does not fit into one record either. */
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

static bool pin_device(struct ur_taker *taker, struct ur_device_row *row)
{
	const struct ur_columns *columns = &ur_columns[UR_VIEW_DEVICE];
	bool is_pinned = true;
	int i;

	for(i = 0; is_pinned && i < columns->count; i++) {
		if(ur_column_is_text(&columns->list[i]))
			is_pinned = pin(taker, ur_column_text(&columns->list[i], row));
	}
	return is_pinned;
}

static void pin_devices(struct ur_taker *taker)
{
	int i = 0;

	while(i < taker->parts && pin_device(taker, &taker->devices[i]))
		i++;
	leave_over(taker, i);
}

/* Logs how many of the owner's parts are left out of the draft. */
static void tell_left_over(
		struct ur_taker *taker, const struct ur_key *id, const char *name)
{
	char reason[160];

	if(taker->parts_over == 0)
		return;
	snprintf(reason, sizeof(reason),
			"only the first %d of %d fit, by their number or the length of"
			" their texts",
			taker->parts, taker->parts + taker->parts_over);
	ur_skips_add(taker->skips, name, id->text, reason);
}

/* Leaves out the last part, if the draft is too long. */
static bool drop_part(struct ur_taker *taker)
{
	if(!ur_draft_is_too_long(&taker->draft) || taker->parts == 0)
		return false;
	leave_over(taker, taker->parts - 1);
	return true;
}

/* Returns false if a column is invalid, with the reason in the draft's error. */
static bool read_row(
		struct ur_taker *taker, const struct ur_rows *rows, void *row)
{
	return ur_rows_read(
			rows, row, taker->draft.error, sizeof(taker->draft.error));
}

static void take_account_text(
		struct ur_taker *taker, const struct ur_rows *parts)
{
	struct ur_account_text_row row;

	if(!read_row(taker, parts, &row)
			|| ur_draft_check_account_text(&taker->draft, row.content) != 0) {
		ur_skips_add(taker->skips, ur_take_accounts.part_name,
				ur_rows_key(parts), taker->draft.error);
		return;
	}
	taker->texts[taker->parts++] = row.content;
	if(!row.is_number)
		taker->domain_count = taker->parts;
}

static int draft_account(
		struct ur_taker *taker, const struct ur_account_row *row)
{
	int err;

	do
		err = ur_draft_account(&taker->draft, row, taker->texts,
				taker->domain_count, taker->parts - taker->domain_count);
	while(err != 0 && drop_part(taker));
	return err;
}

static void take_account(struct ur_taker *taker, const struct ur_rows *owners)
{
	struct ur_key id = {UR_KEY_ACCOUNT_ID, 0, ur_rows_key(owners)};
	struct ur_account_row row;
	bool is_new;

	if(!read_row(taker, owners, &row)) {
		skip(taker, &id, "account", taker->draft.error);
		return;
	}
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
	/* An account that is skipped does not count as added, however often it is announced. */
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
	ur_skips_add(
			taker->skips, ur_take_users.part_name, ur_rows_key(parts), reason);
}

static void take_device(struct ur_taker *taker, const struct ur_rows *parts)
{
	struct ur_device_row *row = &taker->devices[taker->parts];

	if(!read_row(taker, parts, row))
		skip_device(taker, parts, row);
	else if(ur_draft_check_device(&taker->draft, row) != 0)
		ur_skips_add(taker->skips, ur_take_users.part_name, ur_rows_key(parts),
				taker->draft.error);
	else
		taker->parts++;
}

/* The reason why the user can't be taken, or NULL: then there is a draft. */
static const char *draft_user(struct ur_taker *taker,
		const struct ur_rows *owners, struct ur_user_row *row)
{
	int err;

	if(!read_row(taker, owners, row))
		return taker->draft.error;
	row->account = ur_writer_account(taker->writer, row->account_id);
	if(row->account == 0)
		return no_account;
	do
		err = ur_draft_user(&taker->draft, row, taker->devices, taker->parts);
	while(err != 0 && drop_part(taker));
	return err != 0 ? taker->draft.error : NULL;
}

static void take_user(struct ur_taker *taker, const struct ur_rows *owners)
{
	struct ur_key id = {UR_KEY_USER_ID, 0, ur_rows_key(owners)};
	struct ur_user_row row;
	const char *reason = draft_user(taker, owners, &row);

	if(reason == no_account)
		skip_without_account(taker, &id, "user", row.account_id);
	else if(reason != NULL)
		skip(taker, &id, "user", reason);
	if(reason != NULL)
		return;
	tell_left_over(taker, &id, ur_take_users.part_name);
	publish(taker, &id, "user");
}

static void take_extension(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_EXTENSION_ID, 0, ur_rows_key(rows)};
	struct ur_extension_row row;
	bool is_read = read_row(taker, rows, &row);

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0)
		skip_without_account(taker, &id, "extension", row.account_id);
	else if(!is_read || ur_draft_extension(&taker->draft, &row) != 0)
		skip(taker, &id, "extension", taker->draft.error);
	else
		publish(taker, &id, "extension");
}

static void take_did(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_DID, 0, ur_rows_key(rows)};
	struct ur_did_row row;
	bool is_read = read_row(taker, rows, &row);

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0)
		skip_without_account(taker, &id, "did", row.account_id);
	else if(!is_read || ur_draft_did(&taker->draft, &row) != 0)
		skip(taker, &id, "did", taker->draft.error);
	else
		publish(taker, &id, "did");
}

static void take_target(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_TARGET, 0, ur_rows_key(rows)};
	struct ur_target_row row;

	if(!read_row(taker, rows, &row)
			|| ur_draft_target(&taker->draft, &row) != 0)
		skip(taker, &id, "route target", taker->draft.error);
	else
		publish(taker, &id, "route target");
}

static void take_target_kind(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_TARGET_KIND, 0, ur_rows_key(rows)};
	struct ur_target_kind_row row;

	if(!read_row(taker, rows, &row)
			|| ur_draft_target_kind(&taker->draft, row.kind, row.uri_template)
					   != 0)
		skip(taker, &id, "kind of route target", taker->draft.error);
	else
		publish(taker, &id, "kind of route target");
}

static void take_target_host(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_TARGET_HOST, 0, ur_rows_key(rows)};
	struct ur_target_host_row row;

	if(!read_row(taker, rows, &row)
			|| ur_draft_target_host(&taker->draft, row.host) != 0)
		skip(taker, &id, "host of targets", taker->draft.error);
	else
		publish(taker, &id, "host of targets");
}

const struct ur_take_kind ur_take_extensions = {
		.owners = UR_VIEW_EXTENSION,
		.type = UR_RECORD_EXTENSION,
		.key = UR_KEY_EXTENSION_ID,
		.owner = take_extension,
};

const struct ur_take_kind ur_take_dids = {
		.owners = UR_VIEW_DID,
		.type = UR_RECORD_DID,
		.key = UR_KEY_DID,
		.owner = take_did,
};

const struct ur_take_kind ur_take_targets = {
		.owners = UR_VIEW_TARGET,
		.type = UR_RECORD_TARGET,
		.key = UR_KEY_TARGET,
		.owner = take_target,
};

const struct ur_take_kind ur_take_target_kinds = {
		.owners = UR_VIEW_TARGET_KIND,
		.type = UR_RECORD_TARGET_KIND,
		.key = UR_KEY_TARGET_KIND,
		.owner = take_target_kind,
};

const struct ur_take_kind ur_take_target_hosts = {
		.owners = UR_VIEW_TARGET_HOST,
		.type = UR_RECORD_TARGET_HOST,
		.key = UR_KEY_TARGET_HOST,
		.owner = take_target_host,
};

const struct ur_take_kind ur_take_accounts = {
		.owners = UR_VIEW_ACCOUNT,
		.parts = UR_VIEW_ACCOUNT_TEXT,
		.part_name = "a domain or number of account",
		.type = UR_RECORD_ACCOUNT,
		.key = UR_KEY_ACCOUNT_ID,
		.parts_max = UR_MAX_DOMAINS,
		.part = take_account_text,
		.pin = pin_account_texts,
		.owner = take_account,
};

const struct ur_take_kind ur_take_users = {
		.owners = UR_VIEW_USER,
		.parts = UR_VIEW_DEVICE,
		.part_name = "a device of user",
		.type = UR_RECORD_USER,
		.key = UR_KEY_USER_ID,
		.parts_max = UR_MAX_DEVICES,
		.part = take_device,
		.pin = pin_devices,
		.owner = take_user,
};
