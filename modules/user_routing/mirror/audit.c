/*
 * When to compare, and when to believe a difference.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/audit.h"

#include "mirror/port.h"

enum
{
	/* A commit can be seen before it is announced, and makes a difference for that moment. A drift
	 * stays, and its difference stays the same: rows that are in the table as they are in the
	 * database cancel each other out, however often they change. So a difference is believed when
	 * it is seen this many times in a row … */
	ALIKE = 3,
	/* … at intervals that are longer than an announcement takes. */
	WAIT_MS = 500,
	/* If there is always a change that is not announced yet, give up. */
	LOOKS_MAX = 10,
};

void ur_audit_restart(struct ur_audit *audit)
{
	audit->due = ur_pg_now() + audit->interval;
	audit->type = 0;
	audit->looks = 0;
}

void ur_audit_configure(struct ur_audit *audit, int interval)
{
	if(audit->interval == interval)
		return;
	audit->interval = interval;
	ur_audit_restart(audit);
}

void ur_audit_put_off(struct ur_audit *audit, int pause)
{
	audit->due = ur_pg_now() + pause;
}

bool ur_audit_is_due(const struct ur_audit *audit)
{
	return audit->interval > 0 && ur_pg_now() >= audit->due;
}

static void next_type(struct ur_audit *audit)
{
	audit->looks = 0;
	if(++audit->type == UR_RECORD_TYPES)
		ur_audit_restart(audit);
}

/* It differs. Is it a drift? */
static enum ur_audit_result judge(
		struct ur_audit *audit, struct ur_sum difference)
{
	const struct ur_sum *last = &audit->difference;
	const bool same = audit->looks > 0 && last->rows == difference.rows
					  && last->hash == difference.hash;

	audit->looks++;
	audit->alike = same ? audit->alike + 1 : 1;
	audit->difference = difference;
	audit->due = ur_pg_now()
				 + (audit->interval < WAIT_MS ? audit->interval : WAIT_MS);
	if(audit->alike == ALIKE) {
		ur_port_log(UR_LOG_WARNING,
				"the mirror differs from the database: a change was not"
				" announced, so everything is read again; check that the"
				" triggers of sql/migrations are there and enabled, and that"
				" db_url leads to PostgreSQL itself (a pooler must pool"
				" sessions)");
		return UR_AUDIT_DRIFT;
	}
	return audit->looks == LOOKS_MAX ? UR_AUDIT_UNCLEAR : UR_AUDIT_FINE;
}

int ur_audit_step(struct ur_audit *audit, struct ur_load *load,
		struct ur_pg *pg, enum ur_audit_result *result)
{
	struct ur_sum difference;
	enum ur_load_comparison comparison;
	int err = ur_load_compare(load, pg, audit->type, &comparison, &difference);

	*result = UR_AUDIT_FINE;
	if(err != 0)
		return err;
	if(comparison == UR_LOAD_UNKNOWN)
		*result = UR_AUDIT_UNCLEAR;
	else if(comparison == UR_LOAD_SAME)
		next_type(audit);
	else
		*result = judge(audit, difference);
	return 0;
}
