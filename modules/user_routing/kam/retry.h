/*
 * Another try for a leg that has failed, while the others ring on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RETRY_H
#define UR_KAM_RETRY_H

#include "core/parser/msg_parser.h"

/* Binds tm. 0, or -1 and logs an error. */
int ur_retry_init(void);

/*
 * user_retry_leg(), in event_route[tm:branch-failure:…]: makes the failed leg's contact the message's only
 * destination, so that t_relay() rings it again. 1; -1: it is no external phone's leg of the ring, its
 * time is over, the call is, or no branch is left; -2 and logs an error: out of memory.
 */
int ur_retry_leg(struct sip_msg *msg);

#endif
