/*
 * Pauses and log lines of an outage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/outage.h"

#include <string.h>

#include "mirror/source/pg.h"
#include "mirror/port.h"

int ur_outage_init(struct ur_outage *outage)
{
	ur_outage_end(outage);
	return ur_hash_seed_draw(&outage->random);
}

int ur_outage_backoff(struct ur_backoff *backoff, uint64_t random)
{
	backoff->last = backoff->last == 0 ? backoff->min : 2 * backoff->last;
	if(backoff->last > backoff->max)
		backoff->last = backoff->max;
	return backoff->last - (int)(random % ((uint64_t)backoff->last / 2 + 1));
}

int ur_outage_next_pause(
		struct ur_outage *outage, const struct ur_mirror_config *config)
{
	const uint64_t random =
			ur_hash_text(&outage->random, (uint64_t)ur_pg_now(), UR_TEXT(""));

	outage->backoff.min = config->reconnect_min;
	outage->backoff.max = config->reconnect_max;
	return ur_outage_backoff(&outage->backoff, random);
}

/* Notes the error as logged. Returns false if it was logged before, or there were too many. */
static bool is_news(struct ur_outage *outage, const char *error)
{
	struct ur_text text = {error, (int)strlen(error)};
	uint64_t hash = ur_hash_text(&outage->random, 0, text);
	int i;

	for(i = 0; i < outage->logged_count; i++) {
		if(outage->logged[i] == hash)
			return false;
	}
	if(outage->logged_count == UR_OUTAGE_LOGGED)
		return false;
	outage->logged[outage->logged_count++] = hash;
	return true;
}

void ur_outage_log(struct ur_outage *outage,
		const struct ur_mirror_config *config, bool loaded, const char *error)
{
	if(is_news(outage, error))
		ur_port_log(loaded ? UR_LOG_WARNING : UR_LOG_ERROR,
				"database: %s (%s; tried again every %d to %d ms)", error,
				loaded ? "calls go on with the data there is"
					   : "nothing is loaded yet, calls are refused",
				config->reconnect_min, config->reconnect_max);
}

void ur_outage_log_second(struct ur_outage *outage,
		const struct ur_mirror_config *config, const char *what,
		const char *error)
{
	if(is_news(outage, error))
		ur_port_log(UR_LOG_WARNING,
				"database: %s failed: %s (changes are applied as before; tried"
				" again every %d to %d ms)",
				what, error, config->reconnect_min, config->reconnect_max);
}

void ur_outage_end(struct ur_outage *outage)
{
	outage->backoff.last = 0;
	outage->logged_count = 0;
}
