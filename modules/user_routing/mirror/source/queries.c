/*
 * The SQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/source/queries.h"

#include <stdio.h>
#include <string.h>

#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

/* Where the rows of a list come from. */
struct source
{
	const char *cursor;
	const char *from;	   /* has all columns of the list */
	const char *condition; /* the owners in $1; NULL: by the key */
	const char *order;	   /* of rows r; NULL: any */
};

static const struct source sources[UR_VIEWS] = {
		[UR_VIEW_ACCOUNT] = {"ur_accounts", "mirror_account", NULL,
				"r.id COLLATE \"C\""},
		/* An account's domains and the numbers it may present. */
		[UR_VIEW_ACCOUNT_TEXT] = {"ur_account_texts",
				"(SELECT account_id, 0 AS is_number, domain AS content"
				" FROM mirror_domain UNION ALL"
				" SELECT account_id, 1, e164 FROM mirror_cid_number"
				" WHERE verified = 1) AS t",
				NULL,
				"r.account_id COLLATE \"C\", r.is_number,"
				" r.content COLLATE \"C\""},
		[UR_VIEW_USER] = {"ur_users", "mirror_user", NULL,
				"r.id COLLATE \"C\""},
		[UR_VIEW_DEVICE] = {"ur_devices", "mirror_device", NULL,
				"r.user_id COLLATE \"C\", r.ring_order, r.id COLLATE \"C\""},
		[UR_VIEW_EXTENSION] = {"ur_extensions", "mirror_extension", NULL, NULL},
		/* Only the id may have blanks in it. */
		[UR_VIEW_TARGET] = {"ur_targets",
				"(SELECT account_id || ' ' || kind || ' ' || id AS name, t.*"
				" FROM mirror_route_target AS t) AS named",
				"(r.account_id, r.kind, r.id) IN (SELECT p[1], p[2], p[3]"
				" FROM unnest($1::text[]) AS names (name),"
				" regexp_match(name, '^([^ ]*) ([^ ]*) (.*)$', 's') AS p)",
				NULL},
		[UR_VIEW_TARGET_KIND] = {"ur_target_kinds", "mirror_route_target_kind",
				NULL, NULL},
		[UR_VIEW_TARGET_HOST] = {"ur_target_hosts", "mirror_target_host", NULL,
				NULL},
		[UR_VIEW_DID] = {"ur_dids", "mirror_did", NULL, NULL},
		[UR_VIEW_RULE] = {"ur_rules", "mirror_user_rule", NULL,
				"r.user_id COLLATE \"C\", r.event COLLATE \"C\","
				" r.position, r.id COLLATE \"C\""},
		[UR_VIEW_SCHEDULE] = {"ur_schedules", "mirror_schedule", NULL, NULL},
		[UR_VIEW_CALLER_LIST] = {"ur_caller_lists", "mirror_caller_list", NULL,
				"r.id COLLATE \"C\""},
		[UR_VIEW_CALLER_ENTRY] = {"ur_caller_entries", "mirror_caller_entry",
				NULL, "r.list_id COLLATE \"C\", r.what COLLATE \"C\""},
		[UR_VIEW_GROUP] = {"ur_groups", "mirror_ring_group", NULL,
				"r.id COLLATE \"C\""},
		[UR_VIEW_GROUP_MEMBER] = {"ur_group_members",
				"mirror_ring_group_member", NULL,
				"r.group_id COLLATE \"C\", r.position,"
				" r.member_kind COLLATE \"C\", r.member_id COLLATE \"C\""},
};

/* The first schema that has a view; 0: all have it. */
static const int first_schema[UR_VIEWS] = {
		[UR_VIEW_RULE] = 6,
		[UR_VIEW_SCHEDULE] = 6,
		[UR_VIEW_CALLER_LIST] = 6,
		[UR_VIEW_CALLER_ENTRY] = 6,
		[UR_VIEW_GROUP] = 8,
		[UR_VIEW_GROUP_MEMBER] = 8,
};

/* ---- statements from lists */

struct statement
{
	char *sql;
	size_t len;
};

