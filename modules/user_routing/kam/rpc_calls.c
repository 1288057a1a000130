/*
 * The calls that a user is in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_calls.h"

#include "kam/compat.h"
#include "kam/in_progress.h"
#include "kam/rpc_who.h"

#define SHOWN_MAX 100

static int add_call(
		rpc_t *rpc, void *to, const struct ur_in_progress_view *view)
{
	static char *const states[] = {
			[UR_IN_PROGRESS_PLACED] = "placed",
			[UR_IN_PROGRESS_RINGING] = "ringing",
			[UR_IN_PROGRESS_ANSWERED] = "answered",
	};
	const time_t seconds = time(NULL) - view->since;
	str with = {(char *)view->with, view->with_len};
	str call_id = {(char *)view->call_id, view->call_id_len};

	return rpc->struct_add(to, "sSdS", "state", states[view->state], "with",
			&with, "seconds", seconds > 0 ? (int)seconds : 0, "call_id",
			&call_id);
}

static int answer(rpc_t *rpc, void *ctx, const struct ur_user *user)
{
	static struct ur_in_progress_view views[SHOWN_MAX];
	const int count =
			ur_in_progress_list(ur_user_text(user, user->id), views, SHOWN_MAX);
	str id = ur_str_of_text(ur_user_text(user, user->id));
	void *node, *calls, *call;
	int err = rpc->add(ctx, "{", &node);
	int i;

	if(err == 0)
		err = rpc->struct_add(node, "Sdd[", "user", &id, "max_calls",
				(int)user->max_calls, "found", count, "calls", &calls);
	for(i = 0; err == 0 && i < count && i < SHOWN_MAX; i++) {
		err = rpc->array_add(calls, "{", &call);
		if(err == 0)
			err = add_call(rpc, call, &views[i]);
	}
	return err;
}

void ur_rpc_calls(rpc_t *rpc, void *ctx, struct ur_table *table)
{
	static struct ur_rpc_who who;
	const struct ur_user *user;

	if(!ur_in_progress_is_counted()) {
		rpc->fault(ctx, 503,
				"Calls are not counted: load dialog before user_routing");
		return;
	}
	if(!ur_rpc_who_read(rpc, ctx, &who))
		return;
	user = ur_rpc_who_find(table, &who);
	if(user == NULL) {
		rpc->fault(ctx, 404, "No such user or device: %.*s",
				who.text.len < 80 ? who.text.len : 80, who.text.s);
		return;
	}
	if(answer(rpc, ctx, user) != 0)
		rpc->fault(ctx, 500, "Out of memory for the answer");
	ur_table_user_put(user);
}
