/*
 * RPC show: a ring group.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_SHOW_GROUP_H
#define UR_KAM_RPC_SHOW_GROUP_H

#include "core/rpc.h"
#include "mirror/store/table.h"

/* Answers with the group and its members. Returns 0, or what rpc->add() and rpc->struct_add() do. */
int ur_rpc_show_group(rpc_t *rpc, void *ctx, struct ur_table *table,
		const struct ur_group *group);

#endif
