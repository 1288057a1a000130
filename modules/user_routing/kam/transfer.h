/*
 * Does an INVITE continue an existing call?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_TRANSFER_H
#define UR_KAM_TRANSFER_H

#include "core/parser/msg_parser.h"
#include "policy/call.h"

/* BAD: several such headers, or one that can't be parsed. */
enum ur_transfer ur_transfer_of(struct sip_msg *msg);

#endif
