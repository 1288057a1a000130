/*
 * The mirror's internals, shared by mirror.c and whole.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_INSIDE_H
#define UR_MIRROR_INSIDE_H

#include "mirror/apply.h"
#include "mirror/audit.h"
#include "mirror/lag.h"
#include "mirror/mirror.h"
#include "mirror/outage.h"
#include "mirror/reload.h"
#include "mirror/renewal.h"
#include "mirror/source/session.h"
#include "mirror/snapshot/snapshot.h"

struct ur_mirror
{
	struct ur_mirror_config config;
	struct ur_state *state;
	struct ur_table *table;
	struct ur_pg *pg;	   /* listens, and reads what has changed */
	struct ur_pg *load_pg; /* connected for a full load, an audit or a check */
	struct ur_writer writer;
	struct ur_skips skips;
	struct ur_session_server server; /* that pg is connected to */
	struct ur_session_sources sources;
	int64_t pinged_at;
	struct ur_load *load;
	struct ur_reload reload; /* when the next full load is due */
	struct ur_audit audit;
	struct ur_renewal renewal;
	struct ur_snapshot *snapshot; /* NULL: none is configured */
	struct ur_check *check;		  /* the caller's; NULL: none */
	struct ur_changes changes;	  /* announced, not applied yet */
	struct ur_lag lag;
	struct ur_apply apply; /* of changes */
	enum ur_mirror_phase phase;
	int64_t retry_at;		 /* PAUSED: when to connect next, see ur_pg_now() */
	struct ur_outage outage; /* of the connection that listens */
	struct ur_outage load_outage; /* of full loads over the second connection */
	struct ur_outage audit_outage;	 /* of audits over the second connection */
	struct ur_outage renewal_outage; /* of reading hours over it */
};

/* ---- mirror.c */

void ur_mirror_enter(struct ur_mirror *mirror, enum ur_mirror_phase phase);

/* Notes in the state when the database was last heard from. */
void ur_mirror_tell_heard(struct ur_mirror *mirror);

/* The connection that listens failed: back to PAUSED. */
void ur_mirror_fail(struct ur_mirror *mirror, const char *error);
void ur_mirror_fail_query(struct ur_mirror *mirror, int err);

/* ---- whole.c: work on all rows, over a second connection. If that connection fails, the first one
 * stays; the failure is logged, and the work is tried again after a pause. */

/* Takes the notifications that have arrived: changes to apply, or a reason for a full load. */
void ur_whole_collect(struct ur_mirror *mirror);

/* Applies the changes. Returns what ur_apply_changes() does. */
int ur_whole_apply(struct ur_mirror *mirror);

void ur_whole_load(struct ur_mirror *mirror);
void ur_whole_audit(struct ur_mirror *mirror);
void ur_whole_renew(struct ur_mirror *mirror);
void ur_whole_check(struct ur_mirror *mirror);

#endif
