/*
 * RPC commands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_H
#define UR_KAM_RPC_H

#include "core/rpc.h"
#include "mirror/check.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

/* For module_exports. */
extern rpc_export_t ur_rpc_commands[];

#endif
