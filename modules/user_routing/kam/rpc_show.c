/*
 * Shows a user with account, devices and rules, a schedule, a caller list or a ring group, as in the
 * mirror.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_show.h"

#include <string.h>

#include "core/ut.h"
#include "kam/compat.h"
#include "kam/rpc_show_conditions.h"
#include "kam/rpc_show_group.h"
#include "kam/rpc_who.h"
#include "mirror/store/draft.h"

#define DOMAINS_MAX 4096 /* bytes of domains shown */

/* ---- the answer; all return the result of rpc->struct_add() */

static int add_routing(rpc_t *rpc, void *to, const struct ur_user *user)
{
	static char *const names[UR_FORWARD_COUNT][2] = {
			[UR_FORWARD_ALWAYS] = {"fwd_always_kind", "fwd_always_id"},
			[UR_FORWARD_BUSY] = {"fwd_busy_kind", "fwd_busy_id"},
			[UR_FORWARD_NO_ANSWER] = {"fwd_noanswer_kind", "fwd_noanswer_id"},
			[UR_FORWARD_UNREACHABLE] = {"fwd_unreachable_kind",
					"fwd_unreachable_id"},
	};
	str strategy = ur_str_of_text(
			ur_draft_strategy_name((enum ur_ring_strategy)user->strategy));
	int err = rpc->struct_add(to, "sSdd", "status",
			user->active ? "active" : "disabled", "ring_strategy", &strategy,
			"ring_timeout_sec", (int)user->ring_timeout_sec, "dnd",
			(int)user->dnd);
	int i;

	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		err |= ur_rpc_show_text(
				rpc, to, names[i][0], user, user->forward[i].kind);
		err |= ur_rpc_show_text(
				rpc, to, names[i][1], user, user->forward[i].id);
	}
	return err;
}

static int add_user(rpc_t *rpc, void *to, const struct ur_user *user)
{
	time_t age = time(NULL) - ur_table_user_made_at(user);
	int err = ur_rpc_show_text(rpc, to, "id", user, user->id);

	err |= ur_rpc_show_text(rpc, to, "username", user, user->username);
	err |= ur_rpc_show_text(rpc, to, "display_name", user, user->display_name);
	err |= add_routing(rpc, to, user);
	err |= ur_rpc_show_text(rpc, to, "voicemail_id", user, user->voicemail_id);
	err |= ur_rpc_show_text(
			rpc, to, "out_cid_number", user, user->out_cid_number);
	err |= ur_rpc_show_text(rpc, to, "out_cid_name", user, user->out_cid_name);
	err |= ur_rpc_show_text(rpc, to, "dial_class", user, user->dial_class);
	err |= rpc->struct_add(to, "dd", "max_calls", (int)user->max_calls, "age",
			age > 0 ? (int)age : 0);
	return err;
}

static int add_domains(rpc_t *rpc, void *to, const struct ur_account *account)
{
	int left = DOMAINS_MAX;
	int err = 0;
	int i;

	for(i = 0; err == 0 && i < account->domain_count; i++) {
		str domain = ur_str_of_text(ur_account_domain(account, i));

		left -= domain.len;
		if(left < 0)
			break;
		err = rpc->array_add(to, "S", &domain);
	}
	return err;
}

static int add_account(rpc_t *rpc, void *to, const struct ur_account *account)
{
	void *node, *domains;
	int err = rpc->struct_add(to, "{", "account", &node);

	if(err != 0 || account == NULL)
		return err;
	err = ur_rpc_show_text(rpc, node, "id", account, account->id);
	err |= ur_rpc_show_text(rpc, node, "tz", account, account->tz);
	err |= rpc->struct_add(node, "sd", "status",
			account->active ? "active" : "suspended", "domain_count",
			(int)account->domain_count);
	if(err == 0)
		err = rpc->struct_add(node, "[", "domains", &domains);
	return err == 0 ? add_domains(rpc, domains, account) : err;
}

static int flag(const struct ur_device *device, enum ur_device_flag flag)
{
	return (device->flags & flag) != 0;
}

