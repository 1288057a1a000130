/*
 * The deadline of a step.
 *
 * No lock: the timer runs in parallel with the call's route. A step sets its deadline before it has
 * legs. So the timer first reads how many legs there are, and then the deadline: if it sees a leg
 * of the next step, it also sees that step's deadline, which has not passed. And a call that leaves
 * sets its phase before the leg for the target exists.
 *
 * When Kamailio's ticks have lagged, they catch up at once, and all timers that became due run
 * together. Ours is a fast timer, like those of tm's legs: it runs in the same process before them,
 * and moves tm's timers to the real time. The process of slow timers would come too late.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/deadline.h"

#include "core/dprint.h"
#include "core/timer_ticks.h"
#include "kam/live_call.h"
#include "kam/reply_lock.h"
#include "mirror/source/pg.h"
#include "modules/tm/h_table.h"
#include "modules/tm/tm_load.h"

/* The timer runs once a tick: take the nearest one. */
#define TICK_MS (1000 / (int)TIMER_TICKS_HZ)

_Static_assert(UR_LOOK_MS <= UR_CALL_START_MS_MIN, "a step rings too long");

static struct tm_binds tmb;

int ur_deadline_init(void)
{
	return load_tm_api(&tmb);
}

static int64_t left_until(int64_t at)
{
	const int64_t left = at == UR_NO_DEADLINE ? 0 : at - ur_pg_now();

	return left > 0 ? left : 0;
}

int ur_deadline_left(const struct ur_live_call *live)
{
	return (int)left_until(atomic_load(&live->deadline.at));
}

bool ur_deadline_ended(const struct ur_live_call *live, int branch)
{
	return (atomic_load(&live->deadline.ended) & (1U << branch)) != 0;
}

/* Moves the time, in ticks, when tm gives up a leg. It never becomes earlier. Only for a leg that
 * has responded: tm gives up the others after fr_timer. */
static void keep_leg(struct retr_buf *leg, ticks_t until)
{
	if((leg->flags & F_RB_FR_INV) && (s_ticks_t)(until - leg->fr_expire) > 0)
		leg->fr_expire = until;
}

static void keep_legs(struct cell *t, int legs, int64_t ms)
{
	const ticks_t until = get_ticks_raw() + MS_TO_TICKS((ticks_t)ms);
	int i;

	for(i = 0; i < legs; i++)
		keep_leg(&t->uac[i].request, until);
}

/* Ends the pending legs: those that have responded get CANCEL, the others end at once. */
static void end_legs(struct cell *t, struct ur_live_call *live, int legs)
{
	const branch_bm_t all = legs < 32 ? (1U << legs) - 1 : ~0U;
	struct cancel_info cancel;

	init_cancel_info(&cancel);
	tmb.prepare_to_cancel(t, &cancel.cancel_bitmap, ~all);
	atomic_fetch_or(&live->deadline.ended, cancel.cancel_bitmap);
	keep_legs(t, legs, UR_GRACE_MS);
	if(cancel.cancel_bitmap != 0)
		tmb.cancel_uacs(t, &cancel, F_CANCEL_B_FAKE_REPLY);
}

/* Was the leg not sent? tm has marked it with 408, no response, and no timer. */
static bool was_not_sent(const struct ua_client *leg)
{
	return leg->last_received == 408 && leg->reply == NULL
		   && !(leg->request.flags & F_RB_TIMEOUT);
}

/* If all legs have ended and nothing can happen any more: the last leg that was not sent, else
 * NULL. With tm's reply lock. */
static struct ua_client *stuck_leg(struct cell *t)
{
	struct ua_client *leg = NULL;
	int i;

	for(i = 0; i < t->nr_of_outgoings; i++) {
		if(t->uac[i].last_received < 200)
			return NULL;
		if(was_not_sent(&t->uac[i]))
			leg = &t->uac[i];
	}
	return leg;
}

/*
 * If all legs that were sent end before the last one fails to be sent, tm runs no failure route and
 * has no timer left: the call would hang. So the last one is left to tm's timer, as a leg without
 * response. Only the second look that finds this acts: at the first one the script may be about to
 * continue. While another process holds the lock, the call is still active.
 */
static void go_on(struct cell *t, struct ur_live_call *live)
{
	struct ua_client *leg;

	if(!ur_reply_trylock(t))
		return;
	leg = t->uas.status < 200 ? stuck_leg(t) : NULL;
	live->deadline.stuck_looks = leg ? live->deadline.stuck_looks + 1 : 0;
	if(live->deadline.stuck_looks == 2) {
		leg->last_received = 0;
		leg->request.fr_expire = get_ticks_raw();
		leg->request.t_active = 1;
		timer_add(&leg->request.timer, 1);
	}
	ur_reply_unlock(t);
}

/* Milliseconds until the next look; 0: none. */
static int64_t look(struct cell *t, struct ur_live_call *live)
{
	const int legs = __atomic_load_n(&t->nr_of_outgoings, __ATOMIC_SEQ_CST);
	int64_t at = atomic_load(&live->deadline.at);
	const int64_t left = left_until(at);

	if(t->uas.status >= 200 || (t->flags & T_CANCELED)
			|| live->call.phase >= UR_CALL_LEFT)
		return 0;
	if(live->call.phase != UR_CALL_RINGING)
		return UR_LOOK_MS;
	go_on(t, live);
	if(at == UR_NO_DEADLINE)
		return UR_LOOK_MS;
	if(left > TICK_MS / 2) {
		keep_legs(t, legs, left + UR_GRACE_MS);
		return left < UR_LOOK_MS ? left : UR_LOOK_MS;
	}
	if(atomic_compare_exchange_strong(&live->deadline.at, &at, UR_NO_DEADLINE))
		end_legs(t, live, legs);
	return UR_LOOK_MS;
}

static ticks_t on_time(ticks_t ticks, struct timer_ln *timer, void *data)
{
	struct ur_live_call *live = data;
	struct cell *t;
	int64_t next;

	(void)ticks;
	(void)timer;
	if(tmb.t_lookup_ident(&t, live->deadline.hash_index, live->deadline.label)
			< 0)
		return 0;
	next = look(t, live);
	tmb.unref_cell(t);
	tmb.t_sett(NULL, T_BR_UNDEFINED);
	return MS_TO_TICKS((ticks_t)next);
}

static void watch(struct ur_live_call *live, const struct cell *t)
{
	struct ur_deadline *deadline = &live->deadline;

	deadline->is_watched = true;
	deadline->hash_index = t->hash_index;
	deadline->label = t->label;
	timer_init(&deadline->timer, on_time, live, F_TIMER_FAST);
	if(timer_add(&deadline->timer, MS_TO_TICKS(UR_LOOK_MS)) < 0)
		LM_BUG("the timer of a new call is already running\n");
}

void ur_deadline_set(
		struct ur_live_call *live, const struct cell *t, int ring_ms)
{
	atomic_store(&live->deadline.at, ur_pg_now() + ring_ms);
	if(!live->deadline.is_watched)
		watch(live, t);
}

void ur_deadline_stop(struct ur_live_call *live)
{
	if(live->deadline.is_watched)
		timer_del(&live->deadline.timer);
}
