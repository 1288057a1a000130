/*
 * The table of mirrored records: look-ups and references.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/store/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mirror/store/table_inside.h"

/* ---- the table */

int ur_table_alloc(struct ur_table **tablep)
{
	struct ur_table *table = ur_port_alloc(sizeof(*table));
	int err, i;

	if(table == NULL)
		return ENOMEM;
	memset(table, 0, sizeof(*table));
	for(i = 0; i < UR_STRIPES; i++)
		table->stripes[i].heads = &table->stripes[i].first_head;
	table->stats.buckets = UR_STRIPES;
	table->locks = ur_port_locks_new(UR_STRIPES);
	err = table->locks != NULL ? ur_hash_seed_draw(&table->seed) : ENOMEM;
	if(err != 0) {
		ur_table_free(table);
		return err;
	}
	*tablep = table;
	return 0;
}

static void free_heads(struct ur_stripe *stripe)
{
	if(stripe->heads != &stripe->first_head)
		ur_port_free(stripe->heads);
}

static void empty_bucket(struct ur_table *table, struct ur_node **head)
{
	while(*head != NULL) {
		struct ur_record *record = ur_record_of_node(*head);

		ur_buckets_unlink(table, record);
		ur_record_put(record);
	}
}

void ur_table_free(struct ur_table *table)
{
	uint32_t i, j;

	if(table == NULL)
		return;
	for(i = 0; table->locks != NULL && i < UR_STRIPES; i++) {
		for(j = 0; j <= table->stripes[i].mask; j++)
			empty_bucket(table, &table->stripes[i].heads[j]);
	}
	for(i = 0; i < UR_STRIPES; i++)
		free_heads(&table->stripes[i]);
	if(table->locks != NULL)
		ur_port_locks_free(table->locks);
	ur_port_free(table);
}

void ur_table_stats(struct ur_table *table, struct ur_table_stats *stats)
{
	const struct ur_table_stats *from = &table->stats;

	stats->users = __atomic_load_n(&from->users, __ATOMIC_RELAXED);
	stats->devices = __atomic_load_n(&from->devices, __ATOMIC_RELAXED);
	stats->accounts = __atomic_load_n(&from->accounts, __ATOMIC_RELAXED);
	stats->domains = __atomic_load_n(&from->domains, __ATOMIC_RELAXED);
	stats->extensions = __atomic_load_n(&from->extensions, __ATOMIC_RELAXED);
	stats->dids = __atomic_load_n(&from->dids, __ATOMIC_RELAXED);
	stats->targets = __atomic_load_n(&from->targets, __ATOMIC_RELAXED);
	stats->target_hosts =
			__atomic_load_n(&from->target_hosts, __ATOMIC_RELAXED);
	stats->rules = __atomic_load_n(&from->rules, __ATOMIC_RELAXED);
	stats->schedules = __atomic_load_n(&from->schedules, __ATOMIC_RELAXED);
	stats->caller_lists =
			__atomic_load_n(&from->caller_lists, __ATOMIC_RELAXED);
	stats->groups = __atomic_load_n(&from->groups, __ATOMIC_RELAXED);
	stats->hours_until = stats->schedules > 0 ? __atomic_load_n(
								 &from->hours_until, __ATOMIC_RELAXED)
											  : 0;
	stats->buckets = __atomic_load_n(&from->buckets, __ATOMIC_RELAXED);
	stats->bytes = __atomic_load_n(&from->bytes, __ATOMIC_RELAXED);
}

/* ---- look-ups */

/* The body of the first record of that key, with a reference. *number: which of its nodes has the
 * key. */
