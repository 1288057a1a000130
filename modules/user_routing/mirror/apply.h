/*
 * Changes, from their announcement into the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_APPLY_H
#define UR_MIRROR_APPLY_H

#include "mirror/lag.h"
#include "mirror/load.h"

struct ur_apply
{
	struct ur_pg *pg; /* listens */
	struct ur_load *load;
	struct ur_changes *changes; /* announced, not applied yet */
	struct ur_lag *lag;
};

/* What has arrived by now becomes a change. */
void ur_apply_collect(const struct ur_apply *apply);

/*
 * Reads what has changed. What that replaced goes when nothing more is announced for a
 * moment, so this may take HOLD_ROUNDS readings more. Returns 0, or what
 * ur_load_changes() and ur_pg_wait() do: then a full load is due, and what was replaced
 * goes at its end. There may be changes left, for the next time.
 */
int ur_apply_changes(const struct ur_apply *apply);

#endif
