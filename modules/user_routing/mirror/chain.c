/*
 * The chains of the table.
 *
 * The low bits of a key's hash choose its stripe, which is a small hash table with
 * a lock of its own; the bits above choose the chain in it. A stripe doubles its
 * chains when it has more nodes than chains: so the table fits any number of
 * records, and no lock is ever held for longer than it takes to move one
 * stripe's nodes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>

#include "mirror/chain.h"
#include "mirror/port.h"

enum
{
	STRIPES_LOG2 = 12,
	STRIPES = 1 << STRIPES_LOG2,
};

/* Guarded by its lock: the writer changes it with the lock held and reads it without,
 * readers read it with the lock held. */
struct stripe
{
	struct ur_node **heads; /* mask + 1 chains */
	uint32_t mask;
	uint32_t count;				/* of nodes; the writer's alone */
	struct ur_node *first_head; /* the only chain as long as there is one */
};

struct ur_table
{
	struct ur_hash_seed seed;
	struct ur_port_locks *locks; /* one a stripe */
	struct ur_table_stats stats; /* changed by the writer alone, atomically */
	struct ur_chain_marks marks; /* the writer's alone */
	struct stripe stripes[STRIPES];
};

int ur_table_alloc(struct ur_table **tablep)
{
	struct ur_table *table = ur_port_alloc(sizeof(*table));
	int err, i;

	if(table == NULL)
		return ENOMEM;
	memset(table, 0, sizeof(*table));
	for(i = 0; i < STRIPES; i++)
		table->stripes[i].heads = &table->stripes[i].first_head;
	table->stats.chains = STRIPES;
	table->locks = ur_port_locks_new(STRIPES);
	err = table->locks != NULL ? ur_hash_seed_draw(&table->seed) : ENOMEM;
	if(err != 0) {
		ur_table_free(table);
		return err;
	}
	*tablep = table;
	return 0;
}

static void free_heads(struct stripe *stripe)
{
	if(stripe->heads != &stripe->first_head)
		ur_port_free(stripe->heads);
}

static void empty_chain(struct ur_table *table, struct ur_node **head)
{
	while(*head != NULL) {
		struct ur_record *record = ur_record_of_node(*head);

		ur_chain_unlink(table, record);
		ur_record_put(record);
	}
}

void ur_table_free(struct ur_table *table)
{
	uint32_t i, j;

	if(table == NULL)
		return;
	for(i = 0; table->locks != NULL && i < STRIPES; i++) {
		for(j = 0; j <= table->stripes[i].mask; j++)
			empty_chain(table, &table->stripes[i].heads[j]);
	}
	for(i = 0; i < STRIPES; i++)
		free_heads(&table->stripes[i]);
	if(table->locks != NULL)
		ur_port_locks_free(table->locks);
	ur_port_free(table);
}

/* ---- one chain */

static uint32_t stripe_of(uint32_t hash)
{
	return hash & (STRIPES - 1);
}

static void lock(struct ur_table *table, uint32_t hash)
{
	ur_port_lock(table->locks, (int)stripe_of(hash));
}

static void unlock(struct ur_table *table, uint32_t hash)
{
	ur_port_unlock(table->locks, (int)stripe_of(hash));
}

static struct ur_node **head_in(const struct stripe *stripe, uint32_t hash)
{
	return &stripe->heads[hash >> STRIPES_LOG2 & stripe->mask];
}

static struct ur_node **head_of(const struct ur_table *table, uint32_t hash)
{
	return head_in(&table->stripes[stripe_of(hash)], hash);
}

/* From node on, the first of that hash and key in its chain. */
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

