/*
 * All SQL of the module, and what the columns of its answers are. The views it
 * reads are made in sql/migrations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_QUERIES_H
#define UR_MIRROR_SOURCE_QUERIES_H

#include "mirror/store/record.h"

#define UR_SCHEMA_VERSION 3 /* of mirror_meta that this module knows */
#define UR_PAGE_ROWS 1000	/* a page of a full load */
#define UR_PROBLEM_ROWS 200 /* of routing_problem that are read at most */

/* The sets of rows that are read. */
enum ur_query
{
	UR_QUERY_ACCOUNTS,
	UR_QUERY_ACCOUNT_TEXTS, /* domains and verified numbers */
	UR_QUERY_USERS,
	UR_QUERY_DEVICES,
	UR_QUERY_EXTENSIONS,
	UR_QUERY_TARGETS,
	UR_QUERY_TARGET_KINDS,
	UR_QUERY_TARGET_HOSTS,
	UR_QUERY_COUNT,
};

/*
 * One set of rows, whole or in part; the last column is a hash of the row, a bigint.
 * The order is by the id of the account or
 * user first, in the C collation everywhere: so two sets can be merged.
 */
struct ur_query_sql
{
	const char *declare; /* a cursor over all rows … */
	const char *fetch;	 /* … and its next page */
	const char *some;	 /* the rows of the owners in $1, a text[] of ids */
};

extern const struct ur_query_sql ur_queries[UR_QUERY_COUNT];

/* How many rows there are of what a type of record is made from, and the exclusive
 * or of their hashes: struct ur_sum. */
extern const char *const ur_query_sums[UR_RECORD_TYPES];

extern const char ur_query_schema_version[];
extern const char ur_query_database[]; /* "SYSTEM/DATABASE/SCHEMA" */
extern const char ur_query_started[];  /* when the server was */
extern const char ur_query_listen[];
extern const char
		ur_query_begin[]; /* one snapshot for all reads, writes nothing */
extern const char ur_query_commit[];
extern const char ur_query_ping[];
extern const char ur_query_statement_timeout[]; /* $1: milliseconds */

/* Problems of all accounts, and of the account $1; as many as one looks at. */
extern const char ur_query_problems[];
extern const char ur_query_account_problems[];

enum ur_account_column
{
	UR_COLUMN_ACCOUNT_ID,
	UR_COLUMN_ACCOUNT_STATUS,
	UR_COLUMN_ACCOUNT_DEFAULT_CID_NUMBER,
};

enum ur_account_text_column
{
	UR_COLUMN_ACCOUNT_TEXT_ACCOUNT_ID,
	UR_COLUMN_ACCOUNT_TEXT_IS_NUMBER, /* 0: a domain, 1: a verified number */
	UR_COLUMN_ACCOUNT_TEXT_TEXT,
};

enum ur_user_column
{
	UR_COLUMN_USER_ID,
	UR_COLUMN_USER_ACCOUNT_ID,
	UR_COLUMN_USER_USERNAME,
	UR_COLUMN_USER_DISPLAY_NAME,
	UR_COLUMN_USER_STATUS,
	UR_COLUMN_USER_RING_STRATEGY,
	UR_COLUMN_USER_RING_TIMEOUT_SEC,
	UR_COLUMN_USER_DND,
	UR_COLUMN_USER_FWD_ALWAYS_KIND, /* then the id; busy, noanswer likewise */
	UR_COLUMN_USER_VOICEMAIL_ID = UR_COLUMN_USER_FWD_ALWAYS_KIND + 6,
	UR_COLUMN_USER_OUT_CID_NUMBER,
	UR_COLUMN_USER_OUT_CID_NAME,
};

enum ur_device_column
{
	UR_COLUMN_DEVICE_USER_ID,
	UR_COLUMN_DEVICE_ID,
	UR_COLUMN_DEVICE_AUTH_USERNAME,
	UR_COLUMN_DEVICE_REALM,
	UR_COLUMN_DEVICE_RING_ORDER,
	UR_COLUMN_DEVICE_RING_ON_FORK,
	UR_COLUMN_DEVICE_RING_SPECIFIC,
	UR_COLUMN_DEVICE_AVAILABLE,
	UR_COLUMN_DEVICE_STATUS,
	UR_COLUMN_DEVICE_HA1,
};

enum ur_extension_column
{
	UR_COLUMN_EXTENSION_ID,
	UR_COLUMN_EXTENSION_ACCOUNT_ID,
	UR_COLUMN_EXTENSION_DIGITS,
	UR_COLUMN_EXTENSION_DEST_KIND,
	UR_COLUMN_EXTENSION_DEST_ID,
	UR_COLUMN_EXTENSION_STATUS,
};

enum ur_target_column
{
	UR_COLUMN_TARGET_NAME, /* "account_id kind id", as notifications have it */
	UR_COLUMN_TARGET_ACCOUNT_ID,
	UR_COLUMN_TARGET_KIND,
	UR_COLUMN_TARGET_ID,
	UR_COLUMN_TARGET_ADDRESS,
};

enum ur_target_kind_column
{
	UR_COLUMN_TARGET_KIND_KIND,
	UR_COLUMN_TARGET_KIND_URI_TEMPLATE,
};

enum ur_target_host_column
{
	UR_COLUMN_TARGET_HOST_HOST,
};

enum ur_problem_column
{
	UR_COLUMN_PROBLEM_FOUND, /* how many there are in all */
	UR_COLUMN_PROBLEM_ACCOUNT_ID,
	UR_COLUMN_PROBLEM_PROBLEM,
	UR_COLUMN_PROBLEM_OBJECT,
	UR_COLUMN_PROBLEM_OBJECT_ID,
	UR_COLUMN_PROBLEM_FIELD, /* may be NULL */
	UR_COLUMN_PROBLEM_SENTENCE,
};

#endif
