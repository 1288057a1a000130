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
		{UR_VIEW_DID, "did"}};

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

static int number_in(int row, const char *column)
{
	const struct ur_text text =
			ur_fuzz_database_column(UR_VIEW_DEVICE, row, column);
	char digits[64];

	snprintf(digits, sizeof(digits), "%.*s", text.len, text.s);
	return (int)strtol(digits, NULL, 10);
}

static bool is_good_device(int row)
{
	const struct ur_device_row device = {
			.number = ur_fuzz_database_column(UR_VIEW_DEVICE, row, "number"),
			.ring_delay_sec = number_in(row, "ring_delay_sec"),
			.ring_for_sec = number_in(row, "ring_for_sec"),
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
	structs = sizeof(*user) + user->device_count * sizeof(user->devices[0]);
	UR_FUZZ_ASSERT(ur_text_equal(ur_user_text(user, user->id), id));
	UR_FUZZ_ASSERT(user->ring_timeout_sec >= 1);
	UR_FUZZ_ASSERT(user->ring_timeout_sec <= 600);
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
	ur_table_user_put(user);
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
}

/* ---- the ways to the same table */

static bool is_same(
		const struct ur_table_stats *a, const struct ur_table_stats *b)
{
	return a->users == b->users && a->devices == b->devices
		   && a->accounts == b->accounts && a->domains == b->domains
		   && a->extensions == b->extensions && a->targets == b->targets;
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
	check_reload(&mirror);
	ur_changes_clear(&changes);
	ur_fuzz_mirror_end(&mirror);
	ur_fuzz_forget();
	return 0;
}
