/*
 * RPC status, stats and resync: the mirror as a whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_STATUS_H
#define UR_KAM_RPC_STATUS_H

#include "core/rpc.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

/* All fault with 500 if memory for the answer is out. */
void ur_rpc_status(
		rpc_t *rpc, void *ctx, struct ur_table *table, struct ur_state *state);
void ur_rpc_stats(
		rpc_t *rpc, void *ctx, struct ur_table *table, struct ur_state *state);
void ur_rpc_resync(rpc_t *rpc, void *ctx, struct ur_state *state);

#endif
