/*
 * The lists of columns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/columns.h"

#include <limits.h>
#include <stddef.h>

#include "mirror/store/characters.h"

/* clang-format off */

/* The rows' structs. */
#define ACCOUNT struct ur_account_row
#define ACCOUNT_TEXT struct ur_account_text_row
#define USER struct ur_user_row
#define DEVICE struct ur_device_row
#define EXTENSION struct ur_extension_row
#define DID struct ur_did_row
#define TARGET struct ur_target_row
#define TARGET_KIND struct ur_target_kind_row
#define TARGET_HOST struct ur_target_host_row
#define RULE struct ur_rule_row
#define SCHEDULE struct ur_schedule_row
#define CALLER_LIST struct ur_caller_list_row
#define CALLER_ENTRY struct ur_caller_entry_row
#define GROUP struct ur_group_row
#define MEMBER struct ur_group_member_row

/* Where a member is; does not compile if the member is of another type. */
#define PLACE(of, member, type) (offsetof(of, member) + 0 * sizeof(char[ \
	__builtin_types_compatible_p(__typeof__(((of *)0)->member), type) ? 1 : -1]))

#define KEY                 .type = UR_COLUMN_KEY
#define TEXT(row, member)   .type = UR_COLUMN_TEXT, .field = PLACE(row, member, struct ur_text)
#define STATUS(row, member) .type = UR_COLUMN_STATUS, .field = PLACE(row, member, struct ur_text)
#define INT(row, member)    .type = UR_COLUMN_INT, .field = PLACE(row, member, int)
#define FLAG(row, member)   .type = UR_COLUMN_FLAG, .field = PLACE(row, member, int)

#define APART               .kept = UR_KEPT_APART
#define SLICE(body, member) .kept = UR_KEPT_SLICE, .at = PLACE(struct body, member, struct ur_slice)
#define BYTE(body, member)  .kept = UR_KEPT_BYTE, .at = PLACE(struct body, member, uint8_t)
#define WORD(body, member)  .kept = UR_KEPT_WORD, .at = PLACE(struct body, member, uint16_t)
#define LONG(body, member)  .kept = UR_KEPT_LONG, .at = PLACE(struct body, member, int32_t)
#define BIT(body, member, mask) \
	.kept = UR_KEPT_BIT, .at = PLACE(struct body, member, uint8_t), .bit = mask

#define DERIVED .is_derived = true
#define NEEDED .is_needed = true
#define PLAIN  .odd = ur_characters_control
#define URI    .odd = ur_characters_not_uri
#define HOST   .odd = ur_characters_not_host
#define ASCII  .odd = ur_characters_not_ascii

static const struct ur_column account[] = {
	{"id",                 TEXT(ACCOUNT, id),                 SLICE(ur_account, id),                 NEEDED, PLAIN},
	{"status",             STATUS(ACCOUNT, status),           BYTE(ur_account, active)},
	{"default_cid_number", TEXT(ACCOUNT, default_cid_number), SLICE(ur_account, default_cid_number), PLAIN},
#define DIAL_PLAN(member) TEXT(ACCOUNT, member), SLICE(ur_account, member), .odd = ur_characters_not_digit
	{"country_code",         DIAL_PLAN(country_code),         .absent = ""},
	{"area_code",            DIAL_PLAN(area_code),            .absent = ""},
	{"international_prefix", DIAL_PLAN(international_prefix), .absent = "00"},
	{"national_prefix",      DIAL_PLAN(national_prefix),      .absent = "0"},
	{"tz",                 TEXT(ACCOUNT, tz),                 SLICE(ur_account, tz),                 PLAIN, .absent = "UTC"},
	{"utc_offsets",        TEXT(ACCOUNT, utc_offsets),        SLICE(ur_account, utc_offsets),        PLAIN, DERIVED, .absent = ""},
};

static const struct ur_column account_text[] = {
	{"account_id", KEY},
	{"is_number",  FLAG(ACCOUNT_TEXT, is_number), APART},
	{"content",    TEXT(ACCOUNT_TEXT, content),   APART, NEEDED, HOST},
};

