/*
 * Applies announced changes to the table.
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

/* Takes the notifications that have arrived. */
void ur_apply_collect(const struct ur_apply *apply);

/*
 * Reads what has changed, and publishes it. Replaced records can be found until nothing more is
 * announced for a moment, so this may read up to HOLD_ROUNDS times more. Returns 0, or what
 * ur_load_changes() and ur_pg_wait() do: then a full load is due, and at its end the replaced
 * records are released. Changes may be left for the next call.
 */
int ur_apply_changes(const struct ur_apply *apply);

#endif
