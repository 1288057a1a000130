/*
 * What a Privacy header asks for (RFC 3323 §4.2, RFC 3325 §9.3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_PRIVACY_H
#define UR_POLICY_PRIVACY_H

#include "policy/text.h"

enum ur_privacy
{
	UR_PRIVACY_ASKED = 1 << 0, /* id, user or header: hide the caller */
	UR_PRIVACY_NONE = 1 << 1,  /* none: the caller must be shown */
};

/*
 * Reads the value of one Privacy header as a set of enum ur_privacy. Anything else (session,
 * critical, a new word, a broken list) is ignored: a caller who asks for more than we understand
 * still asks.
 */
unsigned ur_privacy_read(struct ur_text value);

#endif
