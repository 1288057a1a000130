/*
 * RPC show: the record of a user, a schedule or a caller list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_SHOW_H
#define UR_KAM_RPC_SHOW_H

#include "core/rpc.h"
#include "mirror/store/table.h"

/* Faults: 400 the parameter is missing or too long; 404 no such record; 500 the answer is too large
 * for the transport. */
void ur_rpc_show(rpc_t *rpc, void *ctx, struct ur_table *table);

#endif
