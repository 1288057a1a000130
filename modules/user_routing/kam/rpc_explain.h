/*
 * RPC user_routing.explain and user_routing.explain_tree: what would happen to a call now, and why.
 *
 * They read what a call would read, in any process, and leave no trace: no transaction, and no log
 * line for a forward that is not followed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_EXPLAIN_H
#define UR_KAM_RPC_EXPLAIN_H

#include "core/rpc.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

/*
 * CALLEE [CALLER [PRIVACY]]. CALLEE: username@domain, an extension's digits@domain, or a device's
 * address. CALLER: a device's address, else a user's, who then calls from none of the devices;
 * absent, empty or ".": a call from a trunk. PRIVACY: the value of the caller's Privacy header.
 */
void ur_rpc_explain(rpc_t *rpc, void *ctx);
void ur_rpc_explain_tree(rpc_t *rpc, void *ctx);

extern const char *ur_rpc_explain_doc[];
extern const char *ur_rpc_explain_tree_doc[];

#endif
