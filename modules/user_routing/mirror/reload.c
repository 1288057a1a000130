/*
 * When the next full load is due.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/reload.h"

#include "mirror/source/pg.h"

static void due(struct ur_reload *reload, int64_t at, const char *why)
{
	if(!reload->is_due)
		reload->why = why;
	reload->is_due = true;
	reload->at = at;
}

void ur_reload_now(struct ur_reload *reload, const char *why)
{
	due(reload, 0, why);
}

void ur_reload_soon(struct ur_reload *reload, const char *why)
{
	if(!reload->is_due)
		due(reload, reload->rests_until, why);
}

void ur_reload_announce(struct ur_reload *reload)
{
	if(reload->announced == 0)
		reload->announced = ur_pg_now();
	ur_reload_soon(reload, "a notification asks for it");
}

bool ur_reload_is_ripe(const struct ur_reload *reload)
{
	return reload->is_due && ur_pg_now() >= reload->at;
}

int ur_reload_wait(const struct ur_reload *reload, int max)
{
	const int64_t left = reload->at - ur_pg_now();

	if(!reload->is_due || left > max)
		return max;
	return left > 0 ? (int)left : 0;
}

int64_t ur_reload_begin(struct ur_reload *reload)
{
	const int64_t announced = reload->announced;

	reload->is_due = false;
	reload->announced = 0;
	return announced;
}

void ur_reload_end(struct ur_reload *reload, int64_t took, uint64_t random)
{
	const uint64_t pause = took > 0 ? 2 * (uint64_t)took : 0;

	reload->rests_until =
			ur_pg_now() + (int64_t)(pause + random % (pause / 2 + 1));
	if(reload->announced != 0) /* during the load */
		reload->at = reload->rests_until;
}

void ur_reload_put_off(struct ur_reload *reload, int64_t announced, int pause)
{
	reload->is_due = true;
	reload->at = ur_pg_now() + pause;
	if(announced != 0)
		reload->announced = announced;
}
