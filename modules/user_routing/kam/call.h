/*
 * Call state: what the module remembers of a call from one route to the next.
 *
 * One block in shared memory. It hangs on the message as a root XAVP with a free
 * function, which tm moves to the transaction, so it is there in failure routes
 * and goes with the transaction, or with the message when none is made. The tm
 * callbacks that watch the legs hold a second reference.
 *
 * Written only by the process that runs the call's request or failure route (tm
 * lets one at a time). The callbacks and the deadline's timer read `phase`, a word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALL_H
#define UR_KAM_CALL_H

#include <stdatomic.h>

#include "core/dset.h"
#include "core/timer_ticks.h"
#include "kam/deadline.h"
#include "kam/transfer.h"
#include "mirror/store/table.h"
#include "policy/caller.h"
#include "policy/chain.h"
#include "policy/dialog.h"
#include "policy/plan.h"
#include "policy/verdict.h"

enum ur_call_phase
{
	UR_CALL_OUTBOUND, /* nobody of ours is called; a user of ours calls */
	UR_CALL_TO_RING,  /* the rules said: ring; no step has begun */
	UR_CALL_RINGING,  /* a step's branches are with tm, or have just ended */
	UR_CALL_RUNG,	  /* no step is left: the rules have the word */
	UR_CALL_LEFT,	  /* on its way to a route target outside the module */
	UR_CALL_ENDED,	  /* the rules ended it */
};

/* How the dialog began: what user_dialog_start() has seen of the INVITE. */
struct ur_call_dialog
{
	bool is_started; /* it was called; else the legs' Record-Route has no dialog */
	bool is_pinned; /* from a phone directly: it is where the message came from */
	uint8_t id[UR_DIALOG_ID_SIZE];
	int routes_count;					   /* Record-Routes that came with it */
	uint8_t routes[UR_DIALOG_ROUTES_SIZE]; /* their MAC, if there are any */
};

/* Which device a leg of the step rings: a contact's ruid, hashed, and its device. */
struct ur_call_leg
{
	unsigned ruid;
	int device; /* place in user->devices */
};

/* What the transaction was like before the module rang somebody. */
struct ur_call_timers
{
	ticks_t fr;
	ticks_t fr_inv;
};

struct ur_call
{
	atomic_int references;
	enum ur_call_phase phase;
	struct ur_caller caller; /* its texts are in `texts` */
	struct ur_chain chain;	 /* who was called in turn; references */
	int calling_device; /* as struct ur_plan's caller, for the user now rung */
	int only;			/* as in struct ur_plan */
	int next_device;	/* where the next step begins */
	int step;			/* number of the step that rings, from 1 */
	int ring_ms;		/* the step's ring time */
	bool time_is_total; /* ring_timeout_total, as it was when the ring began */
	bool steps_by_script; /* it got all steps at once, and rings them */
	int legs_taken;		  /* tm branches whose verdict is in the ring */
	struct ur_ring ring;
	/* Headers of the response that ring.negotiation is of; own; with tm's reply lock. */
	struct ur_text negotiation;
	struct ur_call_dialog dialog;
	int legs_count; /* in legs: of the step that rings */
	struct ur_call_leg legs[MAX_BRANCHES_LIMIT];
	struct ur_deadline deadline; /* of the step's ring time */
	struct ur_call_timers before;
	struct ur_target target; /* LEFT: where to; borrowed from the chain */
	struct ur_text
			target_uri; /* LEFT: its URI, RFC 4458 parameters included; own */
	int status;			/* ENDED: with what */
	int hops_counted;	/* of the chain's, by the counter of hops */
	atomic_int limit_place;	   /* where it is counted: kam/caller_limit.h */
	enum ur_transfer transfer; /* it asks for a call that a phone has */
	bool watched;			   /* tm calls back for it */
	bool is_answered;		   /* by a device; with tm's reply lock */
	bool limit_logged;
	char texts[];
};

/*
 * Makes the call's state and hangs it on the message. Takes over caller->user and limit_place, and
 * copies the texts. Returns it (owned by the message), or NULL when shared memory is
 * out, with the reference and the place given back and a log line.
 */
struct ur_call *ur_call_new(const struct ur_caller *caller, int limit_place);

/* The state of the call that is being processed, or NULL. */
struct ur_call *ur_call_get(void);

/* One more reference, and its end; the last one frees the state with free_block,
 * which is ur_port_free() but where tm holds the shared memory lock. */
void ur_call_ref(struct ur_call *call);
void ur_call_unref(struct ur_call *call, void (*free_block)(void *block));

/* It has its final response: it counts no more as one that its device sets up. */
void ur_call_uncount(struct ur_call *call);

/* The user who is rung or was left last, or NULL. */
const struct ur_user *ur_call_user(const struct ur_call *call);

/* Begins the ring of the user the chain is at; only: as in struct ur_plan. */
void ur_call_begin_ring(struct ur_call *call, int only);

/*
 * Where the call leaves for. The target's texts are the chain's, the URI is copied:
 * in a failure route tm gives the Request-URI back as it was when the transaction
 * was made. 0, or -1 with a log line.
 */
int ur_call_set_target(struct ur_call *call, const struct ur_target *target,
		struct ur_text uri);

struct ur_plan ur_call_plan(const struct ur_call *call);

/* Where the legs go that are built now. */
enum ur_leg_to ur_call_leg_to(const struct ur_call *call);

/* A leg of the step that rings. */
void ur_call_add_leg(struct ur_call *call, str ruid, int device);

/* The place in user->devices of the device that a leg with this ruid rings, or UR_NO_DEVICE. */
int ur_call_device_of(const struct ur_call *call, str ruid);

#endif
