/*
 * A call: its state, its events and its next step.
 *
 * The state machine of a call to a user or a group, from the INVITE to its end. It knows neither tm nor the
 * clock: its driver reports events and their times, and carries out the decisions. There are four
 * drivers: the script's functions (kam/script.c), explain (policy/explain.c) and two tests. It
 * takes no lock: see each driver.
 *
 *   phase      what happens                           phase after it
 *   NEW        ur_call_begin(), _may_begin(),         TO_RING, LEFT, ENDED or OUTBOUND
 *              ur_call_decide()
 *   TO_RING    ur_call_next_start(), _started()       RINGING; RUNG when nobody can be rung
 *   TO_RING    ur_call_ask()                          TO_RING
 *   RINGING    ur_call_leg_ended(), _joins()          RINGING
 *              ur_call_next_start(), _started()       RINGING; RUNG when it is over
 *   RINGING    ur_call_ask(), and a start is left     RINGING
 *              ur_call_ask(), and none is             as RUNG
 *   RUNG       ur_call_ask()                          TO_RING (another one), LEFT or ENDED
 *   LEFT       ur_call_ask(): the target has failed   LEFT
 *   ENDED      ur_call_ask()                          ENDED
 *   OUTBOUND   ur_call_ask()                          OUTBOUND
 *   any        ur_call_end()                          ENDED
 *
 * Nothing else may happen, but ur_call_next_start() may be called in any phase: nothing starts then.
 * When the caller has hung up (ur_call_facts.is_cancelled) ur_call_ask() says so, and the phase stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CALL_H
#define UR_POLICY_CALL_H

#include "policy/callee.h"
#include "policy/plan.h"
#include "policy/roster.h"
#include "policy/rules.h"

/* In this order: from LEFT on no leg of a ring is left. */
enum ur_call_phase
{
	UR_CALL_NEW,
	UR_CALL_OUTBOUND, /* no local user is called; a local user calls */
	UR_CALL_TO_RING,  /* the rules decided to ring; no member has started */
	UR_CALL_RINGING,  /* members have started; some may have ended */
	UR_CALL_RUNG,	  /* nobody is left to ring; the rules decide next */
	UR_CALL_LEFT,	  /* sent to a route target outside the module */
	UR_CALL_ENDED,	  /* ended by the rules, or by ur_call_end() */
};

/* Does the INVITE continue an existing call? */
enum ur_transfer
{
	UR_TRANSFER_NONE,
	UR_TRANSFER_ASKED, /* one Replaces, or one Join */
	UR_TRANSFER_BAD, /* several, or one that can't be parsed: 400 (RFC 3891 §3) */
};

/* What the driver passes with an event. */
struct ur_call_facts
{
	const struct ur_directory *directory; /* of the callee's account */
	bool ring_timeout_total; /* the parameter, for rings that begin now */
	bool is_cancelled;		 /* the caller has hung up */
	uint32_t chance;		 /* a number of chance, for groups */
	/* Only for users who have rules: see struct ur_rule_call. */
	int64_t time; /* now, in Unix seconds */
	void *request;
	struct ur_text (*asserted)(void *request);
};

#define UR_CALL_MEMBERS_MAX UR_PLAN_PLACES_MAX

struct ur_call
{
	enum ur_call_phase phase;
	struct ur_caller caller; /* texts and reference belong to the driver */
	enum ur_transfer transfer;
	/* Set before ur_call_decide(): no call, but a message to all of the callee's phones. No rule
	 * applies, and it can't leave: what is not RING is nobody to send it to. */
	bool is_message;
	struct ur_chain chain; /* holds references */
	/* OUTBOUND: the number dialled, if nobody of ours has it. */
	struct ur_number number;
	bool is_emergency; /* OUTBOUND: it is an emergency number */
	int status;		   /* the final response, once the call is over */
	/* Of all groups that the call has rung, the last one first; see ur_call_release(). */
	struct ur_roster *rosters;
	/* The ring of the chain's current user or group. Times are the driver's, in milliseconds. */
	struct ur_plan plan;
	struct ur_ring ring; /* how its legs ended */
	int next_place;		 /* where the search for the next start begins */
	int step;			 /* number of the last start, from 1 */
	bool is_total;		 /* ring_timeout_total, as it was when the ring began */
	/* All starts that are left are one, which the script times. The driver sets it before
	 * ur_call_next_start(), for this ring. */
	bool is_by_script;
	int64_t began_at; /* when the first start was due */
	int current;	  /* place of the first member of the last start */
	/* When each member before next_place began, in ms of the ring. Members that don't fit share the
	 * last element: it has the one that began last. */
	int32_t begun_ms[UR_CALL_MEMBERS_MAX];
};

/* Initializes a call of which only the caller is known. caller is copied; its texts and its
 * reference must outlive the call. */
void ur_call_init(struct ur_call *call, const struct ur_caller *caller,
		enum ur_transfer transfer);

/*
 * Sets the callee and takes over its reference. diversions: those that the call arrives with
 * (ur_chain.before); a device dialled at its own address does not count them, as no rule applies.
 * The phase becomes OUTBOUND if no local user is called; else ur_call_decide() is next.
 */
void ur_call_begin(
		struct ur_call *call, const struct ur_callee *callee, int diversions);

/*
 * After ur_call_begin(), before anything is decided: counts the call for the user whose phone places
 * it. False: that user's max_calls are reached, and the driver ends the call with 486. Emergency
 * calls and transfers always may, and so may messages, which do not count.
 */
