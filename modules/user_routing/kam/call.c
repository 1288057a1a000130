/*
 * Call state: what the module remembers of a call from one route to the next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/call.h"

#include <string.h>

#include "core/dprint.h"
#include "core/hashes.h"
#include "core/mem/shm.h"
#include "core/xavp.h"
#include "kam/caller_limit.h"
#include "kam/settings.h"
#include "mirror/port.h"

/* Not a name that a script would take. */
static str call_xavp = str_init("user_routing::call");

void ur_call_ref(struct ur_call *call)
{
	atomic_fetch_add(&call->references, 1);
}

static void put_chain(
		const struct ur_chain *chain, void (*free_block)(void *block))
{
	int i;

	for(i = 0; i < chain->count; i++) {
		if(chain->hops[i].user != NULL)
			ur_user_put_with(chain->hops[i].user, free_block);
		else
			ur_extension_put_with(chain->hops[i].extension, free_block);
	}
}

void ur_call_uncount(struct ur_call *call)
{
	ur_caller_limit_give(
			atomic_exchange(&call->limit_place, UR_CALLER_UNLIMITED));
}

void ur_call_unref(struct ur_call *call, void (*free_block)(void *block))
{
	if(atomic_fetch_sub(&call->references, 1) > 1)
		return;
	ur_call_uncount(call);
	put_chain(&call->chain, free_block);
	if(call->caller.user != NULL)
		ur_user_put_with(call->caller.user, free_block);
	if(call->target_uri.s != NULL)
		free_block((void *)call->target_uri.s);
	if(call->negotiation.s != NULL)
		free_block((void *)call->negotiation.s);
	free_block(call);
}

/* The XAVP's free function. tm calls it with the shared memory lock held, so only
 * sfree may free here: shm_free() would wait for ever. */
static void free_call_data(void *p, sr_xavp_sfree_f sfree)
{
	ur_call_unref(p, sfree);
}

static int hang_on_message(struct ur_call *call)
{
	sr_xval_t value = {.type = SR_XTYPE_DATA};

	value.v.data = shm_malloc(sizeof(*value.v.data));
	if(value.v.data == NULL)
		return -1;
	value.v.data->p = call;
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

struct ur_call *ur_call_new(const struct ur_caller *caller, int limit_place)
{
	struct ur_call *call =
			shm_malloc(sizeof(*call) + caller->aor.len + caller->domain.len
					   + caller->dialled.len);
	char *at;

	if(call == NULL) {
		ur_user_put(caller->user);
		ur_caller_limit_give(limit_place);
		SHM_MEM_ERROR;
		return NULL;
	}
	memset(call, 0, sizeof(*call));
	atomic_init(&call->references, 1);
	atomic_init(&call->limit_place, limit_place);
	call->caller.user = caller->user;
	call->caller.is_private = caller->is_private;
	at = call->texts;
	keep(&at, caller->aor, &call->caller.aor);
	keep(&at, caller->domain, &call->caller.domain);
	keep(&at, caller->dialled, &call->caller.dialled);
	if(hang_on_message(call) < 0) {
		ur_call_unref(call, ur_port_free);
		SHM_MEM_ERROR;
		return NULL;
	}
	return call;
}

struct ur_call *ur_call_get(void)
{
	const sr_xavp_t *xavp = xavp_get(&call_xavp, NULL);

	if(xavp == NULL || xavp->val.type != SR_XTYPE_DATA)
		return NULL;
	return xavp->val.v.data->p;
}

const struct ur_user *ur_call_user(const struct ur_call *call)
{
	return ur_chain_user(&call->chain);
}

void ur_call_begin_ring(struct ur_call *call, int only)
{
	memset(&call->ring, 0, sizeof(call->ring));
	call->calling_device =
			ur_plan_find_device(ur_call_user(call), call->caller.aor);
	call->only = only;
	call->next_device = 0;
	call->step = 0;
	call->time_is_total = ur_setting(ring_timeout_total) != 0;
	call->steps_by_script = false;
	call->limit_logged = false;
	call->phase = UR_CALL_TO_RING;
}

struct ur_plan ur_call_plan(const struct ur_call *call)
{
	return (struct ur_plan){ur_call_user(call), call->calling_device,
			call->only, call->transfer == UR_TRANSFER_ASKED};
}

int ur_call_set_target(struct ur_call *call, const struct ur_target *target,
		struct ur_text uri)
{
	char *copy = shm_malloc(uri.len);

	if(copy == NULL) {
		SHM_MEM_ERROR;
		return -1;
	}
	if(call->target_uri.s != NULL)
		ur_port_free((void *)call->target_uri.s);
	call->target_uri.s = memcpy(copy, uri.s, uri.len);
	call->target_uri.len = uri.len;
	call->target.kind.s = target->kind.s;
	call->target.kind.len = target->kind.len;
	call->target.id.s = target->id.s;
	call->target.id.len = target->id.len;
	return 0;
}

void ur_call_add_leg(struct ur_call *call, str ruid, int device)
{
	call->legs[call->legs_count++] =
			(struct ur_call_leg){get_hash1_raw(ruid.s, ruid.len), device};
}

int ur_call_device_of(const struct ur_call *call, str ruid)
{
	const unsigned hash = get_hash1_raw(ruid.s, ruid.len);
	int i;

	for(i = 0; i < call->legs_count && ruid.len > 0; i++) {
		if(call->legs[i].ruid == hash)
			return call->legs[i].device;
	}
	return UR_NO_DEVICE;
}

enum ur_leg_to ur_call_leg_to(const struct ur_call *call)
{
	switch(call->phase) {
		case UR_CALL_OUTBOUND:
			return UR_LEG_TO_OUTBOUND;
		case UR_CALL_LEFT:
			return ur_caller_leg_to(call->target);
		default:
			return UR_LEG_TO_DEVICE;
	}
}