static const void *get(struct ur_table *table, struct ur_key key, int *number)
{
	struct ur_record *record = ur_buckets_get(table, &key, number);

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

const struct ur_account *ur_table_account_by_id(
		struct ur_table *table, struct ur_text id)
{
	int number;

	return get(table, (struct ur_key){UR_KEY_ACCOUNT_ID, 0, id}, &number);
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

void ur_table_user_ref(const struct ur_user *user)
{
	ur_record_ref(ur_record_of_body(user));
}

void ur_table_group_ref(const struct ur_group *group)
{
	ur_record_ref(ur_record_of_body(group));
}

time_t ur_table_user_made_at(const struct ur_user *user)
{
	return (time_t)ur_record_of_body(user)->made_at;
}

void ur_table_user_put(const struct ur_user *user)
{
	if(user != NULL)
		ur_record_put(ur_record_of_body(user));
}

void ur_table_user_put_with(
		const struct ur_user *user, void (*free_block)(void *block))
{
	ur_record_put_with(ur_record_of_body(user), free_block);
}

void ur_table_account_put(const struct ur_account *account)
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

const struct ur_extension *ur_table_did(
		struct ur_table *table, struct ur_text e164)
{
	int node;

	/* Each call of a trunk asks. */
	if(__atomic_load_n(&table->stats.dids, __ATOMIC_RELAXED) == 0)
		return NULL;
	return get(table, (struct ur_key){UR_KEY_DID, 0, e164}, &node);
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
	ur_table_account_put(account);
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

const struct ur_schedule *ur_table_schedule(
		struct ur_table *table, struct ur_text id)
{
	int node;

	return get(table, (struct ur_key){UR_KEY_SCHEDULE, 0, id}, &node);
}

const struct ur_caller_list *ur_table_caller_list(
		struct ur_table *table, struct ur_text id)
{
	int node;

	return get(table, (struct ur_key){UR_KEY_CALLER_LIST, 0, id}, &node);
}

const struct ur_group *ur_table_group_by_id(
		struct ur_table *table, struct ur_text id)
{
	int node;

	/* Each target of that kind asks, also where such targets are rows of route_target. */
	if(__atomic_load_n(&table->stats.groups, __ATOMIC_RELAXED) == 0)
		return NULL;
	return get(table, (struct ur_key){UR_KEY_GROUP, 0, id}, &node);
}

uint32_t ur_table_group_turn(const struct ur_group *group, bool take)
{
	struct ur_record *record = ur_record_of_body(group);

	if(take)
		return __atomic_fetch_add(&record->turns, 1, __ATOMIC_RELAXED);
	return __atomic_load_n(&record->turns, __ATOMIC_RELAXED);
}

bool ur_table_lists_host(
		struct ur_table *table, struct ur_text host, bool *is_empty)
{
	const void *listed;
	int node;

	listed = get(table, (struct ur_key){UR_KEY_TARGET_HOST, 0, host}, &node);
	if(listed != NULL)
		ur_record_put(ur_record_of_body(listed));
	*is_empty = listed == NULL && ur_buckets_target_hosts(table) == 0;
	return listed != NULL;
}

void ur_table_extension_put(const struct ur_extension *extension)
{
	if(extension != NULL)
		ur_record_put(ur_record_of_body(extension));
}

void ur_table_extension_put_with(
		const struct ur_extension *extension, void (*free_block)(void *block))
{
	ur_record_put_with(ur_record_of_body(extension), free_block);
}

void ur_table_target_put(const struct ur_route_target *target)
{
	if(target != NULL)
		ur_record_put(ur_record_of_body(target));
}

void ur_table_kind_put(const struct ur_target_kind *kind)
{
	if(kind != NULL)
		ur_record_put(ur_record_of_body(kind));
}

void ur_table_schedule_put(const struct ur_schedule *schedule)
{
	if(schedule != NULL)
		ur_record_put(ur_record_of_body(schedule));
}

void ur_table_caller_list_put(const struct ur_caller_list *list)
{
	if(list != NULL)
		ur_record_put(ur_record_of_body(list));
}

void ur_table_group_put(const struct ur_group *group)
{
	if(group != NULL)
		ur_record_put(ur_record_of_body(group));
}

void ur_table_group_put_with(
		const struct ur_group *group, void (*free_block)(void *block))
{
	ur_record_put_with(ur_record_of_body(group), free_block);
}
