/*
 * A database that is a piece of text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/textdb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "mirror/source/pg.h"
#include "support/array.h"
#include "support/input.h"

enum
{
	ROWS_MAX = 300,					  /* of a set; less than a page */
	COLUMNS_MAX = UR_COLUMNS_MAX + 1, /* with the hash */
};

/* A row; the columns are texts of its line, their s is NULL for NULL. */
struct row
{
	struct ur_text columns[COLUMNS_MAX];
	uint64_t hash;
};

/* The views: their letter. */
static const struct
{
	char letter;
	bool is_owner; /* its first column is there once */
} views[UR_VIEWS] = {
		[UR_VIEW_ACCOUNT] = {'A', true},
		[UR_VIEW_ACCOUNT_TEXT] = {'X', false},
		[UR_VIEW_USER] = {'U', true},
		[UR_VIEW_DEVICE] = {'D', false},
		[UR_VIEW_EXTENSION] = {'E', true},
		[UR_VIEW_TARGET] = {'T', true},
		[UR_VIEW_TARGET_KIND] = {'K', true},
		[UR_VIEW_TARGET_HOST] = {'H', true},
		[UR_VIEW_DID] = {'N', true},
		[UR_VIEW_RULE] = {'R', false},
		[UR_VIEW_SCHEDULE] = {'S', true},
		[UR_VIEW_CALLER_LIST] = {'L', true},
		[UR_VIEW_CALLER_ENTRY] = {'C', false},
		[UR_VIEW_GROUP] = {'G', true},
		[UR_VIEW_GROUP_MEMBER] = {'M', false},
};

static struct
{
	struct row rows[ROWS_MAX];
	int count;
} database[UR_VIEWS];

/* ---- rows */

static int order(struct ur_text a, struct ur_text b)
{
	const int len = a.len < b.len ? a.len : b.len;
	const int difference = len > 0 ? memcmp(a.s, b.s, len) : 0;

	return difference != 0 ? difference : a.len - b.len;
}

static int compare(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	int i, difference = 0;

	for(i = 0; i < COLUMNS_MAX && difference == 0; i++)
		difference = order(one->columns[i], other->columns[i]);
	return difference;
}

/* FNV-1a, of the columns that count, and their ends. */
static uint64_t hash_of(const struct row *row, enum ur_view view)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	int i, k;

	for(i = 0; i < ur_columns[view].count; i++) {
		if(ur_columns[view].list[i].is_derived)
			continue;
		for(k = 0; k < row->columns[i].len; k++)
			hash = (hash ^ (uint8_t)row->columns[i].s[k])
				   * UINT64_C(0x100000001b3);
		hash = (hash ^ 0x1ff) * UINT64_C(0x100000001b3);
	}
	return hash;
}

/* A target's name, as its query makes it. */
static struct ur_text name_of(const struct row *row)
{
	const struct ur_text *part = &row->columns[1];
	const int len = part[0].len + part[1].len + part[2].len + 2;
	char *name = ur_fuzz_block(len + 1);

	snprintf(name, len + 1, "%.*s %.*s %.*s", part[0].len, part[0].s,
			part[1].len, part[1].s, part[2].len, part[2].s);
	return (struct ur_text){name, len};
}

/* A text of PostgreSQL's ends before a NUL. */
static struct ur_text column(struct ur_text field)
{
	const char *nul = field.len > 0 ? memchr(field.s, '\0', field.len) : NULL;

	if(field.len == 2 && memcmp(field.s, "\\N", 2) == 0)
		return (struct ur_text){NULL, 0};
	return nul != NULL ? (struct ur_text){field.s, (int)(nul - field.s)}
					   : field;
}

static void add_row(enum ur_view view, struct ur_text fields)
{
	const bool named = view == UR_VIEW_TARGET;
	struct row *row;
	int i;

	if(database[view].count == ROWS_MAX)
		return;
	row = &database[view].rows[database[view].count++];
	memset(row, 0, sizeof(*row));
	for(i = named ? 1 : 0; i < ur_columns[view].count && fields.len > 0; i++)
		row->columns[i] = column(ur_fuzz_field(&fields, '\t'));
	if(named)
		row->columns[0] = name_of(row);
}

static int count_of(struct ur_text text, char c)
{
	int count = 0;
	int i;

	for(i = 0; i < text.len; i++)
		count += text.s[i] == c;
	return count;
}

/* May the row stand behind that other one? No id stands twice, or can't be named in a
 * notification. */
