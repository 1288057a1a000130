/*
 * What a voicemail box is told about the call (RFC 4458).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_VOICEMAIL_H
#define UR_POLICY_VOICEMAIL_H

#include "policy/chain.h"

/*
 * Appends to the URI of a voicemail box its owner and why the call comes. Other targets' URIs
 * stay as they are; so does that of a box that an extension leads to, as it is nobody's. dialled:
 * the domain in which users are named. Returns the URI's length, which is not set in arrival, or -1
 * if it is longer than UR_TARGET_URI_MAX.
 */
int ur_voicemail_add_cause(const struct ur_chain *chain, struct ur_text dialled,
		struct ur_arrival *arrival);

#endif
