/*
 * Rows, page by page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/source/rows.h"

/* The SELECT has them in the order of the list; libpq's own search takes longer than reading a
 * row. */
static int find_column(const PGresult *page, const char *name, int expected)
{
	const char *found = PQfname(page, expected);

	return found != NULL && strcmp(found, name) == 0 ? expected
													 : PQfnumber(page, name);
}

static void find_columns(struct ur_rows *rows)
{
	const struct ur_columns *columns = &ur_columns[rows->view];
	int i;

	for(i = 0; i < columns->count; i++)
		rows->numbers[i] = find_column(rows->page, columns->list[i].name, i);
	rows->hash = find_column(rows->page, UR_QUERY_HASH, columns->count);
}

static void take_page(struct ur_rows *rows, PGresult *page)
{
	PQclear(rows->page_before);
	rows->page_before = rows->page;
	rows->page = page;
	rows->row = 0;
	rows->count = PQntuples(page);
	find_columns(rows);
}

static int ask_for_page(struct ur_rows *rows)
{
	char sql[UR_QUERY_MAX];

	ur_queries_fetch(rows->view, sql);
	return ur_pg_send(rows->pg, sql, &rows->page_next);
}

/* Moves to the page that was asked for, and asks for the next one. A page that isn't full is the
 * last one. */
static int turn_page(struct ur_rows *rows)
{
	int err = ur_pg_receive(rows->pg, &rows->page_next);

	if(err != 0)
		return err;
	take_page(rows, rows->page_next);
	rows->page_next = NULL;
	return rows->count < UR_PAGE_ROWS ? 0 : ask_for_page(rows);
}

/* Sent like a page: another reader of the same connection may have asked for one already. */
static int declare(struct ur_rows *rows)
{
	char sql[UR_QUERY_MAX];
	PGresult *result;
	int err;

	ur_queries_declare(rows->view, sql);
	err = ur_pg_send(rows->pg, sql, &result);
	if(err == 0)
		err = ur_pg_receive(rows->pg, &result);
	PQclear(result);
	return err;
}

static int open_some(struct ur_rows *rows, const char *ids)
{
	char sql[UR_QUERY_MAX];
	PGresult *page;
	int err;

	ur_queries_some(rows->view, sql);
	err = ur_pg_query(rows->pg, sql, ids, &page);
	if(err == 0)
		take_page(rows, page);
	return err;
}

int ur_rows_open(struct ur_rows *rows, struct ur_pg *pg, enum ur_view view,
		const char *ids)
{
	int err;

	*rows = (struct ur_rows){.pg = pg, .view = view, .paged = ids == NULL};
	if(ids != NULL)
		return open_some(rows, ids);
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

/* ---- the columns of a row */

static struct ur_text text_of(const struct ur_rows *rows, int number)
{
	return (struct ur_text){PQgetvalue(rows->page, rows->row, number),
			PQgetlength(rows->page, rows->row, number)};
}

struct ur_text ur_rows_key(const struct ur_rows *rows)
{
	return text_of(rows, rows->numbers[0]);
}

/* NULL, which is read as an empty text, is no number. */
static bool read_number(const char *s, int *value)
{
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

/* Returns NULL, or what is wrong with it. */
static const char *read_int(
		const char *s, const struct ur_column *column, int *value)
{
	*value = 0;
	if(*s == '\0' && column->is_optional)
		return NULL;
	if(!read_number(s, value))
		return "is not a number";
	if(column->type == UR_COLUMN_FLAG && (*value < 0 || *value > 1))
		return "is neither 0 nor 1";
	return NULL;
}

static const char *read_column(const struct ur_rows *rows, int number,
		const struct ur_column *column, void *row)
{
	switch(column->type) {
		case UR_COLUMN_KEY:
			return NULL;
		case UR_COLUMN_TEXT:
		case UR_COLUMN_STATUS:
			*ur_column_text(column, row) = text_of(rows, number);
			return NULL;
		default:
			return read_int(PQgetvalue(rows->page, rows->row, number), column,
					ur_column_int(column, row));
	}
}

bool ur_rows_read(
		const struct ur_rows *rows, void *row, char *error, size_t size)
{
	const struct ur_columns *columns = &ur_columns[rows->view];
	bool is_good = true;
	int i;

	for(i = 0; i < columns->count; i++) {
		const struct ur_column *column = &columns->list[i];
		const char *why = read_column(rows, rows->numbers[i], column, row);

		if(why != NULL && is_good)
			snprintf(error, size, "%s %s", column->name, why);
		is_good = is_good && why == NULL;
	}
	return is_good;
}

struct ur_sum ur_rows_sum(const struct ur_rows *rows)
{
	const char *hash = PQgetvalue(rows->page, rows->row, rows->hash);

	return (struct ur_sum){1, (uint64_t)strtoll(hash, NULL, 10)};
}
