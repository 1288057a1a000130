/*
 * From rows to drafts to the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "mirror/take_inside.h"

#include "mirror/store/closes.h"

/* The type of record that has an id of that kind. */
static enum ur_record_type type_of(const struct ur_key *id)
{
	static const struct ur_take_kind *const kinds[] = {&ur_take_accounts,
			&ur_take_users, &ur_take_extensions, &ur_take_dids,
			&ur_take_targets, &ur_take_target_kinds, &ur_take_target_hosts,
			&ur_take_schedules, &ur_take_caller_lists, &ur_take_groups};
	size_t i = 0;

	while(kinds[i]->key != id->kind)
		i++;
	return kinds[i]->type;
}

void ur_take_skip(struct ur_taker *taker, const struct ur_key *id,
		const char *name, const char *reason)
{
	if(ur_writer_is_outdated(taker->writer, id))
		return;
	ur_skips_add(taker->skips, name, id->text, reason);
	ur_omitted_add(taker->omitted, type_of(id), id->text, taker->sum);
}

static const char no_account[] = "its account is unknown";

void ur_take_skip_without_account(struct ur_taker *taker,
		const struct ur_key *id, const char *name, struct ur_text account)
{
	ur_take_skip(taker, id, name, no_account);
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
void ur_take_publish(
		struct ur_taker *taker, const struct ur_key *id, const char *name)
{
	if(ur_writer_is_seen(taker->writer, id)) {
		ur_take_skip(taker, id, name, "its id is in more than one row");
		return;
	}
	taker->draft.sum = taker->sum;
	if(ur_writer_publish(taker->writer, &taker->draft) != 0)
		fall_short(taker, id);
}

bool ur_take_pin(struct ur_taker *taker, struct ur_text *text)
{
	char *to = taker->pinned + taker->pinned_len;

	if(text->len > (int)sizeof(taker->pinned) - taker->pinned_len)
		return false;
	if(text->len > 0)
		text->s = memcpy(to, text->s, text->len);
	taker->pinned_len += text->len;
	return true;
}

void ur_take_leave_over(
		struct ur_taker *taker, struct ur_taken *taken, int kept)
{
	taken->over += taken->kept - kept;
	taken->kept = kept;
	if(taker->domain_count > kept)
		taker->domain_count = kept;
}

void ur_take_tell_left_over(struct ur_taker *taker,
		const struct ur_take_kind *kind, const struct ur_key *id)
{
	char reason[160];
	int i;

	for(i = 0; i < kind->part_count; i++) {
		const struct ur_taken *taken = &taker->taken[i];

		if(taken->over == 0)
			continue;
		snprintf(reason, sizeof(reason),
				"only the first %d of %d fit, by their number or the length of"
				" their texts",
				taken->kept, taken->kept + taken->over);
		ur_skips_add(taker->skips, kind->parts[i].name, id->text, reason);
	}
}

/* A user's rules go before the devices: what they decide, the user's row decides then. */
bool ur_take_drop_part(struct ur_taker *taker)
{
	int i = UR_TAKE_PARTS;

	if(!ur_draft_is_too_long(&taker->draft))
		return false;
	while(i-- > 0) {
		struct ur_taken *taken = &taker->taken[i];

		if(taken->kept > 0) {
			ur_take_leave_over(taker, taken, taken->kept - 1);
			return true;
		}
	}
	return false;
}

bool ur_take_read(struct ur_taker *taker, const struct ur_rows *rows, void *row)
{
	return ur_rows_read(
			rows, row, taker->draft.error, sizeof(taker->draft.error));
}

bool ur_take_pin_texts(struct ur_taker *taker, enum ur_view view, void *row)
{
	const struct ur_columns *columns = &ur_columns[view];
	bool is_pinned = true;
	int i;

	for(i = 0; is_pinned && i < columns->count; i++) {
		if(ur_column_is_text(&columns->list[i]))
			is_pinned =
					ur_take_pin(taker, ur_column_text(&columns->list[i], row));
	}
	return is_pinned;
}

void ur_take_skip_part(struct ur_taker *taker, const struct ur_take_kind *kind,
		int which, const struct ur_rows *rows, const char *what,
		struct ur_text id)
{
	char reason[sizeof(taker->draft.error) + 80];

	snprintf(reason, sizeof(reason), "%s: %s '%.*s'", taker->draft.error, what,
			id.len < 64 ? id.len : 64, id.s);
	ur_skips_add(
			taker->skips, kind->parts[which].name, ur_rows_key(rows), reason);
}

/* ---- parts */

void ur_take_begin(struct ur_taker *taker)
{
	int i;

	memset(taker->taken, 0, sizeof(taker->taken));
	taker->domain_count = taker->pinned_len = 0;
	for(i = 0; i < UR_RULES_COUNT; i++)
		taker->lost[i] = INT64_MAX;
}

static void pin_all(struct ur_taker *taker, const struct ur_take_parts *parts,
		struct ur_taken *taken)
{
	while(taken->pinned < taken->kept && parts->pin(taker, taken->pinned))
		taken->pinned++;
	ur_take_leave_over(taker, taken, taken->pinned);
}

void ur_take_part(struct ur_taker *taker, const struct ur_take_kind *kind,
		int which, const struct ur_rows *rows)
{
	const struct ur_take_parts *parts = &kind->parts[which];
	struct ur_taken *taken = &taker->taken[which];

	if(taken->rows == parts->max
			|| (taken->rows > 0 && taken->rows % UR_PAGE_ROWS == 0))
		pin_all(taker, parts, taken);
	if(taken->rows++ < parts->max)
		parts->take(taker, rows);
	else
		taken->over++;
}

/* A text that is the whole part. */
static bool pin_text(struct ur_taker *taker, int i)
{
	return ur_take_pin(taker, &taker->texts[i]);
}

/* ---- accounts */

static void take_account_text(
		struct ur_taker *taker, const struct ur_rows *parts)
{
	struct ur_account_text_row row;

	if(!ur_take_read(taker, parts, &row)
			|| ur_draft_check_account_text(&taker->draft, row.content) != 0) {
		ur_skips_add(taker->skips, ur_take_accounts.parts[0].name,
				ur_rows_key(parts), taker->draft.error);
		return;
	}
	taker->texts[taker->taken[0].kept++] = row.content;
	if(!row.is_number)
		taker->domain_count = taker->taken[0].kept;
}

static int draft_account(
		struct ur_taker *taker, const struct ur_account_row *row)
{
	int err;

	do
		err = ur_draft_account(&taker->draft, row, taker->texts,
				taker->domain_count,
				taker->taken[0].kept - taker->domain_count);
	while(err != 0 && ur_take_drop_part(taker));
	return err;
}

static void take_account(struct ur_taker *taker, const struct ur_rows *owners)
{
	struct ur_key id = {UR_KEY_ACCOUNT_ID, 0, ur_rows_key(owners)};
	struct ur_account_row row;
	bool is_new;

	if(!ur_take_read(taker, owners, &row)) {
		ur_take_skip(taker, &id, "account", taker->draft.error);
		return;
	}
	row.number = ur_writer_account(taker->writer, row.id);
	is_new = row.number == 0;
	if(is_new)
		row.number = ur_writer_new_account(taker->writer);
	if(draft_account(taker, &row) != 0) {
		ur_take_skip(taker, &id, "account", taker->draft.error);
		return;
	}
	ur_take_tell_left_over(taker, &ur_take_accounts, &id);
	ur_take_publish(taker, &id, "account");
	/* An account that is skipped does not count as added, however often it is announced. */
	if(is_new && ur_writer_is_seen(taker->writer, &id))
		taker->omitted->account_came |=
				ur_omitted_is_awaited(taker->omitted, row.id);
}

static void take_extension(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_EXTENSION_ID, 0, ur_rows_key(rows)};
	struct ur_extension_row row;
	bool is_read = ur_take_read(taker, rows, &row);

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0)
		ur_take_skip_without_account(taker, &id, "extension", row.account_id);
	else if(!is_read || ur_draft_extension(&taker->draft, &row) != 0)
		ur_take_skip(taker, &id, "extension", taker->draft.error);
	else
		ur_take_publish(taker, &id, "extension");
}

