/*
 * user_fork_phones(): a request that is no call, to all phones of a user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PHONES_H
#define UR_KAM_PHONES_H

#include "core/parser/msg_parser.h"

/*
 * For a MESSAGE, or a NOTIFY of message-summary, outside of dialogs. Sets a branch for each registered
 * contact of the called user's active devices, whatever the user's rules say, but not for the sender's
 * own device. Of a device dialled at its own address only its contacts get it. Creates the transaction.
 *
 * Returns an enum ur_rc as user_fork() does. NO_USER also for what leads to no user: a number, a route
 * target. NOBODY: nobody is registered, $ur(status) is 480. END: $ur(status) says why.
 */
int ur_phones_fork(struct sip_msg *msg);

#endif
