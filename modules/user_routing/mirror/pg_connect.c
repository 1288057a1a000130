/*
 * Connecting, host by host, with a deadline for each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "mirror/pg_inside.h"
#include "mirror/port.h"

/* The server's remarks go to the log, not to stderr. */
static void take_notice(void *arg, const char *message)
{
	(void)arg;
	ur_port_log(UR_LOG_DEBUG, "PostgreSQL says: %.*s",
			(int)strcspn(message, "\n"), message);
}

/* Of several hosts the first line each. */
static int fail_host(struct ur_pg *pg)
{
	const char *message = PQerrorMessage(pg->conn);
	bool is_only = ur_conninfo_hosts(pg->info) == 1;

	return ur_pg_fail(pg, ECONNABORTED, "%.*s",
			(int)(is_only ? strlen(message) : strcspn(message, "\n")), message);
}

static int start_host(struct ur_pg *pg)
{
	const char *const *keywords;
	const char *const *values;

	ur_pg_close(pg);
	pg->polling = PGRES_POLLING_WRITING;
	pg->connect_deadline = ur_pg_now() + pg->connect_timeout;
	if(ur_conninfo_of_host(pg->info, pg->host, &keywords, &values) == 0)
		pg->conn = PQconnectStartParams(keywords, values, 0);
	if(pg->conn == NULL)
		return ur_pg_fail(pg, ENOMEM, "out of memory");
	PQsetNoticeProcessor(pg->conn, take_notice, NULL);
	return PQstatus(pg->conn) == CONNECTION_BAD ? fail_host(pg) : 0;
}

/* A host failed with err: on to the next one that does not fail at once. Returns 0, or
 * the last one's error when there is none. */
static int next_host(struct ur_pg *pg, int err)
{
	size_t len;

	while(err != 0) {
		len = strlen(pg->tried);
		snprintf(pg->tried + len, sizeof(pg->tried) - len, "%s%s",
				len > 0 ? "; " : "", pg->error);
		if(++pg->host >= ur_conninfo_hosts(pg->info)) {
			memcpy(pg->error, pg->tried, sizeof(pg->error));
			return err;
		}
		err = start_host(pg);
	}
	return 0;
}

int ur_pg_connect_start(struct ur_pg *pg, int timeout)
{
	pg->connect_timeout = timeout;
	pg->host = 0;
	pg->tried[0] = '\0';
	return next_host(pg, start_host(pg));
}

static int connect_done(struct ur_pg *pg)
{
	/* Without this PQsendQueryParams() could block on a full socket. */
	if(PQsetnonblocking(pg->conn, 1) != 0)
		return ur_pg_fail_conn(pg);
	pg->last_heard = ur_pg_now();
	return 0;
}

static int fail_late(struct ur_pg *pg)
{
	int err = ur_pg_fail(pg, ECONNABORTED,
			"no connection to the database at \"%s\" within %d ms",
			PQhost(pg->conn), pg->connect_timeout);

	pg->is_late = true;
	return err;
}

static int poll_host(struct ur_pg *pg, int64_t until)
{
	if(until > pg->connect_deadline)
		until = pg->connect_deadline;
	for(;;) {
		bool reading = pg->polling == PGRES_POLLING_READING;

		if(pg->polling == PGRES_POLLING_OK)
			return connect_done(pg);
		if(pg->polling == PGRES_POLLING_FAILED)
			return fail_host(pg);
		if(!ur_pg_wait_socket(pg, reading ? POLLIN : POLLOUT, until)) {
			if(ur_pg_now() < pg->connect_deadline)
				return EAGAIN;
			return fail_late(pg);
		}
		pg->polling = PQconnectPoll(pg->conn);
	}
}

int ur_pg_connect_poll(struct ur_pg *pg, int wait_ms)
{
	const int64_t until = ur_pg_now() + wait_ms;
	int err;

	do {
		err = poll_host(pg, until);
		if(err == 0 || err == EAGAIN)
			return err;
		err = next_host(pg, err);
	} while(err == 0);
	return err;
}

int ur_pg_connect(struct ur_pg *pg, int timeout)
{
	const int interval = pg->work != NULL ? UR_PG_WORK_INTERVAL : timeout;
	int err = ur_pg_connect_start(pg, timeout);

	if(err != 0)
		return err;
	while((err = ur_pg_connect_poll(pg, interval)) == EAGAIN) {
		/* each host has a deadline */
		int work_err = pg->work != NULL ? pg->work(pg->context) : 0;

		if(work_err != 0)
			return work_err;
	}
	return err;
}
