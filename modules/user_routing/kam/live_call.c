/*
 * A live call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/live_call.h"

#include <string.h>

#include "core/dprint.h"
#include "core/mem/shm.h"
#include "core/xavp.h"
#include "kam/caller_limit.h"
#include "kam/compat.h"
#include "kam/in_progress.h"
#include "mirror/port.h"
#include "mirror/store/hash.h"

/* A name that no script would use. */
static str call_xavp = str_init("user_routing::call");

void ur_live_call_ref(struct ur_live_call *live)
{
	atomic_fetch_add(&live->references, 1);
}

static void put_chain(
		const struct ur_chain *chain, void (*free_block)(void *block))
{
	int i;

	for(i = 0; i < chain->count; i++) {
		if(chain->hops[i].user != NULL)
			ur_table_user_put_with(chain->hops[i].user, free_block);
		else if(chain->hops[i].group != NULL)
			ur_table_group_put_with(chain->hops[i].group, free_block);
		else
			ur_table_extension_put_with(chain->hops[i].extension, free_block);
	}
}

static void put_rosters(
		struct ur_roster *roster, void (*free_block)(void *block))
{
	while(roster != NULL) {
		struct ur_roster *const next = roster->next;
		uint32_t i;

		for(i = 0; i < roster->count; i++) {
			if(roster->places[i].owner != NULL)
				ur_table_user_put_with(roster->places[i].owner, free_block);
		}
		free_block(roster);
		roster = next;
	}
}

void ur_live_call_uncount(struct ur_live_call *live)
{
	ur_caller_limit_give(
			atomic_exchange(&live->limit_place, UR_CALLER_UNLIMITED));
}

void ur_live_call_unref(
		struct ur_live_call *live, void (*free_block)(void *block))
{
	if(atomic_fetch_sub(&live->references, 1) > 1)
		return;
	ur_live_call_uncount(live);
	ur_in_progress_release(live->in_progress, free_block);
	put_rosters(live->call.rosters, free_block);
	put_chain(&live->call.chain, free_block);
	if(live->call.caller.user != NULL)
		ur_table_user_put_with(live->call.caller.user, free_block);
	if(live->target_uri.s != NULL)
		free_block((void *)live->target_uri.s);
	if(live->call.caller.gateway_domain.s != NULL)
		free_block((void *)live->call.caller.gateway_domain.s);
	if(live->negotiation.s != NULL)
		free_block((void *)live->negotiation.s);
	free_block(live);
}

/* The XAVP's free function. tm calls it with the shared memory lock held, so only sfree may free
 * here: shm_free() would deadlock. */
static void free_call_data(void *p, sr_xavp_sfree_f sfree)
{
	/* If the script has answered without a transaction, tm keeps the callback's reference longer. */
	ur_live_call_uncount(p);
	ur_in_progress_forget(((struct ur_live_call *)p)->in_progress, sfree);
	ur_live_call_unref(p, sfree);
}

static int hang_on_message(struct ur_live_call *live)
{
	sr_xval_t value = {.type = SR_XTYPE_DATA};

	value.v.data = shm_malloc(sizeof(*value.v.data));
	if(value.v.data == NULL)
		return -1;
	value.v.data->p = live;
	value.v.data->pfree = free_call_data;
	if(xavp_add_value(&call_xavp, &value, NULL) != NULL)
		return 0;
	shm_free(value.v.data);
	return -1;
}

/* Copies a text into the block. (Field by field: see push() in policy/chain.c.) */
static void keep(char **at, struct ur_text from, struct ur_text *to)
{
	to->s = *at;
	to->len = from.len;
	if(from.len > 0)
		memcpy(*at, from.s, from.len);
	*at += from.len;
}

/* The texts are copied into the block. */
static void set_caller(struct ur_live_call *live,
		const struct ur_caller *caller, enum ur_transfer transfer)
{
	struct ur_caller own;
	char *at = live->texts;

	memset(&own, 0, sizeof(own));
	own.user = caller->user;
	own.is_private = caller->is_private;
	keep(&at, caller->aor, &own.aor);
	keep(&at, caller->domain, &own.domain);
	keep(&at, caller->dialled, &own.dialled);
	ur_call_init(&live->call, &own, transfer);
}

struct ur_live_call *ur_live_call_new(const struct ur_caller *caller,
		enum ur_transfer transfer, int limit_place)
{
	struct ur_live_call *live =
			shm_malloc(sizeof(*live) + caller->aor.len + caller->domain.len
					   + caller->dialled.len);

	if(live == NULL) {
		ur_table_user_put(caller->user);
		ur_caller_limit_give(limit_place);
		SHM_MEM_ERROR;
		return NULL;
	}
	memset(live, 0, sizeof(*live));
	atomic_init(&live->references, 1);
	atomic_init(&live->limit_place, limit_place);
	set_caller(live, caller, transfer);
	if(hang_on_message(live) < 0) {
		ur_live_call_unref(live, ur_port_free);
		SHM_MEM_ERROR;
		return NULL;
	}
	return live;
}

