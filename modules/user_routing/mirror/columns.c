/*
 * The lists of columns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/columns.h"

#include <stddef.h>

/* clang-format off */

/* The rows' structs. */
#define ACCOUNT struct ur_account_row
#define ACCOUNT_TEXT struct ur_account_text_row
#define USER struct ur_user_row
#define DEVICE struct ur_device_row
#define EXTENSION struct ur_extension_row
#define TARGET struct ur_target_row
#define TARGET_KIND struct ur_target_kind_row
#define TARGET_HOST struct ur_target_host_row

/* Where a field is; it does not compile if that is of another type. */
#define FIELD(row, member, type) (offsetof(row, member) + 0 * sizeof(char[ \
	__builtin_types_compatible_p(__typeof__(((row *)0)->member), type) ? 1 : -1]))

#define TEXT(row, member)   .type = UR_COLUMN_TEXT, .field = FIELD(row, member, struct ur_text)
#define STATUS(row, member) .type = UR_COLUMN_STATUS, .field = FIELD(row, member, struct ur_text)
#define INT(row, member)    .type = UR_COLUMN_INT, .field = FIELD(row, member, int)
#define FLAG(row, member)   .type = UR_COLUMN_FLAG, .field = FIELD(row, member, int)
#define KEY                 .type = UR_COLUMN_KEY

static const struct ur_column account[] = {
	{"id",                 TEXT(ACCOUNT, id)},
	{"status",             STATUS(ACCOUNT, status)},
	{"default_cid_number", TEXT(ACCOUNT, default_cid_number)},
};

static const struct ur_column account_text[] = {
	{"account_id", KEY},
	{"is_number",  FLAG(ACCOUNT_TEXT, is_number)},
	{"content",    TEXT(ACCOUNT_TEXT, content)},
};

static const struct ur_column user[] = {
	{"id",                TEXT(USER, id)},
	{"account_id",        TEXT(USER, account_id)},
	{"username",          TEXT(USER, username)},
	{"display_name",      TEXT(USER, display_name)},
	{"status",            STATUS(USER, status)},
	{"ring_strategy",     TEXT(USER, ring_strategy)},
	{"ring_timeout_sec",  INT(USER, ring_timeout_sec)},
	{"dnd",               FLAG(USER, dnd)},
	{"fwd_always_kind",   TEXT(USER, forward[UR_FORWARD_ALWAYS].kind)},
	{"fwd_always_id",     TEXT(USER, forward[UR_FORWARD_ALWAYS].id)},
	{"fwd_busy_kind",     TEXT(USER, forward[UR_FORWARD_BUSY].kind)},
	{"fwd_busy_id",       TEXT(USER, forward[UR_FORWARD_BUSY].id)},
	{"fwd_noanswer_kind", TEXT(USER, forward[UR_FORWARD_NOANSWER].kind)},
	{"fwd_noanswer_id",   TEXT(USER, forward[UR_FORWARD_NOANSWER].id)},
	{"voicemail_id",      TEXT(USER, voicemail_id)},
	{"out_cid_number",    TEXT(USER, out_cid_number)},
	{"out_cid_name",      TEXT(USER, out_cid_name)},
};

static const struct ur_column device[] = {
	{"user_id",       KEY},
	{"id",            TEXT(DEVICE, id)},
	{"auth_username", TEXT(DEVICE, auth_username)},
	{"realm",         TEXT(DEVICE, realm)},
	{"ring_order",    INT(DEVICE, ring_order)},
	{"ring_on_fork",  FLAG(DEVICE, ring_on_fork)},
	{"ring_specific", FLAG(DEVICE, ring_specific)},
	{"available",     FLAG(DEVICE, available)},
	{"status",        STATUS(DEVICE, status)},
	{"ha1",           TEXT(DEVICE, ha1)},
};

static const struct ur_column extension[] = {
	{"id",         TEXT(EXTENSION, id)},
	{"account_id", TEXT(EXTENSION, account_id)},
	{"digits",     TEXT(EXTENSION, digits)},
	{"dest_kind",  TEXT(EXTENSION, target.kind)},
	{"dest_id",    TEXT(EXTENSION, target.id)},
	{"status",     STATUS(EXTENSION, status)},
};

static const struct ur_column target[] = {
	{"name",       KEY}, /* "account_id kind id", as notifications have it */
	{"account_id", TEXT(TARGET, account_id)},
	{"kind",       TEXT(TARGET, target.kind)},
	{"id",         TEXT(TARGET, target.id)},
	{"address",    TEXT(TARGET, address)},
};

static const struct ur_column target_kind[] = {
	{"kind",         TEXT(TARGET_KIND, kind)},
	{"uri_template", TEXT(TARGET_KIND, uri_template)},
};

static const struct ur_column target_host[] = {
	{"host", TEXT(TARGET_HOST, host)},
};

#define LIST(columns) {columns, sizeof(columns) / sizeof(columns[0])}

const struct ur_columns ur_columns[UR_VIEWS] = {
	[UR_VIEW_ACCOUNT] = LIST(account),
	[UR_VIEW_ACCOUNT_TEXT] = LIST(account_text),
	[UR_VIEW_USER] = LIST(user),
	[UR_VIEW_DEVICE] = LIST(device),
	[UR_VIEW_EXTENSION] = LIST(extension),
	[UR_VIEW_TARGET] = LIST(target),
	[UR_VIEW_TARGET_KIND] = LIST(target_kind),
	[UR_VIEW_TARGET_HOST] = LIST(target_host),
};

/* clang-format on */