static void take_did(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_DID, 0, ur_rows_key(rows)};
	struct ur_did_row row;
	bool is_read = ur_take_read(taker, rows, &row);

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0)
		ur_take_skip_without_account(taker, &id, "did", row.account_id);
	else if(!is_read || ur_draft_did(&taker->draft, &row) != 0)
		ur_take_skip(taker, &id, "did", taker->draft.error);
	else
		ur_take_publish(taker, &id, "did");
}

static void take_target(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_TARGET, 0, ur_rows_key(rows)};
	struct ur_target_row row;

	if(!ur_take_read(taker, rows, &row)
			|| ur_draft_target(&taker->draft, &row) != 0)
		ur_take_skip(taker, &id, "route target", taker->draft.error);
	else
		ur_take_publish(taker, &id, "route target");
}

static void take_target_kind(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_TARGET_KIND, 0, ur_rows_key(rows)};
	struct ur_target_kind_row row;

	if(!ur_take_read(taker, rows, &row)
			|| ur_draft_target_kind(&taker->draft, row.kind, row.uri_template)
					   != 0)
		ur_take_skip(taker, &id, "kind of route target", taker->draft.error);
	else
		ur_take_publish(taker, &id, "kind of route target");
}

static void take_target_host(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_TARGET_HOST, 0, ur_rows_key(rows)};
	struct ur_target_host_row row;

	if(!ur_take_read(taker, rows, &row)
			|| ur_draft_target_host(&taker->draft, row.host) != 0)
		ur_take_skip(taker, &id, "host of targets", taker->draft.error);
	else
		ur_take_publish(taker, &id, "host of targets");
}

