/*
 * Does an INVITE continue a call that exists?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_TRANSFER_H
#define UR_KAM_TRANSFER_H

#include "core/parser/msg_parser.h"

enum ur_transfer
{
	UR_TRANSFER_NONE,
	UR_TRANSFER_ASKED, /* one Replaces, or one Join */
	UR_TRANSFER_BAD, /* several of them, or one that can't be read: 400 (RFC 3891 §3) */
};

enum ur_transfer ur_transfer_of(struct sip_msg *msg);

#endif
