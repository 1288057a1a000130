/*
 * How long to wait until the next attempt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_BACKOFF_H
#define UR_MIRROR_BACKOFF_H

#include <stdint.h>

struct ur_backoff
{
	int min;  /* ms, the first wait … */
	int max;  /* … and the longest; if it is less than min, it counts */
	int last; /* before jitter; 0: none since the last success */
};

/* The next wait in ms: doubling, and by random anywhere in its upper half, so that the
 * nodes of a cluster don't all come back at the same moment. */
int ur_backoff_next(struct ur_backoff *backoff, uint64_t random);

#endif
