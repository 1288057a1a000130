/*
 * The legs of a call in tm.
 *
 * The deadline (kam/deadline.h). tm restarts fr_inv_timer with every provisional response, so a
 * phone that alternates 180 and 183 would ring for ever. tm reads the interval from the transaction
 * right after it calls us for the response, so we set it to the time that is left. (kamailio-users:
 * OpenSIPS#342 is the same trap.)
 *
 * A late answer. tm discards a 2xx that arrives after it has ended the leg itself. RFC 3261 §16.7
 * requires it to be forwarded at once: the person has picked up. So the final response that tm made
 * up is taken back just before tm looks.
 *
 * 6xx. By RFC 3261 §16.7 any 6xx ends the whole fork. Here only 600 and 603 mean that the person
 * declines; a 606 from one phone must not stop the others. So tm's own 6xx handling is off for the
 * transaction, and switched back on when a 600 or 603 arrives, just before tm looks.
 *
 * CANCEL. tm sends no CANCEL to a leg that has not responded; a later response triggers one. But a
 * first response that another process is handling right now has passed that check and is not yet
 * noted in the leg: the phone would ring on. So it is noted before tm looks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/legs.h"

#include "core/dprint.h"
#include "core/globals.h"
#include "core/ip_addr.h"
#include "core/parser/parse_cseq.h"
#include "core/timer_ticks.h"
#include "core/ut.h"
#include "kam/append.h"
#include "kam/compat.h"
#include "kam/counters.h"
#include "kam/deadline.h"
#include "kam/dialog.h"
#include "kam/from_to.h"
#include "kam/hop.h"
#include "kam/in_progress.h"
#include "kam/late.h"
#include "kam/missed.h"
#include "kam/negotiation.h"
#include "kam/reply_lock.h"
#include "kam/settings.h"
#include "kam/stamp.h"
#include "mirror/port.h"
#include "mirror/source/pg.h"
#include "modules/tm/h_table.h"
#include "modules/tm/t_reply.h"
#include "modules/tm/tm_load.h"

/* Slack after the deadline before tm's own limit of a transaction's lifetime. */
#define END_OF_LIFE_SLACK_MS 5000

/* Reserved for voicemail or a forward, so that voicemail can always be reached. */
#define BRANCHES_KEPT 1

static struct tm_binds tmb;

int ur_legs_init(void)
{
	if(load_tm_api(&tmb) == 0 && ur_deadline_init() == 0
			&& ur_missed_init() == 0)
		return 0;
	LM_ERR("tm is not loaded: add loadmodule \"tm.so\" before "
		   "user_routing.so\n");
	return -1;
}

static struct cell *transaction(void)
{
	struct cell *t = tmb.t_gett();

	return t == T_UNDEFINED ? NULL : t;
}

enum ur_legs_state ur_legs_state(void)
{
	const struct cell *t = transaction();

	return t != NULL && (t->flags & T_CANCELED) ? UR_LEGS_CANCELLED
												: UR_LEGS_OPEN;
}

int ur_legs_room_of_new(void)
{
	return (int)sr_dst_max_branches - BRANCHES_KEPT;
}

int ur_legs_room(void)
{
	const struct cell *t = transaction();

	return ur_legs_room_of_new() - (t ? t->nr_of_outgoings : 0);
}

/*
 * How a leg ended. tm marks a leg that it ended itself with the code 408 or 487 and a faked reply,
 * and a leg that could not be sent with 408 and no reply at all. A 487 to the CANCEL at the
 * deadline means that the phone has rung until then.
 */
struct ur_leg_end ur_legs_end(
		const struct ur_live_call *live, const struct cell *t, int branch)
{
	const struct ua_client *uac = &t->uac[branch];
	const struct ur_call_leg *leg = ur_live_call_leg(live, branch);
	struct ur_leg_end end = {.code = 0};

	if(uac->reply == NULL || uac->reply == FAKED_REPLY)
		end.heard = (uac->request.flags & (F_RB_REPLIED | F_RB_FR_INV)) != 0;
	else if(uac->last_received == 487 && ur_deadline_ended(live, branch))
		end.heard = true;
	else
		end.code = uac->last_received;
	end.is_own_time = leg != NULL
					  && (leg->until == UR_LEG_DECLINED
							  || ur_call_ends_early(&live->call, leg->place));
	return end;
}

