/*
 * The deadline of a step.
 *
 * No lock: the timer runs in parallel with the call's route. A step sets its deadline before it has
 * legs. So the timer first reads how many legs there are, and then the deadline: if it sees a leg
 * of the next step, it also sees that step's deadline, which has not passed. And a call that leaves
 * sets its phase before the leg for the target exists.
 *
 * When Kamailio's ticks have lagged, they catch up at once, and all timers that became due run
 * together. Ours is a fast timer, like those of tm's legs: it runs in the same process, and moves
 * tm's timers to the real time. (The process of slow timers would come too late.) tm looks at a leg
 * without response when it sends its INVITE again, and that may be before us. So tm's timer of such
 * a leg is as late as that of one that rings, and we end the leg.
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

/* Moves the time, in ticks, when tm gives up a leg. It never becomes earlier. tm sets it, too, when
 * the leg is sent (it was 0) and when it first responds: what tm has just set stays. */
static void keep_leg(struct retr_buf *leg, ticks_t until)
{
	ticks_t expire = __atomic_load_n(&leg->fr_expire, __ATOMIC_SEQ_CST);

	if(expire != 0 && (s_ticks_t)(until - expire) > 0)
		__atomic_compare_exchange_n(&leg->fr_expire, &expire, until, false,
				__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void keep_legs(struct cell *t, int legs, int64_t ms)
{
	const ticks_t until = get_ticks_raw() + MS_TO_TICKS((ticks_t)ms);
	int i;

	for(i = 0; i < legs; i++)
		keep_leg(&t->uac[i].request, until);
}

static branch_bm_t all_of(int legs)
{
	return legs < 32 ? (1U << legs) - 1 : ~0U;
}

static branch_bm_t silent_of(const struct cell *t, int legs)
{
	branch_bm_t silent = 0;
	int i;

	for(i = 0; i < legs; i++) {
		if(!(t->uac[i].request.flags & (F_RB_REPLIED | F_RB_FR_INV)))
			silent |= 1U << i;
	}
	return silent;
}

/* Ends the pending ones of these legs: those that have responded get CANCEL, the others end at
 * once. */
static void end_legs(
		struct cell *t, struct ur_live_call *live, branch_bm_t which)
{
	struct cancel_info cancel;

	init_cancel_info(&cancel);
	tmb.prepare_to_cancel(t, &cancel.cancel_bitmap, ~which);
	atomic_fetch_or(&live->deadline.ended, cancel.cancel_bitmap);
	if(cancel.cancel_bitmap != 0)
		tmb.cancel_uacs(t, &cancel, F_CANCEL_B_FAKE_REPLY);
}

/* True for one caller only, once the time has come: the nearest tick. */
static bool is_due(_Atomic int64_t *at)
{
	int64_t due = atomic_load(at);

	return due != UR_NO_DEADLINE && left_until(due) <= TICK_MS / 2
		   && atomic_compare_exchange_strong(at, &due, UR_NO_DEADLINE);
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
static bool go_on(struct cell *t, struct ur_live_call *live)
{
	struct ua_client *leg;
	bool acts;

	if(!ur_reply_trylock(t))
		return false;
	leg = t->uas.status < 200 ? stuck_leg(t) : NULL;
	live->deadline.stuck_looks = leg ? live->deadline.stuck_looks + 1 : 0;
	acts = live->deadline.stuck_looks == 2;
	if(acts) {
		leg->last_received = 0;
		leg->request.fr_expire = get_ticks_raw();
		leg->request.t_active = 1;
		timer_add(&leg->request.timer, 1);
	}
	ur_reply_unlock(t);
	return acts;
}

static int64_t soonest(int64_t ms, int64_t at)
{
	const int64_t left = left_until(at);

	return left > 0 && left < ms ? left : ms;
}

static int64_t until_next(const struct ur_deadline *deadline)
{
	return soonest(soonest(UR_LOOK_MS, atomic_load(&deadline->at)),
			atomic_load(&deadline->silent_at));
}

/* Milliseconds until the next look; 0: none. */
static int64_t look(struct cell *t, struct ur_live_call *live)
{
	const int legs = __atomic_load_n(&t->nr_of_outgoings, __ATOMIC_SEQ_CST);
	struct ur_deadline *deadline = &live->deadline;

	if(t->uas.status >= 200 || (t->flags & T_CANCELED)
			|| live->call.phase >= UR_CALL_LEFT)
		return 0;
	if(live->call.phase != UR_CALL_RINGING || go_on(t, live))
		return UR_LOOK_MS;
	if(is_due(&deadline->at)) {
		keep_legs(t, legs, UR_GRACE_MS);
		end_legs(t, live, all_of(legs));
	} else if(atomic_load(&deadline->at) != UR_NO_DEADLINE) {
		keep_legs(t, legs, ur_deadline_left(live) + UR_GRACE_MS);
		if(is_due(&deadline->silent_at))
			end_legs(t, live, silent_of(t, legs));
	}
	return until_next(deadline);
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

void ur_deadline_set(struct ur_live_call *live, const struct cell *t,
		int silent_ms, int ring_ms)
{
	const int64_t now = ur_pg_now();

	atomic_store(&live->deadline.silent_at, now + silent_ms);
	atomic_store(&live->deadline.at, now + ring_ms);
	if(!live->deadline.is_watched)
		watch(live, t);
}

void ur_deadline_stop(struct ur_live_call *live)
{
	if(live->deadline.is_watched)
		timer_del(&live->deadline.timer);
}
