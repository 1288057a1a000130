/*
 * How far the table is behind the database, as far as the mirror knows: since when
 * changes wait that were announced, or may have been made while nobody listened.
 *
 * What it doesn't know of: how long a notification was on its way, or in the socket while
 * the mirror did something else; and, until a query goes unanswered, that the network is
 * gone. For these the state has when the database was heard of last.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_LAG_H
#define UR_MIRROR_LAG_H

#include "mirror/state.h"

/* Times: see ur_pg_now(); 0: nothing waits. */
struct ur_lag
{
	struct ur_state *state; /* where it is told */
	int64_t changes_since;	/* announced, to be read one by one */
	int64_t load_since;		/* to come with the next full load */
};

/* A change was announced. */
void ur_lag_announce(struct ur_lag *lag);

/* Those that were announced are in force: so many records. */
void ur_lag_apply(struct ur_lag *lag, uint64_t count);

/* They, and what has happened since then, will come with a full load. 0: nothing has. */
void ur_lag_leave_to_load(struct ur_lag *lag, int64_t since);

/* The full load is done. announced: when it was, by the database; 0: it was not. */
void ur_lag_load(struct ur_lag *lag, int64_t announced);

#endif
