/*
 * RPC show: what a user's rules are, and what they depend on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_SHOW_CONDITIONS_H
#define UR_KAM_RPC_SHOW_CONDITIONS_H

#include "core/rpc.h"
#include "mirror/store/table.h"

/* Adds a text of a record. Returns the result of rpc->struct_add(). */
int ur_rpc_show_text(rpc_t *rpc, void *to, char *name, const void *base,
		struct ur_slice slice);

/* Adds account_id; empty if the account has just been removed. Returns the same. */
int ur_rpc_show_account_id(
		rpc_t *rpc, void *to, struct ur_table *table, uint32_t number);

/* Adds a user's rules to the user's struct. Returns 0, or what rpc->struct_add() does. */
int ur_rpc_show_rules(rpc_t *rpc, void *to, const struct ur_user *user);

/* Answer with one of them. Return 0, or what rpc->add() and rpc->struct_add() do. */
int ur_rpc_show_schedule(rpc_t *rpc, void *ctx, struct ur_table *table,
		const struct ur_schedule *schedule);
int ur_rpc_show_caller_list(rpc_t *rpc, void *ctx, struct ur_table *table,
		const struct ur_caller_list *list);

#endif
