/*
 * What the script calls: user_forward_policy() and user_fork().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SCRIPT_H
#define UR_KAM_SCRIPT_H

#include "core/parser/msg_parser.h"

/*
 * Return values. Positive: go on with the call. Negative: don't; but for NOBODY,
 * $ur(status) and $ur(reason) hold the answer to the caller. NOT_LOADED and ERROR
 * are errors, not decisions.
 */
enum ur_rc
{
	UR_RC_RING = 1,	 /* policy: ring the user; fork: branches are set */
	UR_RC_LEAVE = 2, /* policy: the Request-URI is the route target's */
	UR_RC_RETRANSMISSION = 0, /* fork: tm has answered it; the script ends */
	UR_RC_NOBODY = -1,		  /* fork: nobody (more) to ring; ask the policy */
	UR_RC_NO_USER = -2,		  /* no such user in a domain of ours */
	UR_RC_FOREIGN = -3,		  /* the Request-URI's domain is not ours */
	UR_RC_CANCELLED = -4,	  /* the caller has hung up: 487 */
	UR_RC_NOT_LOADED = -5,	  /* the first load is not done yet */
	UR_RC_ERROR = -6,		  /* out of memory, or tm refuses; see the log */
	UR_RC_END = -7,			  /* the call ends */
};

/*
 * user_forward_policy(): decides what happens to the call now: at its first call
 * for the user whom the Request-URI names; in a failure route by what the legs'
 * ends came to. Returns an enum ur_rc but NOBODY and RETRANSMISSION.
 */
int ur_script_policy(struct sip_msg *msg);

/*
 * user_fork(): sets the branches and timers of the ring's next step; t_relay()
 * sends them. Makes the transaction. Steps in which nobody is registered are passed
 * over at once. Without a user_forward_policy() before, it decides who is called
 * itself. Returns an enum ur_rc; LEAVE and END only if it decides itself.
 */
int ur_script_fork(struct sip_msg *msg);

/*
 * user_fork_all(): the same with all steps that are left at once, for a script that lets
 * tm ring them by t_load_contacts() and t_next_contacts(): the q-values fall from step to
 * step. The ring time holds for each step as tm begins it.
 */
int ur_script_fork_all(struct sip_msg *msg);

#endif
