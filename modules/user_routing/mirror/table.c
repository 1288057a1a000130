/*
 * The table of mirrored records: chains, look-ups, references.
 *
 * A key's hash gives its bucket by its low bits and its stripe, that is its
 * lock, by the lowest of these: all buckets of a stripe change hands with one
 * lock, in a table of any size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>

#include "mirror/chain.h"
#include "mirror/port.h"

enum
{
	LOCKS_LOG2 = 10, /* unless there are fewer buckets */
	BUCKETS_LOG2_MAX = 30,
};

struct ur_table
{
	struct ur_hash_seed seed;
	struct ur_port_locks *locks;
	uint32_t bucket_mask;
	uint32_t stripe_mask;
	struct ur_table_stats stats; /* changed by the writer alone, atomically */
	struct ur_chain_marks marks; /* the writer's alone */
	struct ur_node *buckets[];	 /* heads; guarded by the stripe's lock */
};

int ur_table_alloc(struct ur_table **tablep, int buckets_log2)
{
	int locks_log2 = buckets_log2 < LOCKS_LOG2 ? buckets_log2 : LOCKS_LOG2;
	struct ur_table *table;
	size_t size;
	int err;

	if(buckets_log2 < 0 || buckets_log2 > BUCKETS_LOG2_MAX)
		return EINVAL;
	size = sizeof(*table) + (sizeof(table->buckets[0]) << buckets_log2);
	table = ur_port_alloc(size);
	if(table == NULL)
		return ENOMEM;
	memset(table, 0, size);
	table->bucket_mask = (UINT32_C(1) << buckets_log2) - 1;
	table->stripe_mask = (UINT32_C(1) << locks_log2) - 1;
	table->locks = ur_port_locks_new(1 << locks_log2);
	err = table->locks != NULL ? ur_hash_seed_draw(&table->seed) : ENOMEM;
	if(err != 0) {
		ur_table_free(table);
		return err;
	}
	*tablep = table;
	return 0;
}

void ur_table_free(struct ur_table *table)
{
	uint32_t i;

	if(table == NULL)
		return;
	for(i = 0; table->locks != NULL && i <= table->bucket_mask; i++) {
		while(table->buckets[i] != NULL) {
			struct ur_record *record = ur_record_of_node(table->buckets[i]);

			ur_chain_unlink(table, record);
			ur_record_put(record);
		}
	}
	if(table->locks != NULL)
		ur_port_locks_free(table->locks);
	ur_port_free(table);
}

static void lock(struct ur_table *table, uint32_t hash)
{
	ur_port_lock(table->locks, (int)(hash & table->stripe_mask));
}

static void unlock(struct ur_table *table, uint32_t hash)
{
	ur_port_unlock(table->locks, (int)(hash & table->stripe_mask));
}

const struct ur_hash_seed *ur_chain_seed(const struct ur_table *table)
{
	return &table->seed;
}

struct ur_chain_marks *ur_chain_marks(struct ur_table *table)
{
	return &table->marks;
}

uint32_t ur_chain_buckets(const struct ur_table *table)
{
	return table->bucket_mask + 1;
}

struct ur_node *ur_chain_head(const struct ur_table *table, uint32_t bucket)
{
	return table->buckets[bucket & table->bucket_mask];
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

struct ur_record *ur_chain_find(
		const struct ur_table *table, const struct ur_key *id)
{
	uint32_t hash = ur_record_key_hash(id, &table->seed);
	struct ur_node *node = match(ur_chain_head(table, hash), hash, id);

	while(node != NULL && ur_record_of_node(node)->replaced)
		node = match(node->next, hash, id);
	return node != NULL ? ur_record_of_node(node) : NULL;
}

static void link_node(struct ur_table *table, struct ur_node *node)
{
	struct ur_node **head = &table->buckets[node->hash & table->bucket_mask];

	lock(table, node->hash);
	node->next = *head;
	*head = node;
	unlock(table, node->hash);
}

static void unlink_node(struct ur_table *table, struct ur_node *node)
{
	struct ur_node **link = &table->buckets[node->hash & table->bucket_mask];

	lock(table, node->hash);
	while(*link != node)
		link = &(*link)->next;
	*link = node->next;
	unlock(table, node->hash);
}

static void add_bytes(struct ur_table *table, int64_t bytes)
{
	__atomic_add_fetch(&table->stats.bytes, bytes, __ATOMIC_RELAXED);
}

void ur_chain_link(struct ur_table *table, struct ur_record *record)
{
	int i;

	for(i = 0; i < record->node_count; i++)
		link_node(table, ur_record_node(record, i));
	add_bytes(table, (int64_t)ur_record_size(record));
}

void ur_chain_unlink(struct ur_table *table, struct ur_record *record)
{
	int i;

	for(i = 0; i < record->node_count; i++)
		unlink_node(table, ur_record_node(record, i));
	add_bytes(table, -(int64_t)ur_record_size(record));
}

static void add(uint32_t *figure, int n)
{
	__atomic_add_fetch(figure, n, __ATOMIC_RELAXED);
}

void ur_chain_count(
		struct ur_table *table, const struct ur_record *record, int sign)
{
	struct ur_table_stats *stats = &table->stats;

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
	stats->bytes = __atomic_load_n(&from->bytes, __ATOMIC_RELAXED);
}

/* The body of the record that is found first, with a reference; *number: by
 * which node. */
static const void *get(struct ur_table *table, struct ur_key key, int *number)
{
	uint32_t hash = ur_record_key_hash(&key, &table->seed);
	struct ur_record *record = NULL;
	struct ur_node *node;

	lock(table, hash);
	node = match(ur_chain_head(table, hash), hash, &key);
	if(node != NULL) {
		record = ur_record_of_node(node);
		ur_record_ref(record);
		*number = node->number;
	}
	unlock(table, hash);
	return record != NULL ? record->body : NULL;
}

const struct ur_user *ur_table_user_by_name(
		struct ur_table *table, uint32_t account, struct ur_text username)
{
	int number;

