/*
 * Adds legs to a transaction whose other legs ring.
 *
 * What t_append_branches() of 5.6 to 6.1 leaves behind when it fails is put right here:
 * - If it can't copy the request it returns with the reply lock held once more than before.
 * - If the caller hangs up while it builds a leg, it takes the new legs off the transaction's count, and
 *   tm would never free them. They are put back as legs that have ended.
 * - It leaves the branches that it was given.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/append.h"

#include "core/dprint.h"
#include "core/dset.h"
#include "core/error.h"
#include "core/globals.h"
#include "core/script_cb.h"
#include "kam/branches.h"
#include "kam/legs.h"
#include "kam/reply_lock.h"
#include "mirror/port.h"
#include "modules/tm/h_table.h"
#include "modules/tm/tm_load.h"

static struct tm_binds tmb;

/* ---- while a route runs without the lock */

/* The call of the route that this process runs, with a reference; NULL: none. */
static struct ur_live_call *held;

static int on_route_end(sip_msg_t *msg, unsigned int flags, void *param)
{
	(void)msg;
	(void)flags;
	(void)param;
	if(held != NULL) {
		atomic_store(&held->is_held, false);
		ur_live_call_unref(held, ur_port_free);
		held = NULL;
	}
	return 1;
}

int ur_append_init(void)
{
	if(load_tm_api(&tmb) < 0)
		return -1;
	if(register_script_cb(
			   on_route_end, POST_SCRIPT_CB | REQUEST_CB | FAILURE_CB, NULL)
			== 0)
		return 0;
	LM_ERR("the end of routes can't be watched: out of private memory (-M)\n");
	return -1;
}

void ur_append_hold(struct ur_live_call *live)
{
	if(held != NULL)
		return;
	held = live;
	ur_live_call_ref(live);
	atomic_store(&live->is_held, true);
}

/* ---- legs */

/* legs.c switches tm's own handling of 6xx on when somebody declines. */
bool ur_append_may(const struct cell *t, const struct ur_live_call *live)
{
	int i;

	if(atomic_load(&live->is_held) || t->uas.status >= 200
			|| (t->flags & (T_CANCELED | T_6xx)) || !(t->flags & T_DISABLE_6xx))
		return false;
	for(i = 0; i < t->nr_of_outgoings; i++) {
		if(t->uac[i].last_received < 200 && ur_live_call_leg(live, i) != NULL)
			return true;
	}
	return false;
}

static void put_back(struct cell *t)
{
	while(t->nr_of_outgoings < (int)sr_dst_max_branches
			&& t->uac[t->nr_of_outgoings].request.buffer != NULL) {
		t->uac[t->nr_of_outgoings].last_received = 487;
		t->nr_of_outgoings++;
	}
}

int ur_append(struct cell *t, const struct ur_contacts *contacts, int left_ms)
{
	const int level = t->reply_rec_lock_level;
	str any = STR_NULL;
	int added;

	if(ur_branches_collect(contacts) == 0)
		return 0;
	ur_legs_set_timers(t, left_ms);
	added = tmb.t_append_branches(&any);
	while(t->reply_rec_lock_level > level)
		ur_reply_unlock(t);
	put_back(t);
	clear_branches();
	/* E_CFG: the branch route has dropped it. */
	if(added <= 0 && !(t->flags & T_CANCELED) && ser_error != E_CFG)
		LM_WARN("call %.*s: %d contacts do not ring: tm added no leg, see"
				" above\n",
				t->uas.request->callid->body.len,
				t->uas.request->callid->body.s, contacts->count);
	return added > 0 ? added : 0;
}