struct ur_live_call *ur_live_call_get(void)
{
	const sr_xavp_t *xavp = xavp_get(&call_xavp, NULL);

	if(xavp == NULL || xavp->val.type != SR_XTYPE_DATA)
		return NULL;
	return xavp->val.v.data->p;
}

/* Replaces a text that the call owns. 0, or -1 and logs an error. */
static int own(struct ur_text *owned, struct ur_text text)
{
	char *copy = NULL;

	if(text.len > 0) {
		copy = shm_malloc(text.len);
		if(copy == NULL) {
			SHM_MEM_ERROR;
			return -1;
		}
		memcpy(copy, text.s, text.len);
	}
	if(owned->s != NULL)
		ur_port_free((void *)owned->s);
	owned->s = copy;
	owned->len = text.len;
	return 0;
}

int ur_live_call_set_gateway_domain(
		struct ur_live_call *live, struct ur_text domain)
{
	return own(&live->call.caller.gateway_domain, domain);
}

int ur_live_call_set_target(struct ur_live_call *live,
		const struct ur_target *target, struct ur_text uri)
{
	if(own(&live->target_uri, uri) < 0)
		return -1;
	live->target.kind.s = target->kind.s;
	live->target.kind.len = target->kind.len;
	live->target.id.s = target->id.s;
	live->target.id.len = target->id.len;
	return 0;
}

void ur_live_call_clear_legs(struct ur_live_call *live)
{
	live->legs_count = 0;
	memset(live->leg_of, 0, sizeof(live->leg_of));
}

/* The same in all processes: drawn before they are. */
static struct ur_hash_seed seed;

int ur_live_call_init(void)
{
	if(ur_hash_seed_draw(&seed) == 0)
		return 0;
	LM_ERR("legs can't be told apart: the kernel gives no random bytes\n");
	return -1;
}

uint64_t ur_live_call_hash(uint64_t before, str text)
{
	return before == 0 && text.len <= 0
				   ? 0
				   : ur_hash_text(&seed, before, ur_text_of_str(text));
}

/* There are never more of them than branches, as each takes one. */
void ur_live_call_add_leg(
		struct ur_live_call *live, const struct ur_call_leg *leg)
{
	if(live->legs_count < MAX_BRANCHES_LIMIT)
		live->legs[live->legs_count++] = *leg;
}

/* The place in legs, or -1. */
static int find_leg(const struct ur_live_call *live, str ruid)
{
	uint64_t hash;
	int i;

	if(ruid.len <= 0)
		return -1;
	hash = ur_live_call_hash(0, ruid);
	for(i = live->legs_count - 1; i >= 0; i--) {
		if(live->legs[i].ruid == hash)
			break;
	}
	return i;
}

struct ur_call_leg *ur_live_call_begin_leg(
		struct ur_live_call *live, int branch, str ruid)
{
	const int i = find_leg(live, ruid);
	struct ur_member member;

	if(i < 0 || branch < 0 || branch >= MAX_BRANCHES_LIMIT)
		return NULL;
	live->leg_of[branch] = i + 1;
	member = ur_plan_member(&live->call.plan, live->legs[i].place);
	/* A number that is somebody's forward is none of that user's phones. */
	live->user_of[branch] = member.device != UR_NO_PLACE ? member.owner : NULL;
	return &live->legs[i];
}

const struct ur_call_leg *ur_live_call_leg(
		const struct ur_live_call *live, int branch)
{
	const int i = live->leg_of[branch];

	return i > 0 ? &live->legs[i - 1] : NULL;
}

void ur_live_call_end_legs_of(
		struct ur_live_call *live, const struct ur_user *user)
{
	int i;

	for(i = 0; i < MAX_BRANCHES_LIMIT && user != NULL; i++) {
		if(live->leg_of[i] > 0 && live->user_of[i] != NULL
				&& ur_text_equal(
						ur_user_text(live->user_of[i], live->user_of[i]->id),
						ur_user_text(user, user->id)))
			live->legs[live->leg_of[i] - 1].until = UR_LEG_DECLINED;
	}
}

const struct ur_user *ur_live_call_user_of(
		const struct ur_live_call *live, int branch)
{
	return live->user_of[branch];
}

int ur_live_call_place_of(const struct ur_live_call *live, str ruid)
{
	const int i = find_leg(live, ruid);

	return i >= 0 ? live->legs[i].place : UR_NO_PLACE;
}

enum ur_leg_to ur_live_call_leg_to(const struct ur_live_call *live, str ruid)
{
	return ur_call_leg_to(
			&live->call, live->target, ur_live_call_place_of(live, ruid));
}
