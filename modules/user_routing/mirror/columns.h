/*
 * The views that the module reads: one list of columns each, in columns.c.
 *
 * These are made from the list: the SELECT and the audit's hash (source/queries.c), the reader of
 * rows (source/rows.c), the limits and the fields of a record (store/draft.c) and the snapshot's
 * fields (snapshot/). A column is found by its name.
 *
 * To add a column: show it in the view (sql/migrations), give it a field in the row's struct below
 * and a line in its list, and a member of the record (policy/model.h) for what uses it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_COLUMNS_H
#define UR_MIRROR_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/model.h"

/* The sets of rows that are read: one view each, except for the one that is two. */
enum ur_view
{
	UR_VIEW_ACCOUNT,
	UR_VIEW_ACCOUNT_TEXT, /* mirror_domain and mirror_cid_number */
	UR_VIEW_USER,
	UR_VIEW_DEVICE,
	UR_VIEW_EXTENSION,
	UR_VIEW_TARGET,
	UR_VIEW_TARGET_KIND,
	UR_VIEW_TARGET_HOST,
	UR_VIEW_DID,
	UR_VIEW_RULE,
	UR_VIEW_SCHEDULE,
	UR_VIEW_CALLER_LIST,
	UR_VIEW_CALLER_ENTRY,
	UR_VIEW_GROUP,
	UR_VIEW_GROUP_MEMBER,
	UR_VIEWS,
};

/* ---- rows: NULL is an empty text, or 0 if the number is optional */

/* A row of mirror_account. */
struct ur_account_row
{
	uint32_t number; /* given by the mirror, not 0 */
	struct ur_text id;
	struct ur_text status;
	struct ur_text default_cid_number;
	struct ur_text country_code;
	struct ur_text area_code;
	struct ur_text international_prefix;
	struct ur_text national_prefix;
	struct ur_text tz;
	struct ur_text utc_offsets;
};

/* A row of mirror_domain, or of mirror_cid_number if that is verified. */
struct ur_account_text_row
{
	struct ur_text content;
	int is_number;
};

/* A row of mirror_user. */
struct ur_user_row
{
	uint32_t account; /* the number of its account, not 0 */
	struct ur_text id;
	struct ur_text account_id;
	struct ur_text username;
	struct ur_text display_name;
	struct ur_text status;
	struct ur_text ring_strategy;
	int ring_timeout_sec;
	int dnd;
	struct ur_target forward[UR_FORWARD_COUNT];
	struct ur_text voicemail_id;
	struct ur_text out_cid_number;
	struct ur_text out_cid_name;
	struct ur_text dial_class;
	int max_calls; /* 0: NULL */
};

/* A row of mirror_device. */
struct ur_device_row
{
	struct ur_text id;
	struct ur_text auth_username;
	struct ur_text realm;
	struct ur_text ha1; /* a credential: kept in the record only */
	int ring_order;
	int ring_on_fork;
	int ring_specific;
	int available;
	struct ur_text status;
	int ring_delay_sec;
	int ring_for_sec; /* 0: NULL */
	struct ur_text number;
};

/* A row of mirror_extension. */
struct ur_extension_row
{
	uint32_t account; /* the number of its account, not 0 */
	struct ur_text id;
	struct ur_text account_id;
	struct ur_text digits;
	struct ur_text status;
	struct ur_target target;
};

/* A row of mirror_did. */
struct ur_did_row
{
	uint32_t account; /* the number of its account, not 0 */
	struct ur_text e164;
	struct ur_text account_id;
	struct ur_text status;
	struct ur_target target;
};

/* A row of mirror_route_target. */
struct ur_target_row
{
	struct ur_text account_id;
	struct ur_target target;
	struct ur_text address;
};

/* A row of mirror_route_target_kind. */
struct ur_target_kind_row
{
	struct ur_text kind;
	struct ur_text uri_template;
};

/* A row of mirror_target_host. */
struct ur_target_host_row
{
	struct ur_text host;
};

/* A row of mirror_user_rule. */
struct ur_rule_row
{
	struct ur_text id;
	int position;
	struct ur_text event;
	struct ur_text schedule_id;
	int outside;
	struct ur_text caller_list_id;
	int except_listed;
	struct ur_text scope;
	struct ur_text action;
	struct ur_target target;
	struct ur_text ring_strategy;
	int ring_timeout_sec; /* 0: NULL */
};

