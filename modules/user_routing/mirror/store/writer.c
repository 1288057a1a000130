/*
 * Publishes into the table so that no record is missing for a moment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include "mirror/store/draft.h"
#include "mirror/store/writer.h"

void ur_writer_init(struct ur_writer *writer, struct ur_table *table)
{
	*writer = (struct ur_writer){
			.table = table, .marks = ur_buckets_marks(table)};
	writer->reading = writer->marks->generation;
}

void ur_writer_exit(struct ur_writer *writer)
{
	ur_writer_commit(writer);
	free(writer->replaced);
	free(writer->removed);
	*writer = (struct ur_writer){0};
}

uint32_t ur_writer_account(const struct ur_writer *writer, struct ur_text id)
{
	struct ur_key key = {UR_KEY_ACCOUNT_ID, 0, id};
	const struct ur_record *record = ur_buckets_find(writer->table, &key);

	return record != NULL ? ((const struct ur_account *)record->body)->number
						  : 0;
}

uint32_t ur_writer_new_account(struct ur_writer *writer)
{
	return ++writer->marks->last_account;
}

/* Readings are numbered in turn, and the numbers may wrap around. */
static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static uint64_t hash_of(const struct ur_key *id)
{
	static const struct ur_hash_seed seed;

	return ur_hash_text(&seed, id->kind, id->text);
}

static void take_out(struct ur_writer *writer, struct ur_record *record)
{
	ur_buckets_unlink(writer->table, record);
	ur_record_put(record);
}

/* Room for one more in the list of replaced records. */
static bool reserve(struct ur_writer *writer)
{
	size_t capacity = writer->capacity > 0 ? 2 * writer->capacity : 64;
	struct ur_record **grown;

	if(writer->count < writer->capacity)
		return true;
	grown = realloc(writer->replaced, capacity * sizeof(*grown));
	if(grown == NULL)
		return false;
	writer->replaced = grown;
	writer->capacity = capacity;
	return true;
}

/* Counts the record out and unlinks it at the next commit. Without memory for the list it is
 * unlinked at once: better a key missing for a moment than an old record for ever. */
static void retire(struct ur_writer *writer, struct ur_record *record)
{
	ur_buckets_count(writer->table, record, -1);
	if(!reserve(writer)) {
		take_out(writer, record);
		return;
	}
	record->replaced = 1;
	writer->replaced[writer->count++] = record;
}

static bool has_key(const struct ur_record *record, const struct ur_node *node,
		const struct ur_key *key)
{
	int i;

	for(i = 0; i < record->node_count; i++) {
		struct ur_key own;

		if(ur_record_node(record, i)->hash != node->hash)
			continue;
		own = ur_record_key(record, i);
		if(ur_record_key_equal(&own, key))
			return true;
	}
	return false;
}

/* True if the record has all keys of the old one. */
static bool covers(const struct ur_record *record, const struct ur_record *old)
{
	int i;

	for(i = 0; i < old->node_count; i++) {
		struct ur_key key = ur_record_key(old, i);

		if(ur_record_has_key(old, i)
				&& !has_key(record, ur_record_node(old, i), &key))
			return false;
	}
	return true;
}

static struct ur_record *new_record(
		struct ur_writer *writer, const struct ur_draft *draft)
{
	const struct ur_hash_seed *seed = ur_buckets_seed(writer->table);
	struct ur_record *record = ur_record_new(draft, seed);

	if(record == NULL && writer->count > 0) {
		ur_writer_commit(writer); /* gives some memory back */
		record = ur_record_new(draft, seed);
	}
	return record;
}

/* Different rows can make the same record: a column that was NULL is empty now. */
static void change_sum(struct ur_writer *writer, struct ur_record *record,
		const struct ur_sum *sum)
{
	struct ur_sum *all = &writer->marks->sums[record->type];

	all->rows += sum->rows - record->rows;
	all->hash ^= sum->hash ^ record->hash;
	record->rows = (uint32_t)sum->rows;
	record->hash = sum->hash;
}

/* Did changes during this reading see the record, or remove it? */
static bool is_outdated(const struct ur_writer *writer, const struct ur_key *id,
		const struct ur_record *old)
{
	uint64_t hash;
	size_t i;

	if(old != NULL)
		return is_before(writer->reading, old->generation);
	hash = hash_of(id);
	for(i = 0; i < writer->removed_count; i++) {
		if(writer->removed[i] == hash)
			return true;
	}
	return false;
}

bool ur_writer_is_outdated(
		const struct ur_writer *writer, const struct ur_key *id)
{
	return is_outdated(writer, id, ur_buckets_find(writer->table, id));
}

bool ur_writer_is_seen(const struct ur_writer *writer, const struct ur_key *id)
{
	const struct ur_record *record = ur_buckets_find(writer->table, id);

	return record != NULL && record->generation == writer->reading;
}

const void *ur_writer_body(
		const struct ur_writer *writer, const struct ur_key *id)
{
	const struct ur_record *record = ur_buckets_find(writer->table, id);

	return record != NULL ? record->body : NULL;
}

static void note_earlier(uint32_t *until, uint32_t known_to)
{
	if(*until == 0 || known_to < *until)
		*until = known_to;
}