/* tm sets T_CANCELED from another process without a lock: it must not be lost. */
static void set_flags(struct cell *t, unsigned flags)
{
	__atomic_fetch_or(&t->flags, flags, __ATOMIC_SEQ_CST);
}

static void clear_flags(struct cell *t, unsigned flags)
{
	__atomic_fetch_and(&t->flags, ~flags, __ATOMIC_SEQ_CST);
}

/* Has a later branch taken the place of this one? It has the verdict, then. */
static bool was_tried_again(
		const struct ur_live_call *live, const struct cell *t, int branch)
{
	const struct ur_call_leg *leg = ur_live_call_leg(live, branch);
	int i;

	for(i = branch + 1; leg != NULL && i < t->nr_of_outgoings; i++) {
		if(ur_live_call_leg(live, i) == leg)
			return true;
	}
	return false;
}

/* Takes the legs that have ended since the last time: either those that decline, or all others. */
static void take_legs(
		struct ur_live_call *live, const struct cell *t, bool that_decline)
{
	int i;

	for(i = live->legs_taken; i < t->nr_of_outgoings; i++) {
		const struct ua_client *uac = &t->uac[i];
		const struct ur_leg_end end = ur_legs_end(live, t, i);
		enum ur_verdict verdict;

		if(ur_verdict_declines(end.code) != that_decline
				|| was_tried_again(live, t, i))
			continue;
		ur_call_leg_ended(&live->call, ur_settings_codes(), end);
		verdict = ur_verdict_of_leg(ur_settings_codes(), end);
		counter_inc(ur_counters.legs[verdict]);
		LM_DBG("leg %d, %.*s: %d, %s\n", i, uac->uri.len, uac->uri.s,
				uac->last_received, ur_verdict_name(verdict));
	}
}

void ur_legs_take(struct ur_live_call *live)
{
	const struct cell *t = transaction();

	if(t == NULL)
		return;
	take_legs(live, t, true);
	take_legs(live, t, false);
	live->legs_taken = t->nr_of_outgoings;
}

/* max_inv_lifetime, 180 s for the whole transaction, would cut short a ring time of 600 s and what
 * follows a long ring. */
void ur_legs_keep_alive(struct cell *t, int ms)
{
	const ticks_t end = get_ticks_raw() + MS_TO_TICKS((ticks_t)ms)
						+ MS_TO_TICKS(END_OF_LIFE_SLACK_MS);

	if((s_ticks_t)(end - t->end_of_life) > 0)
		t->end_of_life = end;
}

/* tm's timer interval for a leg that rings this long. */
static ticks_t interval(int ms)
{
	return MS_TO_TICKS((ticks_t)ms + UR_GRACE_MS);
}

void ur_legs_set_timers(struct cell *t, int left_ms)
{
	t->fr_inv_timeout = interval(left_ms);
	t->fr_timeout = MS_TO_TICKS((ticks_t)ur_setting(fr_timer));
	if(t->fr_timeout > t->fr_inv_timeout)
		t->fr_timeout = t->fr_inv_timeout;
}

static bool is_tried_again(const struct ur_live_call *live,
		const struct cell *t, const struct ur_call_leg *leg)
{
	int i;

	for(i = 0; i < t->nr_of_outgoings; i++) {
		if(ur_live_call_leg(live, i) == leg)
			return true;
	}
	return false;
}

/* tm builds a leg, which is the next of its branches. A script that got all steps at once starts them
 * itself: the leg's time begins now. */
static void begin_leg(
		struct cell *t, struct ur_live_call *live, const struct sip_msg *msg)
{
	struct ur_call_leg *leg;
	int64_t now;

	if(live->call.phase != UR_CALL_RINGING)
		return;
	leg = ur_live_call_begin_leg(live, t->nr_of_outgoings, msg->ruid);
	if(leg == NULL)
		return;
	if(is_tried_again(live, t, leg)) {
		ur_legs_set_timers(t, ur_deadline_left(live, t->nr_of_outgoings));
		return;
	}
	if(!live->call.is_by_script)
		return;
	now = ur_pg_now();
	leg->until = ur_call_restart(&live->call, leg->place, now);
	ur_legs_keep_alive(t, (int)(leg->until - now));
	t->fr_inv_timeout = interval((int)(leg->until - now));
}

