/*
 * Applies announced changes to the table.
 *
 * Rows are read as they are now, which may be newer than what was announced. For example, a user
 * has given up a name, and another user has it already but is not announced yet. So replaced
 * records can be found until everything that is announced in the next moment is applied, too. A
 * name that moves from one user to another can be called all the time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/apply.h"

enum
{
	HOLD_MS = 10,	 /* a moment: a commit can be seen before it is announced */
	HOLD_ROUNDS = 5, /* further reads; not a time, for each may be slow */
};

void ur_apply_collect(const struct ur_apply *apply)
{
	PGnotify *notify;

	while((notify = ur_pg_notify(apply->pg)) != NULL) {
		ur_changes_add(apply->changes, notify->extra);
		PQfreemem(notify);
	}
	if(!ur_changes_is_empty(apply->changes))
		ur_lag_announce(apply->lag);
}

static int read_changes(const struct ur_apply *apply)
{
	size_t count;
	int err;

	ur_changes_settle(apply->changes);
	count = ur_changes_count(apply->changes);
	err = ur_load_changes(apply->load, apply->changes);
	if(err != 0)
		return err;
	ur_changes_clear(apply->changes);
	ur_lag_apply(apply->lag, count);
	return 0;
}

/* Notifications that arrived with the results of queries don't wake poll(). */
static int hear_more(const struct ur_apply *apply)
{
	int err = 0;

	ur_apply_collect(apply);
	if(ur_changes_is_empty(apply->changes))
		err = ur_pg_wait(apply->pg, HOLD_MS);
	ur_apply_collect(apply);
	return err;
}

static bool can_read_on(const struct ur_apply *apply)
{
	return !ur_changes_is_empty(apply->changes) && !apply->changes->resync;
}

int ur_apply_changes(const struct ur_apply *apply)
{
	int err = read_changes(apply);
	int round;

	for(round = 0; err == 0 && ur_load_holds(apply->load); round++) {
		err = hear_more(apply);
		if(err != 0 || !can_read_on(apply) || round == HOLD_ROUNDS)
			break;
		err = read_changes(apply);
	}
	ur_load_settle(apply->load, err == 0 && !apply->changes->resync);
	return err;
}
