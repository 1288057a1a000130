/*
 * Rows, page by page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "mirror/rows.h"

/* Puts the answer to sql in the place of the page. */
static int turn_page(struct ur_rows *rows, const char *sql, const char *ids)
{
	PGresult *page;
	int err = ur_pg_query(rows->pg, sql, ids, &page);

	if(err != 0)
		return err;
	PQclear(rows->page_before);
	rows->page_before = rows->page;
	rows->page = page;
	rows->row = 0;
	rows->count = PQntuples(page);
	return 0;
}

static int declare(struct ur_rows *rows)
{
	PGresult *result;
	int err = ur_pg_query(rows->pg, rows->sql->declare, NULL, &result);

	if(err == 0)
		PQclear(result);
	return err;
}

int ur_rows_open(struct ur_rows *rows, struct ur_pg *pg, enum ur_query query,
		const char *ids)
{
	int err;

	*rows = (struct ur_rows){
			.pg = pg, .sql = &ur_queries[query], .paged = ids == NULL};
	if(ids != NULL)
		return turn_page(rows, rows->sql->some, ids);
	err = declare(rows);
	return err != 0 ? err : turn_page(rows, rows->sql->fetch, NULL);
}

/* The cursor itself ends with its transaction. */
void ur_rows_close(struct ur_rows *rows)
{
	PQclear(rows->page);
	PQclear(rows->page_before);
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
	/* A page that isn't full was the last one. */
	if(rows->count < UR_PAGE_ROWS)
		return 0;
	return turn_page(rows, rows->sql->fetch, NULL);
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