/* display_name and out_cid_name are sent in quotes, which removes control characters. */
static const struct ur_column user[] = {
	{"id",                TEXT(USER, id),               SLICE(ur_user, id),              NEEDED, PLAIN},
	{"account_id",        TEXT(USER, account_id),       APART},
	{"username",          TEXT(USER, username),         SLICE(ur_user, username),        NEEDED, PLAIN},
	{"display_name",      TEXT(USER, display_name),     SLICE(ur_user, display_name)},
	{"status",            STATUS(USER, status),         BYTE(ur_user, active)},
	{"ring_strategy",     TEXT(USER, ring_strategy),    APART},
	{"ring_timeout_sec",  INT(USER, ring_timeout_sec),  WORD(ur_user, ring_timeout_sec), .min = 1, .max = 600},
	{"dnd",               FLAG(USER, dnd),              BYTE(ur_user, dnd)},
#define FORWARD(which, member) \
	TEXT(USER, forward[which].member), SLICE(ur_user, forward[which].member), PLAIN
	{"fwd_always_kind",   FORWARD(UR_FORWARD_ALWAYS, kind)},
	{"fwd_always_id",     FORWARD(UR_FORWARD_ALWAYS, id)},
	{"fwd_busy_kind",     FORWARD(UR_FORWARD_BUSY, kind)},
	{"fwd_busy_id",       FORWARD(UR_FORWARD_BUSY, id)},
	{"fwd_noanswer_kind", FORWARD(UR_FORWARD_NO_ANSWER, kind)},
	{"fwd_noanswer_id",   FORWARD(UR_FORWARD_NO_ANSWER, id)},
	{"voicemail_id",      TEXT(USER, voicemail_id),     SLICE(ur_user, voicemail_id),    PLAIN},
	{"out_cid_number",    TEXT(USER, out_cid_number),   SLICE(ur_user, out_cid_number),  PLAIN},
	{"out_cid_name",      TEXT(USER, out_cid_name),     SLICE(ur_user, out_cid_name)},
	{"dial_class",        TEXT(USER, dial_class),       SLICE(ur_user, dial_class),      PLAIN, .absent = ""},
	{"fwd_unreachable_kind", FORWARD(UR_FORWARD_UNREACHABLE, kind), .absent = ""},
	{"fwd_unreachable_id",   FORWARD(UR_FORWARD_UNREACHABLE, id),   .absent = ""},
	{"max_calls",            INT(USER, max_calls),      WORD(ur_user, max_calls),       .max = 1000, .is_optional = true, .absent = ""},
};

/* A device has auth_username and realm, or a number: draft_user.c checks that. */
static const struct ur_column device[] = {
	{"user_id",       KEY},
	{"id",            TEXT(DEVICE, id),            SLICE(ur_device, id),        NEEDED, PLAIN},
	{"auth_username", TEXT(DEVICE, auth_username), APART,                       PLAIN},
	{"realm",         TEXT(DEVICE, realm),         APART,                       HOST},
	{"ring_order",    INT(DEVICE, ring_order),     LONG(ur_device, ring_order)},
	{"ring_on_fork",  FLAG(DEVICE, ring_on_fork),  BIT(ur_device, flags, UR_DEVICE_RING_ON_FORK)},
	{"ring_specific", FLAG(DEVICE, ring_specific), BIT(ur_device, flags, UR_DEVICE_SPECIFIC)},
	{"available",     FLAG(DEVICE, available),     BIT(ur_device, flags, UR_DEVICE_AVAILABLE)},
	{"status",        STATUS(DEVICE, status),      BIT(ur_device, flags, UR_DEVICE_ACTIVE)},
	{"ha1",           TEXT(DEVICE, ha1),           APART,                       .is_secret = true},
	{"ring_delay_sec", INT(DEVICE, ring_delay_sec), WORD(ur_device, ring_delay_sec), .max = 600, .absent = "0"},
	{"ring_for_sec",   INT(DEVICE, ring_for_sec),   WORD(ur_device, ring_for_sec),   .max = 600, .is_optional = true, .absent = ""},
	{"number",         TEXT(DEVICE, number),        SLICE(ur_device, number),        .odd = ur_characters_not_digit, .absent = ""},
};

