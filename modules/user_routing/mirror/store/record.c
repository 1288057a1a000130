/*
 * Records: their block, keys and life.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <time.h>

#include "mirror/port.h"
#include "mirror/store/draft.h"

static struct ur_key user_key(const struct ur_user *user, int number)
{
	struct ur_slice aor;

	switch(number) {
		case UR_NODE_ID:
			return (struct ur_key){
					UR_KEY_USER_ID, 0, ur_user_text(user, user->id)};
		case UR_NODE_USER_NAME:
			return (struct ur_key){UR_KEY_USER_NAME, user->account,
					ur_user_text(user, user->username)};
		default:
			aor = user->devices[number - UR_NODE_FIRST_DEVICE].aor;
			return (struct ur_key){
					UR_KEY_DEVICE_AOR, 0, ur_user_text(user, aor)};
	}
}

static struct ur_key account_key(const struct ur_account *account, int number)
{
	struct ur_slice domain;

	switch(number) {
		case UR_NODE_ID:
			return (struct ur_key){UR_KEY_ACCOUNT_ID, 0,
					ur_account_text(account, account->id)};
		case UR_NODE_ACCOUNT_NUMBER:
			return (struct ur_key){
					UR_KEY_ACCOUNT_NUMBER, account->number, UR_TEXT("")};
		default:
			domain = account->texts[number - UR_NODE_FIRST_DOMAIN];
			return (struct ur_key){
					UR_KEY_DOMAIN, 0, ur_account_text(account, domain)};
	}
}

static struct ur_key extension_key(
		const struct ur_extension *extension, int number)
{
	if(number == UR_NODE_ID)
		return (struct ur_key){UR_KEY_EXTENSION_ID, 0,
				ur_slice_text(extension, extension->id)};
	return (struct ur_key){UR_KEY_EXTENSION_DIGITS, extension->account,
			ur_slice_text(extension, extension->digits)};
}

/* The key of a body's node of that number. */
static struct ur_key body_key(
		enum ur_record_type type, const void *body, int number)
{
	const struct ur_route_target *target = body;
	const struct ur_target_kind *kind = body;
	const struct ur_target_host *host = body;
	const struct ur_extension *did = body;
	const struct ur_schedule *schedule = body;
	const struct ur_caller_list *list = body;
	const struct ur_group *group = body;

	switch(type) {
		case UR_RECORD_USER:
			return user_key(body, number);
		case UR_RECORD_ACCOUNT:
			return account_key(body, number);
		case UR_RECORD_EXTENSION:
			return extension_key(body, number);
		case UR_RECORD_TARGET:
			return (struct ur_key){
					UR_KEY_TARGET, 0, ur_slice_text(target, target->name)};
		case UR_RECORD_DID:
			return (struct ur_key){
					UR_KEY_DID, 0, ur_slice_text(did, did->digits)};
		case UR_RECORD_TARGET_HOST:
			return (struct ur_key){
					UR_KEY_TARGET_HOST, 0, ur_slice_text(host, host->host)};
		case UR_RECORD_SCHEDULE:
			return (struct ur_key){
					UR_KEY_SCHEDULE, 0, ur_slice_text(schedule, schedule->id)};
		case UR_RECORD_CALLER_LIST:
			return (struct ur_key){
					UR_KEY_CALLER_LIST, 0, ur_slice_text(list, list->id)};
		case UR_RECORD_GROUP:
			return (struct ur_key){
					UR_KEY_GROUP, 0, ur_slice_text(group, group->id)};
		default:
			return (struct ur_key){
					UR_KEY_TARGET_KIND, 0, ur_slice_text(kind, kind->kind)};
	}
}

struct ur_key ur_record_key(const struct ur_record *record, int number)
{
	return body_key(record->type, record->body, number);
}

bool ur_record_has_key(const struct ur_record *record, int number)
{
	const struct ur_key key = ur_record_key(record, number);

	return key.kind != UR_KEY_DEVICE_AOR || !ur_text_is_empty(key.text);
}

struct ur_key ur_record_draft_id(const struct ur_draft *draft)
{
	return body_key(draft->type, draft->body, UR_NODE_ID);
}

bool ur_record_key_equal(const struct ur_key *a, const struct ur_key *b)
{
	return a->kind == b->kind && a->scope == b->scope
		   && ur_text_equal(a->text, b->text);
}

uint32_t ur_record_key_hash(
		const struct ur_key *key, const struct ur_hash_seed *seed)
{
	uint64_t word = (uint64_t)key->scope << 32 | key->kind;

	return (uint32_t)ur_hash_text(seed, word, key->text);
}

static size_t block_size(int node_count, uint32_t body_size)
{
	return node_count * sizeof(struct ur_node) + sizeof(struct ur_record)
		   + body_size;
}

size_t ur_record_size(const struct ur_record *record)
{
	return block_size(record->node_count, record->body_size);
}

size_t ur_record_draft_size(const struct ur_draft *draft)
{
	return block_size(draft->node_count, draft->body_size);
}

struct ur_record *ur_record_new(
		const struct ur_draft *draft, const struct ur_hash_seed *seed)
{
	struct ur_node *nodes = ur_port_alloc(ur_record_draft_size(draft));
	struct ur_record *record;
	int i;

	if(nodes == NULL)
		return NULL;
	record = (struct ur_record *)(nodes + draft->node_count);
	*record = (struct ur_record){.refs = 1,
			.type = draft->type,
			.node_count = draft->node_count,
			.body_size = draft->body_size,
			.hash = draft->sum.hash,
			.rows = (uint32_t)draft->sum.rows};
	if(draft->type != UR_RECORD_GROUP)
		record->made_at = (uint32_t)time(NULL);
	memcpy(record->body, draft->body, draft->body_size);
	for(i = 0; i < record->node_count; i++) {
		struct ur_key key = ur_record_key(record, i);

		*ur_record_node(record, i) = (struct ur_node){
				.hash = ur_record_key_hash(&key, seed), .number = i};
	}
	return record;
}

bool ur_record_equals(
		const struct ur_record *record, const struct ur_draft *draft)
{
	return record->type == draft->type && record->body_size == draft->body_size
		   && memcmp(record->body, draft->body, draft->body_size) == 0;
}

void ur_record_ref(struct ur_record *record)
{
	__atomic_add_fetch(&record->refs, 1, __ATOMIC_RELAXED);
}

/* ASan does not track shared memory. So the block is overwritten: whoever still uses the record, in
 * whatever process, reads garbage. */
static void spoil(struct ur_record *record)
{
#ifdef __SANITIZE_ADDRESS__
	memset(ur_record_node(record, record->node_count - 1), 0xfd,
			ur_record_size(record));
#else
	(void)record;
#endif
}

void ur_record_put_with(
		struct ur_record *record, void (*free_block)(void *block))
{
	void *block = ur_record_node(record, record->node_count - 1);

	/* Release what this holder read, acquire what all others did, then free. */
	if(__atomic_sub_fetch(&record->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	spoil(record);
	free_block(block);
}

void ur_record_put(struct ur_record *record)
{
	ur_record_put_with(record, ur_port_free);
}
