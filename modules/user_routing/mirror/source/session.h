/*
 * A fresh connection becomes one of the mirror's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_SESSION_H
#define UR_MIRROR_SOURCE_SESSION_H

#include "mirror/source/pg.h"

/* Size of an error's text. */
#define UR_SESSION_ERROR 256

/*
 * Sets the server's own limit for a statement (ms), checks that the schema is the one
 * that this module reads, and listens for changes. A standby refuses that: its data
 * may be older than what it is told of. Returns 0, or an error with its text.
 */
int ur_session_begin(
		struct ur_pg *pg, int query_timeout, char error[UR_SESSION_ERROR]);

/* Connects and begins; the connection is closed again when that fails. What other work
 * ended it with, see ur_pg_while_waiting(), is an error without a text. */
int ur_session_open(struct ur_pg *pg, int connect_timeout, int query_timeout,
		char error[UR_SESSION_ERROR]);

/* Who it is that answers. */
struct ur_session_server
{
	char database[UR_ORIGIN_SERVER]; /* see origin.h; empty: it may not say */
	char started
			[32]; /* when its first process did: no other server has that, too */
};

/* Asks for that. Returns what ur_pg_query() does. */
int ur_session_who(struct ur_pg *pg, struct ur_session_server *server);

/* Sets the server's limit alone, while the session goes on. Returns what ur_pg_query()
 * does. */
int ur_session_limit(struct ur_pg *pg, int query_timeout);

/* What the rows come from, and what tells of their changes. */
struct ur_session_sources
{
	/* It differs when a view was made anew, or a trigger that announces changes was made, dropped
	 * or switched, though it may be as it was by now: what was written meanwhile is not known. */
	char version[33];
	int disabled; /* triggers that announce changes and are switched off */
};

/* Asks the server for a sign of life, and for its sources. Returns what ur_pg_query() does. */
int ur_session_ping(struct ur_pg *pg, struct ur_session_sources *sources);

/* The text for an error of ur_pg_…() or ENOMEM: what is wrong, and what to do about
 * it if that is known. */
void ur_session_error(
		const struct ur_pg *pg, int err, char error[UR_SESSION_ERROR]);

#endif
