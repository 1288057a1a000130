/*
 * A connection's internals, shared by pg.c and pg_connect.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_PG_INSIDE_H
#define UR_MIRROR_SOURCE_PG_INSIDE_H

#include "mirror/source/conninfo.h"
#include "mirror/source/pg.h"
#include "mirror/source/resolve.h"

enum
{
	UR_PG_WORK_INTERVAL = 10, /* ms */
	UR_PG_SENT_MAX = 3,		  /* a user, the devices and the rules */
};

struct ur_pg
{
	struct ur_conninfo *info;
	PGconn *conn; /* NULL: closed */
	int query_timeout;
	const struct ur_pg
			*pinned; /* connect to that one's server; NULL: to any host */
	int host;		 /* connecting: the host's number … */
	struct ur_conninfo_host to;	   /* … the host … */
	struct ur_addresses addresses; /* … and its addresses, if it needs some */
	int address;				   /* the number of the address */
	bool was_slow;				   /* the last look-up of a name took long */
	int64_t connect_deadline;
	int connect_timeout;
	PostgresPollingStatusType polling;
	int64_t last_heard;
	int (*work)(void *context); /* to be called while a query waits, or NULL */
	void *context;
	PGresult **sent[UR_PG_SENT_MAX]; /* answers to come go there */
	int sent_count;
	bool is_late; /* the last error is that a deadline has passed */
	char sqlstate[6];
	char error[256];
	char tried[256]; /* connecting: the errors of the hosts before */
};

/* Keeps the first line of the text: libpq's end in a newline and may have several. Returns err. */
int ur_pg_fail(struct ur_pg *pg, int err, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

/* The same with libpq's text. Returns ECONNABORTED. */
int ur_pg_fail_conn(struct ur_pg *pg);

/* Waits for events on the socket until the deadline. Returns true when there
 * are some, or may be: a signal ends the wait early. */
bool ur_pg_wait_socket(struct ur_pg *pg, short events, int64_t deadline);

#endif
