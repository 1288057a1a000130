/*
 * Records: one block of shared memory each, for example a user with the devices or an account with
 * the domains, together with the keys under which it is found.
 *
 *   ┌ node n-1 ┬ … ┬ node 1 ┬ node 0 ┬ struct ur_record ┬ body ────────────────┐
 *   └──────────┴───┴────────┴────────┴──────────────────┴ ur_user | ur_account ┘
 *
 * The body is what readers get. From it the header is a fixed distance away,
 * and so are the nodes, which link the record into the table's buckets. A node
 * holds no key: what its key is follows from its number and the body, see
 * ur_record_key(). So a user with two devices costs 80 bytes more than the body
 * itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_RECORD_H
#define UR_MIRROR_STORE_RECORD_H

#include <stddef.h>

#include "mirror/columns.h"
#include "mirror/store/hash.h"

enum
{
	UR_MAX_DEVICES = 200,  /* of a user */
	UR_MAX_RULES = 200,	   /* of a user */
	UR_MAX_DOMAINS = 1000, /* of an account, its numbers included */
	UR_MAX_ENTRIES = 2000, /* of a caller list */
	UR_BODY_MAX = 65535,   /* bytes that a struct ur_slice can reach */
	UR_MAX_HOURS = UR_BODY_MAX / sizeof(struct ur_hours), /* of a schedule */
};

enum ur_record_type
{
	UR_RECORD_USER,
	UR_RECORD_ACCOUNT,
	UR_RECORD_EXTENSION,
	UR_RECORD_TARGET,
	UR_RECORD_TARGET_KIND,
	UR_RECORD_TARGET_HOST,
	UR_RECORD_DID,
	UR_RECORD_SCHEDULE,
	UR_RECORD_CALLER_LIST,
	UR_RECORD_GROUP,
	UR_RECORD_TYPES,
};

/* Rows that were read: their number, and the exclusive or of their hashes. Equal for equal sets of
 * rows, in any order. */
struct ur_sum
{
	uint64_t rows;
	uint64_t hash;
};

/* A link of one bucket of the table. */
struct ur_node
{
	struct ur_node *next; /* guarded by the lock of the stripe */
	uint32_t hash;
	uint16_t number; /* 0 … node_count-1: which of its record's */
};

struct ur_record
{
	uint32_t refs;		 /* atomic; one of them is the table's */
	uint32_t generation; /* the writer's: the last reading that saw it */
	uint32_t body_size;
	uint16_t node_count;
	uint8_t type;	  /* enum ur_record_type */
	uint8_t replaced; /* the writer's: to be unlinked, see writer.h */
	uint64_t
			hash; /* the writer's: of the rows it was made from, see ur_sum … */
	uint32_t rows; /* … and how many these are */
	union
	{
		uint32_t made_at; /* time() of when its content came into the table */
		/* Atomic. Of a group: how many calls have taken a turn of it. Its next record goes on from
		 * there. */
		uint32_t turns;
	};
	_Alignas(8) char body[];
};

_Static_assert(sizeof(struct ur_record) == 32,
		"a million records have this header: keep it small");

/* What is looked up. The kinds share the table, so the kind is part of the
 * key. */
enum ur_key_kind
{
	UR_KEY_USER_ID,
	UR_KEY_USER_NAME, /* scope: the number of the account */
	UR_KEY_DEVICE_AOR,
	UR_KEY_ACCOUNT_ID,
	UR_KEY_ACCOUNT_NUMBER, /* scope: the number; no text */
	UR_KEY_DOMAIN,
	UR_KEY_EXTENSION_ID,
	UR_KEY_EXTENSION_DIGITS, /* scope: the number of the account */
	UR_KEY_TARGET,			 /* text: "account_id kind id" */
	UR_KEY_TARGET_KIND,
	UR_KEY_TARGET_HOST,
	UR_KEY_DID, /* text: the e164 */
	UR_KEY_SCHEDULE,
	UR_KEY_CALLER_LIST,
	UR_KEY_GROUP,
};

struct ur_key
{
	enum ur_key_kind kind;
	uint32_t scope;
	struct ur_text text;
};

/* Numbers of nodes. Node 0 has the id, so each record has one of that number. */
enum
{
	UR_NODE_ID = 0,
	UR_NODE_USER_NAME = 1,
	UR_NODE_FIRST_DEVICE = 2,
	UR_NODE_ACCOUNT_NUMBER = 1,
	UR_NODE_FIRST_DOMAIN = 2,
	UR_NODE_EXTENSION_DIGITS = 1,
};

/* A record in the making, see draft.h. */
struct ur_draft;

/* The shared memory that a draft's record takes, in bytes, without the allocator's part. */
size_t ur_record_draft_size(const struct ur_draft *draft);

/* Makes the record of a draft, with one reference, in shared memory that the last ur_record_put()
 * frees. Returns NULL without memory. */
struct ur_record *ur_record_new(
		const struct ur_draft *draft, const struct ur_hash_seed *seed);

/* True if the record has the same content as the draft. */
bool ur_record_equals(
		const struct ur_record *record, const struct ur_draft *draft);

void ur_record_ref(struct ur_record *record);
void ur_record_put(struct ur_record *record);

/* The same where the allocator's lock is already held: see
 * ur_table_user_put_with(). */
void ur_record_put_with(
		struct ur_record *record, void (*free_block)(void *block));

/* The key of the record's node of that number. */
struct ur_key ur_record_key(const struct ur_record *record, int number);

/* Does that node have a key? An external phone has no AoR: nobody finds its user by it. */
bool ur_record_has_key(const struct ur_record *record, int number);

/* The key of a draft's id. */
struct ur_key ur_record_draft_id(const struct ur_draft *draft);

bool ur_record_key_equal(const struct ur_key *a, const struct ur_key *b);
uint32_t ur_record_key_hash(
		const struct ur_key *key, const struct ur_hash_seed *seed);

/* Size of the record's block in bytes. */
size_t ur_record_size(const struct ur_record *record);

static inline struct ur_node *ur_record_node(
		const struct ur_record *record, int number)
{
	return (struct ur_node *)record - 1 - number;
}

static inline struct ur_record *ur_record_of_node(const struct ur_node *node)
{
	return (struct ur_record *)(node + 1 + node->number);
}

/* The sum of the rows that it was made from. */
static inline struct ur_sum ur_record_sum(const struct ur_record *record)
{
	return (struct ur_sum){record->rows, record->hash};
}

static inline struct ur_record *ur_record_of_body(const void *body)
{
	return (struct ur_record *)((const char *)body
								- offsetof(struct ur_record, body));
}

#endif