bool ur_call_may_begin(struct ur_call *call, const struct ur_call_facts *facts);

/*
 * Decides at the current user or extension: RING, LEAVE, END, or MOVE to another user, after which
 * it has to be called again. False: the target of the dialled extension can't be used, so the
 * number counts as unknown; the phase is OUTBOUND and the decision END with 404.
 */
bool ur_call_decide(struct ur_call *call, const struct ur_call_facts *facts,
		struct ur_decision *decision);

/* Calls ur_call_decide() while the decision is MOVE. This terminates: each user and group is visited once. */
void ur_call_settle(struct ur_call *call, const struct ur_call_facts *facts,
		struct ur_decision *decision);

/* Gives back the references that the call holds, but the caller's, and its rosters. */
void ur_call_release(
		struct ur_call *call, const struct ur_directory *directory);

/* Ends the call with that status: the driver can't carry out the decision. */
void ur_call_end(struct ur_call *call, int status);

/* What the driver has to do. */
enum ur_call_answer
{
	UR_CALL_IS_OUTBOUND, /* no local user is called */
	UR_CALL_GOES_ON,	 /* ring: ur_call_next_start() */
	UR_CALL_DECIDED,	 /* carry out the new decision */
	UR_CALL_IS_OVER,	 /* end with call->status, as decided before */
	UR_CALL_IS_CANCELLED,
};

/*
 * Asks for the next step, when all legs have ended or none has begun; not at NEW. now: as for
 * ur_call_next_start(), milliseconds of a clock that does not go back. If the ring is over it decides
 * (DECIDED; else *event and *decision are not set), and *event is the ring's outcome. After MOVE
 * ur_call_settle() is next. NEGOTIATION: the decision is END with the code of the first such leg; the
 * driver has that leg's headers.
 */
enum ur_call_answer ur_call_ask(struct ur_call *call, int64_t now,
		const struct ur_call_facts *facts, enum ur_event *event,
		struct ur_decision *decision);

/* Does a group's ring end busy although nobody has rung? Members are in calls, or do not want to be disturbed. */
bool ur_call_is_busy(const struct ur_call *call);

/* Decides as if the ring had ended with that event: explain explores both outcomes. */
void ur_call_after_ring(struct ur_call *call, enum ur_event event,
		const struct ur_call_facts *facts, struct ur_decision *decision);

/*
 * No start has less of the ring's time left to it, in milliseconds, but the first: nobody picks up in
 * that time, it would be a missed call. So a driver whose timer ends a ring a little early rings
 * nobody else.
 */
#define UR_CALL_START_MS_MIN 500

enum ur_call_next
{
	UR_CALL_START, /* start these members; each rings until ur_call_until() */
	UR_CALL_WAIT,  /* nothing starts before *until, unless all legs end */
	UR_CALL_NOBODY,
};

/*
 * The next start of the ring. pending: how many legs have not ended.
 *
 * START: the driver looks up the members' contacts and calls ur_call_started() if there are any;
 * else it asks again. WAIT: *until is when the next start is due, or INT64_MAX; only WAIT sets it.
 * NOBODY: the ring is over, or the call does not ring.
 */
enum ur_call_next ur_call_next_start(struct ur_call *call, int64_t now,
		int pending, struct ur_plan_start *start, int64_t *until);

/* The members of the start ring now. */
void ur_call_started(struct ur_call *call);

/* When the time of a member that has begun is over: its own, or the ring's. */
int64_t ur_call_until(const struct ur_call *call, int place);

/* A script that got all starts at once begins the member only now. Returns ur_call_until(). The ring's
 * time goes on. */
int64_t ur_call_restart(struct ur_call *call, int place, int64_t now);

/* Is the time of a member that has begun over before the ring's? In a sequence: before the step's, which
 * ends with the member of it that rings longest. */
bool ur_call_ends_early(const struct ur_call *call, int place);

/* May a contact of the member that appears now join the ring? Its time has begun and is not over,
 * nor nearly. The driver knows whether the same phone rings already. */
bool ur_call_joins(const struct ur_call *call, int place, int64_t now);

/* A leg of the ring has ended: see ur_ring_add(). */
void ur_call_leg_ended(struct ur_call *call,
		const struct ur_verdict_codes *codes, struct ur_leg_end end);

/* The member at that place of a group has declined: no other phone of theirs begins or joins any more. */
void ur_call_declined(struct ur_call *call, int place);

/* Is a start left? Registrations are not consulted. */
bool ur_call_has_start(const struct ur_call *call, int64_t now);

/* Does the group that rings say count_missed = 0? Who does not answer gets no missed call. */
bool ur_call_hides_missed(const struct ur_call *call);

/* The current user, or the one the call left last; NULL: none yet, or a group. */
const struct ur_user *ur_call_user(const struct ur_call *call);

/* The chain as the leg to the member at that place (or UR_NO_PLACE) shows it: whoever has an external
 * phone has diverted the call to it, and is the last hop. Then it is in copy, without references. */
const struct ur_chain *ur_call_leg_chain(
		const struct ur_call *call, int place, struct ur_chain *copy);

/* Where a leg that begins now goes. LEFT: to target. While the call rings: to the member at that place, or
 * UR_NO_PLACE. */
enum ur_leg_to ur_call_leg_to(
		const struct ur_call *call, struct ur_target target, int place);

#endif