/* ---- schedules and caller lists */

static void take_schedule(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_SCHEDULE, 0, ur_rows_key(rows)};
	struct ur_schedule_row row;
	bool is_read =
			ur_take_read(taker, rows, &row)
			&& ur_draft_read_hours(&taker->draft, row.hours, &taker->hours)
					   == 0;

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0)
		ur_take_skip_without_account(taker, &id, "schedule", row.account_id);
	else if(!is_read
			|| ur_draft_schedule(&taker->draft, &row, &taker->hours) != 0)
		ur_take_skip(taker, &id, "schedule", taker->draft.error);
	else
		ur_take_publish(taker, &id, "schedule");
}

static void take_entry(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_caller_entry_row row;

	if(!ur_take_read(taker, rows, &row)
			|| ur_draft_check_entry(&taker->draft, row.what) != 0)
		ur_skips_add(taker->skips, ur_take_caller_lists.parts[0].name,
				ur_rows_key(rows), taker->draft.error);
	else
		taker->texts[taker->taken[0].kept++] = row.what;
}

/* At once, if they are far too long: each draft sorts them. */
static void leave_over_entries(struct ur_taker *taker)
{
	struct ur_taken *taken = &taker->taken[0];
	int64_t size = 0;
	int i;

	for(i = 0; i < taken->kept && size <= UR_BODY_MAX; i++)
		size += taker->texts[i].len + (int)sizeof(struct ur_slice);
	ur_take_leave_over(taker, taken, i);
}

static int draft_caller_list(
		struct ur_taker *taker, const struct ur_caller_list_row *row)
{
	int err;

	leave_over_entries(taker);
	do
		err = ur_draft_caller_list(
				&taker->draft, row, taker->texts, taker->taken[0].kept);
	while(err != 0 && ur_take_drop_part(taker));
	return err;
}

static void take_caller_list(struct ur_taker *taker, const struct ur_rows *rows)
{
	struct ur_key id = {UR_KEY_CALLER_LIST, 0, ur_rows_key(rows)};
	struct ur_caller_list_row row;
	bool is_read = ur_take_read(taker, rows, &row);

	row.account = ur_writer_account(taker->writer, row.account_id);
	if(is_read && row.account == 0) {
		ur_take_skip_without_account(taker, &id, "caller list", row.account_id);
	} else if(!is_read || draft_caller_list(taker, &row) != 0) {
		ur_take_skip(taker, &id, "caller list", taker->draft.error);
	} else {
		ur_take_tell_left_over(taker, &ur_take_caller_lists, &id);
		ur_take_publish(taker, &id, "caller list");
	}
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
		.type = UR_RECORD_ACCOUNT,
		.key = UR_KEY_ACCOUNT_ID,
		.owner = take_account,
		.part_count = 1,
		.parts = {{UR_VIEW_ACCOUNT_TEXT, "a domain or number of account",
				UR_MAX_DOMAINS, take_account_text, pin_text}},
};

const struct ur_take_kind ur_take_schedules = {
		.owners = UR_VIEW_SCHEDULE,
		.type = UR_RECORD_SCHEDULE,
		.key = UR_KEY_SCHEDULE,
		.owner = take_schedule,
};

const struct ur_take_kind ur_take_caller_lists = {
		.owners = UR_VIEW_CALLER_LIST,
		.type = UR_RECORD_CALLER_LIST,
		.key = UR_KEY_CALLER_LIST,
		.owner = take_caller_list,
		.part_count = 1,
		.parts = {{UR_VIEW_CALLER_ENTRY, "an entry of caller list",
				UR_MAX_ENTRIES, take_entry, pin_text}},
};
