/*
 * Sets up a new connection for the mirror.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_SESSION_H
#define UR_MIRROR_SOURCE_SESSION_H

#include "mirror/source/pg.h"

/* Size of an error's text. */
#define UR_SESSION_ERROR 256

/*
 * Sets the server's statement_timeout (ms), checks the version of the schema, and listens for
 * changes. A standby refuses that: its data may be older than a notification. Returns 0, or an
 * error with its text.
 */
int ur_session_begin(
		struct ur_pg *pg, int query_timeout, char error[UR_SESSION_ERROR]);

/* Connects and begins the session; closes the connection again if that fails. If the connection's
 * other work ends the wait, see ur_pg_while_waiting(), the error has no text. */
int ur_session_open(struct ur_pg *pg, int connect_timeout, int query_timeout,
		char error[UR_SESSION_ERROR]);

/* Which server answers. */
struct ur_session_server
{
	char database[UR_ORIGIN_SERVER]; /* see origin.h; empty: not known */
	char started
			[32]; /* when the server was started: no other one has the same time */
};

/* Asks the server for these. Returns what ur_pg_query() does. */
int ur_session_who(struct ur_pg *pg, struct ur_session_server *server);

/* Sets only statement_timeout, while the session goes on. Returns what ur_pg_query() does. */
int ur_session_limit(struct ur_pg *pg, int query_timeout);

/* The views that rows come from, and the triggers that announce changes. */
struct ur_session_sources
{
	/* Differs if a view was recreated, or a trigger that announces changes was created, dropped,
	 * enabled or disabled, also if that was undone: changes may have been missed meanwhile. */
	char version[33];
	int disabled; /* triggers that announce changes and are disabled */
};

/* Asks the server for a sign of life, and for its sources. Returns what ur_pg_query() does. */
int ur_session_ping(struct ur_pg *pg, struct ur_session_sources *sources);

/* The text for an error of ur_pg_…() or ENOMEM: what is wrong, and what to do about it if that is
 * known. */
void ur_session_error(
		const struct ur_pg *pg, int err, char error[UR_SESSION_ERROR]);

#endif