struct ur_record *ur_chain_get(
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

struct ur_record *ur_chain_find(
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

/* Of several nodes of one key the newest is found first, and stays so: each goes to
 * the end of its new chain. */
static void move_chain(struct stripe *to, struct ur_node *node)
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

/* Twice as many chains. Without memory for them it stays as it is: slower, not
 * wrong. */
static void grow(struct ur_table *table, struct stripe *stripe)
{
	const size_t size = 2 * ((size_t)stripe->mask + 1) * sizeof(*stripe->heads);
	struct stripe old = *stripe;
	struct stripe grown = {
			.heads = ur_port_alloc(size), .mask = 2 * stripe->mask + 1};
	const int index = (int)(stripe - table->stripes);
	uint32_t i;

	if(grown.heads == NULL)
		return;
	memset(grown.heads, 0, size);
	ur_port_lock(table->locks, index);
	for(i = 0; i <= old.mask; i++)
		move_chain(&grown, stripe->heads[i]);
	stripe->heads = grown.heads;
	stripe->mask = grown.mask;
	ur_port_unlock(table->locks, index);
	add_bytes(table, (int64_t)size);
	add(&table->stats.chains, (int)old.mask + 1);
	if(old.heads == &stripe->first_head)
		return;
	add_bytes(table, -(int64_t)(size / 2));
	ur_port_free(old.heads);
}

/* ---- the writer's changes */

static void link_node(struct ur_table *table, struct ur_node *node)
{
	struct stripe *stripe = &table->stripes[stripe_of(node->hash)];
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
	struct stripe *stripe = &table->stripes[stripe_of(node->hash)];
	struct ur_node **link;

	lock(table, node->hash);
	for(link = head_in(stripe, node->hash); *link != node;)
		link = &(*link)->next;
	*link = node->next;
	unlock(table, node->hash);
	stripe->count--;
}

void ur_chain_link(struct ur_table *table, struct ur_record *record)
{
	int i;

	for(i = 0; i < record->node_count; i++)
		link_node(table, ur_record_node(record, i));
	table->marks.changes++;
	add_bytes(table, (int64_t)ur_record_size(record));
}

void ur_chain_unlink(struct ur_table *table, struct ur_record *record)
{
	int i;

	for(i = 0; i < record->node_count; i++)
		unlink_node(table, ur_record_node(record, i));
	table->marks.changes++;
	add_bytes(table, -(int64_t)ur_record_size(record));
}

void ur_chain_count(
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
		case UR_RECORD_TARGET_HOST:
			add(&stats->target_hosts, sign);
			break;
	}
}

void ur_table_stats(struct ur_table *table, struct ur_table_stats *stats)
{
	const struct ur_table_stats *from = &table->stats;

	stats->users = __atomic_load_n(&from->users, __ATOMIC_RELAXED);
	stats->devices = __atomic_load_n(&from->devices, __ATOMIC_RELAXED);
	stats->accounts = __atomic_load_n(&from->accounts, __ATOMIC_RELAXED);
	stats->domains = __atomic_load_n(&from->domains, __ATOMIC_RELAXED);
	stats->extensions = __atomic_load_n(&from->extensions, __ATOMIC_RELAXED);
	stats->targets = __atomic_load_n(&from->targets, __ATOMIC_RELAXED);
	stats->target_hosts =
			__atomic_load_n(&from->target_hosts, __ATOMIC_RELAXED);
	stats->chains = __atomic_load_n(&from->chains, __ATOMIC_RELAXED);
	stats->bytes = __atomic_load_n(&from->bytes, __ATOMIC_RELAXED);
}

uint32_t ur_chain_target_hosts(const struct ur_table *table)
{
	return __atomic_load_n(&table->stats.target_hosts, __ATOMIC_RELAXED);
}

/* ---- for the writer */

const struct ur_hash_seed *ur_chain_seed(const struct ur_table *table)
{
	return &table->seed;
}

struct ur_chain_marks *ur_chain_marks(struct ur_table *table)
{
	return &table->marks;
}

uint32_t ur_chain_stripes(const struct ur_table *table)
{
	(void)table;
	return STRIPES;
}

uint32_t ur_chain_chains(const struct ur_table *table, uint32_t stripe)
{
	return table->stripes[stripe].mask + 1;
}

struct ur_node *ur_chain_head(
		const struct ur_table *table, uint32_t stripe, uint32_t chain)
{
	return table->stripes[stripe].heads[chain];
}
