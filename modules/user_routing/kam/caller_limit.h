/*
 * Limits how many calls one device may set up at once (max_calls_per_device). The legs of each call
 * take shared memory for as long as they ring, and one device could take all of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALLER_LIMIT_H
#define UR_KAM_CALLER_LIMIT_H

#include "policy/text.h"

enum
{
	UR_CALLER_UNLIMITED = -1,
	UR_CALLER_OVER_LIMIT = -2,
};

/* In mod_init. 0, or -1 and logs an error. */
int ur_caller_limit_init(void);

/* Counts one more call of the device (its auth_username@realm; empty: no device). Emergency calls are
 * counted apart, and have a small limit of their own. Returns the place where it is counted, for
 * ur_caller_limit_give(), or one of the above. OVER_LIMIT is counted and logged. */
int ur_caller_limit_take(struct ur_text device, bool emergency);

/* The call is over. Takes no lock, as tm may hold that of shared memory. */
void ur_caller_limit_give(int place);

#endif
