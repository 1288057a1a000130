/*
 * RPC user_routing.explain_register.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_EXPLAIN_REGISTER_H
#define UR_KAM_RPC_EXPLAIN_REGISTER_H

#include "core/rpc.h"

extern const char *ur_rpc_explain_register_doc[];

/* user_routing.explain_register AUTH_USERNAME@REALM: may a phone with this name register, why not, and
 * where it is registered now. */
void ur_rpc_explain_register(rpc_t *rpc, void *ctx);

#endif
