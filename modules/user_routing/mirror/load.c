/*
 * Two sets of rows, owners and their parts, both ordered by the owner's id, are
 * read side by side and merged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include "mirror/load.h"
#include "mirror/take.h"

enum
{
	BATCH = 500, /* owners that are read again with one statement */
};

struct ur_load
{
	struct ur_pg *pg;
	struct ur_writer *writer;
	struct ur_taker taker;
};

int ur_load_alloc(struct ur_load **loadp, struct ur_pg *pg,
		struct ur_writer *writer, struct ur_skips *skips)
{
	struct ur_load *load = malloc(sizeof(*load));

	if(load == NULL)
		return ENOMEM;
	load->pg = pg;
	load->writer = writer;
	load->taker.writer = writer;
	load->taker.skips = skips;
	*loadp = load;
	return 0;
}

void ur_load_free(struct ur_load *load)
{
	free(load);
}

/* As the C collation does. */
static int compare(struct ur_text a, struct ur_text b)
{
	int len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.s, b.s, len) : 0;

	return order != 0 ? order : a.len - b.len;
}

/* Gathers the parts of that owner. Parts before them belong to nobody: views
 * over a foreign schema may show some, ours can't. */
static int take_parts(struct ur_taker *taker, const struct ur_take_kind *kind,
		struct ur_rows *parts, struct ur_text owner, int *count)
{
	int err = 0;

	*count = 0;
	taker->part_error[0] = '\0';
	taker->domain_count = 0;
	if(kind->part == NULL)
		return 0;
	while(err == 0 && !ur_rows_at_end(parts)) {
		int order = compare(ur_rows_text(parts, 0), owner);

		if(order > 0)
			break;
		if(order == 0) {
			if(*count < kind->parts_max)
				kind->part(taker, parts, *count);
			++*count;
		}
		err = ur_rows_next(parts);
	}
	return err;
}

static int merge(struct ur_taker *taker, const struct ur_take_kind *kind,
		struct ur_rows *owners, struct ur_rows *parts)
{
	int err = 0;

	while(err == 0 && !ur_rows_at_end(owners)) {
		int count;

		err = take_parts(taker, kind, parts, ur_rows_text(owners, 0), &count);
		if(err == 0) {
			kind->owner(taker, owners, count);
			err = ur_rows_next(owners);
		}
	}
	return err;
}

/* Reads the owners of that kind in ids, a text[] literal; all when it is
 * NULL. */
static int read_owners(
		struct ur_load *load, const struct ur_take_kind *kind, const char *ids)
{
	struct ur_rows owners = {0};
	struct ur_rows parts = {0};
	int err = ur_rows_open(&owners, load->pg, kind->owners, ids);

	if(err == 0 && kind->part != NULL)
		err = ur_rows_open(&parts, load->pg, kind->parts, ids);
	if(err == 0)
		err = merge(&load->taker, kind, &owners, &parts);
	ur_rows_close(&owners);
	ur_rows_close(&parts);
	return err;
}

static int run(struct ur_load *load, const char *sql)
{
	PGresult *result;
	int err = ur_pg_query(load->pg, sql, NULL, &result);

	if(err == 0)
		PQclear(result);
	return err;
}

/* What there is to read, in this order: users and extensions are put into their
 * accounts. And where a notification's ids of that kind are. */
static const struct
{
	const struct ur_take_kind *kind;
	size_t ids; /* offset of a struct ur_ids */
} readings[] = {
		{&ur_take_accounts, offsetof(struct ur_changes, accounts)},
		{&ur_take_users, offsetof(struct ur_changes, users)},
		{&ur_take_extensions, offsetof(struct ur_changes, extensions)},
		{&ur_take_targets, offsetof(struct ur_changes, targets)},
		{&ur_take_target_kinds, offsetof(struct ur_changes, kinds)},
};

#define READINGS (sizeof(readings) / sizeof(readings[0]))

static int read_all(struct ur_load *load)
{
	int err = run(load, ur_query_begin);
	size_t i;

	for(i = 0; err == 0 && i < READINGS; i++)
		err = read_owners(load, readings[i].kind, NULL);
	if(err == 0)
		err = run(load, ur_query_commit);
	return err;
}

int ur_load_all(struct ur_load *load)
{
	int err;

	ur_skips_begin(load->taker.skips);
	ur_writer_begin(load->writer);
	err = read_all(load);
	if(err == 0) {
		ur_writer_sweep(load->writer);
		ur_skips_end(load->taker.skips);
	} else {
		ur_writer_commit(load->writer);
	}
	return err;
}

/* What was asked for and didn't come is gone. */
static void remove_unseen(struct ur_load *load, enum ur_key_kind kind,
		const struct ur_ids *ids, size_t first)
{
	size_t i;

	for(i = first; i < ids->count && i < first + BATCH; i++) {
		struct ur_text text = {ids->ids[i], (int)strlen(ids->ids[i])};
		struct ur_key id = {kind, 0, text};

		ur_writer_remove_unseen(load->writer, &id);
	}
}

static int read_ids(struct ur_load *load, const struct ur_take_kind *kind,
		const struct ur_ids *ids)
{
	size_t first;

	for(first = 0; first < ids->count; first += BATCH) {
		char *array = ur_changes_array(ids, first, BATCH);
		int err = array != NULL ? read_owners(load, kind, array) : ENOMEM;

		free(array);
		if(err != 0)
			return err;
		remove_unseen(load, kind->key, ids, first);
	}
	return 0;
}

static int read_changes(struct ur_load *load, const struct ur_changes *changes)
{
	int err = run(load, ur_query_begin);
	size_t i;

	for(i = 0; err == 0 && i < READINGS; i++) {
		const char *ids = (const char *)changes + readings[i].ids;

		err = read_ids(load, readings[i].kind, (const struct ur_ids *)ids);
	}
	if(err == 0)
		err = run(load, ur_query_commit);
	return err;
}

int ur_load_changes(struct ur_load *load, const struct ur_changes *changes)
{
	int err;

	ur_writer_begin(load->writer);
	err = read_changes(load, changes);
	ur_writer_commit(load->writer);
	return err;
}
