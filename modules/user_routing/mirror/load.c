/*
 * Owners and their parts, all ordered by the owner's id, are read side by side and merged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/load.h"
#include "mirror/take.h"

enum
{
	BATCH = 500, /* owners that one statement reads again */
};

/* Two kinds of reading, each with its own writer and buffers: changes may be read during a full
 * load. */
struct ur_load
{
	struct ur_pg *pg;
	struct ur_taker all;
	struct ur_taker changed;
	struct ur_writer changes; /* the writer of changed */
	struct ur_writer *loads;  /* the caller's, for full loads */
	struct ur_writer hours;
	struct ur_skips hours_skips;
	/* Views that the schema is too old for, as of the last full load: see ur_queries_absent(). */
	uint32_t absent;
	struct ur_omitted omitted;
};

static void init_taker(struct ur_load *load, struct ur_taker *taker,
		struct ur_writer *writer, struct ur_skips *skips)
{
	taker->writer = writer;
	taker->skips = skips;
	taker->omitted = &load->omitted;
	taker->lack = (struct ur_lack){0};
	taker->orphans = 0;
}

int ur_load_alloc(struct ur_load **loadp, struct ur_pg *pg,
		struct ur_writer *writer, struct ur_skips *skips)
{
	struct ur_load *load = malloc(sizeof(*load));

	if(load == NULL)
		return ENOMEM;
	load->pg = pg;
	load->absent = 0;
	ur_omitted_clear(&load->omitted);
	ur_writer_init(&load->changes, writer->table);
	ur_writer_init(&load->hours, writer->table);
	load->loads = writer;
	init_taker(load, &load->all, writer, skips);
	init_taker(load, &load->changed, &load->changes, skips);
	*loadp = load;
	return 0;
}

void ur_load_free(struct ur_load *load)
{
	if(load == NULL)
		return;
	ur_writer_exit(&load->changes);
	ur_writer_exit(&load->hours);
	free(load);
}

static void add(struct ur_sum *sum, struct ur_sum other)
{
	sum->rows += other.rows;
	sum->hash ^= other.hash;
}

/* A part without an owner, unless changes during this load have read that owner. There may be many:
 * only the first one is logged by name. */
static void omit_part(struct ur_taker *taker, const struct ur_take_kind *kind,
		const struct ur_rows *parts)
{
	const struct ur_key owner = {kind->key, 0, ur_rows_key(parts)};

	if(ur_writer_is_outdated(taker->writer, &owner))
		return;
	ur_omitted_add(taker->omitted, kind->type, owner.text, ur_rows_sum(parts));
	ur_skips_count(taker->skips);
	if(taker->orphans++ == 0)
		snprintf(taker->orphan, sizeof(taker->orphan), "%.*s", owner.text.len,
				owner.text.s);
}

static void name_orphan(struct ur_taker *taker, const char *part_name)
{
	struct ur_text owner = {taker->orphan, 0};
	char reason[80];

	if(taker->orphans == 0)
		return;
	owner.len = (int)strlen(taker->orphan);
	snprintf(reason, sizeof(reason), "there is nobody with that id");
	if(taker->orphans > 1)
		snprintf(reason, sizeof(reason),
				"there is nobody with that id, and %d more rows have no owner",
				taker->orphans - 1);
	ur_skips_name(taker->skips, part_name, owner, reason);
	taker->orphans = 0;
}

static bool is_zero(struct ur_sum sum)
{
	return sum.rows == 0 && sum.hash == 0;
}

/* Gathers the parts of one kind of that owner. Parts before them have no owner: views over another
 * schema may show some, ours can't. */
static int take_parts(struct ur_taker *taker, const struct ur_take_kind *kind,
		int which, struct ur_rows *parts, struct ur_text owner)
{
	int err = 0;

	while(err == 0 && !ur_rows_at_end(parts)) {
		int order = ur_text_compare(ur_rows_key(parts), owner);

		if(order > 0)
			break;
		if(order < 0) {
			omit_part(taker, kind, parts);
		} else {
			add(&taker->sum, ur_rows_sum(parts));
			ur_take_part(taker, kind, which, parts);
		}
		err = ur_rows_next(parts);
	}
	return err;
}