/* What does not fit is cut off: then PostgreSQL refuses the statement. */
static void add(struct statement *to, const char *text)
{
	const size_t room = UR_QUERY_MAX - 1 - to->len;
	const size_t size = strlen(text);
	const size_t len = size < room ? size : room;

	memcpy(to->sql + to->len, text, len);
	to->len += len;
	to->sql[to->len] = '\0';
}

static void add_all(struct statement *to, const char *const *texts)
{
	for(; *texts != NULL; texts++)
		add(to, *texts);
}

#define ADD(to, ...) add_all(to, (const char *const[]){__VA_ARGS__, NULL})

static const char *type_of(const struct ur_column *column)
{
	switch(column->type) {
		case UR_COLUMN_INT:
			return "integer";
		case UR_COLUMN_FLAG:
			return "smallint";
		default:
			return "text";
	}
}

/* Which columns of a list a statement reads. */
enum wanted
{
	ALL,
	HASHED, /* the others cost the server much, and are not compared */
};

static bool is_wanted(const struct ur_column *column, enum wanted wanted)
{
	return wanted == ALL || !column->is_derived;
}

/*
 * Supplies the columns that an older schema does not have. Inside LATERAL a name that the view does
 * not have is looked up here.
 */
static void add_absent(struct statement *to, const struct ur_columns *columns,
		enum wanted wanted)
{
	const char *before = "(SELECT ";
	int i;

	for(i = 0; i < columns->count; i++) {
		const struct ur_column *column = &columns->list[i];

		if(column->absent == NULL || !is_wanted(column, wanted))
			continue;
		ADD(to, before, "nullif('", column->absent, "', '')::", type_of(column),
				" AS ", column->name);
		before = ", ";
	}
	if(before[0] == ',')
		add(to, ") AS missing, LATERAL ");
}

static void add_names(struct statement *to, const struct ur_columns *columns,
		enum wanted wanted, const char *prefix)
{
	int i;

	for(i = 0; i < columns->count; i++) {
		if(is_wanted(&columns->list[i], wanted))
			ADD(to, i > 0 ? ", " : "", prefix, columns->list[i].name);
	}
}

/* FROM the rows r, which have the columns of the list that are wanted, and no other. */
static void add_rows(struct statement *to, const struct ur_columns *columns,
		const char *from, enum wanted wanted)
{
	add(to, " FROM ");
	add_absent(to, columns, wanted);
	add(to, "(SELECT ");
	add_names(to, columns, wanted, "");
	ADD(to, " FROM ", from, ") AS r");
}

static bool has_derived(const struct ur_columns *columns)
{
	int i = 0;

	while(i < columns->count && !columns->list[i].is_derived)
		i++;
	return i < columns->count;
}

/* A record of the same columns has the same hash, whatever row they are of. */
static void add_hash(struct statement *to, const struct ur_columns *columns)
{
	if(has_derived(columns)) {
		add(to, "hash_record_extended(ROW(");
		add_names(to, columns, HASHED, "r.");
		add(to, "), 0)");
	} else {
		add(to, "hash_record_extended(r, 0)");
	}
	add(to, " AS " UR_QUERY_HASH);
}

static void add_select(struct statement *to, const struct ur_columns *columns,
		const char *from)
{
	add(to, "SELECT r.*, ");
	add_hash(to, columns);
	add_rows(to, columns, from, ALL);
}

void ur_queries_select(const struct ur_columns *columns, const char *from,
		char sql[UR_QUERY_MAX])
{
	struct statement to = {sql, 0};

	add_select(&to, columns, from);
}

static void add_order(struct statement *to, enum ur_view view)
{
	if(sources[view].order != NULL)
		ADD(to, " ORDER BY ", sources[view].order);
}

void ur_queries_declare(enum ur_view view, char sql[UR_QUERY_MAX])
{
	struct statement to = {sql, 0};

	ADD(&to, "DECLARE ", sources[view].cursor, " NO SCROLL CURSOR FOR ");
	add_select(&to, &ur_columns[view], sources[view].from);
	add_order(&to, view);
}

void ur_queries_fetch(enum ur_view view, char sql[UR_QUERY_MAX])
{
	struct statement to = {sql, 0};

	ADD(&to, "FETCH " TEXT_OF(UR_PAGE_ROWS) " FROM ", sources[view].cursor);
}