	return get(table, (struct ur_key){UR_KEY_USER_NAME, account, username},
			&number);
}

const struct ur_user *ur_table_user_by_id(
		struct ur_table *table, struct ur_text id)
{
	int number;

	return get(table, (struct ur_key){UR_KEY_USER_ID, 0, id}, &number);
}

const struct ur_user *ur_table_user_by_device(
		struct ur_table *table, struct ur_text aor, int *device)
{
	int number;
	const struct ur_user *user =
			get(table, (struct ur_key){UR_KEY_DEVICE_AOR, 0, aor}, &number);

	if(user != NULL)
		*device = number - UR_NODE_FIRST_DEVICE;
	return user;
}

const struct ur_account *ur_table_account_by_domain(
		struct ur_table *table, struct ur_text domain)
{
	int number;

	return get(table, (struct ur_key){UR_KEY_DOMAIN, 0, domain}, &number);
}

const struct ur_account *ur_table_account_by_number(
		struct ur_table *table, uint32_t number)
{
	int node;

	return get(table,
			(struct ur_key){UR_KEY_ACCOUNT_NUMBER, number, UR_TEXT("")}, &node);
}

void ur_user_ref(const struct ur_user *user)
{
	ur_record_ref(ur_record_of_body(user));
}

void ur_user_put(const struct ur_user *user)
{
	if(user != NULL)
		ur_record_put(ur_record_of_body(user));
}

void ur_user_put_with(
		const struct ur_user *user, void (*free_block)(void *block))
{
	ur_record_put_with(ur_record_of_body(user), free_block);
}

void ur_account_put(const struct ur_account *account)
{
	if(account != NULL)
		ur_record_put(ur_record_of_body(account));
}

const struct ur_extension *ur_table_extension_by_id(
		struct ur_table *table, struct ur_text id)
{
	int node;

	return get(table, (struct ur_key){UR_KEY_EXTENSION_ID, 0, id}, &node);
}

const struct ur_extension *ur_table_extension_by_digits(
		struct ur_table *table, uint32_t account, struct ur_text digits)
{
	int node;

	return get(table, (struct ur_key){UR_KEY_EXTENSION_DIGITS, account, digits},
			&node);
}

const struct ur_route_target *ur_table_target(
		struct ur_table *table, uint32_t number, struct ur_target target)
{
	const struct ur_account *account =
			ur_table_account_by_number(table, number);
	struct ur_text id;
	char name[512];
	int node, len;

	if(account == NULL)
		return NULL;
	id = ur_account_text(account, account->id);
	len = snprintf(name, sizeof(name), "%.*s %.*s %.*s", id.len, id.s,
			target.kind.len, target.kind.s, target.id.len, target.id.s);
	ur_account_put(account);
	if(len < 0 || len >= (int)sizeof(name))
		return NULL;
	return get(table,
			(struct ur_key){UR_KEY_TARGET, 0, (struct ur_text){name, len}},
			&node);
}

const struct ur_target_kind *ur_table_kind(
		struct ur_table *table, struct ur_text kind)
{
	int node;

	return get(table, (struct ur_key){UR_KEY_TARGET_KIND, 0, kind}, &node);
}

void ur_extension_put(const struct ur_extension *extension)
{
	if(extension != NULL)
		ur_record_put(ur_record_of_body(extension));
}

void ur_extension_put_with(
		const struct ur_extension *extension, void (*free_block)(void *block))
{
	ur_record_put_with(ur_record_of_body(extension), free_block);
}

void ur_target_put(const struct ur_route_target *target)
{
	if(target != NULL)
		ur_record_put(ur_record_of_body(target));
}

void ur_kind_put(const struct ur_target_kind *kind)
{
	if(kind != NULL)
		ur_record_put(ur_record_of_body(kind));
}
