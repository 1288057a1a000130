/*
 * Does an INVITE continue a call that exists?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_TRANSFER_H
#define UR_KAM_TRANSFER_H

#include "core/parser/msg_parser.h"
#include "policy/call.h"

/* Several of them, or one that can't be read, is BAD. */
enum ur_transfer ur_transfer_of(struct sip_msg *msg);

#endif
