/*
 * The clock of a ring: legs end when their time is over, and others begin while they ring.
 *
 * tm's own timer would end a leg at once: the leg counts as answered with 408 while the CANCEL is
 * still on its way, and a 200 that crosses it is discarded. So tm's timer is set UR_GRACE_MS after
 * the leg's end, and a timer of the call cancels the legs on time. A phone answers the CANCEL with
 * 487, or has just answered the call; both arrive. tm ends the legs that have not responded by
 * then.
 *
 * Kamailio's ticks are late when its timer process gets no CPU, and jump when it gets some: an
 * interval counted in ticks may be short. So the ends are times of the monotonic clock. The call's
 * timer checks every UR_LOOK_MS how much is left, and moves tm's timers with it. Devices that are due
 * and phones that have come late begin in the same timer (kam/starts.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DEADLINE_H
#define UR_KAM_DEADLINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/timer.h"

struct cell;
struct ur_live_call;

/* T1 of RFC 3261 §17.1.1.1: the estimate of a round trip. */
#define UR_GRACE_MS 500

/* Not longer than any ring time (UR_CALL_START_MS_MIN): whatever a leg's is, the timer looks once
 * before it ends, and then for what is left. */
#define UR_LOOK_MS 500

struct ur_deadline
{
	atomic_uint ended; /* the legs, as bits, that were pending at their end */
	atomic_bool
			has_late; /* a phone has registered: cleared before the contacts are read */
	bool is_awaited; /* a contact that has registered has a leg that says nothing; only the timer uses it */
	int stuck_looks; /* looks in a row that found all legs ended; only the timer uses it */
	bool is_watched;	 /* the timer runs or did; only the route uses it */
	unsigned hash_index; /* the transaction, as tm looks it up */
	unsigned label;
	struct timer_ln timer;
	struct timer_ln wake; /* once, for a phone that comes late */
};

/* Binds tm. 0, or -1 and logs an error. */
int ur_deadline_init(void);

/*
 * Starts the timer, if it does not run: from then on ur_deadline_stop() must be called before the
 * call is freed. Only for the process that runs the call's route.
 */
void ur_deadline_watch(struct ur_live_call *live, const struct cell *t);

/* Stops the timer; waits for it if it is running. Do not call it with a lock of tm held. */
void ur_deadline_stop(struct ur_live_call *live);

/* A phone of the call has registered: the timer looks at the next tick. Any process may call it, until
 * ur_deadline_stop(). */
void ur_deadline_wake(struct ur_live_call *live);

/* Milliseconds until the leg's end; 0: it has passed, or it is no leg of the ring. */
int ur_deadline_left(const struct ur_live_call *live, int branch);

/* Was the leg pending at its end? */
bool ur_deadline_ended(const struct ur_live_call *live, int branch);

#endif