/* Notes when the hours of a schedule end that is published or kept. */
static void note_hours(
		struct ur_writer *writer, enum ur_record_type type, const void *body)
{
	uint32_t until = ur_buckets_hours_until(writer->table);
	uint32_t known_to;

	if(type != UR_RECORD_SCHEDULE)
		return;
	known_to = ((const struct ur_schedule *)body)->known_to;
	known_to = known_to > 0 ? known_to : 1; /* 0 means none */
	note_earlier(&until, known_to);
	ur_buckets_set_hours_until(writer->table, until);
	note_earlier(&writer->hours_until, known_to);
	if(writer->within != NULL)
		note_earlier(&writer->within->hours_until, known_to);
}

int ur_writer_publish(struct ur_writer *writer, const struct ur_draft *draft)
{
	struct ur_key id = ur_record_draft_id(draft);
	struct ur_record *old = ur_buckets_find(writer->table, &id);
	struct ur_record *record;

	if(is_outdated(writer, &id, old))
		return 0;
	if(old != NULL && ur_record_equals(old, draft)) {
		old->generation = writer->reading;
		change_sum(writer, old, &draft->sum);
		note_hours(writer, draft->type, draft->body);
		return 0;
	}
	record = new_record(writer, draft);
	if(record == NULL)
		return ENOMEM;
	note_hours(writer, draft->type, draft->body);
	if(old != NULL)
		old->generation = writer->reading;
	if(old != NULL && draft->type == UR_RECORD_GROUP)
		record->turns = __atomic_load_n(&old->turns, __ATOMIC_RELAXED);
	record->generation = writer->reading;
	ur_buckets_link(writer->table, record);
	ur_buckets_count(writer->table, record, 1);
	if(old == NULL)
		return 0;
	if(covers(record, old)) {
		ur_buckets_count(writer->table, old, -1);
		take_out(writer, old);
	} else {
		retire(writer, old);
	}
	return 0;
}

struct ur_sum ur_writer_keep(struct ur_writer *writer, const struct ur_key *id)
{
	struct ur_record *record = ur_buckets_find(writer->table, id);

	if(record == NULL)
		return (struct ur_sum){0};
	if(is_before(record->generation, writer->reading))
		record->generation = writer->reading;
	note_hours(writer, record->type, record->body);
	return ur_record_sum(record);
}

/* Without memory for the note the load may bring the record back, until the next audit. */
static void note_removed(struct ur_writer *writer, const struct ur_key *id)
{
	size_t capacity =
			writer->removed_capacity > 0 ? 2 * writer->removed_capacity : 64;
	uint64_t *grown;

	if(writer->removed_count == writer->removed_capacity) {
		grown = realloc(writer->removed, capacity * sizeof(*grown));
		if(grown == NULL)
			return;
		writer->removed = grown;
		writer->removed_capacity = capacity;
	}
	writer->removed[writer->removed_count++] = hash_of(id);
}

bool ur_writer_remove_unseen(struct ur_writer *writer, const struct ur_key *id)
{
	struct ur_record *record = ur_buckets_find(writer->table, id);

	if(record != NULL && record->generation == writer->reading)
		return false;
	if(record != NULL)
		retire(writer, record);
	if(writer->within != NULL)
		note_removed(writer->within, id);
	return record != NULL;
}

void ur_writer_commit(struct ur_writer *writer)
{
	while(writer->count > 0)
		take_out(writer, writer->replaced[--writer->count]);
}

void ur_writer_begin(struct ur_writer *writer)
{
	writer->reading = ++writer->marks->generation;
	writer->removed_count = 0;
	writer->hours_until = 0;
}

bool ur_writer_holds(const struct ur_writer *writer)
{
	return writer->count > 0;
}

void ur_writer_leave_to(struct ur_writer *writer, struct ur_writer *other)
{
	while(writer->count > 0) {
		struct ur_record *record = writer->replaced[--writer->count];

		if(reserve(other))
			other->replaced[other->count++] = record;
		else
			take_out(writer, record);
	}
}

/* The first record of the bucket that was not seen. One that another writer has replaced is left to
 * that writer. */
static struct ur_record *find_unseen(
		const struct ur_writer *writer, uint32_t stripe, uint32_t bucket)
{
	struct ur_node *node = ur_buckets_head(writer->table, stripe, bucket);

	for(; node != NULL; node = node->next) {
		struct ur_record *record = ur_record_of_node(node);

		if(node->number == UR_NODE_ID && !record->replaced
				&& is_before(record->generation, writer->reading))
			return record;
	}
	return NULL;
}

static void sweep_bucket(
		struct ur_writer *writer, uint32_t stripe, uint32_t bucket)
{
	struct ur_record *record;

	while((record = find_unseen(writer, stripe, bucket)) != NULL) {
		ur_buckets_count(writer->table, record, -1);
		take_out(writer, record);
	}
}

void ur_writer_end_hours(struct ur_writer *writer)
{
	ur_writer_commit(writer);
	ur_buckets_set_hours_until(writer->table, writer->hours_until);
}

void ur_writer_sweep(struct ur_writer *writer)
{
	const uint32_t stripes = ur_buckets_stripes(writer->table);
	uint32_t i, j;

	ur_writer_end_hours(writer);
	for(i = 0; i < stripes; i++) {
		for(j = 0; j < ur_buckets_in_stripe(writer->table, i); j++)
			sweep_bucket(writer, i, j);
	}
}
