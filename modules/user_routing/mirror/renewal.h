/*
 * The hours of schedules and the offsets of time zones are made of the time: PostgreSQL knows them
 * for some weeks ahead. So they are read again now and then, though nothing changes. If the database
 * is away for long, a warning is logged before they end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_RENEWAL_H
#define UR_MIRROR_RENEWAL_H

#include "mirror/store/table.h"

/* All zero bytes: never. */
struct ur_renewal
{
	int interval; /* seconds from one to the next; 0: none */
	int64_t due;  /* see ur_pg_now() */
	bool has_warned;
	int64_t warned_at; /* see ur_pg_now() */
};

/* Sets the interval. A new one starts now. */
void ur_renewal_configure(struct ur_renewal *renewal, int interval);

/* They were read: the next time is an interval away. */
void ur_renewal_restart(struct ur_renewal *renewal);

/* Reading failed: the next attempt comes after the pause, in ms. */
void ur_renewal_put_off(struct ur_renewal *renewal, int pause);

bool ur_renewal_is_due(const struct ur_renewal *renewal);

/* While the database is away: logs a warning, once a day, if the hours of a schedule in the table end
 * within a week. */
void ur_renewal_warn(struct ur_renewal *renewal, struct ur_table *table);

#endif
