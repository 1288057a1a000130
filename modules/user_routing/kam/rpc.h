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

/* What the commands tell of; set in mod_init before the first fork. */
void ur_rpc_init(struct ur_table *table, struct ur_mirror_status *status,
		struct ur_check *check);

#endif
