/*
 * Devices begin to ring: those of a step in the script's user_fork(); those that are due while others
 * ring, and phones that come late, in the call's timer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_STARTS_H
#define UR_KAM_STARTS_H

#include "kam/contacts.h"
#include "kam/live_call.h"

struct cell;

/* For the script: goes on to the next start that has live contacts. NULL: there is none. All legs must
 * have ended. The result is overwritten by the next read of contacts. */
const struct ur_contacts *ur_starts_next(
		struct ur_live_call *live, int64_t now);

/* Notes that the contacts begin to ring. Returns in how many ms the last of them ends. */
int ur_starts_note(struct ur_live_call *live,
		const struct ur_contacts *contacts, int64_t now);

/*
 * For the call's timer, with tm's reply lock: begins what is due and what has come late, if it may.
 * Returns in how many ms to look again, at most most_ms. t is the current transaction of this process.
 */
int64_t ur_starts_begin(
		struct cell *t, struct ur_live_call *live, int64_t most_ms);

#endif
