/*
 * Limits how many calls one device may set up at once.
 *
 * Devices are counted by a hash with a secret seed. Two devices can share a place, but nobody can
 * choose with whom.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/caller_limit.h"

#include <stdatomic.h>

#include "core/dprint.h"
#include "core/mem/shm.h"
#include "kam/counters.h"
#include "kam/log_rate.h"
#include "kam/settings.h"
#include "mirror/store/hash.h"

#define PLACES 65536

/* Emergency calls that one device may set up at once, whatever max_calls_per_device is. Ordinary calls
 * do not count. */
#define EMERGENCIES_MAX 5

/* The first half is for ordinary calls, the second for emergency calls. */
static atomic_int *calls;
static struct ur_hash_seed seed;

int ur_caller_limit_init(void)
{
	calls = shm_mallocxz(2 * PLACES * sizeof(*calls));
	if(calls != NULL && ur_hash_seed_draw(&seed) == 0)
		return 0;
	LM_ERR("max_calls_per_device can't be set up: out of shared memory (-m), or"
		   " no random numbers from the system\n");
	return -1;
}

static void refuse(struct ur_text device, bool emergency, int limit)
{
	unsigned left_out;

	counter_inc(ur_counters.calls_limited);
	if(!ur_log_rate_take(
			   emergency ? UR_LOG_TOO_MANY_EMERGENCIES : UR_LOG_TOO_MANY_CALLS,
			   device, &left_out))
		return;
	LM_WARN("device %.*s exceeds %s (%d): its call gets 503 (logged once a"
			" minute; %u suppressed)\n",
			device.len, device.s,
			emergency ? "the limit of emergency calls" : "max_calls_per_device",
			limit, left_out);
}

int ur_caller_limit_take(struct ur_text device, bool emergency)
{
	const int limit =
			emergency ? EMERGENCIES_MAX : ur_setting(max_calls_per_device);
	int place;

	if(limit == 0 || ur_text_is_empty(device))
		return UR_CALLER_UNLIMITED;
	place = ur_hash_text(&seed, 0, device) % PLACES + (emergency ? PLACES : 0);
	if(atomic_fetch_add(&calls[place], 1) < limit)
		return place;
	atomic_fetch_sub(&calls[place], 1);
	refuse(device, emergency, limit);
	return UR_CALLER_OVER_LIMIT;
}

void ur_caller_limit_give(int place)
{
	if(place >= 0)
		atomic_fetch_sub(&calls[place], 1);
}
