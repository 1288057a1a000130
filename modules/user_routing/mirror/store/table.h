/*
 * The table of mirrored records: immutable, reference counted, in shared memory.
 *
 * There are many readers, the SIP workers, and one writer, the mirror's process. A record is one
 * block. Once it is in the table it is never changed, only replaced. get and put are paired; the
 * last put frees.
 *
 * Locks: the buckets are divided into stripes, see buckets.c. A stripe's lock guards its buckets,
 * heads and links, and the step from finding a record to taking a reference. The reference counts
 * themselves are atomic. No allocation, I/O or logging is done with a lock held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_TABLE_H
#define UR_MIRROR_STORE_TABLE_H

#include <stdint.h>
#include <time.h>

#include "policy/model.h"

struct ur_table;

/* Figures of the table, for status answers. */
struct ur_table_stats
{
	uint32_t users;
	uint32_t devices;
	uint32_t accounts;
	uint32_t domains;
	uint32_t extensions;
	uint32_t dids;
	uint32_t targets;
	uint32_t target_hosts;
	uint32_t rules; /* of users */
	uint32_t schedules;
	uint32_t caller_lists;
	uint32_t groups;
	/* Minutes since 1970-01-01 00:00 UTC until which the hours of all schedules are known, at least; 0:
	 * there is no schedule. */
	uint32_t hours_until;
	uint32_t
			buckets; /* of the hash table: about as many as keys, in powers of two */
	uint64_t bytes; /* records and buckets, without the allocator's overhead */
};

/* Makes an empty table in *tablep; it grows with what is put into it. Returns 0 or
 * ENOMEM. */
int ur_table_alloc(struct ur_table **tablep);

/* Frees the table and what is in it; nobody may hold a reference any more. */
void ur_table_free(struct ur_table *table);

/*
 * Look-ups: the record with a reference taken, or NULL when there is none. The
 * caller gives the reference back with ur_table_user_put() / ur_table_account_put().
 *
 *  by_name    username (unescaped, case-sensitive) within an account
 *  by_id      sip_user.id
 *  by_device  the user who owns the device of that AoR (auth_username@realm);
 *             *device is set to the device's place in user->devices
 */
const struct ur_user *ur_table_user_by_name(
		struct ur_table *table, uint32_t account, struct ur_text username);
const struct ur_user *ur_table_user_by_id(
		struct ur_table *table, struct ur_text id);
const struct ur_user *ur_table_user_by_device(
		struct ur_table *table, struct ur_text aor, int *device);

/* by id: account.id.  by domain: lower case, without port.  by number: as in
 * ur_user.account. */
const struct ur_account *ur_table_account_by_id(
		struct ur_table *table, struct ur_text id);
const struct ur_account *ur_table_account_by_domain(
		struct ur_table *table, struct ur_text domain);
const struct ur_account *ur_table_account_by_number(
		struct ur_table *table, uint32_t number);

/* When the record's content came into the table, as time() has it. Reading the same content again
 * does not change that. */
time_t ur_table_user_made_at(const struct ur_user *user);

/* Takes one more reference; the caller already holds one. */
void ur_table_user_ref(const struct ur_user *user);
void ur_table_user_put(const struct ur_user *user);			 /* NULL: nothing */
void ur_table_account_put(const struct ur_account *account); /* NULL: nothing */

/* The same where the allocator's lock is already held: free_block frees the record if this was its
 * last reference. */
void ur_table_user_put_with(
		const struct ur_user *user, void (*free_block)(void *block));

/* The same for extensions, route targets and their kinds. */
const struct ur_extension *ur_table_extension_by_id(
		struct ur_table *table, struct ur_text id);
const struct ur_extension *ur_table_extension_by_digits(
		struct ur_table *table, uint32_t account, struct ur_text digits);
/* e164: without +. */
const struct ur_extension *ur_table_did(
		struct ur_table *table, struct ur_text e164);
const struct ur_route_target *ur_table_target(
		struct ur_table *table, uint32_t account, struct ur_target target);
const struct ur_target_kind *ur_table_kind(
		struct ur_table *table, struct ur_text kind);

/* By id. */
const struct ur_schedule *ur_table_schedule(
		struct ur_table *table, struct ur_text id);
const struct ur_caller_list *ur_table_caller_list(
		struct ur_table *table, struct ur_text id);
const struct ur_group *ur_table_group_by_id(
		struct ur_table *table, struct ur_text id);

/* How many calls have taken a turn of the group on this node since it came into the table; with take
 * this one takes the next. A change of the group keeps the number. A turn that is taken of a group at
 * the moment when it changes may be given twice. */
uint32_t ur_table_group_turn(const struct ur_group *group, bool take);

/* Is the host, in its normal form, among those that targets may name? If the list is empty
 * (*is_empty), all hosts are allowed. */
bool ur_table_lists_host(
		struct ur_table *table, struct ur_text host, bool *is_empty);

void ur_table_extension_put(
		const struct ur_extension *extension); /* NULL: nothing */
void ur_table_extension_put_with(
		const struct ur_extension *extension, void (*free_block)(void *block));
void ur_table_target_put(
		const struct ur_route_target *target);			   /* NULL: nothing */
void ur_table_kind_put(const struct ur_target_kind *kind); /* NULL: nothing */
void ur_table_schedule_put(
		const struct ur_schedule *schedule); /* NULL: nothing */
void ur_table_caller_list_put(
		const struct ur_caller_list *list); /* NULL: nothing */
/* Takes one more reference; the caller already holds one. */
void ur_table_group_ref(const struct ur_group *group);
void ur_table_group_put(const struct ur_group *group); /* NULL: nothing */
void ur_table_group_put_with(
		const struct ur_group *group, void (*free_block)(void *block));

void ur_table_stats(struct ur_table *table, struct ur_table_stats *stats);

#endif
