/*
 * Call state: what the module remembers of a call from one route to the next.
 *
 * One block in shared memory. It hangs on the message as a root XAVP with a free
 * function, which tm moves to the transaction, so it is there in failure routes
 * and goes with the transaction, or with the message when none is made. The tm
 * callback that watches the legs holds a second reference.
 *
 * Written only by the process that runs the call's request or failure route (tm
 * lets one at a time); the callback reads `deadline`, one word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALL_H
#define UR_KAM_CALL_H

#include <stdatomic.h>

#include "core/timer_ticks.h"
#include "policy/model.h"
#include "policy/plan.h"
#include "policy/verdict.h"

enum ur_call_phase
{
	UR_CALL_TO_RING, /* the rules said: ring; no step has begun */
	UR_CALL_RINGING, /* a step's branches are with tm, or have just ended */
	UR_CALL_RUNG,	 /* no step is left: the rules have the word */
	UR_CALL_OVER,	 /* the rules ended the call */
};

struct ur_call
{
	atomic_int references;
	enum ur_call_phase phase;
	const struct ur_user *user; /* who is rung: a reference */
	int caller;					/* as in struct ur_plan */
	int only;					/* as in struct ur_plan */
	int next_device;			/* where the next step begins */
	int step;					/* number of the step that rings, from 1 */
	int legs_taken;				/* tm branches whose verdict is in the ring */
	struct ur_ring ring;
	ticks_t deadline; /* when the step's ring time is over */
	bool ring_began;  /* a first step has set `deadline` */
	bool watched;	  /* tm calls back for its replies */
	bool limit_logged;
};

/*
 * Makes the call's state and hangs it on the message. Takes over the caller's
 * reference to the user. Returns it (owned by the message), or NULL when shared
 * memory is out, with the reference given back.
 */
struct ur_call *ur_call_new(const struct ur_user *user, int caller, int only);

/* The state of the call that is being processed, or NULL. */
struct ur_call *ur_call_get(void);

/* One more reference, and its end; the last one frees the state with free_block,
 * which is ur_port_free() but where tm holds the shared memory lock. */
void ur_call_ref(struct ur_call *call);
void ur_call_unref(struct ur_call *call, void (*free_block)(void *block));

struct ur_plan ur_call_plan(const struct ur_call *call);

#endif
