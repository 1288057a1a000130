/*
 * The buckets of the table.
 *
 * The low bits of a key's hash choose its stripe, which is a small hash table with
 * a lock of its own; the bits above choose the bucket in it. A stripe doubles its
 * buckets when it has more nodes than buckets: so the table fits any number of
 * records, and no lock is ever held for longer than it takes to move one
 * stripe's nodes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/store/buckets.h"

#include "mirror/port.h"
#include "mirror/store/table_inside.h"

/* ---- one bucket */

static uint32_t stripe_of(uint32_t hash)
{
	return hash & (UR_STRIPES - 1);
}

static void lock(struct ur_table *table, uint32_t hash)
{
	ur_port_lock(table->locks, (int)stripe_of(hash));
}

static void unlock(struct ur_table *table, uint32_t hash)
{
	ur_port_unlock(table->locks, (int)stripe_of(hash));
}

static struct ur_node **head_in(const struct ur_stripe *stripe, uint32_t hash)
{
	return &stripe->heads[hash >> UR_STRIPES_LOG2 & stripe->mask];
}

static struct ur_node **head_of(const struct ur_table *table, uint32_t hash)
{
	return head_in(&table->stripes[stripe_of(hash)], hash);
}

/* The first node of that hash and key, from node on. */
static struct ur_node *match(
		struct ur_node *node, uint32_t hash, const struct ur_key *key)
{
	for(; node != NULL; node = node->next) {
		struct ur_key found;

		if(node->hash != hash)
			continue;
		found = ur_record_key(ur_record_of_node(node), node->number);
		if(ur_record_key_equal(&found, key))
			return node;
	}
	return NULL;
}

struct ur_record *ur_buckets_get(
		struct ur_table *table, const struct ur_key *key, int *number)
{
	uint32_t hash = ur_record_key_hash(key, &table->seed);
	struct ur_record *record = NULL;
	struct ur_node *node;

	lock(table, hash);
	node = match(*head_of(table, hash), hash, key);
	if(node != NULL) {
		record = ur_record_of_node(node);
		ur_record_ref(record);
		*number = node->number;
	}
	unlock(table, hash);
	return record;
}

struct ur_record *ur_buckets_find(
		const struct ur_table *table, const struct ur_key *id)
{
	uint32_t hash = ur_record_key_hash(id, &table->seed);
	struct ur_node *node = match(*head_of(table, hash), hash, id);

	while(node != NULL && ur_record_of_node(node)->replaced)
		node = match(node->next, hash, id);
	return node != NULL ? ur_record_of_node(node) : NULL;
}

/* ---- growing */

static void add_bytes(struct ur_table *table, int64_t bytes)
{
	__atomic_add_fetch(&table->stats.bytes, bytes, __ATOMIC_RELAXED);
}

/* Of several nodes of one key the newest must be found first. So each goes to the end of its new
 * bucket. */
static void move_bucket(struct ur_stripe *to, struct ur_node *node)
{
	while(node != NULL) {
		struct ur_node *next = node->next;
		struct ur_node **link = head_in(to, node->hash);

		while(*link != NULL)
			link = &(*link)->next;
		node->next = NULL;
		*link = node;
		node = next;
	}
}

static void add(uint32_t *figure, int n)
{
	__atomic_add_fetch(figure, n, __ATOMIC_RELAXED);
}

/* Doubles the buckets of a stripe. Without memory for that it stays as it is: slower, not wrong. */
static void grow(struct ur_table *table, struct ur_stripe *stripe)
{
	const size_t size = 2 * ((size_t)stripe->mask + 1) * sizeof(*stripe->heads);
	struct ur_stripe old = *stripe;
	struct ur_stripe grown = {
			.heads = ur_port_alloc(size), .mask = 2 * stripe->mask + 1};
	const int index = (int)(stripe - table->stripes);
	uint32_t i;

	if(grown.heads == NULL)
		return;
	memset(grown.heads, 0, size);
	ur_port_lock(table->locks, index);
	for(i = 0; i <= old.mask; i++)
		move_bucket(&grown, stripe->heads[i]);
	stripe->heads = grown.heads;
	stripe->mask = grown.mask;
	ur_port_unlock(table->locks, index);
	add_bytes(table, (int64_t)size);
	add(&table->stats.buckets, (int)old.mask + 1);
	if(old.heads == &stripe->first_head)
		return;
	add_bytes(table, -(int64_t)(size / 2));
	ur_port_free(old.heads);
}

