/*
 * The rows of one query, one after the other: a page at a time in a full load,
 * so that a million of them are never held at once. While a page is read, the server
 * makes the next one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_ROWS_H
#define UR_MIRROR_SOURCE_ROWS_H

#include "mirror/source/pg.h"
#include "mirror/source/queries.h"
#include "policy/text.h"

/*
 * A reader; all zero bytes are a closed one. The text of a row is good until
 * the second page after its own: that is at least UR_PAGE_ROWS rows later.
 */
struct ur_rows
{
	struct ur_pg *pg;
	const struct ur_query_sql *sql;
	bool paged;
	PGresult *page;
	PGresult *page_before;
	PGresult *page_next; /* asked for; NULL until it has come */
	int row;			 /* in page */
	int count;			 /* of page */
};

/*
 * Opens on the first row. ids: a text[] literal of the owners whose rows are
 * wanted, or NULL for all rows, within a transaction. Returns 0 or what
 * ur_pg_query() does; ur_rows_close() is due either way.
 */
int ur_rows_open(struct ur_rows *rows, struct ur_pg *pg, enum ur_query query,
		const char *ids);
void ur_rows_close(struct ur_rows *rows);

/* True behind the last row. */
bool ur_rows_at_end(const struct ur_rows *rows);

/* Moves to the next row. Returns 0 or what ur_pg_query() does. */
int ur_rows_next(struct ur_rows *rows);

/* A column of the row; NULL is an empty text. */
struct ur_text ur_rows_text(const struct ur_rows *rows, int column);

/* A column as a number. Returns false if it isn't one, or NULL. */
bool ur_rows_int(const struct ur_rows *rows, int column, int *value);

/* The row as a sum of one. */
struct ur_sum ur_rows_sum(const struct ur_rows *rows);

/* Name of a column, for messages. */
const char *ur_rows_column(const struct ur_rows *rows, int column);

#endif
