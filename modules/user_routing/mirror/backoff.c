/*
 * Exponential backoff with jitter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/backoff.h"

int ur_backoff_next(struct ur_backoff *backoff, uint64_t random)
{
	backoff->last = backoff->last == 0 ? backoff->min : 2 * backoff->last;
	if(backoff->last > backoff->max)
		backoff->last = backoff->max;
	return backoff->last - (int)(random % ((uint64_t)backoff->last / 2 + 1));
}
