/*
 * While the database is out of reach: how long to wait for the next attempt, and what
 * the log needs to know.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_OUTAGE_H
#define UR_MIRROR_OUTAGE_H

#include "mirror/backoff.h"
#include "mirror/hash.h"
#include "mirror/mirror.h"

enum
{
	UR_OUTAGE_LOGGED = 8, /* more different errors than that are noise */
};

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

/* The next pause in ms, see backoff.h. */
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
