/*
 * The SQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/queries.h"

#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

/* A query over all rows by a cursor, or over some owners' rows. */
#define QUERY(cursor, select, owner, order)                         \
	{                                                               \
		"DECLARE " cursor " NO SCROLL CURSOR FOR " select order,    \
				"FETCH " TEXT_OF(UR_PAGE_ROWS) " FROM " cursor,     \
				select " WHERE " owner " = ANY ($1::text[])" order, \
	}

const struct ur_query_sql ur_queries[UR_QUERY_COUNT] = {
		[UR_QUERY_ACCOUNTS] = QUERY("ur_accounts",
				"SELECT id, status, default_cid_number FROM mirror_account",
				"id", " ORDER BY id COLLATE \"C\""),
		[UR_QUERY_DOMAINS] = QUERY("ur_domains",
				"SELECT account_id, domain FROM mirror_domain", "account_id",
				" ORDER BY account_id COLLATE \"C\", domain COLLATE \"C\""),
		[UR_QUERY_USERS] = QUERY("ur_users",
				"SELECT id, account_id, username, display_name, status,"
				" ring_strategy, ring_timeout_sec, dnd,"
				" fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id,"
				" fwd_noanswer_kind, fwd_noanswer_id,"
				" voicemail_id, out_cid_number, out_cid_name FROM mirror_user",
				"id", " ORDER BY id COLLATE \"C\""),
		[UR_QUERY_DEVICES] = QUERY("ur_devices",
				"SELECT user_id, id, auth_username, realm, ring_order,"
				" ring_on_fork, ring_specific, available, status"
				" FROM mirror_device",
				"user_id",
				" ORDER BY user_id COLLATE \"C\", ring_order,"
				" id COLLATE \"C\""),
};

const char ur_query_schema_version[] = "SELECT schema_version FROM mirror_meta";
const char ur_query_listen[] = "LISTEN user_routing";
const char ur_query_begin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const char ur_query_commit[] = "COMMIT";
const char ur_query_ping[] = "SELECT 1";
const char ur_query_statement_timeout[] =
		"SELECT set_config('statement_timeout', $1, false)";
