/*
 * What $ur(name) says for the record of a call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/pv_record.h"

#include "core/dprint.h"
#include "kam/compat.h"
#include "kam/context.h"
#include "kam/dialog.h"
#include "modules/tm/h_table.h"
#include "modules/tm/tm_load.h"
#include "policy/caller.h"
#include "policy/history.h"

static struct tm_binds tmb;

int ur_pv_record_init(void)
{
	if(load_tm_api(&tmb) == 0)
		return 0;
	LM_ERR("tm is not loaded: add loadmodule \"tm.so\" before "
		   "user_routing.so\n");
	return -1;
}

static const struct cell *transaction(void)
{
	const struct cell *t = tmb.t_gett();

	return t == T_UNDEFINED ? NULL : t;
}

/* A copy that outlives the reference to the record. */
static struct ur_text copy_of(struct ur_text text)
{
	static char copy[256];

	if(text.len <= 0 || text.len > (int)sizeof(copy))
		return UR_TEXT("");
	memcpy(copy, text.s, text.len);
	return (struct ur_text){copy, text.len};
}

/* ---- the leg that answers */

static const struct ur_dialog *leg_dialog(void)
{
	static struct ur_leg_dialog leg;
	const struct cell *t = transaction();

	return t != NULL && ur_dialog_open_leg(t, tmb.t_gett_branch(), &leg)
				   ? &leg.dialog
				   : NULL;
}

static struct ur_text leg_device(void)
{
	const struct ur_dialog *dialog = leg_dialog();

	return dialog != NULL ? dialog->callee.device : UR_TEXT("");
}

static struct ur_text leg_user(void)
{
	int device;
	const struct ur_user *user =
			ur_table_user_by_device(ur_context_table(), leg_device(), &device);
	struct ur_text id = UR_TEXT("");

	if(user != NULL)
		id = copy_of(ur_user_text(user, user->id));
	ur_table_user_put(user);
	return id;
}

static struct ur_text leg_from(void)
{
	const struct ur_dialog *dialog = leg_dialog();

	return dialog != NULL ? dialog->from_shown : UR_TEXT("");
}

/* ---- the chain */

static struct ur_text called(const struct ur_chain *chain)
{
	int i;

	for(i = 0; i < chain->count; i++) {
		if(chain->hops[i].user != NULL)
			return ur_user_text(chain->hops[i].user, chain->hops[i].user->id);
	}
	return UR_TEXT("");
}

/* The hop whose device has answered: a phone may answer late, when the call has gone on. */
static int answering_hop(const struct ur_live_call *live)
{
	const struct ur_chain *chain = &live->call.chain;
	const bool is_answered = ur_pv_record_response(live) / 100 == 2;
	const struct ur_text user = is_answered ? leg_user() : UR_TEXT("");
	int i;

	for(i = 0; i < chain->count && !ur_text_is_empty(user); i++) {
		const struct ur_user *of = chain->hops[i].user;

		if(of != NULL && ur_text_equal(ur_user_text(of, of->id), user))
			return i;
	}
	return chain->count;
}

static const struct ur_hop *forward(const struct ur_live_call *live)
{
	const struct ur_chain *chain = &live->call.chain;
	int i;

	for(i = answering_hop(live) - 1; i >= 0; i--) {
		if(chain->hops[i].user != NULL
				&& chain->hops[i].diversion != UR_DIVERSION_NONE)
			return &chain->hops[i];
	}
	return NULL;
}

static bool account_that_pays(const struct ur_call *call, uint32_t *account)
{
	const struct ur_user *payer = ur_caller_payer(&call->chain, &call->caller);

	if(payer != NULL)
		*account = payer->account;
	else if(call->chain.count > 0)
		*account = ur_chain_account(&call->chain);
	else
		return false;
	return true;
}

static struct ur_text payer_account(const struct ur_call *call)
{
	struct ur_text id = UR_TEXT("");
	const struct ur_account *account;
	uint32_t number;

	if(!account_that_pays(call, &number))
		return id;
	account = ur_table_account_by_number(ur_context_table(), number);
	if(account != NULL)
		id = copy_of(ur_account_text(account, account->id));
	ur_table_account_put(account);
	return id;
}

struct ur_text ur_pv_record_text(
		const struct ur_live_call *live, enum ur_pv_record name)
{
	const struct ur_caller *caller = &live->call.caller;
	const struct ur_hop *hop;

	switch(name) {
		case UR_PV_CALLER:
			return caller->user != NULL
						   ? ur_user_text(caller->user, caller->user->id)
						   : UR_TEXT("");
		case UR_PV_CALLER_DEVICE:
			return caller->aor;
		case UR_PV_CALLED:
			return called(&live->call.chain);
		case UR_PV_FORWARDER:
			hop = forward(live);
			return hop != NULL ? ur_user_text(hop->user, hop->user->id)
							   : UR_TEXT("");
		case UR_PV_FORWARD_REASON:
			hop = forward(live);
			return hop != NULL ? ur_history_reason(hop->diversion)
							   : UR_TEXT("");
		case UR_PV_PAYER_ACCOUNT:
			return payer_account(&live->call);
		case UR_PV_LEG_DEVICE:
			return leg_device();
		case UR_PV_LEG_USER:
			return leg_user();
		default:
			return leg_from();
	}
}

/* A timer of tm ends a call without making its transaction the current one. */
int ur_pv_record_response(const struct ur_live_call *live)
{
	const struct cell *t = live != NULL && live->transaction != NULL
								   ? live->transaction
								   : transaction();

	return t != NULL && t->uas.status >= 200 ? t->uas.status : 0;
}
