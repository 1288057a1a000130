/*
 * How far the table is behind the database, as far as the mirror knows: since when announced
 * changes wait, or changes may have been made while nobody listened.
 *
 * The mirror does not know how long a notification was under way, or lay in the socket while the
 * mirror was busy. It notices that the network is gone only when a query is not answered. For these
 * the state also has when the database was last heard from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_LAG_H
#define UR_MIRROR_LAG_H

#include "mirror/state.h"

/* Times: see ur_pg_now(); 0: nothing waits. */
struct ur_lag
{
	struct ur_state *state; /* where the lag is published */
	int64_t changes_since;	/* since when announced changes wait */
	int64_t load_since;		/* since when changes wait for the next full load */
};

/* A change was announced. */
void ur_lag_announce(struct ur_lag *lag);

/* The announced changes are applied: count records were read. */
void ur_lag_apply(struct ur_lag *lag, uint64_t count);

/* The announced changes are left to the next full load, and so are those that may have been missed
 * from that time on. 0: none were missed. */
void ur_lag_leave_to_load(struct ur_lag *lag, int64_t since);

/* The full load is done. announced: when the database asked for it; 0: it did not. */
void ur_lag_load(struct ur_lag *lag, int64_t announced);

#endif