void ur_queries_some(enum ur_view view, char sql[UR_QUERY_MAX])
{
	struct statement to = {sql, 0};

	add_select(&to, &ur_columns[view], sources[view].from);
	if(sources[view].condition != NULL)
		ADD(&to, " WHERE ", sources[view].condition);
	else
		ADD(&to, " WHERE r.", ur_columns[view].list[0].name,
				" = ANY ($1::text[])");
	add_order(&to, view);
}

/* What a type of record is made from: the owner, and its parts if it has some. */
static const struct
{
	enum ur_view views[3];
	int count;
} made_from[UR_RECORD_TYPES] = {
		[UR_RECORD_USER] = {{UR_VIEW_USER, UR_VIEW_DEVICE, UR_VIEW_RULE}, 3},
		[UR_RECORD_ACCOUNT] = {{UR_VIEW_ACCOUNT, UR_VIEW_ACCOUNT_TEXT}, 2},
		[UR_RECORD_EXTENSION] = {{UR_VIEW_EXTENSION}, 1},
		[UR_RECORD_TARGET] = {{UR_VIEW_TARGET}, 1},
		[UR_RECORD_TARGET_KIND] = {{UR_VIEW_TARGET_KIND}, 1},
		[UR_RECORD_TARGET_HOST] = {{UR_VIEW_TARGET_HOST}, 1},
		[UR_RECORD_DID] = {{UR_VIEW_DID}, 1},
		[UR_RECORD_SCHEDULE] = {{UR_VIEW_SCHEDULE}, 1},
		[UR_RECORD_CALLER_LIST] = {{UR_VIEW_CALLER_LIST, UR_VIEW_CALLER_ENTRY},
				2},
		[UR_RECORD_GROUP] = {{UR_VIEW_GROUP, UR_VIEW_GROUP_MEMBER}, 2},
};

bool ur_queries_sum(
		enum ur_record_type type, uint32_t absent, char sql[UR_QUERY_MAX])
{
	struct statement to = {sql, 0};
	bool is_first = true;
	int i;

	add(&to, "SELECT count(*), bit_xor(" UR_QUERY_HASH ") FROM (");
	for(i = 0; i < made_from[type].count; i++) {
		const enum ur_view view = made_from[type].views[i];

		if(absent & 1U << view)
			continue;
		ADD(&to, is_first ? "" : " UNION ALL ", "SELECT ");
		add_hash(&to, &ur_columns[view]);
		add_rows(&to, &ur_columns[view], sources[view].from, HASHED);
		is_first = false;
	}
	add(&to, ") AS rows");
	return !is_first;
}

void ur_queries_absent(char sql[UR_QUERY_MAX])
{
	struct statement to = {sql, 0};
	int view;

	add(&to, "SELECT 0");
	for(view = 0; view < UR_VIEWS; view++) {
		char since[16], bit[16];

		if(first_schema[view] == 0)
			continue;
		snprintf(since, sizeof(since), "%d", first_schema[view]);
		snprintf(bit, sizeof(bit), "%u", 1U << view);
		ADD(&to, " + CASE WHEN version < ", since, " AND to_regclass('",
				sources[view].from, "') IS NULL THEN ", bit, " ELSE 0 END");
	}
	add(&to, " FROM (SELECT (to_jsonb(m) ->> 'schema_version')::integer AS"
			 " version FROM mirror_meta AS m) AS schema");
}

/* ---- others */

/* By name, in JSON: a column that the schema does not have yet is NULL. */
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
/* Disabling a trigger and enabling it again changes the xmin of its row. */
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
		" to_regclass('mirror_target_host')::oid,"
		" to_regclass('mirror_did')::oid,"
		" to_regclass('mirror_user_rule')::oid,"
		" to_regclass('mirror_schedule')::oid,"
		" to_regclass('mirror_caller_list')::oid,"
		" to_regclass('mirror_caller_entry')::oid,"
		" to_regclass('mirror_ring_group')::oid,"
		" to_regclass('mirror_ring_group_member')::oid)),"
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