static const struct ur_column extension[] = {
	{"id",         TEXT(EXTENSION, id),          SLICE(ur_extension, id),          NEEDED, PLAIN},
	{"account_id", TEXT(EXTENSION, account_id),  APART},
	{"digits",     TEXT(EXTENSION, digits),      SLICE(ur_extension, digits),      NEEDED, PLAIN},
	{"dest_kind",  TEXT(EXTENSION, target.kind), SLICE(ur_extension, target.kind), PLAIN},
	{"dest_id",    TEXT(EXTENSION, target.id),   SLICE(ur_extension, target.id),   PLAIN},
	{"status",     STATUS(EXTENSION, status),    BYTE(ur_extension, active)},
};

static const struct ur_column did[] = {
	{"e164",       TEXT(DID, e164),        SLICE(ur_extension, digits),      NEEDED, .odd = ur_characters_not_digit},
	{"account_id", TEXT(DID, account_id),  APART},
	{"dest_kind",  TEXT(DID, target.kind), SLICE(ur_extension, target.kind), PLAIN},
	{"dest_id",    TEXT(DID, target.id),   SLICE(ur_extension, target.id),   PLAIN},
	{"status",     STATUS(DID, status),    BYTE(ur_extension, active)},
};

static const struct ur_column target[] = {
	{"name",       KEY}, /* "account_id kind id", as notifications have it */
	{"account_id", TEXT(TARGET, account_id),  APART,                           NEEDED, PLAIN},
	{"kind",       TEXT(TARGET, target.kind), APART,                           NEEDED, PLAIN},
	{"id",         TEXT(TARGET, target.id),   APART,                           NEEDED, PLAIN},
	{"address",    TEXT(TARGET, address),     SLICE(ur_route_target, address), URI},
};

static const struct ur_column target_kind[] = {
	{"kind",         TEXT(TARGET_KIND, kind),         SLICE(ur_target_kind, kind),         NEEDED, PLAIN},
	{"uri_template", TEXT(TARGET_KIND, uri_template), SLICE(ur_target_kind, uri_template), URI},
};

static const struct ur_column target_host[] = {
	{"host", TEXT(TARGET_HOST, host), SLICE(ur_target_host, host), NEEDED, PLAIN},
};

static const struct ur_column rule[] = {
	{"user_id",          KEY},
	{"id",               TEXT(RULE, id),             SLICE(ur_user_rule, id),               NEEDED, PLAIN},
	{"position",         INT(RULE, position),        APART},
	{"event",            TEXT(RULE, event),          APART},
	{"schedule_id",      TEXT(RULE, schedule_id),    SLICE(ur_user_rule, schedule_id),      PLAIN},
	{"outside",          FLAG(RULE, outside),        BIT(ur_user_rule, flags, UR_RULE_OUTSIDE)},
	{"caller_list_id",   TEXT(RULE, caller_list_id), SLICE(ur_user_rule, caller_list_id),   PLAIN},
	{"except_listed",    FLAG(RULE, except_listed),  BIT(ur_user_rule, flags, UR_RULE_EXCEPT)},
	{"scope",            TEXT(RULE, scope),          APART},
	{"action",           TEXT(RULE, action),         APART},
	{"target_kind",      TEXT(RULE, target.kind),    SLICE(ur_user_rule, target.kind),      PLAIN},
	{"target_id",        TEXT(RULE, target.id),      SLICE(ur_user_rule, target.id),        PLAIN},
	{"ring_strategy",    TEXT(RULE, ring_strategy),  APART},
	{"ring_timeout_sec", INT(RULE, ring_timeout_sec), WORD(ur_user_rule, ring_timeout_sec), .max = 600, .is_optional = true},
};

static const struct ur_column schedule[] = {
	{"id",         TEXT(SCHEDULE, id),         SLICE(ur_schedule, id), NEEDED, PLAIN},
	{"account_id", TEXT(SCHEDULE, account_id), APART},
	{"name",       TEXT(SCHEDULE, name),       SLICE(ur_schedule, name)},
	{"windows",    TEXT(SCHEDULE, windows),    SLICE(ur_schedule, windows)},
	{"hours",      TEXT(SCHEDULE, hours),      APART, DERIVED, .is_packed = true},
	{"known_from", INT(SCHEDULE, known_from),  APART, DERIVED, .max = INT_MAX},
	{"known_to",   INT(SCHEDULE, known_to),    APART, DERIVED, .max = INT_MAX},
	{"is_over",    FLAG(SCHEDULE, is_over),    BYTE(ur_schedule, is_over), DERIVED},
};

