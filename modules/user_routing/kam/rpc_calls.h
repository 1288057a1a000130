/*
 * The RPC command user_routing.calls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_CALLS_H
#define UR_KAM_RPC_CALLS_H

#include "core/rpc.h"
#include "mirror/store/table.h"

/* Lists the calls that the user is in whom the parameter names. */
void ur_rpc_calls(rpc_t *rpc, void *ctx, struct ur_table *table);

#endif
