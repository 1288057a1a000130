/*
 * The legs of a call in tm: the transaction, the ring deadline, and how each branch ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LEGS_H
#define UR_KAM_LEGS_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

struct cell;

/* Binds tm. 0, or -1 and logs an error. */
int ur_legs_init(void);

/* Whether a call can get more branches. */
enum ur_legs_state
{
	UR_LEGS_OPEN,
	UR_LEGS_CANCELLED,		/* the caller has hung up */
	UR_LEGS_RETRANSMISSION, /* tm has answered the retransmission */
	UR_LEGS_ERROR,
};

/* The state of the message's transaction; OPEN if there is none yet. */
enum ur_legs_state ur_legs_state(void);

/* How many branches a new call may have. One is reserved for voicemail or a forward. */
int ur_legs_room_of_new(void);

/* How many branches may still be added. One is reserved for voicemail or a forward. */
int ur_legs_room(void);

/* Adds to the ring the verdicts of the legs that have ended since the last call. */
void ur_legs_take(struct ur_live_call *live);

/* The place in the plan of the member whose leg msg is about: a request of which a branch is built or has
 * failed, or a reply. UR_NO_PLACE: it is no leg of the ring. */
int ur_legs_place(const struct sip_msg *msg, const struct ur_live_call *live);

/* Is that member an external phone? */
bool ur_legs_is_external(
		const struct sip_msg *msg, const struct ur_live_call *live);

/* How a leg ended. For a branch that has ended; with tm's reply lock, or when all have. */
struct ur_leg_end ur_legs_end(
		const struct ur_live_call *live, const struct cell *t, int branch);

/* Sets tm's timers for legs that begin while others ring, and ring for left_ms: fr_timer is the time for
 * the first response. */
void ur_legs_set_timers(struct cell *t, int left_ms);

/* The transaction lives for so long, at least. */
void ur_legs_keep_alive(struct cell *t, int ms);

/*
 * Prepares the legs of a call that leaves the module, or that never was a call to a user: restores
 * tm's timers from before the ring, and sets the identity headers. Creates no transaction. 0, or -1
 * and logs an error.
 */
int ur_legs_release(struct sip_msg *msg, struct ur_live_call *live);

/*
 * Creates the transaction if there is none, and prepares it for a step that rings at most ring_ms:
 * tm's timers, the call's timer, 6xx. Call it before the Request-URI is changed, so that failure routes
 * see the original one.
 */
enum ur_legs_state ur_legs_prepare(
		struct sip_msg *msg, struct ur_live_call *live, int ring_ms);

/* Creates the transaction of a message to phones, and sets the identity headers. No phone speaks for
 * the others: a 6xx does not end it. tm's own timers hold. */
enum ur_legs_state ur_legs_prepare_message(
		struct sip_msg *msg, struct ur_live_call *live);

/*
 * user_check_reply(hop), after t_check_trans(): does the reply come from the address that its
 * request went to? A trunk or a media server may answer from another one. An edge proxy may not, as
 * it passes on what the phones behind it write. 1, or -1: drop the reply; tm's reference to the
 * transaction is released.
 */
int ur_legs_check_reply(struct sip_msg *reply, str *hop);

#endif