/* ---- the writer's changes */

static void link_node(struct ur_table *table, struct ur_node *node)
{
	struct ur_stripe *stripe = &table->stripes[stripe_of(node->hash)];
	struct ur_node **head;

	if(stripe->count++ > stripe->mask)
		grow(table, stripe);
	lock(table, node->hash);
	head = head_in(stripe, node->hash);
	node->next = *head;
	*head = node;
	unlock(table, node->hash);
}

static void unlink_node(struct ur_table *table, struct ur_node *node)
{
	struct ur_stripe *stripe = &table->stripes[stripe_of(node->hash)];
	struct ur_node **link;

	lock(table, node->hash);
	for(link = head_in(stripe, node->hash); *link != node;)
		link = &(*link)->next;
	*link = node->next;
	unlock(table, node->hash);
	stripe->count--;
}

void ur_buckets_link(struct ur_table *table, struct ur_record *record)
{
	int i;

	for(i = 0; i < record->node_count; i++) {
		if(ur_record_has_key(record, i))
			link_node(table, ur_record_node(record, i));
	}
	table->marks.changes++;
	add_bytes(table, (int64_t)ur_record_size(record));
}

void ur_buckets_unlink(struct ur_table *table, struct ur_record *record)
{
	int i;

	for(i = 0; i < record->node_count; i++) {
		if(ur_record_has_key(record, i))
			unlink_node(table, ur_record_node(record, i));
	}
	table->marks.changes++;
	add_bytes(table, -(int64_t)ur_record_size(record));
}

void ur_buckets_count(
		struct ur_table *table, const struct ur_record *record, int sign)
{
	struct ur_table_stats *stats = &table->stats;
	struct ur_sum *sum = &table->marks.sums[record->type];

	sum->rows += sign * (int64_t)record->rows;
	sum->hash ^= record->hash;
	switch(record->type) {
		case UR_RECORD_USER:
			add(&stats->users, sign);
			add(&stats->devices,
					sign * (record->node_count - UR_NODE_FIRST_DEVICE));
			add(&stats->rules,
					sign * ((const struct ur_user *)record->body)->rule_count);
			break;
		case UR_RECORD_ACCOUNT:
			add(&stats->accounts, sign);
			add(&stats->domains,
					sign * (record->node_count - UR_NODE_FIRST_DOMAIN));
			break;
		case UR_RECORD_EXTENSION:
			add(&stats->extensions, sign);
			break;
		case UR_RECORD_TARGET:
			add(&stats->targets, sign);
			break;
		case UR_RECORD_DID:
			add(&stats->dids, sign);
			break;
		case UR_RECORD_TARGET_HOST:
			add(&stats->target_hosts, sign);
			break;
		case UR_RECORD_SCHEDULE:
			add(&stats->schedules, sign);
			break;
		case UR_RECORD_CALLER_LIST:
			add(&stats->caller_lists, sign);
			break;
		case UR_RECORD_GROUP:
			add(&stats->groups, sign);
			break;
	}
}

uint32_t ur_buckets_target_hosts(const struct ur_table *table)
{
	return __atomic_load_n(&table->stats.target_hosts, __ATOMIC_RELAXED);
}

/* ---- for the writer */

void ur_buckets_set_hours_until(struct ur_table *table, uint32_t minute)
{
	__atomic_store_n(&table->stats.hours_until, minute, __ATOMIC_RELAXED);
}

uint32_t ur_buckets_hours_until(const struct ur_table *table)
{
	return __atomic_load_n(&table->stats.hours_until, __ATOMIC_RELAXED);
}

const struct ur_hash_seed *ur_buckets_seed(const struct ur_table *table)
{
	return &table->seed;
}

struct ur_buckets_marks *ur_buckets_marks(struct ur_table *table)
{
	return &table->marks;
}

uint32_t ur_buckets_stripes(const struct ur_table *table)
{
	(void)table;
	return UR_STRIPES;
}

uint32_t ur_buckets_in_stripe(const struct ur_table *table, uint32_t stripe)
{
	return table->stripes[stripe].mask + 1;
}

struct ur_node *ur_buckets_head(
		const struct ur_table *table, uint32_t stripe, uint32_t bucket)
{
	return table->stripes[stripe].heads[bucket];
}