/* Never shows the ha1: it can be used like the password. */
static int add_device(rpc_t *rpc, void *to, const struct ur_user *user,
		const struct ur_device *device)
{
	int err = ur_rpc_show_text(rpc, to, "id", user, device->id);

	err |= ur_rpc_show_text(rpc, to, "address", user, device->aor);
	err |= ur_rpc_show_text(rpc, to, "number", user, device->number);
	err |= rpc->struct_add(to, "sddddd", "status",
			flag(device, UR_DEVICE_ACTIVE) ? "active" : "disabled",
			"ring_order", device->ring_order, "available",
			flag(device, UR_DEVICE_AVAILABLE), "ring_on_fork",
			flag(device, UR_DEVICE_RING_ON_FORK), "ring_specific",
			flag(device, UR_DEVICE_SPECIFIC), "has_password",
			flag(device, UR_DEVICE_HA1));
	err |= rpc->struct_add(to, "dd", "ring_delay_sec",
			(int)device->ring_delay_sec, "ring_for_sec",
			(int)device->ring_for_sec);
	return err;
}

static int add_devices(rpc_t *rpc, void *to, const struct ur_user *user)
{
	void *devices, *node;
	int err = rpc->struct_add(to, "[", "devices", &devices);
	int i;

	for(i = 0; err == 0 && i < user->device_count; i++) {
		err = rpc->array_add(devices, "{", &node);
		if(err == 0)
			err = add_device(rpc, node, user, &user->devices[i]);
	}
	return err;
}

static int answer_user(rpc_t *rpc, void *ctx, const struct ur_user *user,
		const struct ur_account *account)
{
	void *node;
	int err = rpc->add(ctx, "{", &node);

	if(err == 0)
		err = add_user(rpc, node, user);
	if(err == 0)
		err = add_account(rpc, node, account);
	if(err == 0)
		err = add_devices(rpc, node, user);
	return err == 0 ? ur_rpc_show_rules(rpc, node, user) : err;
}

/* Return false if there is no such record. *err: as answers return it. */

static bool show_user(rpc_t *rpc, void *ctx, struct ur_table *table,
		const struct ur_rpc_who *what, int *err)
{
	const struct ur_user *user = ur_rpc_who_find(table, what);
	const struct ur_account *account;

	if(user == NULL)
		return false;
	account = ur_table_account_by_number(table, user->account);
	*err = answer_user(rpc, ctx, user, account);
	ur_table_account_put(account);
	ur_table_user_put(user);
	return true;
}

static bool show_schedule(rpc_t *rpc, void *ctx, struct ur_table *table,
		struct ur_text id, int *err)
{
	const struct ur_schedule *schedule = ur_table_schedule(table, id);

	if(schedule == NULL)
		return false;
	*err = ur_rpc_show_schedule(rpc, ctx, table, schedule);
	ur_table_schedule_put(schedule);
	return true;
}

static bool show_caller_list(rpc_t *rpc, void *ctx, struct ur_table *table,
		struct ur_text id, int *err)
{
	const struct ur_caller_list *list = ur_table_caller_list(table, id);

	if(list == NULL)
		return false;
	*err = ur_rpc_show_caller_list(rpc, ctx, table, list);
	ur_table_caller_list_put(list);
	return true;
}

static bool show_group(rpc_t *rpc, void *ctx, struct ur_table *table,
		struct ur_text id, int *err)
{
	const struct ur_group *group = ur_table_group_by_id(table, id);

	if(group == NULL)
		return false;
	*err = ur_rpc_show_group(rpc, ctx, table, group);
	ur_table_group_put(group);
	return true;
}

void ur_rpc_show(rpc_t *rpc, void *ctx, struct ur_table *table)
{
	static struct ur_rpc_who what;
	int err = 0;

	if(!ur_rpc_who_read(rpc, ctx, &what))
		return;
	if(!show_user(rpc, ctx, table, &what, &err)
			&& !show_schedule(rpc, ctx, table, what.text, &err)
			&& !show_caller_list(rpc, ctx, table, what.text, &err)
			&& !show_group(rpc, ctx, table, what.text, &err))
		rpc->fault(ctx, 404,
				"No %s \"%.*s\" is in the mirror (skipped rows: see the log)",
				what.at < 0 ? "sip_user, schedule, caller_list or ring_group"
							: "user's or device's address",
				what.text.len < 40 ? what.text.len : 40, what.text.s);
	else if(err != 0)
		rpc->fault(ctx, 500,
				"The answer is too large: raise ctl's"
				" binrpc_struct_max_body_size, or private memory (-M)");
}