static bool is_fit(
		enum ur_view view, const struct row *row, const struct row *before)
{
	const struct ur_text id = row->columns[0];

	if(id.len == 0 || count_of(id, '\n') > 0)
		return false;
	if(!views[view].is_owner)
		return true;
	if(view == UR_VIEW_TARGET && count_of(id, ' ') != 2)
		return false;
	return before == NULL || !ur_text_equal(before->columns[0], id);
}

/* As the schema has it, and in the order of the query. */
static void settle(enum ur_view view)
{
	struct row *rows = database[view].rows;
	int kept = 0;
	int i;

	qsort(rows, database[view].count, sizeof(*rows), compare);
	for(i = 0; i < database[view].count; i++) {
		if(!is_fit(view, &rows[i], kept > 0 ? &rows[kept - 1] : NULL))
			continue;
		rows[kept] = rows[i];
		rows[kept].hash = hash_of(&rows[kept], view);
		kept++;
	}
	database[view].count = kept;
}

void ur_fuzz_database(struct ur_fuzz_input *in)
{
	int view;

	for(view = 0; view < UR_VIEWS; view++)
		database[view].count = 0;
	while(in->next < in->end) {
		struct ur_text line = ur_fuzz_line(in);
		const struct ur_text letter = ur_fuzz_field(&line, '\t');

		if(letter.len == 0)
			continue;
		if(letter.s[0] == '=')
			break;
		for(view = 0; view < UR_VIEWS; view++) {
			if(letter.len == 1 && letter.s[0] == views[view].letter)
				add_row(view, line);
		}
	}
	for(view = 0; view < UR_VIEWS; view++)
		settle(view);
}

struct ur_text ur_fuzz_database_column(
		enum ur_view view, int i, const char *name)
{
	int number = 0;

	while(strcmp(ur_columns[view].list[number].name, name) != 0)
		number++;
	return i < database[view].count ? database[view].rows[i].columns[number]
									: UR_TEXT("");
}

struct ur_text ur_fuzz_database_key(enum ur_view view, int i)
{
	return ur_fuzz_database_column(view, i, ur_columns[view].list[0].name);
}

/* ---- as libpq answers */

static PGresult *new_result(int columns)
{
	static char name[] = "a_column";
	PGresAttDesc attributes[2] = {{.name = name}, {.name = name}};
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

	PQsetResultAttrs(result, columns, attributes);
	return result;
}

static PGresult *new_rows(enum ur_view view)
{
	const struct ur_columns *columns = &ur_columns[view];
	PGresAttDesc attributes[COLUMNS_MAX] = {{0}};
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	int i;

	for(i = 0; i < columns->count; i++)
		attributes[i].name = (char *)columns->list[i].name;
	attributes[i].name = (char *)UR_QUERY_HASH;
	PQsetResultAttrs(result, columns->count + 1, attributes);
	return result;
}

static void put_row(PGresult *result, enum ur_view view, struct row *row)
{
	const int at = PQntuples(result);
	char hash[24];
	int i;

	for(i = 0; i < ur_columns[view].count; i++)
		PQsetvalue(result, at, i, (char *)row->columns[i].s,
				row->columns[i].s != NULL ? row->columns[i].len : -1);
	snprintf(hash, sizeof(hash), "%lld", (long long)row->hash);
	PQsetvalue(result, at, i, hash, (int)strlen(hash));
}

static PGresult *all_rows(enum ur_view view)
{
	PGresult *result = new_rows(view);
	int i;

	for(i = 0; i < database[view].count; i++)
		put_row(result, view, &database[view].rows[i]);
	return result;
}

/* Which owners' rows are wanted. */
struct wanted
{
	enum ur_view view;
	bool rows[ROWS_MAX];
};

static void want(void *context, const char *id)
{
	struct wanted *wanted = context;
	int i;

	for(i = 0; i < database[wanted->view].count; i++) {
		const struct ur_text owner = database[wanted->view].rows[i].columns[0];

		if(ur_text_equal(owner, (struct ur_text){id, (int)strlen(id)}))
			wanted->rows[i] = true;
	}
}

static PGresult *some_rows(enum ur_view view, const char *ids)
{
	PGresult *result = new_rows(view);
	struct wanted wanted = {view, {false}};
	int i;

	ur_fuzz_array(ids, want, &wanted);
	for(i = 0; i < database[view].count; i++) {
		if(wanted.rows[i])
			put_row(result, view, &database[view].rows[i]);
	}
	return result;
}

