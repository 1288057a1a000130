/*
 * The table's internals, shared by table.c and buckets.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_TABLE_INSIDE_H
#define UR_MIRROR_STORE_TABLE_INSIDE_H

#include "mirror/port.h"
#include "mirror/store/buckets.h"

enum
{
	UR_STRIPES_LOG2 = 12,
	UR_STRIPES = 1 << UR_STRIPES_LOG2,
};

/* Guarded by its lock: the writer changes it with the lock held and reads it without,
 * readers read it with the lock held. */
struct ur_stripe
{
	struct ur_node **heads; /* mask + 1 buckets */
	uint32_t mask;
	uint32_t count;				/* of nodes; the writer's alone */
	struct ur_node *first_head; /* the only bucket as long as there is one */
};

struct ur_table
{
	struct ur_hash_seed seed;
	struct ur_port_locks *locks;   /* one a stripe */
	struct ur_table_stats stats;   /* changed by the writer alone, atomically */
	struct ur_buckets_marks marks; /* the writer's alone */
	struct ur_stripe stripes[UR_STRIPES];
};

#endif
