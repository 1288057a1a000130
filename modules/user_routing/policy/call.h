/*
 * A call: what it is at, what has happened, and what happens now.
 *
 * The state machine of a call to a user, from the INVITE to its end. It knows neither tm nor
 * the clock: who drives it says what has happened, and when, and carries out what it decides.
 * Four drive it: the script's functions (kam/script.c), explain (policy/explain.c), and two
 * tests. No lock of its own: see who drives it.
 *
 *   phase      what happens                           phase after it
 *   NEW        ur_call_begin(), ur_call_decide()      TO_RING, LEFT, ENDED or OUTBOUND
 *   TO_RING    ur_call_next_start(), _started()       RINGING; RUNG when nobody can be rung
 *   RINGING    ur_call_leg_ended()                    RINGING
 *              ur_call_next_start(), _started()       RINGING; RUNG when it is over
 *   RINGING    ur_call_ask(), and no start is left    as RUNG
 *   RUNG       ur_call_ask()                          TO_RING (another user), LEFT or ENDED
 *   LEFT       ur_call_ask(): the target has failed   LEFT
 *   ENDED      ur_call_ask()                          ENDED
 *   OUTBOUND   ur_call_ask()                          OUTBOUND
 *
 * Whatever the phase, a caller who has hung up ends it: ur_call_facts.is_cancelled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CALL_H
#define UR_POLICY_CALL_H

#include "policy/callee.h"
#include "policy/plan.h"
#include "policy/rules.h"

enum ur_call_phase
{
	UR_CALL_NEW,
	UR_CALL_OUTBOUND, /* nobody of ours is called; a user of ours calls */
	UR_CALL_TO_RING,  /* the rules said: ring; no member has started */
	UR_CALL_RINGING,  /* members have started; some may have ended */
	UR_CALL_RUNG,	  /* nobody is left to ring: the rules are next */
	UR_CALL_LEFT,	  /* on its way to a route target outside the module */
	UR_CALL_ENDED,	  /* the rules ended it */
};

/* Does the INVITE continue a call that exists? */
enum ur_transfer
{
	UR_TRANSFER_NONE,
	UR_TRANSFER_ASKED, /* one Replaces, or one Join */
	UR_TRANSFER_BAD, /* several of them, or one that can't be read: 400 (RFC 3891 §3) */
};

/* What the machine is told with an event. */
struct ur_call_facts
{
	const struct ur_directory *directory; /* of the callee's account */
	bool ring_timeout_total; /* the parameter, for rings that begin now */
	bool is_cancelled;		 /* the caller has hung up */
};

struct ur_call
{
	enum ur_call_phase phase;
	struct ur_caller caller; /* texts and reference are the driver's */
	enum ur_transfer transfer;
	struct ur_chain chain; /* who was called in turn; references */
	int status;			   /* what it ends with, once it is over */
	/* The ring of the user whom the chain is at. Times are the driver's, in milliseconds. */
	struct ur_plan plan;
	struct ur_ring ring; /* how its legs ended */
	int next_place;		 /* where the search for the next start begins */
	int step;			 /* number of the last start, from 1 */
	bool is_total;		 /* ring_timeout_total, as it was when the ring began */
	bool is_by_script;	 /* the script got all starts at once, and times them */
	int64_t began_at;	 /* when the first start was due */
};

/* A call of which only the caller is known. caller is copied; its texts and its reference must
 * outlive the call. */
void ur_call_init(struct ur_call *call, const struct ur_caller *caller,
		enum ur_transfer transfer);

/*
 * Who is called; the reference is taken over. diversions: what the call brings, ur_chain.before; a
 * device that was dialled at its own address does not count them, as no rule applies. OUTBOUND if
 * nobody of ours is called, else ur_call_decide() is next.
 */
void ur_call_begin(
		struct ur_call *call, const struct ur_callee *callee, int diversions);

/*
 * What happens at the user or the extension whom the call has come to: RING, LEAVE, END, or MOVE,
 * to another user: then it is called again. False: OUTBOUND, as the target of the extension that
 * was dialled can't be used; the number is as good as unknown, and the decision END with 404.
 */
bool ur_call_decide(struct ur_call *call, const struct ur_call_facts *facts,
		struct ur_decision *decision);

/* While the decision is MOVE: ur_call_decide(). It ends: each user is visited once. */
void ur_call_settle(struct ur_call *call, const struct ur_call_facts *facts,
		struct ur_decision *decision);

/* What the driver is to do. */
enum ur_call_answer
{
	UR_CALL_IS_OUTBOUND, /* nobody of ours is called */
	UR_CALL_GOES_ON,	 /* ring: ur_call_next_start() */
	UR_CALL_DECIDED,	 /* carry out the decision, which is new */
	UR_CALL_IS_OVER,	 /* end with call->status; that was said before */
	UR_CALL_IS_CANCELLED,
};

/*
 * What now? All legs have ended, or none has begun. When the ring is over it decides: *event is
 * what the ring came to; the decision may be MOVE:
 * then ur_call_settle() is next. NEGOTIATION: the decision is END with the
 * code of the first such leg, whose headers the driver has.
 */
enum ur_call_answer ur_call_ask(struct ur_call *call, int64_t now,
		const struct ur_call_facts *facts, enum ur_event *event,
		struct ur_decision *decision);

/* Decides as if the ring had come to that event: explain goes both ways. */
void ur_call_after_ring(struct ur_call *call, enum ur_event event,
		const struct ur_call_facts *facts, struct ur_decision *decision);

enum ur_call_next
{
	UR_CALL_START, /* start these members, until that moment */
	UR_CALL_WAIT,  /* nothing before that moment, unless a leg ends */
	UR_CALL_NOBODY,
};

/*
 * The next start of the ring. pending: how many legs have not ended.
 *
 * START: the driver looks up where the members can be reached, and says ur_call_started() if
 * any can; else it asks on. WAIT: *until is when the next start is due, or INT64_MAX. NOBODY:
 * the ring is over, or the call does not ring.
 */
enum ur_call_next ur_call_next_start(struct ur_call *call, int64_t now,
		int pending, struct ur_plan_start *start, int64_t *until);

/* Members of the start ring now. */
void ur_call_started(struct ur_call *call);

/* A leg of the ring has ended: see ur_ring_add(). */
void ur_call_leg_ended(struct ur_call *call,
		const struct ur_verdict_codes *codes, struct ur_leg_end end);

/* Does a start wait for its turn? No look at who is registered. */
bool ur_call_has_start(const struct ur_call *call, int64_t now);

/* The user whom the call is at, or has left last; NULL: none yet. */
const struct ur_user *ur_call_user(const struct ur_call *call);

/* Where the legs go that begin now; target: LEFT: where to. */
enum ur_leg_to ur_call_leg_to(
		const struct ur_call *call, struct ur_target target);

#endif