/* A process that is cancelling the leg right now has decided whether to send CANCEL, but not yet
 * stored it. That takes microseconds if the process has a CPU. */
static void await_cancel(const struct ua_client *leg)
{
	int turns = 100;

	while(__atomic_load_n(&leg->local_cancel.buffer, __ATOMIC_SEQ_CST)
					== BUSY_BUFFER
			&& turns-- > 0)
		sleep_us(100);
}

/* A leg has responded. Note that where a CANCEL will see it. Then either the cancelling process
 * sees the response, or the process that handles the response sees the cancelling: in tm's
 * t_cancel.c, cancel_branch(), and t_reply.c, reply_received(). tm takes the value 100 for no
 * change of state. A leg that rings sends 180 sooner or later, so a 100 itself, for which tm sets
 * its timers, is left alone. A leg of a call that is over is cancelled here, too: tm's own mark can
 * be lost to a simultaneous write. */
static void on_provisional(struct cell *t, int branch, int code)
{
	struct ua_client *leg = &t->uac[branch];
	int last = 0;

	if(code == 100)
		return;
	__atomic_compare_exchange_n(&leg->last_received, &last, 100, false,
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	if(((t->flags & T_CANCELED) || t->uas.status >= 200)
			&& (last < 200 || last >= 300))
		__atomic_fetch_or(&leg->request.flags, F_RB_CANCELED, __ATOMIC_SEQ_CST);
	await_cancel(leg);
}

/* The same comparison as in tm, which only stops its timers for such a response. */
static bool is_of_cancel(const struct sip_msg *response)
{
	return ur_text_equal(
			ur_text_of_str(get_cseq(response)->method), UR_TEXT("CANCEL"));
}

/* The whole ring ends; but in a group, that member's part of it. */
static void on_declined(struct cell *t, struct ur_live_call *live, int branch)
{
	const struct ur_call_leg *leg = ur_live_call_leg(live, branch);

	if(live->call.plan.roster == NULL && (t->flags & T_DISABLE_6xx))
		clear_flags(t, T_DISABLE_6xx);
	if(live->call.plan.roster == NULL || leg == NULL)
		return;
	ur_call_declined(&live->call, leg->place);
	ur_live_call_end_legs_of(live, ur_live_call_user_of(live, branch));
	ur_deadline_wake(live);
}

/* A response to a ringing leg. (A response to a leg that has ended says nothing about the current
 * step.) With tm's reply lock. */
static void on_ringing(struct cell *t, struct ur_live_call *live, int branch,
		struct sip_msg *response, int code)
{
	if(code >= 200) {
		if(ur_verdict_declines(code))
			on_declined(t, live, branch);
		ur_negotiation_note(live, response, code);
	} else if(ur_live_call_leg(live, branch) != NULL) {
		t->fr_inv_timeout = interval(ur_deadline_left(live, branch));
	}
}

/* tm checks only the branch parameter of Via. A callee of one leg knows those of the other legs,
 * which differ in one digit. */
static bool is_from_leg(const struct cell *t, int branch, struct sip_msg *reply)
{
	struct ip_addr sent_to;

	su2ip_addr(
			&sent_to, (union sockaddr_union *)&t->uac[branch].request.dst.to);
	return ip_addr_cmp(&sent_to, &reply->rcv.src_ip);
}

/* Has tm ended the leg, by its timer or at the deadline? tm forgets its made-up final response when
 * the failure route has ended. */
static bool was_given_up(const struct ur_live_call *live,
		const struct ua_client *leg, int branch)
{
	if(leg->reply != FAKED_REPLY && leg->reply != NULL)
		return false;
	return (leg->last_received == 408 && (leg->request.flags & F_RB_TIMEOUT))
		   || (leg->last_received == 487 && ur_deadline_ended(live, branch));
}

/* Takes back tm's made-up final response when such a leg sends 2xx. tm lets a 2xx pass that comes
 * after a 2xx; and tm does not pick a leg without any response, should the script drop this one.
 * With tm's reply lock: nothing is being picked. */
static bool take_back_end(
		const struct ur_live_call *live, struct ua_client *leg, int branch)
{
	if(!was_given_up(live, leg, branch))
		return false;
	leg->reply = NULL;
	leg->last_received = 200;
	return true;
}

/* A device has picked up, if no other has. A response from another address than its request went to
 * ends nothing and takes nothing back, as the script may drop it. */
static void on_answer(struct cell *t, struct ur_live_call *live, int branch,
		struct sip_msg *response)
{
	const bool is_late = t->uas.status < 200 && is_from_leg(t, branch, response)
						 && take_back_end(live, &t->uac[branch], branch);

	if(t->uas.status >= 200 || live->is_answered
			|| (live->call.phase != UR_CALL_RINGING && !is_late))
		return;
	live->is_answered = true;
	counter_inc(ur_counters.calls_answered);
}

/* Called before tm acts on a response. */
static void on_response(struct cell *t, struct ur_live_call *live,
		const struct tmcb_params *params)
{
	const int code = params->code;
	const int branch = tmb.t_gett_branch();

	if(is_of_cancel(params->rpl) || branch < 0 || branch >= t->nr_of_outgoings)
		return;
	ur_from_to_restore(t, params->rpl);
	if(code > 100 && code < 300)
		ur_dialog_on_response(live, t, branch, params->rpl);
	if(!is_invite(t))
		return;
	if(code < 200)
		on_provisional(t, branch, code);
	ur_reply_lock(t);
	if(code >= 200 && code < 300)
		on_answer(t, live, branch, params->rpl);
	else if(live->call.phase == UR_CALL_RINGING
			&& t->uac[branch].last_received < 200)
		on_ringing(t, live, branch, params->rpl, code);
	ur_reply_unlock(t);
}

/* tm has sent the caller a response. Of two devices whose answers cross each is in the call. A response that
 * the script has dropped does not get here. */
static void on_sent(struct ur_live_call *live, int code)
{
	const int branch = tmb.t_gett_branch();
	const struct ur_user *user = branch >= 0 && branch < MAX_BRANCHES_LIMIT
										 ? ur_live_call_user_of(live, branch)
										 : NULL;

	if(code < 200)
		return;
	ur_live_call_uncount(live);
	if(code < 300 && user != NULL)
		ur_in_progress_answered(live, user);
	ur_in_progress_respond(live, code);
}

static void on_event(struct cell *t, int type, struct tmcb_params *params)
{
	struct ur_live_call *live = *params->param;

	if(type & TMCB_REQUEST_FWDED) {
		live->transaction = t;
		begin_leg(t, live, params->req);
		ur_stamp_leg(params->req, live);
	} else if(type & TMCB_RESPONSE_OUT) {
		on_sent(live, params->code);
	} else {
		on_response(t, live, params);
	}
}

/* Called when the transaction is freed. */
static void release_call(void *param)
{
	ur_late_forget(param);
	ur_deadline_stop(param);
	ur_live_call_unref(param, ur_port_free);
}

static int watch(struct sip_msg *msg, struct cell *t, struct ur_live_call *live)
{
	if(live->watched)
		return 0;
	ur_live_call_ref(live);
	if(tmb.register_tmcb(msg, t,
			   TMCB_RESPONSE_IN | TMCB_RESPONSE_OUT | TMCB_REQUEST_FWDED,
			   on_event, live, release_call)
			> 0) {
		live->watched = true;
		return 0;
	}
	ur_live_call_unref(live, ur_port_free);
	LM_ERR("tm refuses a callback for the call: probably out of shared memory"
		   " (-m)\n");
	return -1;
}

/* Gets or creates the transaction; *tp is valid only if OPEN is returned. */
static enum ur_legs_state open_transaction(
		struct sip_msg *msg, struct cell **tp)
{
	int made;

	*tp = transaction();
	if(*tp != NULL)
		return ur_legs_state();
	made = tmb.t_newtran(msg);
	if(made == 0)
		return UR_LEGS_RETRANSMISSION;
	*tp = made > 0 ? transaction() : NULL;
	return *tp != NULL ? UR_LEGS_OPEN : UR_LEGS_ERROR;
}

enum ur_legs_state ur_legs_prepare(
		struct sip_msg *msg, struct ur_live_call *live, int ring_ms)
{
	/* tm's timers end after the deadline, which is real time; theirs are ticks. Only fr_timer may be
	 * less than the ring time. */
	const int tm_ms = ring_ms + UR_GRACE_MS;
	const int fr_timer = ur_setting(fr_timer);
	struct cell *t;
	enum ur_legs_state state = open_transaction(msg, &t);

	if(state != UR_LEGS_OPEN)
		return state;
	if(watch(msg, t, live) < 0 || ur_missed_watch(msg, t, live) < 0)
		return UR_LEGS_ERROR;
	if(live->before.fr == 0)
		live->before =
				(struct ur_call_timers){t->fr_timeout, t->fr_inv_timeout};
	/* Branches that were tried before are no legs of this user. */
	if(live->call.step == 0)
		live->legs_taken = t->nr_of_outgoings;
	if(!ur_reply_is_mine(t))
		ur_append_hold(live);
	ur_deadline_watch(live, t);
	ur_legs_keep_alive(t, ring_ms);
	tmb.set_fr(msg, tm_ms, tm_ms < fr_timer ? tm_ms : fr_timer);
	/* If nothing could be sent, the call must not end: the rules decide what follows. */
	set_flags(t, T_DISABLE_6xx | T_DISABLE_INTERNAL_REPLY);
	return UR_LEGS_OPEN;
}

enum ur_legs_state ur_legs_prepare_message(
		struct sip_msg *msg, struct ur_live_call *live)
{
	struct cell *t;
	const enum ur_legs_state state = open_transaction(msg, &t);

	if(state != UR_LEGS_OPEN)
		return state;
	if(watch(msg, t, live) < 0)
		return UR_LEGS_ERROR;
	set_flags(t, T_DISABLE_6xx);
	return UR_LEGS_OPEN;
}

int ur_legs_release(struct sip_msg *msg, struct ur_live_call *live)
{
	struct cell *t = transaction();

	if(watch(msg, t, live) < 0)
		return -1;
	if(t == NULL || live->before.fr == 0)
		return 0;
	t->fr_timeout = live->before.fr;
	t->fr_inv_timeout = live->before.fr_inv;
	clear_flags(t, T_DISABLE_6xx | T_DISABLE_INTERNAL_REPLY);
	ur_legs_keep_alive(t, TICKS_TO_MS(live->before.fr_inv));
	return 0;
}

int ur_legs_place(const struct sip_msg *msg, const struct ur_live_call *live)
{
	const struct ur_call_leg *leg = NULL;
	const int branch = tmb.t_gett_branch();

	if(live->call.phase != UR_CALL_RINGING)
		return UR_NO_PLACE;
	if(is_route_type(BRANCH_ROUTE))
		return ur_live_call_place_of(live, msg->ruid);
	if((msg->first_line.type == SIP_REPLY
			   || is_route_type(BRANCH_FAILURE_ROUTE))
			&& branch >= 0 && branch < MAX_BRANCHES_LIMIT)
		leg = ur_live_call_leg(live, branch);
	return leg != NULL ? leg->place : UR_NO_PLACE;
}

bool ur_legs_is_external(
		const struct sip_msg *msg, const struct ur_live_call *live)
{
	const int place = ur_legs_place(msg, live);
	struct ur_member member;

	if(place == UR_NO_PLACE)
		return false;
	member = ur_plan_member(&live->call.plan, place);
	return ur_member_is_external(&member);
}

int ur_legs_check_reply(struct sip_msg *reply, str *hop)
{
	const struct cell *t = transaction();
	const int branch = tmb.t_gett_branch();

	if(ur_hop_is_trusted(hop) || t == NULL
			|| (branch >= 0 && branch < t->nr_of_outgoings
					&& is_from_leg(t, branch, reply)))
		return 1;
	LM_DBG("a reply is dropped: its source is not the address that its request"
		   " went to\n");
	counter_inc(ur_counters.messages_refused);
	tmb.t_unref(reply);
	return -1;
}
