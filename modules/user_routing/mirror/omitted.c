/*
 * Rows in no record.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/omitted.h"

#include <string.h>

#include "mirror/store/hash.h"

static void add(struct ur_sum *sum, struct ur_sum other)
{
	sum->rows += other.rows;
	sum->hash ^= other.hash;
}

static void subtract(struct ur_sum *sum, struct ur_sum other)
{
	sum->rows -= other.rows;
	sum->hash ^= other.hash;
}

static uint64_t hash_of(enum ur_record_type type, struct ur_text owner)
{
	static const struct ur_hash_seed seed;

	return ur_hash_text(&seed, type, owner);
}

/* Its index, or count if there is none. */
static int find(const struct ur_omitted *omitted, uint64_t hash)
{
	int i = 0;

	while(i < omitted->count && omitted->owners[i].hash != hash)
		i++;
	return i;
}

void ur_omitted_clear(struct ur_omitted *omitted)
{
	memset(omitted->sums, 0, sizeof(omitted->sums));
	omitted->count = 0;
	omitted->is_full = omitted->is_uncertain = false;
	omitted->awaited_count = 0;
	omitted->account_came = false;
}

void ur_omitted_add(struct ur_omitted *omitted, enum ur_record_type type,
		struct ur_text owner, struct ur_sum sum)
{
	const uint64_t hash = hash_of(type, owner);
	const int i = find(omitted, hash);

	add(&omitted->sums[type], sum);
	if(i == UR_OMITTED_MAX)
		omitted->is_full = true;
	if(i == UR_OMITTED_MAX)
		return;
	if(i == omitted->count) {
		omitted->count++;
		omitted->owners[i].hash = hash;
		omitted->owners[i].type = type;
		omitted->owners[i].sum = (struct ur_sum){0};
	}
	add(&omitted->owners[i].sum, sum);
}

/* If not all owners are kept, this may be one of the others. */
void ur_omitted_forget(struct ur_omitted *omitted, enum ur_record_type type,
		struct ur_text owner)
{
	int i;

	if(omitted->count == 0)
		return;
	i = find(omitted, hash_of(type, owner));
	if(i < omitted->count) {
		subtract(&omitted->sums[type], omitted->owners[i].sum);
		omitted->owners[i] = omitted->owners[--omitted->count];
	} else if(omitted->is_full) {
		omitted->is_uncertain = true;
	}
}

void ur_omitted_forget_all(struct ur_omitted *omitted, enum ur_record_type type)
{
	int i = 0;

	omitted->sums[type] = (struct ur_sum){0};
	while(i < omitted->count) {
		if(omitted->owners[i].type == type)
			omitted->owners[i] = omitted->owners[--omitted->count];
		else
			i++;
	}
}

bool ur_omitted_is_awaited(
		const struct ur_omitted *omitted, struct ur_text account)
{
	const uint64_t hash = hash_of(UR_RECORD_ACCOUNT, account);
	int i = 0;

	while(i < omitted->awaited_count && omitted->awaited[i] != hash)
		i++;
	return i < omitted->awaited_count || i == UR_OMITTED_MAX;
}

void ur_omitted_await(struct ur_omitted *omitted, struct ur_text account)
{
	if(!ur_omitted_is_awaited(omitted, account))
		omitted->awaited[omitted->awaited_count++] =
				hash_of(UR_RECORD_ACCOUNT, account);
}
