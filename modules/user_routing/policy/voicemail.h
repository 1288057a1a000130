/*
 * What a voicemail box is told about the call (RFC 4458).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_VOICEMAIL_H
#define UR_POLICY_VOICEMAIL_H

#include "policy/chain.h"

/*
 * Appends to the URI of a voicemail box whose it is and why the call comes; leaves any other
 * target's URI as it is, and that of a box which is nobody's, as an extension leads there.
 * dialled: the domain in which users are named. Returns the URI's length, which is not set
 * in arrival, or -1 when it is longer than UR_TARGET_URI_MAX.
 */
int ur_voicemail_add_cause(const struct ur_chain *chain, struct ur_text dialled,
		struct ur_arrival *arrival);

#endif
