/*
 * When to compare what, and when to believe it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/audit.h"

#include "mirror/port.h"

enum
{
	/* What is committed may be seen before it is announced, and is different for that
	 * moment. A drift stays, and so does the difference it makes: the numbers and hashes of
	 * other rows cancel each other out, however often these change. So a difference is
	 * believed when it is seen so many times in a row … */
	ALIKE = 3,
	/* … at intervals that are longer than an announcement takes. */
	WAIT_MS = 500,
	/* When there is always something that is not announced yet, it can't be told. */
	LOOKS_MAX = 10,
};

void ur_auditor_restart(struct ur_auditor *auditor)
{
	auditor->due = ur_pg_now() + auditor->interval;
	auditor->type = 0;
	auditor->looks = 0;
}

void ur_auditor_configure(struct ur_auditor *auditor, int interval)
{
	if(auditor->interval == interval)
		return;
	auditor->interval = interval;
	ur_auditor_restart(auditor);
}

void ur_auditor_put_off(struct ur_auditor *auditor, int pause)
{
	auditor->due = ur_pg_now() + pause;
}

bool ur_auditor_is_due(const struct ur_auditor *auditor)
{
	return auditor->interval > 0 && ur_pg_now() >= auditor->due;
}

static void next_type(struct ur_auditor *auditor)
{
	auditor->looks = 0;
	if(++auditor->type == UR_RECORD_TYPES)
		ur_auditor_restart(auditor);
}

/* It was different; is it for certain? */
static enum ur_audit_result judge(
		struct ur_auditor *auditor, struct ur_sum difference)
{
	const struct ur_sum *last = &auditor->difference;
	const bool same = auditor->looks > 0 && last->rows == difference.rows
					  && last->hash == difference.hash;

	auditor->looks++;
	auditor->alike = same ? auditor->alike + 1 : 1;
	auditor->difference = difference;
	auditor->due =
			ur_pg_now()
			+ (auditor->interval < WAIT_MS ? auditor->interval : WAIT_MS);
	if(auditor->alike == ALIKE) {
		ur_port_log(UR_LOG_WARNING,
				"the mirror differs from the database, in a change that was"
				" not announced: all is read again; are the triggers of"
				" sql/migrations in place and enabled, and does db_url lead to"
				" PostgreSQL itself? (a pooler must pool sessions)");
		return UR_AUDIT_DRIFT;
	}
	return auditor->looks == LOOKS_MAX ? UR_AUDIT_UNCLEAR : UR_AUDIT_FINE;
}

int ur_auditor_step(struct ur_auditor *auditor, struct ur_load *load,
		struct ur_pg *pg, enum ur_audit_result *result)
{
	struct ur_sum difference;
	enum ur_audit audit;
	int err = ur_load_audit(load, pg, auditor->type, &audit, &difference);

	*result = UR_AUDIT_FINE;
	if(err != 0)
		return err;
	if(audit == UR_AUDIT_UNKNOWN)
		*result = UR_AUDIT_UNCLEAR;
	else if(audit == UR_AUDIT_SAME)
		next_type(auditor);
	else
		*result = judge(auditor, difference);
	return 0;
}