static int take_owners(struct ur_taker *taker, const struct ur_take_kind *kind,
		struct ur_rows *owners, struct ur_rows parts[UR_TAKE_PARTS])
{
	int err = 0;
	int i;

	while(err == 0 && !ur_rows_at_end(owners)) {
		taker->sum = ur_rows_sum(owners);
		ur_take_begin(taker);
		for(i = 0; err == 0 && i < kind->part_count; i++)
			err = take_parts(taker, kind, i, &parts[i], ur_rows_key(owners));
		if(err == 0) {
			kind->owner(taker, owners);
			err = ur_rows_next(owners);
		}
	}
	return err;
}

static int merge(struct ur_taker *taker, const struct ur_take_kind *kind,
		struct ur_rows *owners, struct ur_rows parts[UR_TAKE_PARTS])
{
	int err = take_owners(taker, kind, owners, parts);
	int i;

	for(i = 0; i < kind->part_count; i++) {
		/* What is left has no owner. */
		while(err == 0 && !ur_rows_at_end(&parts[i])) {
			omit_part(taker, kind, &parts[i]);
			err = ur_rows_next(&parts[i]);
		}
		name_orphan(taker, kind->parts[i].name);
	}
	return err;
}

/* Opens a view that the schema has; of one that it does not have there are no rows. */
static int open_rows(const struct ur_load *load, struct ur_rows *rows,
		struct ur_pg *pg, enum ur_view view, const char *ids)
{
	if(load->absent & 1U << view)
		return 0;
	return ur_rows_open(rows, pg, view, ids);
}

/* Reads the owners of that kind: those in ids, a text[] literal, or all if it is NULL. */
static int read_owners(struct ur_load *load, struct ur_taker *taker,
		struct ur_pg *pg, const struct ur_take_kind *kind, const char *ids)
{
	struct ur_rows owners = {0};
	struct ur_rows parts[UR_TAKE_PARTS] = {0};
	int err = open_rows(load, &owners, pg, kind->owners, ids);
	int i;

	for(i = 0; err == 0 && i < kind->part_count; i++)
		err = open_rows(load, &parts[i], pg, kind->parts[i].view, ids);
	if(err == 0)
		err = merge(taker, kind, &owners, parts);
	ur_rows_close(&owners);
	for(i = 0; i < UR_TAKE_PARTS; i++)
		ur_rows_close(&parts[i]);
	return err;
}

static int run(struct ur_pg *pg, const char *sql)
{
	PGresult *result;
	int err = ur_pg_query(pg, sql, NULL, &result);

	if(err == 0)
		PQclear(result);
	return err;
}

