/*
 * The functions of the script: user_forward_policy() and user_fork().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SCRIPT_H
#define UR_KAM_SCRIPT_H

#include "core/parser/msg_parser.h"

/*
 * Return values. Positive: continue with the call. Negative: don't; except after NOBODY,
 * $ur(status) and $ur(reason) hold the answer to the caller. NOT_LOADED and ERROR are errors, not
 * decisions.
 */
enum ur_rc
{
	UR_RC_RING = 1,	 /* policy: ring the user; fork: branches are set */
	UR_RC_LEAVE = 2, /* policy: the Request-URI is that of the route target */
	UR_RC_RETRANSMISSION = 0, /* fork: tm has answered it; end the script */
	UR_RC_NOBODY = -1,		  /* fork: nobody (else) to ring; ask the policy */
	UR_RC_NO_USER = -2,		  /* no such user in a domain of ours */
	UR_RC_FOREIGN = -3,		  /* the Request-URI's domain is not ours */
	UR_RC_CANCELLED = -4,	  /* the caller has hung up: 487 */
	UR_RC_NOT_LOADED = -5,	  /* the first load is not done yet */
	UR_RC_ERROR = -6,		  /* out of memory, or refused by tm; see the log */
	UR_RC_END = -7,			  /* the call ends */
};

/*
 * user_forward_policy(): decides what happens to the call now. The first time it decides for the
 * user in the Request-URI; in a failure route by the outcome of the ring. Returns any enum ur_rc
 * but NOBODY and RETRANSMISSION.
 */
int ur_script_policy(struct sip_msg *msg);

/*
 * user_fork(): sets the branches and timers of the ring's next step; t_relay() sends them. Creates
 * the transaction. Steps without registered devices are skipped at once. If user_forward_policy()
 * was not called before, it finds the callee itself. Returns an enum ur_rc; LEAVE and END only in
 * that case.
 */
int ur_script_fork(struct sip_msg *msg);

/*
 * user_fork_all(): the same with all remaining steps at once, for a script that lets tm ring them
 * by t_load_contacts() and t_next_contacts(). The q-values decrease from step to step. The ring
 * time applies to each step as tm begins it.
 */
int ur_script_fork_all(struct sip_msg *msg);

#endif
