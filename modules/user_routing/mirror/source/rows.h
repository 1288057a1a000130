/*
 * The rows of one view, one after the other. A full load reads them page by page, so that a million
 * rows are never held at once; while a page is read, the server makes the next one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_ROWS_H
#define UR_MIRROR_SOURCE_ROWS_H

#include "mirror/source/pg.h"
#include "mirror/source/queries.h"
#include "policy/text.h"

/*
 * A reader; all zero bytes are a closed one. The text of a row is valid until the second page after
 * its own, at least UR_PAGE_ROWS rows later.
 */
struct ur_rows
{
	struct ur_pg *pg;
	enum ur_view view;
	bool paged;
	PGresult *page;
	PGresult *page_before;
	PGresult *page_next;		 /* asked for; NULL until it has come */
	int row;					 /* in page */
	int count;					 /* of page */
	int numbers[UR_COLUMNS_MAX]; /* of the list's columns in page, by name … */
	int hash;					 /* … and of the row's hash */
};

/*
 * Opens at the first row. ids: a text[] literal of the owners whose rows are wanted, or NULL for
 * all rows, within a transaction. Returns 0 or what ur_pg_query() does; call ur_rows_close() in
 * either case.
 */
int ur_rows_open(struct ur_rows *rows, struct ur_pg *pg, enum ur_view view,
		const char *ids);
void ur_rows_close(struct ur_rows *rows);

/* True after the last row. */
bool ur_rows_at_end(const struct ur_rows *rows);

/* Moves to the next row. Returns 0 or what ur_pg_query() does. */
int ur_rows_next(struct ur_rows *rows);

/* The first column of the list: the key of the row or of its owner. */
struct ur_text ur_rows_key(const struct ur_rows *rows);

/*
 * Reads the columns of the list into row, the view's struct of columns.h; other members stay as
 * they are. Returns true, or false with the reason in error; the other columns are read in either
 * case.
 */
bool ur_rows_read(
		const struct ur_rows *rows, void *row, char *error, size_t size);

/* The row as a sum of one. */
struct ur_sum ur_rows_sum(const struct ur_rows *rows);

#endif
