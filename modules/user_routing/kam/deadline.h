/*
 * The deadline of a step: when its ring time ends, in real time, and how the legs pending then end.
 *
 * tm's own timer would end a leg at once: the leg counts as answered with 408 while the CANCEL is
 * still on its way, and a 200 that crosses it is discarded. So tm's timer is set UR_GRACE_MS after
 * the deadline, and a timer of the call cancels the legs on time. A phone answers the CANCEL with
 * 487, or has just answered the call; both arrive. tm ends the legs that have not responded by
 * then.
 *
 * Kamailio's ticks are late when its timer process gets no CPU, and jump when it gets some: an
 * interval counted in ticks may be short. So the deadline is a time of the monotonic clock. The
 * call's timer checks every UR_LOOK_MS how much is left, and moves tm's timers with it.
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

/* Not longer than any ring time (UR_CALL_START_MS_MIN): whatever a step's is, the timer looks once
 * before it ends, and then for what is left. */
#define UR_LOOK_MS 500

struct ur_deadline
{
	_Atomic int64_t at; /* ms of the monotonic clock, or UR_NO_DEADLINE */
	atomic_uint ended;	/* the legs, as bits, that were pending at a deadline */
	int stuck_looks; /* looks in a row that found all legs ended; only the timer uses it */
	bool is_watched;	 /* the timer runs or did; only the route uses it */
	unsigned hash_index; /* the transaction, as tm looks it up */
	unsigned label;
	struct timer_ln timer;
};

#define UR_NO_DEADLINE INT64_MAX

/* Binds tm. 0, or -1 and logs an error. */
int ur_deadline_init(void);

/*
 * Sets the deadline of the step that begins now, none of whose legs exists yet, to ring_ms from
 * now. The first call starts the timer: from then on ur_deadline_stop() must be called before the
 * call is freed. Only for the process that runs the call's route.
 */
void ur_deadline_set(
		struct ur_live_call *live, const struct cell *t, int ring_ms);

/* Stops the timer; waits for it if it is running. Do not call it with a lock of tm held. */
void ur_deadline_stop(struct ur_live_call *live);

/* Milliseconds until the deadline set last; 0: it has passed, or there is none. */
int ur_deadline_left(const struct ur_live_call *live);

/* Was the leg pending at its deadline? */
bool ur_deadline_ended(const struct ur_live_call *live, int branch);

#endif
