/*
 * The parameter of RPC commands that names a user, and the user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RPC_WHO_H
#define UR_KAM_RPC_WHO_H

#include "core/rpc.h"
#include "mirror/store/table.h"

#define UR_RPC_WHO_MAX 512 /* longer than any address */

struct ur_rpc_who
{
	char buf[UR_RPC_WHO_MAX];
	/* In buf; in lower case after the @, like the table's keys. */
	struct ur_text text;
	int at; /* place of the last @, or -1 */
};

/* Reads the first parameter. False: it is missing or too long, and a fault is the answer. */
bool ur_rpc_who_read(rpc_t *rpc, void *ctx, struct ur_rpc_who *who);

/* The user with that username@domain or id, or who owns the device with that address. A reference, for
 * ur_table_user_put(); NULL: there is none. */
const struct ur_user *ur_rpc_who_find(
		struct ur_table *table, const struct ur_rpc_who *who);

#endif
