/*
 * A call that is alive: its state (policy/call.h), and what tm needs beside it.
 *
 * One block in shared memory. It hangs on the message as a root XAVP with a free
 * function, which tm moves to the transaction, so it is there in failure routes
 * and goes with the transaction, or with the message when none is made. The tm
 * callbacks that watch the legs hold a second reference.
 *
 * Written only by the process that runs the call's request or failure route (tm
 * lets one at a time). The callbacks and the deadline's timer read `call.phase`, a word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LIVE_CALL_H
#define UR_KAM_LIVE_CALL_H

#include <stdatomic.h>

#include "core/dset.h"
#include "core/timer_ticks.h"
#include "kam/deadline.h"
#include "mirror/store/table.h"
#include "policy/call.h"
#include "policy/dialog.h"

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

struct ur_live_call
{
	atomic_int references;
	struct ur_call call; /* its caller's texts are in `texts` */
	int ring_ms;		 /* how long the members that started last ring */
	int legs_taken;		 /* tm branches whose verdict is in the ring */
	/* Headers of the response that ring.negotiation is of; own; with tm's reply lock. */
	struct ur_text negotiation;
	struct ur_call_dialog dialog;
	int legs_count; /* in legs: of the members that started last */
	struct ur_call_leg legs[MAX_BRANCHES_LIMIT];
	struct ur_deadline deadline; /* of ring_ms */
	struct ur_call_timers before;
	struct ur_target target;   /* LEFT: where to; borrowed from the chain */
	struct ur_text target_uri; /* LEFT: its URI; own */
	int hops_counted;		   /* of the chain's, by the counter of hops */
	atomic_int limit_place;	   /* where it is counted: kam/caller_limit.h */
	bool watched;			   /* tm calls back for it */
	bool is_answered;		   /* by a device; with tm's reply lock */
	bool limit_logged;		   /* of this ring */
	char texts[];
};

/*
 * Makes the call's state and hangs it on the message. Takes over caller->user and limit_place, and
 * copies the texts. Returns it (owned by the message), or NULL when shared memory is
 * out, with the reference and the place given back and a log line.
 */
struct ur_live_call *ur_live_call_new(const struct ur_caller *caller,
		enum ur_transfer transfer, int limit_place);

/* The state of the call that is being processed, or NULL. */
struct ur_live_call *ur_live_call_get(void);

/* One more reference, and its end; the last one frees the state with free_block,
 * which is ur_port_free() but where tm holds the shared memory lock. */
void ur_live_call_ref(struct ur_live_call *live);
void ur_live_call_unref(
		struct ur_live_call *live, void (*free_block)(void *block));

/* It has its final response: it counts no more as one that its device sets up. */
void ur_live_call_uncount(struct ur_live_call *live);

/*
 * Where the call leaves for. The target's texts are the chain's, the URI is copied:
 * in a failure route tm gives the Request-URI back as it was when the transaction
 * was made. 0, or -1 with a log line.
 */
int ur_live_call_set_target(struct ur_live_call *live,
		const struct ur_target *target, struct ur_text uri);

/* Where the legs go that are built now. */
enum ur_leg_to ur_live_call_leg_to(const struct ur_live_call *live);

/* A leg of the step that rings. */
void ur_live_call_add_leg(struct ur_live_call *live, str ruid, int device);

/* The place in user->devices of the device that a leg with this ruid rings, or UR_NO_DEVICE. */
int ur_live_call_device_of(const struct ur_live_call *live, str ruid);

#endif
