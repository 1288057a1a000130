/*
 * When to compare what, and when to believe it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/audit.h"

enum
{
	/* What is committed may be seen before it is announced: so only the second look
	 * counts, and only if no change came in between. That takes longer than an
	 * announcement does. */
	WAIT_MS = 500,
	/* When changes never pause, it can't be told: better luck at the next audit. */
	LOOKS_MAX = 5,
};

void ur_auditor_restart(struct ur_auditor *auditor)
{
	auditor->due = ur_pg_now() + auditor->interval;
	auditor->type = 0;
	auditor->looks = 0;
	auditor->undisturbed = true;
}

void ur_auditor_configure(struct ur_auditor *auditor, int interval)
{
	if(auditor->interval == interval)
		return;
	auditor->interval = interval;
	ur_auditor_restart(auditor);
}

void ur_auditor_disturb(struct ur_auditor *auditor)
{
	auditor->undisturbed = false;
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
static bool is_drift(struct ur_auditor *auditor)
{
	const bool believed = auditor->looks > 0 && auditor->undisturbed;

	auditor->undisturbed = true;
	auditor->due =
			ur_pg_now()
			+ (auditor->interval < WAIT_MS ? auditor->interval : WAIT_MS);
	if(!believed && ++auditor->looks == LOOKS_MAX)
		next_type(auditor);
	return believed;
}

int ur_auditor_step(struct ur_auditor *auditor, struct ur_load *load,
		enum ur_audit_result *result)
{
	enum ur_audit audit;
	int err = ur_load_audit(load, auditor->type, &audit);

	*result = UR_AUDIT_FINE;
	if(err != 0)
		return err;
	if(audit == UR_AUDIT_UNKNOWN)
		*result = UR_AUDIT_SKIPPED;
	else if(audit == UR_AUDIT_SAME)
		next_type(auditor);
	else if(is_drift(auditor))
		*result = UR_AUDIT_DRIFT;
	return 0;
}
