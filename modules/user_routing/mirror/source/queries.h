/*
 * All SQL of the module. sql/migrations makes the views it reads; mirror/columns.c lists their
 * columns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_QUERIES_H
#define UR_MIRROR_SOURCE_QUERIES_H

#include "mirror/store/record.h"

#define UR_SCHEMA_VERSION 8 /* of mirror_meta that this module knows */
#define UR_SCHEMA_OLDEST \
	4 /* that it can read: what is newer has defaults, see columns.c */
#define UR_PAGE_ROWS 1000	/* a page of a full load */
#define UR_PROBLEM_ROWS 200 /* rows of routing_problem that are read at most */

enum
{
	UR_QUERY_MAX =
			4096, /* bytes of a statement that is made from a list of columns */
};

/*
 * Statements over the rows of a view. Each row has the columns of the view's list, by name, and
 * UR_QUERY_HASH, a bigint: a hash of these columns without derived ones. Other columns of the view
 * are not read. Rows are ordered by the key first, in the C collation everywhere, so that two views can be merged.
 */
#define UR_QUERY_HASH "ur_hash"

/* All rows of a list's columns from a view. The statements below are made from this one. */
void ur_queries_select(const struct ur_columns *columns, const char *from,
		char sql[UR_QUERY_MAX]);

/* A cursor over all rows, and its next page. */
void ur_queries_declare(enum ur_view view, char sql[UR_QUERY_MAX]);
void ur_queries_fetch(enum ur_view view, char sql[UR_QUERY_MAX]);

/* The rows of the owners in $1, a text[] of keys. */
void ur_queries_some(enum ur_view view, char sql[UR_QUERY_MAX]);

/*
 * The number of rows that a type of record is made from, and the exclusive or of their hashes:
 * struct ur_sum. absent: bits of views that the schema does not have, see ur_queries_absent(). Returns
 * false, and no statement, if it has none of them.
 */
bool ur_queries_sum(
		enum ur_record_type type, uint32_t absent, char sql[UR_QUERY_MAX]);

/* Which views the schema is too old for: one number, with the bit 1 << view for each. They count as
 * empty. In a newer schema a view that is missing is an error. */
void ur_queries_absent(char sql[UR_QUERY_MAX]);

extern const char ur_query_schema_version[];
extern const char ur_query_database[]; /* "SYSTEM/DATABASE/SCHEMA" */
extern const char ur_query_started[];  /* when the server was started */
extern const char ur_query_listen[];
extern const char
		ur_query_begin[]; /* one view of the data for all reads; read only */
extern const char ur_query_commit[];
extern const char ur_query_ping[];
extern const char ur_query_statement_timeout[]; /* $1: milliseconds */

/* Problems of all accounts, and of the account $1; at most UR_PROBLEM_ROWS of them. */
extern const char ur_query_problems[];
extern const char ur_query_account_problems[];

/* The columns of these two. */
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
