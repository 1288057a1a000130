/*
 * The legs of a call, as tm keeps them: the transaction, the ring deadline, and
 * how each branch ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LEGS_H
#define UR_KAM_LEGS_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/* Binds tm. 0, or -1 with a log line. */
int ur_legs_init(void);

/* What stands between a call and more branches. */
enum ur_legs_state
{
	UR_LEGS_OPEN,
	UR_LEGS_CANCELLED,		/* the caller has hung up */
	UR_LEGS_RETRANSMISSION, /* tm has answered it */
	UR_LEGS_ERROR,
};

/* The state of the message's transaction; OPEN when there is none yet. */
enum ur_legs_state ur_legs_state(void);

/* How many branches a call may have that has none yet, with one kept for the way out. */
int ur_legs_room_of_new(void);

/* How many branches may still be added, with one kept for the way out to voicemail or
 * a forward. */
int ur_legs_room(void);

/* Adds the verdicts of the legs that have ended since the last call to the ring. */
void ur_legs_take(struct ur_live_call *live);

/*
 * Readies the legs of a call that leaves the module, or that never was one to a user:
 * tm's timers as they were before the ring, and the stamp of who is calling. Makes
 * no transaction. 0, or -1 with a log line.
 */
int ur_legs_release(struct sip_msg *msg, struct ur_live_call *live);

/*
 * Makes the transaction if there is none and readies it for a step that rings at
 * most ring_ms: tm's timers, the deadline, 6xx. Must be called before the
 * Request-URI is changed, so that failure routes see it as it came.
 */
enum ur_legs_state ur_legs_prepare(
		struct sip_msg *msg, struct ur_live_call *live, int ring_ms);

/*
 * user_check_reply(hop), after t_check_trans(): does the reply come from the address that its request
 * went to, or from a trunk or a media server, which may answer from another one? An edge proxy may not: it passes
 * on what the phones behind it write. 1, or -1: drop it; tm's reference to the transaction is given back.
 */
int ur_legs_check_reply(struct sip_msg *reply, str *hop);

#endif
