/*
 * Changes, from their announcement into the table.
 *
 * Rows are read as they are by then, which may be more than what was announced of them:
 * a user has given up a name already that another one has now, and that one's
 * announcement is on its way. So what was replaced is found until all that is announced
 * in the next moment is applied, too: a name that goes from one to another is never
 * nobody's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/apply.h"

enum
{
	HOLD_MS = 10,	 /* a moment: a commit is seen before it is announced */
	HOLD_ROUNDS = 5, /* readings more; no time, as each may be slow */
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

/* What came with the answers wakes no poll(). */
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
