/*
 * Rows, page by page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "mirror/source/rows.h"

static void take_page(struct ur_rows *rows, PGresult *page)
{
	PQclear(rows->page_before);
	rows->page_before = rows->page;
	rows->page = page;
	rows->row = 0;
	rows->count = PQntuples(page);
}

static int ask_for_page(struct ur_rows *rows)
{
	return ur_pg_send(rows->pg, rows->sql->fetch, &rows->page_next);
}

/* On to the page that was asked for, and asks for the one behind it. A page that isn't
 * full is the last one. */
static int turn_page(struct ur_rows *rows)
{
	int err = ur_pg_receive(rows->pg, &rows->page_next);

	if(err != 0)
		return err;
	take_page(rows, rows->page_next);
	rows->page_next = NULL;
	return rows->count < UR_PAGE_ROWS ? 0 : ask_for_page(rows);
}

/* Another reader of the same connection may have asked for a page already. */
static int declare(struct ur_rows *rows)
{
	PGresult *result;
	int err = ur_pg_send(rows->pg, rows->sql->declare, &result);

	if(err == 0)
		err = ur_pg_receive(rows->pg, &result);
	PQclear(result);
	return err;
}

int ur_rows_open(struct ur_rows *rows, struct ur_pg *pg, enum ur_query query,
		const char *ids)
{
	PGresult *page;
	int err;

	*rows = (struct ur_rows){
			.pg = pg, .sql = &ur_queries[query], .paged = ids == NULL};
	if(ids != NULL) {
		err = ur_pg_query(pg, rows->sql->some, ids, &page);
		if(err == 0)
			take_page(rows, page);
		return err;
	}
	err = declare(rows);
	if(err == 0)
		err = ask_for_page(rows);
	return err != 0 ? err : turn_page(rows);
}

/* The cursor itself ends with its transaction. */
void ur_rows_close(struct ur_rows *rows)
{
	PQclear(rows->page);
	PQclear(rows->page_before);
	PQclear(rows->page_next);
	*rows = (struct ur_rows){0};
}

bool ur_rows_at_end(const struct ur_rows *rows)
{
	return rows->row >= rows->count;
}

int ur_rows_next(struct ur_rows *rows)
{
	rows->row++;
	if(rows->row < rows->count || !rows->paged)
		return 0;
	return rows->count < UR_PAGE_ROWS ? 0 : turn_page(rows);
}

struct ur_text ur_rows_text(const struct ur_rows *rows, int column)
{
	return (struct ur_text){PQgetvalue(rows->page, rows->row, column),
			PQgetlength(rows->page, rows->row, column)};
}

bool ur_rows_int(const struct ur_rows *rows, int column, int *value)
{
	const char *s = PQgetvalue(rows->page, rows->row, column);
	char *end;
	long number;

	errno = 0;
	number = strtol(s, &end, 10);
	if(end == s || *end != '\0' || errno != 0)
		return false;
	if(number < INT_MIN || number > INT_MAX)
		return false;
	*value = (int)number;
	return true;
}

struct ur_sum ur_rows_sum(const struct ur_rows *rows)
{
	const int last = PQnfields(rows->page) - 1;
	const char *hash = PQgetvalue(rows->page, rows->row, last);

	return (struct ur_sum){1, (uint64_t)strtoll(hash, NULL, 10)};
}

const char *ur_rows_column(const struct ur_rows *rows, int column)
{
	return PQfname(rows->page, column);
}