/* A row of mirror_schedule. Times: minutes since 1970-01-01 00:00 UTC. */
struct ur_schedule_row
{
	uint32_t account; /* the number of its account, not 0 */
	struct ur_text id;
	struct ur_text account_id;
	struct ur_text name;
	struct ur_text windows;
	struct ur_text hours; /* "FROM-TO FROM-TO" */
	int known_from;
	int known_to;
	int is_over;
};

/* A row of mirror_caller_list. */
struct ur_caller_list_row
{
	uint32_t account; /* the number of its account, not 0 */
	struct ur_text id;
	struct ur_text account_id;
	struct ur_text name;
};

/* A row of mirror_caller_entry. */
struct ur_caller_entry_row
{
	struct ur_text what;
};

/* A row of mirror_ring_group. */
struct ur_group_row
{
	uint32_t account; /* the number of its account, not 0 */
	struct ur_text id;
	struct ur_text account_id;
	struct ur_text name;
	struct ur_text strategy;
	int ring_timeout_sec;
	struct ur_text member_rules;
	int skip_busy;
	struct ur_text cid_name_prefix;
	struct ur_text alert_info;
	int count_missed;
	struct ur_target forward_busy;
	struct ur_target forward_no_answer;
};

/* A row of mirror_ring_group_member. */
struct ur_group_member_row
{
	int position;
	struct ur_text kind;
	struct ur_text id;
	struct ur_text user_id;
	int ring_delay_sec;
	int ring_for_sec; /* 0: NULL */
	int enabled;
};

/* ---- columns */

enum ur_column_type
{
	UR_COLUMN_KEY,	/* text, in no struct: what rows are found and merged by */
	UR_COLUMN_TEXT, /* struct ur_text */
	UR_COLUMN_STATUS, /* struct ur_text: 'active', or anything else */
	UR_COLUMN_INT,	  /* int */
	UR_COLUMN_FLAG,	  /* int: 0 or 1 */
};

/* How a record keeps a column. */
enum ur_column_kept
{
	UR_KEPT_APART, /* in another form: draft.c makes it, encode.c reads it */
	UR_KEPT_SLICE, /* a text: struct ur_slice */
	/* A number, a flag, or whether a status is 'active'. */
	UR_KEPT_BYTE, /* uint8_t */
	UR_KEPT_WORD, /* uint16_t */
	UR_KEPT_LONG, /* int32_t */
	UR_KEPT_BIT,  /* of an uint8_t */
};

struct ur_column
{
	const char *name;
	enum ur_column_type type;
	uint16_t field; /* offset in the row's struct */
	enum ur_column_kept kept;
	uint16_t at;	/* offset in the record's struct */
	uint8_t bit;	/* for UR_KEPT_BIT */
	bool is_secret; /* a credential: not in a snapshot */
	bool is_packed; /* a snapshot has it in another form, after the row */
	/* Made of other columns and of the time: read, but not hashed. It changes by itself, and that is
	 * no change of the row. */
	bool is_derived;
	/* Limits. Our schema has them, too; views over other tables may not. */
	bool is_needed; /* a text: not empty */
	/* Finds a text's first character that is not allowed, or NULL; see characters.h. */
	const char *(*odd)(struct ur_text text);
	int min, max;	  /* of a number; both 0: any */
	bool is_optional; /* a number: NULL counts as 0 */
	/* The value in a schema that does not have the column yet: its text in SQL, '' for NULL. NULL:
	 * each schema must have it, or reading fails. */
	const char *absent;
};

struct ur_columns
{
	const struct ur_column
			*list; /* the first one is the key of the row or of its owner */
	int count;
};

enum
{
	UR_COLUMNS_MAX = 24, /* of a view */
};

extern const struct ur_columns ur_columns[UR_VIEWS];

static inline bool ur_column_is_text(const struct ur_column *column)
{
	return column->type == UR_COLUMN_TEXT || column->type == UR_COLUMN_STATUS;
}

/* A column's field of a row, which may be written to if the row may: of a text, or else of a
 * number. A key has none. */
static inline struct ur_text *ur_column_text(
		const struct ur_column *column, const void *row)
{
	return (struct ur_text *)((const char *)row + column->field);
}

static inline int *ur_column_int(
		const struct ur_column *column, const void *row)
{
	return (int *)((const char *)row + column->field);
}

#endif
