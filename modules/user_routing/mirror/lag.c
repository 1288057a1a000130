/*
 * Since when changes wait.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/lag.h"

#include "mirror/source/pg.h"
#include "mirror/state_update.h"

static void tell(const struct ur_lag *lag)
{
	ur_state_set_behind(lag->state,
			lag->load_since != 0 ? lag->load_since : lag->changes_since);
}

void ur_lag_announce(struct ur_lag *lag)
{
	if(lag->changes_since != 0)
		return;
	lag->changes_since = ur_pg_now();
	tell(lag);
}

void ur_lag_apply(struct ur_lag *lag, uint64_t count)
{
	ur_state_add_changes(lag->state, count, ur_pg_now() - lag->changes_since);
	lag->changes_since = 0;
	tell(lag);
}

void ur_lag_leave_to_load(struct ur_lag *lag, int64_t since)
{
	if(lag->load_since == 0)
		lag->load_since = lag->changes_since != 0 ? lag->changes_since : since;
	lag->changes_since = 0;
	tell(lag);
}

void ur_lag_load(struct ur_lag *lag, int64_t announced)
{
	if(announced != 0)
		ur_state_add_changes(lag->state, 0, ur_pg_now() - announced);
	lag->load_since = 0;
	tell(lag);
}