/* Finds out which views the schema is too old for. */
static int read_absent(struct ur_load *load, struct ur_pg *pg)
{
	char sql[UR_QUERY_MAX];
	PGresult *result;
	int err;

	ur_queries_absent(sql);
	err = ur_pg_query(pg, sql, NULL, &result);
	if(err != 0)
		return err;
	load->absent = 0;
	if(PQntuples(result) == 1)
		load->absent = (uint32_t)strtoul(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return 0;
}

/* What is read, in this order: all others need their accounts, a rule is not there before its
 * schedule and its list, and a group not before the users who are its members. ids: where the changed ones are in a struct ur_changes. */
static const struct
{
	const struct ur_take_kind *kind;
	size_t ids; /* offset of a struct ur_ids */
} readings[] = {
		{&ur_take_accounts, offsetof(struct ur_changes, accounts)},
		{&ur_take_schedules, offsetof(struct ur_changes, schedules)},
		{&ur_take_caller_lists, offsetof(struct ur_changes, caller_lists)},
		{&ur_take_users, offsetof(struct ur_changes, users)},
		{&ur_take_groups, offsetof(struct ur_changes, groups)},
		{&ur_take_extensions, offsetof(struct ur_changes, extensions)},
		{&ur_take_dids, offsetof(struct ur_changes, dids)},
		{&ur_take_target_hosts, offsetof(struct ur_changes, hosts)},
		{&ur_take_targets, offsetof(struct ur_changes, targets)},
		{&ur_take_target_kinds, offsetof(struct ur_changes, kinds)},
};

#define READINGS (sizeof(readings) / sizeof(readings[0]))

static int read_all(struct ur_load *load, struct ur_pg *pg)
{
	int err = run(pg, ur_query_begin);
	size_t i;

	if(err == 0)
		err = read_absent(load, pg);
	for(i = 0; err == 0 && i < READINGS; i++)
		err = read_owners(load, &load->all, pg, readings[i].kind, NULL);
	if(err == 0)
		err = run(pg, ur_query_commit);
	return err;
}

/* Records that did not fit may fit later. */
static void end_load(struct ur_load *load)
{
	ur_writer_sweep(load->all.writer);
	ur_skips_end(load->changed.skips);
	if(load->all.lack.records > 0)
		load->omitted.is_uncertain = true;
}

int ur_load_all(struct ur_load *load, struct ur_pg *pg)
{
	int err;

	load->all.lack = load->changed.lack = (struct ur_lack){0};
	ur_omitted_clear(&load->omitted);
	ur_skips_begin(load->changed.skips);
	ur_writer_begin(load->all.writer);
	load->changes.within = load->all.writer;
	err = read_all(load, pg);
	load->changes.within = NULL;
	if(err == 0)
		end_load(load);
	return err;
}

static int read_hours(struct ur_load *load, struct ur_pg *pg)
{
	int err;

	/* Before the first statement: while it is awaited, changes are read, which note what they omit. */
	ur_omitted_forget_all(&load->omitted, UR_RECORD_ACCOUNT);
	ur_omitted_forget_all(&load->omitted, UR_RECORD_SCHEDULE);
	err = run(pg, ur_query_begin);
	if(err == 0)
		err = read_owners(load, &load->all, pg, &ur_take_accounts, NULL);
	if(err == 0)
		err = read_owners(load, &load->all, pg, &ur_take_schedules, NULL);
	if(err == 0)
		err = run(pg, ur_query_commit);
	return err;
}

/* Rows that the last full load skipped are skipped again: they are neither counted nor logged
 * twice. */
int ur_load_hours(struct ur_load *load, struct ur_pg *pg)
{
	struct ur_skips *skips = load->all.skips;
	int err;

	load->hours_skips = *skips;
	load->all.skips = &load->hours_skips;
	load->all.writer = load->changes.within = &load->hours;
	ur_writer_begin(&load->hours);
	err = read_hours(load, pg);
	load->changes.within = NULL;
	load->all.writer = load->loads;
	load->all.skips = skips;
	if(err == 0)
		ur_writer_end_hours(&load->hours);
	else
		ur_writer_leave_to(&load->hours, load->loads);
	if(err != 0 || load->all.lack.records > 0 || load->omitted.account_came)
		load->omitted.is_uncertain = true;
	return err;
}

/* An id without a row is removed. Users and extensions of a removed account can't be found until
 * they are read again, once the account is back. */
static void remove_unseen(struct ur_load *load, enum ur_key_kind kind,
		const struct ur_ids *ids, size_t first)
{
	size_t i;

	for(i = first; i < ids->count && i < first + BATCH; i++) {
		struct ur_text text = {ids->ids[i], (int)strlen(ids->ids[i])};
		struct ur_key id = {kind, 0, text};

		if(ur_writer_remove_unseen(&load->changes, &id)
				&& kind == UR_KEY_ACCOUNT_ID)
			ur_omitted_await(&load->omitted, text);
	}
}

/* Their omitted rows are read again now. */
static void forget_omitted(struct ur_load *load,
		const struct ur_take_kind *kind, const struct ur_ids *ids, size_t first)
{
	size_t i;

	for(i = first; i < ids->count && i < first + BATCH; i++) {
		struct ur_text id = {ids->ids[i], (int)strlen(ids->ids[i])};

		ur_omitted_forget(&load->omitted, kind->type, id);
	}
}

static int read_ids(struct ur_load *load, const struct ur_take_kind *kind,
		const struct ur_ids *ids)
{
	size_t first;

	for(first = 0; first < ids->count; first += BATCH) {
		char *array = ur_changes_array(ids, first, BATCH);
		int err;

		forget_omitted(load, kind, ids, first);
		err = array != NULL
					  ? read_owners(load, &load->changed, load->pg, kind, array)
					  : ENOMEM;
		free(array);
		if(err != 0)
			return err;
		remove_unseen(load, kind->key, ids, first);
	}
	/* Users and extensions that waited for one of these accounts may be taken now; records that did
	 * not fit, soon. */
	if(load->changed.lack.records > 0 || load->omitted.account_came)
		load->omitted.is_uncertain = true;
	return 0;
}

static int read_changes(struct ur_load *load, const struct ur_changes *changes)
{
	int err = run(load->pg, ur_query_begin);
	size_t i;

	for(i = 0; err == 0 && i < READINGS; i++) {
		const char *ids = (const char *)changes + readings[i].ids;

		err = read_ids(load, readings[i].kind, (const struct ur_ids *)ids);
	}
	if(err == 0)
		err = run(load->pg, ur_query_commit);
	return err;
}

int ur_load_changes(struct ur_load *load, const struct ur_changes *changes)
{
	ur_writer_begin(&load->changes);
	return read_changes(load, changes);
}

struct ur_lack ur_load_lack(const struct ur_load *load)
{
	return (struct ur_lack){load->all.lack.records + load->changed.lack.records,
			load->all.lack.bytes + load->changed.lack.bytes};
}

bool ur_load_account_came(struct ur_load *load)
{
	const bool came = load->omitted.account_came;

	load->omitted.account_came = false;
	return came;
}

bool ur_load_holds(const struct ur_load *load)
{
	return ur_writer_holds(&load->changes);
}

void ur_load_settle(struct ur_load *load, bool complete)
{
	if(complete)
		ur_writer_commit(&load->changes);
	else
		ur_writer_leave_to(&load->changes, load->loads);
}

/* The sum of the database's rows. */
static int read_sum(const struct ur_load *load, struct ur_pg *pg,
		enum ur_record_type type, struct ur_sum *sum)
{
	char sql[UR_QUERY_MAX];
	PGresult *result;
	int err;

	*sum = (struct ur_sum){0};
	if(!ur_queries_sum(type, load->absent, sql))
		return 0;
	err = ur_pg_query(pg, sql, NULL, &result);
	if(err != 0)
		return err;
	sum->rows = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	sum->hash = (uint64_t)strtoll(PQgetvalue(result, 0, 1), NULL, 10);
	PQclear(result);
	return 0;
}

int ur_load_compare(struct ur_load *load, struct ur_pg *pg,
		enum ur_record_type type, enum ur_load_comparison *comparison,
		struct ur_sum *difference)
{
	struct ur_sum here = load->changes.marks->sums[type];
	struct ur_sum there;
	int err;

	*difference = (struct ur_sum){0};
	*comparison = UR_LOAD_UNKNOWN;
	if(load->omitted.is_uncertain)
		return 0;
	add(&here, load->omitted.sums[type]);
	err = read_sum(load, pg, type, &there);
	if(err != 0 || load->omitted.is_uncertain) /* changes may have set it */
		return err;
	difference->rows = there.rows - here.rows; /* may wrap around */
	difference->hash = there.hash ^ here.hash;
	*comparison = is_zero(*difference) ? UR_LOAD_SAME : UR_LOAD_DIFFERENT;
	return 0;
}
