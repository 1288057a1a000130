/*
 * While the database is out of reach: how long to wait for the next attempt, and what
 * the log needs to know.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_OUTAGE_H
#define UR_MIRROR_OUTAGE_H

#include "mirror/store/hash.h"
#include "mirror/config.h"

enum
{
	UR_OUTAGE_LOGGED = 8, /* more different errors than that are noise */
};

struct ur_backoff
{
	int min;  /* ms, the first pause … */
	int max;  /* … and the longest; if it is less than min, it counts */
	int last; /* before jitter; 0: none since the last success */
};

/* The next pause in ms: doubling, and by random anywhere in its upper half, so that the
 * nodes of a cluster don't all come back at the same moment. */
int ur_outage_backoff(struct ur_backoff *backoff, uint64_t random);

struct ur_outage
{
	struct ur_backoff backoff; /* begins anew with each full load */
	uint64_t logged
			[UR_OUTAGE_LOGGED]; /* hashes of the errors that the log has … */
	int logged_count;			/* … since then */
	struct ur_hash_seed random;
};

/* Returns 0 or an errno value. */
int ur_outage_init(struct ur_outage *outage);

/* The next pause in ms. */
int ur_outage_next_pause(
		struct ur_outage *outage, const struct ur_mirror_config *config);

/* Logs the error unless the log has it: errors may take turns at each attempt.
 * loaded: there is data that serves meanwhile. */
void ur_outage_log(struct ur_outage *outage,
		const struct ur_mirror_config *config, bool loaded, const char *error);

/* Logs the error of something that the second connection was for, likewise. */
void ur_outage_log_second(struct ur_outage *outage,
		const struct ur_mirror_config *config, const char *what,
		const char *error);

/* It is over. */
void ur_outage_end(struct ur_outage *outage);

#endif
