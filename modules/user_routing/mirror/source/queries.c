/*
 * The SQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/source/queries.h"

#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

/* A query over all rows by a cursor, or over some owners' rows. */
#define QUERY(cursor, select, owner, order) \
	QUERY_WHERE(cursor, select, owner " = ANY ($1::text[])", order)
#define QUERY_WHERE(cursor, select, condition, order)            \
	{                                                            \
		"DECLARE " cursor " NO SCROLL CURSOR FOR " select order, \
				"FETCH " TEXT_OF(UR_PAGE_ROWS) " FROM " cursor,  \
				select " WHERE " condition order,                \
	}

/* The last column of each query. */
#define HASH(row) " hash_record_extended(" row ", 0)"

/* An account's domains and the numbers it may present. */
#define ACCOUNT_TEXTS                                      \
	"SELECT account_id, 0 AS is_number, domain AS content" \
	" FROM mirror_domain UNION ALL"                        \
	" SELECT account_id, 1, e164 FROM mirror_cid_number WHERE verified = 1"

#define ROWS(row, from) "SELECT" HASH(row) " AS hash FROM " from " AS " row
#define SUM(rows) "SELECT count(*), bit_xor(hash) FROM (" rows ") AS rows"

const char *const ur_query_sums[UR_RECORD_TYPES] = {
		[UR_RECORD_USER] = SUM(ROWS("u", "mirror_user") " UNION ALL " ROWS(
				"d", "mirror_device")),
		[UR_RECORD_ACCOUNT] =
				SUM(ROWS("a", "mirror_account") " UNION ALL " ROWS(
						"t", "(" ACCOUNT_TEXTS ")")),
		[UR_RECORD_EXTENSION] = SUM(ROWS("e", "mirror_extension")),
		[UR_RECORD_TARGET] = SUM(ROWS("t", "mirror_route_target")),
		[UR_RECORD_TARGET_KIND] = SUM(ROWS("k", "mirror_route_target_kind")),
		[UR_RECORD_TARGET_HOST] = SUM(ROWS("h", "mirror_target_host")),
};

const struct ur_query_sql ur_queries[UR_QUERY_COUNT] = {
		[UR_QUERY_ACCOUNTS] = QUERY("ur_accounts",
				"SELECT id, status, default_cid_number," HASH(
						"a") " FROM mirror_account AS a",
				"id", " ORDER BY id COLLATE \"C\""),
		[UR_QUERY_ACCOUNT_TEXTS] = QUERY("ur_account_texts",
				"SELECT account_id, is_number, content," HASH(
						"t") " FROM (" ACCOUNT_TEXTS ") AS t",
				"account_id",
				" ORDER BY account_id COLLATE \"C\", is_number,"
				" content COLLATE \"C\""),
		[UR_QUERY_USERS] = QUERY("ur_users",
				"SELECT id, account_id, username, display_name, status,"
				" ring_strategy, ring_timeout_sec, dnd,"
				" fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id,"
				" fwd_noanswer_kind, fwd_noanswer_id,"
				" voicemail_id, out_cid_number, out_cid_name," HASH(
						"u") " FROM mirror_user AS u",
				"id", " ORDER BY id COLLATE \"C\""),
		[UR_QUERY_DEVICES] = QUERY("ur_devices",
				"SELECT user_id, id, auth_username, realm, ring_order,"
				" ring_on_fork, ring_specific, available, status, ha1," HASH(
						"d") " FROM mirror_device AS d",
				"user_id",
				" ORDER BY user_id COLLATE \"C\", ring_order,"
				" id COLLATE \"C\""),
		[UR_QUERY_EXTENSIONS] = QUERY("ur_extensions",
				"SELECT id, account_id, digits, dest_kind, dest_id, "
				"status," HASH("e") " FROM mirror_extension AS e",
				"id", ""),
		/* Only the id may have blanks in it. */
		[UR_QUERY_TARGETS] = QUERY_WHERE("ur_targets",
				"SELECT account_id || ' ' || kind || ' ' || id,"
				" account_id, kind, id, address," HASH(
						"t") " FROM mirror_route_target AS t",
				"(account_id, kind, id) IN (SELECT p[1], p[2], p[3]"
				" FROM unnest($1::text[]) AS names (name),"
				" regexp_match(name, '^([^ ]*) ([^ ]*) (.*)$', 's') AS p)",
				""),
		[UR_QUERY_TARGET_KINDS] = QUERY("ur_target_kinds",
				"SELECT kind, uri_template," HASH(
						"k") " FROM mirror_route_target_kind AS k",
				"kind", ""),
		[UR_QUERY_TARGET_HOSTS] = QUERY("ur_target_hosts",
				"SELECT host," HASH("h") " FROM mirror_target_host AS h",
				"host", ""),
};

/* By name: a column that the schema does not have yet is NULL. */
const char ur_query_schema_version[] =
		"SELECT to_jsonb(m) ->> 'schema_version', to_jsonb(m) ->> "
		"'compatible_from' FROM mirror_meta AS m";
const char ur_query_database[] =
		"SELECT concat_ws('/', system_identifier, current_database(),"
		" (SELECT relnamespace::regnamespace FROM pg_class"
		" WHERE oid = to_regclass('mirror_meta'))) FROM pg_control_system()";
const char ur_query_started[] =
		"SELECT extract(epoch FROM pg_postmaster_start_time())";
const char ur_query_listen[] = "LISTEN user_routing";
const char ur_query_begin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const char ur_query_commit[] = "COMMIT";
/* A trigger that was switched off and on again is another version (xmin) of its row. */
const char ur_query_ping[] =
		"SELECT md5(concat_ws(' ', string_agg(concat_ws(' ', oid, xmin,"
		" tgenabled), ' ' ORDER BY oid), to_regclass('mirror_user')::oid,"
		" to_regclass('mirror_device')::oid, "
		"to_regclass('mirror_account')::oid,"
		" to_regclass('mirror_domain')::oid, "
		"to_regclass('mirror_cid_number')::oid,"
		" to_regclass('mirror_extension')::oid,"
		" to_regclass('mirror_route_target')::oid,"
		" to_regclass('mirror_route_target_kind')::oid,"
		" to_regclass('mirror_target_host')::oid)),"
		" count(*) FILTER (WHERE tgenabled = 'D') FROM pg_trigger"
		" WHERE tgfoid IN (SELECT oid FROM pg_proc"
		" WHERE proname LIKE 'ur\\_notify\\_%')";
const char ur_query_statement_timeout[] =
		"SELECT set_config('statement_timeout', $1, false)";

#define PROBLEMS(from)                                                 \
	"SELECT count(*) OVER (), account_id, problem, object, object_id," \
	" field, sentence FROM " from                                      \
	" ORDER BY 2, 3, 4, 5, 6, 7 LIMIT " TEXT_OF(UR_PROBLEM_ROWS)

const char ur_query_problems[] = PROBLEMS("routing_problem");
const char ur_query_account_problems[] = PROBLEMS("routing_problem_of($1)");
