/*
 * user_check_message(): refuses requests and replies that no phone sends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_MESSAGE_H
#define UR_KAM_MESSAGE_H

#include "core/parser/msg_parser.h"
#include "policy/message.h"

/*
 * What is wrong with the message as received, by max_message_size and max_headers. A second call
 * for the same message costs nothing. Counts refused messages.
 */
enum ur_message_fault ur_message_fault_of(struct sip_msg *msg);

/* user_check_message(): 1, or -1 with $ur(status) and $ur(reason) set. */
int ur_message_check_msg(struct sip_msg *msg);

#endif
