/*
 * RPC check: what is configured and can't work.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_CHECK_H
#define UR_KAM_RPC_CHECK_H

#include "core/rpc.h"
#include "mirror/check.h"
#include "mirror/mirror.h"

/* Faults: 404 no such account; 500 the database reports an error, or the answer is too large; 503
 * the database is out of reach, or another check is in progress; 504 no answer within 2 seconds. */
void ur_rpc_check(rpc_t *rpc, void *ctx, struct ur_table *table,
		struct ur_state *state, struct ur_check *check);

#endif
