/*
 * When to read hours again, and when to warn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/renewal.h"

#include <time.h>

#include "mirror/port.h"
#include "mirror/source/pg.h"

enum
{
	DAY = 86400, /* seconds */
	WARN_BEFORE = 7 * DAY,
};

void ur_renewal_restart(struct ur_renewal *renewal)
{
	renewal->due = ur_pg_now() + (int64_t)renewal->interval * 1000;
	renewal->has_warned = false;
}

void ur_renewal_configure(struct ur_renewal *renewal, int interval)
{
	if(renewal->interval == interval)
		return;
	renewal->interval = interval;
	ur_renewal_restart(renewal);
}

void ur_renewal_put_off(struct ur_renewal *renewal, int pause)
{
	renewal->due = ur_pg_now() + pause;
}

bool ur_renewal_is_due(const struct ur_renewal *renewal)
{
	return renewal->interval > 0 && ur_pg_now() >= renewal->due;
}

static void warn(int64_t left)
{
	if(left > 0)
		ur_port_log(UR_LOG_WARNING,
				"database: it is away, and the hours of schedules are known for"
				" %lld more hours only; after that no rule with a schedule"
				" holds",
				(long long)(left / 3600));
	else
		ur_port_log(UR_LOG_WARNING,
				"database: it is away, and the known hours of schedules have"
				" ended: no rule with such a schedule holds until the database"
				" answers");
}

void ur_renewal_warn(struct ur_renewal *renewal, struct ur_table *table)
{
	const int64_t now = ur_pg_now();
	struct ur_table_stats stats;
	int64_t left;

	if(renewal->has_warned && now - renewal->warned_at < DAY * 1000LL)
		return;
	ur_table_stats(table, &stats);
	left = (int64_t)stats.hours_until * 60 - (int64_t)time(NULL);
	if(stats.hours_until == 0 || left >= WARN_BEFORE)
		return;
	warn(left);
	renewal->has_warned = true;
	renewal->warned_at = now;
}
