/*
 * The lists of columns: what is made of them, and views that show more or less than a list has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>
#include <string.h>

#include <libpq-fe.h>

#include "mirror/source/queries.h"
#include "support/mirror.h"
#include "support/suite.h"

static void ck_list(const struct ur_columns *columns)
{
	int i, k;

	ck_assert_int_le(columns->count, UR_COLUMNS_MAX);
	for(i = 0; i < columns->count; i++) {
		for(k = 0; k < i; k++)
			ck_assert_str_ne(columns->list[i].name, columns->list[k].name);
		if(i > 0)
			ck_assert_int_ne(columns->list[i].type, UR_COLUMN_KEY);
	}
}

/* With room for as many columns again. */
START_TEST(statements_fit)
{
	char sql[UR_QUERY_MAX];
	int i;

	for(i = 0; i < UR_VIEWS; i++) {
		ck_list(&ur_columns[i]);
		ur_queries_declare(i, sql);
		ck_assert_uint_lt(strlen(sql), UR_QUERY_MAX / 2);
		ur_queries_some(i, sql);
		ck_assert_uint_lt(strlen(sql), UR_QUERY_MAX / 2);
	}
	for(i = 0; i < UR_RECORD_TYPES; i++) {
		ck_assert(ur_queries_sum(i, 0, sql));
		ck_assert_uint_lt(strlen(sql), UR_QUERY_MAX / 2);
	}
}
END_TEST

/* What is too long for one is no statement that does something else. */
START_TEST(a_statement_that_is_cut_off_ends)
{
	static char from[2 * UR_QUERY_MAX];
	char sql[UR_QUERY_MAX];

	memset(from, 'x', sizeof(from) - 1);
	ur_queries_select(&ur_columns[UR_VIEW_USER], from, sql);
	ck_assert_uint_eq(strlen(sql), UR_QUERY_MAX - 1);
}
END_TEST

/* ---- older and newer schemas */

struct thing
{
	struct ur_text id;
	struct ur_text note;
	int size;
	int is_good;
};

static const struct ur_column things[] = {
		{.name = "id",
				.type = UR_COLUMN_TEXT,
				.field = offsetof(struct thing, id)},
		{.name = "note",
				.type = UR_COLUMN_TEXT,
				.field = offsetof(struct thing, note),
				.absent = ""},
		{.name = "size",
				.type = UR_COLUMN_INT,
				.field = offsetof(struct thing, size),
				.absent = "7"},
		{.name = "is_good",
				.type = UR_COLUMN_FLAG,
				.field = offsetof(struct thing, is_good),
				.absent = "1"}};

static const struct ur_columns thing = {things, 4};

/* The row of that view: "id note size is_good", with - for NULL. */
static const char *row_of(const char *view, char hash[32])
{
	static const char *const names[] = {"id", "note", "size", "is_good"};
	static char text[64];
	PGconn *conn = PQconnectdb(ur_test_db_url("owner"));
	char sql[UR_QUERY_MAX];
	PGresult *result;
	size_t i;

	ur_queries_select(&thing, view, sql);
	result = PQexec(conn, sql);
	ck_assert_msg(PQntuples(result) == 1, "%s: %s", sql, PQerrorMessage(conn));
	ck_assert_int_eq(PQnfields(result), 5);
	text[0] = '\0';
	for(i = 0; i < 4; i++) {
		const int number = PQfnumber(result, names[i]);

		strcat(text, i > 0 ? " " : "");
		strcat(text, PQgetisnull(result, 0, number)
							 ? "-"
							 : PQgetvalue(result, 0, number));
	}
	strcpy(hash, PQgetvalue(result, 0, PQfnumber(result, UR_QUERY_HASH)));
	PQclear(result);
	PQfinish(conn);
	return text;
}

/* Columns are found by name, wherever they stand; those that are not there are as the list has
 * it; and those that the list does not have make no other row. */
START_TEST(columns_are_found_by_name)
{
	char older[32], newer[32], other[32];

	ur_test_db_exec(
			"CREATE VIEW older AS SELECT 'a' AS id;"
			"CREATE VIEW newer AS SELECT 'x' AS more, 1::smallint AS is_good,"
			" 7 AS size, NULL::text AS note, 'a' AS id;"
			"CREATE VIEW other AS SELECT 0::smallint AS is_good, 'n' AS note,"
			" 'a' AS id, 5 AS size");
	ck_assert_str_eq(row_of("older", older), "a - 7 1");
	ck_assert_str_eq(row_of("newer", newer), "a - 7 1");
	ck_assert_str_eq(row_of("other", other), "a n 5 0");
	ck_assert_str_eq(older, newer);
	ck_assert_str_ne(older, other);
}
END_TEST

#define AUDIT_INTERVAL 200 /* ms */

/* A view with more columns, in another order: they are no matter of an audit either. */
START_TEST(a_newer_schema_is_read)
{
	struct ur_mirror_config config = ur_test_config;

	config.audit_interval = AUDIT_INTERVAL;
	ur_mirror_configure(ur_test_mirror, &config);
	ur_test_db_exec(
			"CREATE TABLE more (text text); INSERT INTO more VALUES ('a');"
			"DROP VIEW mirror_extension; CREATE VIEW mirror_extension AS"
			" SELECT status, text, dest_id, dest_kind, digits, account_id, id"
			" FROM extension, more;"
			"GRANT SELECT ON mirror_extension TO user_routing;"
			"INSERT INTO extension (id, account_id, digits, dest_kind, dest_id)"
			" VALUES ('ext_1', 'acc_1', '200', 'user', 'us_a')");
	UR_TEST_UNTIL_READY();
	ck_assert_uint_eq(ur_test_stats().extensions, 1);
	ck_assert_uint_eq(ur_test_report().skipped, 0);
	ur_test_db_exec("UPDATE more SET text = 'b'");
	ur_test_turn_for(10 * AUDIT_INTERVAL);
	ck_assert_uint_eq(ur_test_report().drifts, 0);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {statements_fit,
			a_statement_that_is_cut_off_ends, columns_are_found_by_name,
			a_newer_schema_is_read, NULL};
	const struct ur_test_suite suite = {.name = "columns",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_mirror_sample,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
