/*
 * Call state: what the module remembers of a call from one route to the next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/call.h"

#include <string.h>

#include "core/dprint.h"
#include "core/mem/shm.h"
#include "core/xavp.h"
#include "mirror/port.h"
#include "mirror/table.h"

/* Not a name that a script would take. */
static str call_xavp = str_init("user_routing::call");

struct ur_plan ur_call_plan(const struct ur_call *call)
{
	return (struct ur_plan){call->user, call->caller, call->only};
}

void ur_call_ref(struct ur_call *call)
{
	atomic_fetch_add(&call->references, 1);
}

void ur_call_unref(struct ur_call *call, void (*free_block)(void *block))
{
	if(atomic_fetch_sub(&call->references, 1) > 1)
		return;
	ur_user_put_with(call->user, free_block);
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

struct ur_call *ur_call_new(const struct ur_user *user, int caller, int only)
{
	struct ur_call *call = shm_malloc(sizeof(*call));

	if(call == NULL) {
		ur_user_put(user);
		SHM_MEM_ERROR;
		return NULL;
	}
	memset(call, 0, sizeof(*call));
	atomic_init(&call->references, 1);
	call->user = user;
	call->caller = caller;
	call->only = only;
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
