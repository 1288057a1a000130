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
	ROWS_MAX = 300, /* of a set; less than a page */
	COLUMNS_MAX = 18,
};

/* A row; the columns are texts of its line, their s is NULL for NULL. */
struct row
{
	struct ur_text columns[COLUMNS_MAX];
	uint64_t hash;
};

/* The sets: their letter, how many columns they have, but for the hash. */
static const struct
{
	char letter;
	int columns;
	bool is_owner; /* its first column is there once */
} sets[UR_QUERY_COUNT] = {
		[UR_QUERY_ACCOUNTS] = {'A', 3, true},
		[UR_QUERY_ACCOUNT_TEXTS] = {'X', 3, false},
		[UR_QUERY_USERS] = {'U', 17, true},
		[UR_QUERY_DEVICES] = {'D', 10, false},
		[UR_QUERY_EXTENSIONS] = {'E', 6, true},
		[UR_QUERY_TARGETS] = {'T', 5, true},
		[UR_QUERY_TARGET_KINDS] = {'K', 2, true},
		[UR_QUERY_TARGET_HOSTS] = {'H', 1, true},
};

static struct
{
	struct row rows[ROWS_MAX];
	int count;
} database[UR_QUERY_COUNT];

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

/* FNV-1a, of the columns and their ends. */
static uint64_t hash_of(const struct row *row, int columns)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	int i, k;

	for(i = 0; i < columns; i++) {
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
	const struct ur_text *part = &row->columns[UR_COLUMN_TARGET_ACCOUNT_ID];
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

static void add_row(enum ur_query query, struct ur_text fields)
{
	const bool named = query == UR_QUERY_TARGETS;
	struct row *row;
	int i;

	if(database[query].count == ROWS_MAX)
		return;
	row = &database[query].rows[database[query].count++];
	memset(row, 0, sizeof(*row));
	for(i = named ? 1 : 0; i < sets[query].columns && fields.len > 0; i++)
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
		enum ur_query query, const struct row *row, const struct row *before)
{
	const struct ur_text id = row->columns[0];

	if(id.len == 0 || count_of(id, '\n') > 0)
		return false;
	if(!sets[query].is_owner)
		return true;
	if(query == UR_QUERY_TARGETS && count_of(id, ' ') != 2)
		return false;
	return before == NULL || !ur_text_equal(before->columns[0], id);
}

/* As the schema has it, and in the order of the query. */
static void settle(enum ur_query query)
{
	struct row *rows = database[query].rows;
	int kept = 0;
	int i;

	qsort(rows, database[query].count, sizeof(*rows), compare);
	for(i = 0; i < database[query].count; i++) {
		if(!is_fit(query, &rows[i], kept > 0 ? &rows[kept - 1] : NULL))
			continue;
		rows[kept] = rows[i];
		rows[kept].hash = hash_of(&rows[kept], sets[query].columns);
		kept++;
	}
	database[query].count = kept;
}

void ur_fuzz_database(struct ur_fuzz_input *in)
{
	int query;

	for(query = 0; query < UR_QUERY_COUNT; query++)
		database[query].count = 0;
	while(in->next < in->end) {
		struct ur_text line = ur_fuzz_line(in);
		const struct ur_text letter = ur_fuzz_field(&line, '\t');

		if(letter.len == 0)
			continue;
		if(letter.s[0] == '=')
			break;
		for(query = 0; query < UR_QUERY_COUNT; query++) {
			if(letter.len == 1 && letter.s[0] == sets[query].letter)
				add_row(query, line);
		}
	}
	for(query = 0; query < UR_QUERY_COUNT; query++)
		settle(query);
}

struct ur_text ur_fuzz_database_column(enum ur_query query, int i, int column)
{
	return i < database[query].count ? database[query].rows[i].columns[column]
									 : UR_TEXT("");
}

struct ur_text ur_fuzz_database_id(enum ur_query query, int i)
{
	return ur_fuzz_database_column(query, i, 0);
}

/* ---- as libpq answers */

static PGresult *new_result(int columns)
{
	static char name[] = "a_column";
	PGresAttDesc attributes[COLUMNS_MAX + 1] = {{0}};
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	int i;

	for(i = 0; i < columns; i++)
		attributes[i].name = name;
	PQsetResultAttrs(result, columns, attributes);
	return result;
}

static void put_row(PGresult *result, enum ur_query query, struct row *row)
{
	const int at = PQntuples(result);
	char hash[24];
	int i;

	for(i = 0; i < sets[query].columns; i++)
		PQsetvalue(result, at, i, (char *)row->columns[i].s,
				row->columns[i].s != NULL ? row->columns[i].len : -1);
	snprintf(hash, sizeof(hash), "%lld", (long long)row->hash);
	PQsetvalue(result, at, i, hash, (int)strlen(hash));
}

static PGresult *all_rows(enum ur_query query)
{
	PGresult *result = new_result(sets[query].columns + 1);
	int i;

	for(i = 0; i < database[query].count; i++)
		put_row(result, query, &database[query].rows[i]);
	return result;
}

/* Which owners' rows are wanted. */
struct wanted
{
	enum ur_query query;
	bool rows[ROWS_MAX];
};

static void want(void *context, const char *id)
{
	struct wanted *wanted = context;
	int i;

	for(i = 0; i < database[wanted->query].count; i++) {
		const struct ur_text owner = database[wanted->query].rows[i].columns[0];

		if(ur_text_equal(owner, (struct ur_text){id, (int)strlen(id)}))
			wanted->rows[i] = true;
	}
}

static PGresult *some_rows(enum ur_query query, const char *ids)
{
	PGresult *result = new_result(sets[query].columns + 1);
	struct wanted wanted = {query, {false}};
	int i;

	ur_fuzz_array(ids, want, &wanted);
	for(i = 0; i < database[query].count; i++) {
		if(wanted.rows[i])
			put_row(result, query, &database[query].rows[i]);
	}
	return result;
}

static void add_sum(struct ur_sum *sum, enum ur_query query)
{
	int i;

	sum->rows += database[query].count;
	for(i = 0; i < database[query].count; i++)
		sum->hash ^= database[query].rows[i].hash;
}

static PGresult *sum_of(enum ur_record_type type)
{
	static const struct
	{
		enum ur_query owners;
		enum ur_query parts; /* or the owners again: it has none */
	} from[UR_RECORD_TYPES] = {
			[UR_RECORD_USER] = {UR_QUERY_USERS, UR_QUERY_DEVICES},
			[UR_RECORD_ACCOUNT] = {UR_QUERY_ACCOUNTS, UR_QUERY_ACCOUNT_TEXTS},
			[UR_RECORD_EXTENSION] = {UR_QUERY_EXTENSIONS, UR_QUERY_EXTENSIONS},
			[UR_RECORD_TARGET] = {UR_QUERY_TARGETS, UR_QUERY_TARGETS},
			[UR_RECORD_TARGET_KIND] = {UR_QUERY_TARGET_KINDS,
					UR_QUERY_TARGET_KINDS},
			[UR_RECORD_TARGET_HOST] = {
					UR_QUERY_TARGET_HOSTS, UR_QUERY_TARGET_HOSTS}};
	PGresult *result = new_result(2);
	struct ur_sum sum = {0, 0};
	char text[24];

	add_sum(&sum, from[type].owners);
	if(from[type].parts != from[type].owners)
		add_sum(&sum, from[type].parts);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)sum.rows);
	PQsetvalue(result, 0, 0, text, (int)strlen(text));
	snprintf(text, sizeof(text), "%lld", (long long)sum.hash);
	PQsetvalue(result, 0, 1, text, (int)strlen(text));
	return result;
}

int ur_pg_query(struct ur_pg *pg, const char *sql, const char *param,
		PGresult **resultp)
{
	int i;

	(void)pg;
	*resultp = NULL;
	for(i = 0; i < UR_QUERY_COUNT && param != NULL; i++) {
		if(sql == ur_queries[i].some)
			*resultp = some_rows(i, param);
	}
	for(i = 0; i < UR_RECORD_TYPES; i++) {
		if(sql == ur_query_sums[i])
			*resultp = sum_of(i);
	}
	if(*resultp == NULL)
		*resultp = new_result(0); /* BEGIN, COMMIT */
	return 0;
}

int ur_pg_send(struct ur_pg *pg, const char *sql, PGresult **resultp)
{
	int i;

	(void)pg;
	*resultp = NULL;
	for(i = 0; i < UR_QUERY_COUNT; i++) {
		if(sql == ur_queries[i].fetch)
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
