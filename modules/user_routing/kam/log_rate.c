/*
 * Limits log lines that every call can cause to one a minute.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/log_rate.h"

#include <stdatomic.h>

#include "core/dprint.h"
#include "core/mem/shm.h"
#include "core/timer.h"
#include "mirror/store/hash.h"

#define PLACES 1024
#define SECONDS 60

struct place
{
	atomic_uint_least64_t
			last; /* a hash of whose line was logged; and the minute */
	atomic_uint left_out;
};

static struct place *places;
static struct ur_hash_seed seed;

int ur_log_rate_init(void)
{
	places = shm_mallocxz(PLACES * sizeof(*places));
	if(places != NULL && ur_hash_seed_draw(&seed) == 0)
		return 0;
	LM_ERR("the limit of log lines can't be set up: out of shared memory (-m),"
		   " or no random numbers from the system\n");
	return -1;
}

bool ur_log_rate_take(int line, struct ur_text name, unsigned *left_out)
{
	const uint64_t hash = ur_hash_text(&seed, line, name);
	struct place *place = &places[hash % PLACES];
	const uint64_t minute = get_ticks() / SECONDS + 1;
	const uint64_t now = (hash & ~0xffffffffULL) | minute;
	uint64_t last = atomic_load(&place->last);
	const bool is_same = last >> 32 == now >> 32;

	if(last == now
			|| !atomic_compare_exchange_strong(&place->last, &last, now)) {
		atomic_fetch_add(&place->left_out, 1);
		return false;
	}
	*left_out = atomic_exchange(&place->left_out, 0);
	if(!is_same)
		*left_out = 0;
	return true;
}
