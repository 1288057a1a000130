/*
 * Groups with count_missed = 0: a phone that nobody answers lists no missed call.
 *
 * A phone does so for a CANCEL with the Reason "Call completed elsewhere" (RFC 3326). At the end of the ring
 * kam/deadline.c gives it; here it gets into the CANCELs that tm sends as the caller hangs up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_MISSED_H
#define UR_KAM_MISSED_H

#include "kam/live_call.h"

struct sip_msg;
struct cell;

/* In mod_init. Binds tm. 0, or -1 and logs an error. */
int ur_missed_init(void);

/* The call rings in this transaction: hides its missed calls, if the group wants that. 0, or -1 and logs an
 * error. */
int ur_missed_watch(
		struct sip_msg *msg, struct cell *t, struct ur_live_call *live);

#endif