static void add_sum(struct ur_sum *sum, enum ur_view view)
{
	int i;

	sum->rows += database[view].count;
	for(i = 0; i < database[view].count; i++)
		sum->hash ^= database[view].rows[i].hash;
}

static PGresult *sum_of(enum ur_record_type type)
{
	/* The owners, and their parts; or the owners again. */
	static const enum ur_view from[UR_RECORD_TYPES][3] = {
			[UR_RECORD_USER] = {UR_VIEW_USER, UR_VIEW_DEVICE, UR_VIEW_RULE},
			[UR_RECORD_ACCOUNT] = {UR_VIEW_ACCOUNT, UR_VIEW_ACCOUNT_TEXT,
					UR_VIEW_ACCOUNT},
			[UR_RECORD_EXTENSION] = {UR_VIEW_EXTENSION, UR_VIEW_EXTENSION,
					UR_VIEW_EXTENSION},
			[UR_RECORD_TARGET] = {UR_VIEW_TARGET, UR_VIEW_TARGET,
					UR_VIEW_TARGET},
			[UR_RECORD_TARGET_KIND] = {UR_VIEW_TARGET_KIND, UR_VIEW_TARGET_KIND,
					UR_VIEW_TARGET_KIND},
			[UR_RECORD_TARGET_HOST] = {UR_VIEW_TARGET_HOST, UR_VIEW_TARGET_HOST,
					UR_VIEW_TARGET_HOST},
			[UR_RECORD_DID] = {UR_VIEW_DID, UR_VIEW_DID, UR_VIEW_DID},
			[UR_RECORD_SCHEDULE] = {UR_VIEW_SCHEDULE, UR_VIEW_SCHEDULE,
					UR_VIEW_SCHEDULE},
			[UR_RECORD_CALLER_LIST] = {UR_VIEW_CALLER_LIST,
					UR_VIEW_CALLER_ENTRY, UR_VIEW_CALLER_LIST},
			[UR_RECORD_GROUP] = {
					UR_VIEW_GROUP, UR_VIEW_GROUP_MEMBER, UR_VIEW_GROUP}};
	PGresult *result = new_result(2);
	struct ur_sum sum = {0, 0};
	char text[24];
	int i;

	for(i = 0; i < 3; i++) {
		if(i == 0 || from[type][i] != from[type][0])
			add_sum(&sum, from[type][i]);
	}
	snprintf(text, sizeof(text), "%llu", (unsigned long long)sum.rows);
	PQsetvalue(result, 0, 0, text, (int)strlen(text));
	snprintf(text, sizeof(text), "%lld", (long long)sum.hash);
	PQsetvalue(result, 0, 1, text, (int)strlen(text));
	return result;
}

/* Is that what the mirror makes of it? */
#define IS_SQL(sql, make, what)  \
	({                           \
		char text[UR_QUERY_MAX]; \
                                 \
		make(what, text);        \
		strcmp(sql, text) == 0;  \
	})

static void make_sum(enum ur_record_type type, char sql[UR_QUERY_MAX])
{
	(void)ur_queries_sum(type, 0, sql);
}

int ur_pg_query(struct ur_pg *pg, const char *sql, const char *param,
		PGresult **resultp)
{
	int i;

	(void)pg;
	*resultp = NULL;
	for(i = 0; i < UR_VIEWS && param != NULL; i++) {
		if(IS_SQL(sql, ur_queries_some, i))
			*resultp = some_rows(i, param);
	}
	for(i = 0; i < UR_RECORD_TYPES && *resultp == NULL; i++) {
		if(IS_SQL(sql, make_sum, i))
			*resultp = sum_of(i);
	}
	if(*resultp == NULL)
		*resultp = new_result(0); /* BEGIN, COMMIT; no view is absent */
	return 0;
}

int ur_pg_send(struct ur_pg *pg, const char *sql, PGresult **resultp)
{
	int i;

	(void)pg;
	*resultp = NULL;
	for(i = 0; i < UR_VIEWS; i++) {
		if(IS_SQL(sql, ur_queries_fetch, i))
			*resultp = all_rows(i);
	}
	if(*resultp == NULL)
		*resultp = new_result(0); /* DECLARE */
	return 0;
}

int ur_pg_receive(struct ur_pg *pg, PGresult **resultp)
{
	(void)pg;
	return *resultp != NULL ? 0 : ECONNABORTED;
}
