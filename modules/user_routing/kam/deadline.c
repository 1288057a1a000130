/*
 * The clock of a ring.
 *
 * The timer runs in parallel with the call's route. What it reads and begins is protected by tm's
 * reply lock, which tm holds while a failure route runs; for other routes see kam/append.h. A
 * call that leaves sets its phase before the leg for the target exists.
 *
 * When Kamailio's ticks have lagged, they catch up at once, and all timers that became due run
 * together. Ours is a fast timer, like those of tm's legs: it runs in the same process before them,
 * and moves tm's timers to the real time. The process of slow timers would come too late.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/deadline.h"

#include <limits.h>

#include "core/dprint.h"
#include "core/timer_ticks.h"
#include "kam/live_call.h"
#include "kam/reply_lock.h"
#include "kam/starts.h"
#include "mirror/port.h"
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

/* Milliseconds until the leg's end; INT64_MAX: it is no leg of the ring, or it was ended. */
static int64_t left_of(const struct ur_live_call *live, int branch)
{
	const struct ur_call_leg *leg = ur_live_call_leg(live, branch);

	if(leg == NULL || ur_deadline_ended(live, branch))
		return INT64_MAX;
	return leg->until - ur_pg_now();
}

int ur_deadline_left(const struct ur_live_call *live, int branch)
{
	const int64_t left = left_of(live, branch);

	return left > 0 && left < INT_MAX ? (int)left : 0;
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

static void keep_leg_for(struct retr_buf *leg, int64_t ms)
{
	keep_leg(leg, get_ticks_raw() + MS_TO_TICKS((ticks_t)ms));
}

/* Somebody has declined while the script sends the legs: it may be about to send this one. */
static bool is_being_sent(const struct ur_live_call *live, int branch)
{
	return ur_live_call_leg(live, branch)->until == UR_LEG_DECLINED
		   && atomic_load(&live->is_held);
}

/* The legs whose time is over, as bits; the others are kept. *next: ms until the first of those is. */
static unsigned find_ended(
		struct cell *t, const struct ur_live_call *live, int64_t *next)
{
	unsigned ended = 0;
	int i;

	for(i = 0; i < t->nr_of_outgoings; i++) {
		const int64_t left = left_of(live, i);

		if(t->uac[i].last_received >= 200 || left == INT64_MAX)
			continue;
		if(left <= TICK_MS / 2 && !is_being_sent(live, i)) {
			ended |= 1U << i;
			continue;
		}
		if(left > 0)
			keep_leg_for(&t->uac[i].request, left + UR_GRACE_MS);
		*next = left < *next ? left : *next;
	}
	return ended;
}

/* RFC 3326. With it, phones list no missed call. */
static str elsewhere = str_init("Call completed elsewhere");

/* Ends pending legs: those that have responded get CANCEL, the others end at once. A leg that is being
 * cancelled already, as somebody declined, keeps tm's timer: or a phone that answers no CANCEL would
 * never be given up. */
static void end_legs(struct cell *t, struct ur_live_call *live, unsigned legs)
{
	struct cancel_info cancel;
	int i;

	init_cancel_info(&cancel);
	if(ur_call_hides_missed(&live->call)) {
		cancel.reason.cause = 200;
		cancel.reason.u.text = elsewhere;
	}
	tmb.prepare_to_cancel(t, &cancel.cancel_bitmap, ~(branch_bm_t)legs);
	atomic_fetch_or(&live->deadline.ended, cancel.cancel_bitmap);
	for(i = 0; i < t->nr_of_outgoings; i++) {
		if(cancel.cancel_bitmap & (1U << i))
			keep_leg_for(&t->uac[i].request, UR_GRACE_MS);
	}
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
 * continue. With tm's reply lock.
 */
static void go_on(struct cell *t, struct ur_live_call *live)
{
	struct ua_client *leg = stuck_leg(t);

	live->deadline.stuck_looks = leg ? live->deadline.stuck_looks + 1 : 0;
	if(live->deadline.stuck_looks != 2)
		return;
	leg->last_received = 0;
	leg->request.fr_expire = get_ticks_raw();
	leg->request.t_active = 1;
	timer_add(&leg->request.timer, 1);
}

static bool is_over(const struct cell *t, const struct ur_live_call *live)
{
	return t->uas.status >= 200 || (t->flags & T_CANCELED)
		   || live->call.phase >= UR_CALL_LEFT;
}

/* Milliseconds until the next look; 0: none. While another process holds the lock, the call goes on by
 * itself. Legs begin before others end, so that tm does not take the ring for over; and they end
 * without the lock, as tm may run the failure route for it. */
static int64_t look(struct cell *t, struct ur_live_call *live, bool is_regular)
{
	int64_t next = UR_LOOK_MS;
	unsigned ended = 0;

	if(is_over(t, live))
		return 0;
	if(!ur_reply_trylock(t))
		return TICK_MS;
	if(!is_over(t, live) && live->call.phase == UR_CALL_RINGING) {
		if(is_regular)
			go_on(t, live);
		next = ur_starts_begin(t, live, UR_LOOK_MS);
		ended = find_ended(t, live, &next);
	}
	ur_reply_unlock(t);
	if(ended != 0)
		end_legs(t, live, ended);
	return next > TICK_MS ? next : TICK_MS;
}

static int64_t look_at_call(struct ur_live_call *live, bool is_regular)
{
	struct cell *t;
	int64_t next;

	if(tmb.t_lookup_ident(&t, live->deadline.hash_index, live->deadline.label)
			< 0)
		return 0;
	next = look(t, live, is_regular);
	tmb.unref_cell(t);
	tmb.t_sett(NULL, T_BR_UNDEFINED);
	return next;
}

/* The timer that this process runs. If its look gives back the last reference to the transaction, the
 * call is released meanwhile: a timer can't delete itself, but must not go on. */
static struct
{
	const struct timer_ln *timer;
	bool is_stopped;
} running;

static int64_t run(struct timer_ln *timer, struct ur_live_call *live)
{
	int64_t next;

	running.timer = timer;
	running.is_stopped = false;
	next = look_at_call(live, timer == &live->deadline.timer);
	running.timer = NULL;
	return running.is_stopped ? 0 : next;
}

static ticks_t on_time(ticks_t ticks, struct timer_ln *timer, void *data)
{
	(void)ticks;
	return MS_TO_TICKS((ticks_t)run(timer, data));
}

/* It stays active to its end, so that timer_del() waits for it. A phone that registers between the last
 * two lines is seen by the next regular look. */
static ticks_t on_wake(ticks_t ticks, struct timer_ln *timer, void *data)
{
	struct ur_live_call *live = data;
	ticks_t again = 0;

	(void)ticks;
	ur_live_call_ref(live);
	if(run(timer, live) > 0 && atomic_load(&live->deadline.has_late))
		again = 1;
	else
		timer_reinit(timer);
	ur_live_call_unref(live, ur_port_free);
	return again;
}

void ur_deadline_watch(struct ur_live_call *live, const struct cell *t)
{
	struct ur_deadline *deadline = &live->deadline;

	if(deadline->is_watched)
		return;
	deadline->is_watched = true;
	deadline->hash_index = t->hash_index;
	deadline->label = t->label;
	timer_init(&deadline->timer, on_time, live, F_TIMER_FAST);
	timer_init(&deadline->wake, on_wake, live, F_TIMER_FAST);
	if(timer_add(&deadline->timer, MS_TO_TICKS(UR_LOOK_MS)) < 0)
		LM_BUG("the timer of a new call is already running\n");
}

/* If the timer is active already it sees has_late. */
void ur_deadline_wake(struct ur_live_call *live)
{
	atomic_store(&live->deadline.has_late, true);
	timer_add(&live->deadline.wake, 1);
}

static void stop(struct timer_ln *timer)
{
	if(timer == running.timer)
		running.is_stopped = true;
	else
		timer_del(timer);
}

void ur_deadline_stop(struct ur_live_call *live)
{
	if(!live->deadline.is_watched)
		return;
	stop(&live->deadline.wake);
	stop(&live->deadline.timer);
}
