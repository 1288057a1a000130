/*
 * A live call: its state (policy/call.h), and what tm needs besides.
 *
 * One block in shared memory. It hangs on the message as a root XAVP with a free function. tm moves
 * the XAVP to the transaction, so the state is available in failure routes and is freed with the
 * transaction, or with the message if there is none. The tm callbacks that watch the legs hold a
 * second reference.
 *
 * Written by the process that runs the call's request or failure route, and by the timer that begins
 * legs while others ring (kam/deadline.h). A failure route and the timer hold tm's reply lock; while
 * another route runs the timer begins nothing (kam/append.h). The callbacks read `call.phase`, a
 * word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LIVE_CALL_H
#define UR_KAM_LIVE_CALL_H

#include <stdatomic.h>
#include <time.h>

#include "core/dset.h"
#include "core/timer_ticks.h"
#include "kam/deadline.h"
#include "mirror/store/table.h"
#include "policy/call.h"
#include "policy/dialog.h"

struct cell;
struct ur_in_progress;

/* How the dialog began: what user_dialog_start() has found in the INVITE. */
struct ur_call_dialog
{
	bool is_started; /* it was called; else the legs' Record-Route has no dialog */
	bool is_pinned; /* directly from a phone: it stays at the source of the INVITE */
	uint8_t id[UR_DIALOG_ID_SIZE];
	int routes_count;					   /* Record-Routes in the INVITE */
	uint8_t routes[UR_DIALOG_ROUTES_SIZE]; /* their MAC, if any */
};

/* Its user has declined on another phone: only that member's part of the ring is over. */
#define UR_LEG_DECLINED 0

/* A contact that the current ring has begun to ring. Texts are hashed: ur_live_call_hash(). Without padding:
 * see push() in policy/chain.c. */
struct ur_call_leg
{
	uint64_t ruid;	  /* of its branch */
	uint64_t phone;	  /* its +sip.instance, else the contact's ruid */
	uint64_t address; /* where it is reached: URI, received, Path */
	int64_t until; /* when its time is over, ms of the monotonic clock; or UR_LEG_DECLINED */
	uint32_t began; /* as usrloc counts when a contact was registered */
	int32_t place;	/* of its member in the plan */
};

/* The transaction's timers before the module rang anybody. */
struct ur_call_timers
{
	ticks_t fr;
	ticks_t fr_inv;
};

struct ur_live_call
{
	atomic_int references;
	/* Its caller's texts are in `texts`, but gateway_domain, which is owned. */
	struct ur_call call;
	int legs_taken; /* tm branches whose verdict is in the ring */
	/* Headers of the response that ring.negotiation belongs to; owned; with tm's reply lock. */
	struct ur_text negotiation;
	struct ur_call_dialog dialog;
	int legs_count; /* in legs */
	struct ur_call_leg legs[MAX_BRANCHES_LIMIT];
	/* By tm's branch: its place in legs, from 1; 0: no leg of the current ring. Set before tm counts
	 * the branch. */
	uint8_t leg_of[MAX_BRANCHES_LIMIT];
	/* By tm's branch: the user whom it rings or has rung, or NULL; borrowed from the chain or a roster. */
	const struct ur_user *user_of[MAX_BRANCHES_LIMIT];
	struct ur_deadline deadline; /* of the legs */
	struct ur_late *late; /* owned by kam/late.h; NULL: nobody can join */
	atomic_bool is_held;  /* kam/append.h */
	struct ur_call_timers before;
	struct ur_target target;   /* LEFT: the target; borrowed from the chain */
	struct ur_text target_uri; /* LEFT: the target's URI; owned */
	int hops_counted; /* hops of the chain that the counter of hops includes */
	atomic_int limit_place; /* place of the call's count: kam/caller_limit.h */
	struct ur_in_progress
			*in_progress; /* owned by kam/in_progress.h; NULL: not counted */
	bool is_mailbox; /* LEFT: no call, but a subscription to a voicemail box */
	struct cell *transaction; /* once it has a leg; it owns the state */
	bool watched;			  /* tm callbacks are registered */
	bool hides_missed;		  /* … those of kam/missed.h */
	bool is_answered;		  /* by a device; with tm's reply lock */
	bool limit_logged;		  /* contacts left out of this ring were logged */
	char texts[];
};

/*
 * Creates the call's state and hangs it on the message. Takes over caller->user and limit_place,
 * and copies the texts. Returns the state (owned by the message), or NULL if shared memory is out:
 * then the reference and the place are released, and an error is logged.
 */
struct ur_live_call *ur_live_call_new(const struct ur_caller *caller,
		enum ur_transfer transfer, int limit_place);

/* The state of the call being processed, or NULL. */
struct ur_live_call *ur_live_call_get(void);

/* Takes and releases a reference. The last release frees the state with free_block, which is
 * ur_port_free() unless tm holds the shared memory lock. */
void ur_live_call_ref(struct ur_live_call *live);
void ur_live_call_unref(
		struct ur_live_call *live, void (*free_block)(void *block));

/* The call has its final response: it no longer counts against its device's limit. */
void ur_live_call_uncount(struct ur_live_call *live);

/*
 * Sets the target that the call leaves for. The target's texts belong to the chain. The URI is
 * copied, as in a failure route tm restores the Request-URI from when the transaction was created.
 * 0, or -1 and logs an error.
 */
int ur_live_call_set_target(struct ur_live_call *live,
		const struct ur_target *target, struct ur_text uri);

/* Sets the caller's gateway_domain to a copy of the text, or to none. 0, or -1 and logs an error. */
int ur_live_call_set_gateway_domain(
		struct ur_live_call *live, struct ur_text domain);

/* Where the leg goes that is built now, for a contact with that ruid. */
enum ur_leg_to ur_live_call_leg_to(const struct ur_live_call *live, str ruid);

/* In mod_init. 0, or -1 and logs an error. */
int ur_live_call_init(void);

/*
 * What stands for a text, and for the one before it (0: none), in struct ur_call_leg: a hash with a secret
 * of this Kamailio's, 0 for an empty text alone. Two texts have the same one as good as never, whatever a
 * phone writes. (The core's hashes add up words: 1 of 1,700 pairs of ruids is alike.)
 */
uint64_t ur_live_call_hash(uint64_t before, str text);

/* A ring begins: no contact rings yet. */
void ur_live_call_clear_legs(struct ur_live_call *live);

/* Notes a contact that begins to ring. */
void ur_live_call_add_leg(
		struct ur_live_call *live, const struct ur_call_leg *leg);

/* tm builds the branch for the contact with that ruid that was noted last. NULL: it is no leg of the
 * ring. */
struct ur_call_leg *ur_live_call_begin_leg(
		struct ur_live_call *live, int branch, str ruid);

/* The leg of tm's branch, or NULL. */
const struct ur_call_leg *ur_live_call_leg(
		const struct ur_live_call *live, int branch);

/* The time of that user's legs is over. With tm's reply lock. */
void ur_live_call_end_legs_of(
		struct ur_live_call *live, const struct ur_user *user);

/* The user whom tm's branch rings, or has rung, or NULL. Borrowed from the call. */
const struct ur_user *ur_live_call_user_of(
		const struct ur_live_call *live, int branch);

/* The place of the member that a leg with this ruid rings, or UR_NO_PLACE. */
int ur_live_call_place_of(const struct ur_live_call *live, str ruid);

#endif