static const struct ur_column caller_list[] = {
	{"id",         TEXT(CALLER_LIST, id),         SLICE(ur_caller_list, id), NEEDED, PLAIN},
	{"account_id", TEXT(CALLER_LIST, account_id), APART},
	{"name",       TEXT(CALLER_LIST, name),       SLICE(ur_caller_list, name)},
};

static const struct ur_column caller_entry[] = {
	{"list_id", KEY},
	{"what",    TEXT(CALLER_ENTRY, what), APART, NEEDED, PLAIN},
};

static const struct ur_column group[] = {
	{"id",                TEXT(GROUP, id),                 SLICE(ur_group, id),                     NEEDED, PLAIN},
	{"account_id",        TEXT(GROUP, account_id),         APART},
	{"name",              TEXT(GROUP, name),               SLICE(ur_group, name),                   PLAIN},
	{"strategy",          TEXT(GROUP, strategy),           APART},
	{"ring_timeout_sec",  INT(GROUP, ring_timeout_sec),    WORD(ur_group, ring_timeout_sec),        .min = 1, .max = 600},
	{"member_rules",      TEXT(GROUP, member_rules),       APART},
	{"skip_busy",         FLAG(GROUP, skip_busy),          BIT(ur_group, flags, UR_GROUP_SKIP_BUSY)},
	{"cid_name_prefix",   TEXT(GROUP, cid_name_prefix),    SLICE(ur_group, cid_name_prefix),        PLAIN},
	{"alert_info",        TEXT(GROUP, alert_info),         SLICE(ur_group, alert_info),             ASCII},
	{"count_missed",      FLAG(GROUP, count_missed),       APART},
	{"fwd_busy_kind",     TEXT(GROUP, forward_busy.kind),  SLICE(ur_group, forward_busy.kind),      PLAIN},
	{"fwd_busy_id",       TEXT(GROUP, forward_busy.id),    SLICE(ur_group, forward_busy.id),        PLAIN},
	{"fwd_noanswer_kind", TEXT(GROUP, forward_no_answer.kind), SLICE(ur_group, forward_no_answer.kind), PLAIN},
	{"fwd_noanswer_id",   TEXT(GROUP, forward_no_answer.id),   SLICE(ur_group, forward_no_answer.id),   PLAIN},
};

/* What an id must be depends on the kind: draft_group.c checks that. */
static const struct ur_column group_member[] = {
	{"group_id",       KEY},
	{"position",       INT(MEMBER, position),       APART},
	{"member_kind",    TEXT(MEMBER, kind),          APART},
	{"member_id",      TEXT(MEMBER, id),            SLICE(ur_group_member, id),      NEEDED, PLAIN},
	{"user_id",        TEXT(MEMBER, user_id),       SLICE(ur_group_member, user_id), PLAIN},
	{"ring_delay_sec", INT(MEMBER, ring_delay_sec), WORD(ur_group_member, ring_delay_sec), .max = 600},
	{"ring_for_sec",   INT(MEMBER, ring_for_sec),   WORD(ur_group_member, ring_for_sec),   .max = 600, .is_optional = true},
	{"enabled",        FLAG(MEMBER, enabled),       BYTE(ur_group_member, is_enabled)},
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
	[UR_VIEW_DID] = LIST(did),
	[UR_VIEW_RULE] = LIST(rule),
	[UR_VIEW_SCHEDULE] = LIST(schedule),
	[UR_VIEW_CALLER_LIST] = LIST(caller_list),
	[UR_VIEW_CALLER_ENTRY] = LIST(caller_entry),
	[UR_VIEW_GROUP] = LIST(group),
	[UR_VIEW_GROUP_MEMBER] = LIST(group_member),
};

/* clang-format on */
