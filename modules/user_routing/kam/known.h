/*
 * user_is_known(): whether a call would find a callee, for OPTIONS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_KNOWN_H
#define UR_KAM_KNOWN_H

#include "core/parser/msg_parser.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

/*
 * Does the Request-URI name a user, an extension or a device that the sender may call or, without a
 * user part, a domain of ours? Disabled ones are not known. The sender is the authenticated device;
 * without credentials it counts as a trunk. Returns UR_RC_RING (1), UR_RC_END (it can't be parsed),
 * UR_RC_NO_USER, UR_RC_FOREIGN or UR_RC_NOT_LOADED. If negative, $ur(status) and $ur(reason) hold
 * the answer.
 */
int ur_known_check(struct sip_msg *msg);

#endif
