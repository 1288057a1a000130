/*
 * An outage of the database: pauses between attempts, and log lines without repetition.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_OUTAGE_H
#define UR_MIRROR_OUTAGE_H

#include "mirror/store/hash.h"
#include "mirror/config.h"

enum
{
	UR_OUTAGE_LOGGED = 8, /* further different errors are not logged */
};

struct ur_backoff
{
	int min;  /* ms, the first pause … */
	int max;  /* … and the longest, also if it is less than min */
	int last; /* before jitter; 0: none since the last success */
};

/* The next pause in ms. Pauses double; a random part, up to half, is taken off, so that the nodes
 * of a cluster don't all reconnect at the same moment. */
int ur_outage_backoff(struct ur_backoff *backoff, uint64_t random);

struct ur_outage
{
	struct ur_backoff backoff; /* reset by each full load */
	uint64_t logged
			[UR_OUTAGE_LOGGED]; /* hashes of the errors that were logged … */
	int logged_count;			/* … since then */
	struct ur_hash_seed random;
};

/* Returns 0 or an errno value. */
int ur_outage_init(struct ur_outage *outage);

/* The next pause in ms. */
int ur_outage_next_pause(
		struct ur_outage *outage, const struct ur_mirror_config *config);

/* Logs the error unless this outage's log has it: attempts may fail with different errors in turn.
 * loaded: there is data for calls meanwhile. */
void ur_outage_log(struct ur_outage *outage,
		const struct ur_mirror_config *config, bool loaded, const char *error);

/* The same for work over the second connection; what: "a full load". */
void ur_outage_log_second(struct ur_outage *outage,
		const struct ur_mirror_config *config, const char *what,
		const char *error);

/* The outage is over. */
void ur_outage_end(struct ur_outage *outage);

#endif
