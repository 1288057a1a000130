/*
 * Connecting: host by host, each of its addresses by itself, with a deadline for each.
 *
 * libpq looks a name up while it connects, and tries the addresses without a deadline. So names are
 * looked up here, and libpq gets one address at a time. It gets the name as well, for the
 * certificate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "mirror/source/pg_inside.h"
#include "mirror/port.h"

enum
{
	SLOW_MS = 1000, /* ms; a slower look-up of a name is logged */
};

/* The server's notices go to the log, not to stderr. */
static void take_notice(void *arg, const char *message)
{
	(void)arg;
	ur_port_log(UR_LOG_DEBUG, "PostgreSQL says: %.*s",
			(int)strcspn(message, "\n"), message);
}

/* ---- names */

static bool is_socket(const char *host)
{
	return host[0] == '\0' || host[0] == '/' || host[0] == '@';
}

static void tell_slow(struct ur_pg *pg, const char *host)
{
	const bool is_slow = pg->addresses.took >= SLOW_MS;

	if(is_slow && !pg->was_slow)
		ur_port_log(UR_LOG_WARNING,
				"database: it took %d ms to look up the name \"%s\": is the"
				" first name server in /etc/resolv.conf alive? (an address in"
				" db_url, as hostaddr, needs none)",
				pg->addresses.took, host);
	pg->was_slow = is_slow;
}

/* Looks up the addresses of the host that is tried now. A socket or an address needs no look-up. */
static int look_up(struct ur_pg *pg)
{
	const char *host = pg->to.host;
	const char *why;

	pg->addresses.count = pg->addresses.took = pg->address = 0;
	if(pg->to.hostaddr[0] != '\0' || is_socket(host))
		return 0;
	why = ur_resolve(&pg->addresses, host);
	tell_slow(pg, host);
	if(why == NULL)
		return 0;
	return ur_pg_fail(pg, ECONNABORTED,
			"can't look up the name \"%s\": %s (that took %d s)", host, why,
			pg->addresses.took / 1000);
}

/* ---- one address */

/* The deadline counts from after libpq's first step. */
static int start_address(struct ur_pg *pg)
{
	const char *const *keywords;
	const char *const *values;
	struct ur_conninfo_host to = pg->to;

	ur_pg_close(pg);
	if(pg->addresses.count > 0)
		to.hostaddr = pg->addresses.texts[pg->address];
	ur_conninfo_to(pg->info, &to, &keywords, &values);
	pg->polling = PGRES_POLLING_WRITING;
	pg->conn = PQconnectStartParams(keywords, values, 0);
	pg->connect_deadline = ur_pg_now() + pg->connect_timeout;
	if(pg->conn == NULL)
		return ur_pg_fail(pg, ENOMEM, "out of memory");
	PQsetNoticeProcessor(pg->conn, take_notice, NULL);
	return PQstatus(pg->conn) == CONNECTION_BAD ? ur_pg_fail_conn(pg) : 0;
}

static int start_host(struct ur_pg *pg)
{
	int err = 0;

	if(pg->pinned == NULL)
		err = ur_conninfo_host(pg->info, pg->host, &pg->to);
	if(err != 0)
		return ur_pg_fail(pg, ENOMEM, "out of memory");
	err = look_up(pg);
	return err == 0 ? start_address(pg) : err;
}

static void note_failure(struct ur_pg *pg)
{
	const size_t len = strlen(pg->tried);

	snprintf(pg->tried + len, sizeof(pg->tried) - len, "%s%s",
			len > 0 ? "; " : "", pg->error);
}

/* An address failed with err: starts the next one that does not fail at once. Returns 0, or the
 * last error if there is none. */
static int start_next(struct ur_pg *pg, int err)
{
	const int hosts = pg->pinned == NULL ? ur_conninfo_hosts(pg->info) : 1;

	while(err != 0) {
		note_failure(pg);
		if(pg->address + 1 < pg->addresses.count) {
			pg->address++;
			err = start_address(pg);
		} else if(pg->host + 1 < hosts) {
			pg->host++;
			err = start_host(pg);
		} else {
			memcpy(pg->error, pg->tried, sizeof(pg->error));
			return err;
		}
	}
	return 0;
}

/* ---- all of them */

int ur_pg_connect_start(struct ur_pg *pg, int timeout)
{
	pg->connect_timeout = timeout;
	pg->host = 0;
	pg->tried[0] = '\0';
	if(pg->pinned == NULL)
		(void)ur_conninfo_refresh(pg->info);
	else if(pg->pinned->conn == NULL)
		return ur_pg_fail(pg, ECONNABORTED, "the first connection is closed");
	else
		pg->to = (struct ur_conninfo_host){PQhost(pg->pinned->conn),
				PQhostaddr(pg->pinned->conn), PQport(pg->pinned->conn)};
	return start_next(pg, start_host(pg));
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
	const char *address = PQhostaddr(pg->conn);
	int err = ur_pg_fail(pg, ECONNABORTED,
			"no connection to the database at \"%s\"%s%s%s within %d ms",
			PQhost(pg->conn), address[0] != '\0' ? " (" : "", address,
			address[0] != '\0' ? ")" : "", pg->connect_timeout);

	pg->is_late = true;
	return err;
}

static int poll_address(struct ur_pg *pg, int64_t until)
{
	if(until > pg->connect_deadline)
		until = pg->connect_deadline;
	for(;;) {
		bool reading = pg->polling == PGRES_POLLING_READING;

		if(pg->polling == PGRES_POLLING_OK)
			return connect_done(pg);
		if(pg->polling == PGRES_POLLING_FAILED)
			return ur_pg_fail_conn(pg);
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
		err = poll_address(pg, until);
		if(err == 0 || err == EAGAIN)
			return err;
		err = start_next(pg, err);
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
		/* each address has a deadline */
		int work_err = pg->work != NULL ? pg->work(pg->context) : 0;

		if(work_err != 0)
			return work_err;
	}
	return err;
}
