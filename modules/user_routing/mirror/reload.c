/*
 * When everything is to be read again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/reload.h"

#include "mirror/pg.h"

void ur_reload_now(struct ur_reload *reload)
{
	reload->is_due = true;
	reload->at = 0;
}

void ur_reload_announce(struct ur_reload *reload)
{
	if(reload->announced == 0)
		reload->announced = ur_pg_now();
	if(!reload->is_due)
		ur_reload_now(reload);
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

void ur_reload_put_off(struct ur_reload *reload, int64_t announced, int pause)
{
	reload->is_due = true;
	reload->at = ur_pg_now() + pause;
	if(announced != 0)
		reload->announced = announced;
}
