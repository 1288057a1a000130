/*
 * The deadline of a step: when its ring time is over, in real time, and what becomes of
 * the legs that are pending then.
 *
 * tm's own timer would end a leg there and then: it counts as answered with 408 while the
 * CANCEL is still on its way, and a 200 that crosses it is thrown away. So tm's timer
 * stands UR_GRACE_MS behind the deadline, and a timer of the call cancels the legs on time:
 * a phone answers that with 487, or it has just answered the call, and both arrive. What
 * has said nothing by then is ended by tm.
 *
 * Kamailio's ticks are late when its timer process gets no processor, and jump when it gets
 * one: an interval that is counted in ticks may be short. So the deadline is a time of
 * the monotonic clock, and the call's timer looks again and again, UR_LOOK_MS apart, at how
 * much is left, and moves tm's timers with it.
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

/* T1 of RFC 3261 §17.1.1.1: what a round trip is thought to take. */
#define UR_GRACE_MS 500

/* Shorter than any ring time: whatever a step's is, the timer looks once before it is
 * over, and then for what is left. */
#define UR_LOOK_MS 500

struct ur_deadline
{
	_Atomic int64_t at; /* ms of the monotonic clock, or UR_NO_DEADLINE */
	atomic_uint ended;	/* the legs, as bits, that were pending at a deadline */
	int stuck_looks;	/* so often all legs had ended; the timer's alone */
	bool is_watched;	/* the timer runs, or did; the route's alone */
	unsigned hash_index; /* the transaction, as tm looks it up */
	unsigned label;
	struct timer_ln timer;
};

#define UR_NO_DEADLINE INT64_MAX

/* Binds tm. 0, or -1 with a log line. */
int ur_deadline_init(void);

/*
 * The step that begins now, none of whose legs is there yet, rings ring_ms. The first time the timer
 * begins: from then on ur_deadline_stop() must be called before the call is freed. For
 * the process that has the call's route.
 */
void ur_deadline_set(
		struct ur_live_call *live, const struct cell *t, int ring_ms);

/* Ends the timer; if it is running, waits for it. Not with a lock of tm. */
void ur_deadline_stop(struct ur_live_call *live);

/* Milliseconds until the deadline that was set last; 0: it is over, or there is none. */
int ur_deadline_left(const struct ur_live_call *live);

/* The leg was pending at its deadline. */
bool ur_deadline_ended(const struct ur_live_call *live, int branch);

#endif
