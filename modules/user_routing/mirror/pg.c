/*
 * libpq with deadlines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mirror/conninfo.h"
#include "mirror/pg.h"
#include "mirror/port.h"

enum
{
	WORK_INTERVAL = 10, /* ms */
	SENT_MAX = 2,
};

struct ur_pg
{
	struct ur_conninfo *info;
	PGconn *conn; /* NULL: closed */
	int query_timeout;
	int host; /* connecting: to which of them */
	int64_t connect_deadline;
	int connect_timeout;
	PostgresPollingStatusType polling;
	int64_t last_heard;
	int (*work)(void *context); /* to be called while a query waits, or NULL */
	void *context;
	PGresult **sent[SENT_MAX]; /* where the answers go that are still to come */
	int sent_count;
	char sqlstate[6];
	char error[256];
	char tried[256]; /* connecting: the errors of the hosts before */
};

int64_t ur_pg_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now); /* can't fail with this clock */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int ur_pg_alloc(struct ur_pg **pgp, const char *db_url, int query_timeout,
		const char **why)
{
	struct ur_pg *pg = calloc(1, sizeof(*pg));
	int err;

	if(pg == NULL)
		return ENOMEM;
	pg->query_timeout = query_timeout;
	err = ur_conninfo_alloc(&pg->info, db_url, why);
	if(err != 0) {
		free(pg);
		return err;
	}
	*pgp = pg;
	return 0;
}

void ur_pg_free(struct ur_pg *pg)
{
	if(pg == NULL)
		return;
	ur_pg_close(pg);
	ur_conninfo_free(pg->info);
	free(pg);
}

void ur_pg_limit(struct ur_pg *pg, int query_timeout)
{
	pg->query_timeout = query_timeout;
}

/* Keeps the text as one line: libpq's end in a newline and may have several. */
static int fail(struct ur_pg *pg, int err, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

static int fail(struct ur_pg *pg, int err, const char *format, ...)
{
	va_list args;
	char *c;
	size_t len;

	va_start(args, format);
	vsnprintf(pg->error, sizeof(pg->error), format, args);
	va_end(args);
	len = strlen(pg->error);
	while(len > 0 && pg->error[len - 1] == '\n')
		pg->error[--len] = '\0';
	for(c = pg->error; *c != '\0'; c++) {
		if((unsigned char)*c < ' ')
			*c = ' ';
	}
	return err;
}

static int fail_conn(struct ur_pg *pg)
{
	return fail(pg, ECONNABORTED, "%s", PQerrorMessage(pg->conn));
}

/* Waits for events on the socket until the deadline. Returns true when there
 * are some, or may be: a signal ends the wait early. */
static bool wait_socket(struct ur_pg *pg, short events, int64_t deadline)
{
	struct pollfd fd = {.fd = PQsocket(pg->conn), .events = events};
	int64_t left = deadline - ur_pg_now();

	return poll(&fd, 1, left > 0 ? (int)left : 0) != 0;
}

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

	return fail(pg, ECONNABORTED, "%.*s",
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
		return fail(pg, ENOMEM, "out of memory");
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
		return fail_conn(pg);
	pg->last_heard = ur_pg_now();
	return 0;
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
		if(!wait_socket(pg, reading ? POLLIN : POLLOUT, until)) {
			if(ur_pg_now() < pg->connect_deadline)
				return EAGAIN;
			return fail(pg, ECONNABORTED,
					"no connection to the database at \"%s\" within %d ms",
					PQhost(pg->conn), pg->connect_timeout);
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
	const int interval = pg->work != NULL ? WORK_INTERVAL : timeout;
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

void ur_pg_close(struct ur_pg *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->sent_count = 0;
}

/* Reads what has arrived. */
static int consume(struct ur_pg *pg)
{
	if(!PQconsumeInput(pg->conn))
		return fail_conn(pg);
	pg->last_heard = ur_pg_now();
	return 0;
}

static int fail_late(struct ur_pg *pg)
{
	return fail(pg, ECONNABORTED, "no answer from the database within %d ms",
			pg->query_timeout);
}

/* Sends all that is to be sent; reads meanwhile, or both sides might wait. */
static int flush(struct ur_pg *pg, int64_t deadline)
{
	int left;

	while((left = PQflush(pg->conn)) > 0) {
		if(!wait_socket(pg, POLLIN | POLLOUT, deadline))
			return fail_late(pg);
		if(consume(pg) != 0)
			return ECONNABORTED;
	}
	return left == 0 ? 0 : fail_conn(pg);
}

/* Waits for a part of the answer, and does some of the other work meanwhile. */
static int work_and_wait(struct ur_pg *pg, int64_t deadline)
{
	int64_t until = deadline;
	int err;

	if(pg->work != NULL) {
		err = pg->work(pg->context);
		if(err != 0)
			return err;
		until = ur_pg_now() + WORK_INTERVAL;
	}
	if(wait_socket(pg, POLLIN, until < deadline ? until : deadline))
		return consume(pg);
	return ur_pg_now() < deadline ? 0 : fail_late(pg);
}

/* The next result, NULL after the last one. */
static int next_result(struct ur_pg *pg, int64_t deadline, PGresult **resultp)
{
	int err;

	while(PQisBusy(pg->conn)) {
		err = work_and_wait(pg, deadline);
		if(err != 0)
			return err;
	}
	*resultp = PQgetResult(pg->conn);
	return 0;
}

/* The first result of the statement; those behind it (there are none, but
 * libpq wants to be asked) are dropped. */
static int only_result(struct ur_pg *pg, int64_t deadline, PGresult **resultp)
{
	PGresult *more = NULL;
	int err = next_result(pg, deadline, resultp);

	if(err == 0 && *resultp == NULL)
		return fail_conn(pg);
	while(err == 0) {
		err = next_result(pg, deadline, &more);
		if(more == NULL)
			break;
		PQclear(more);
		more = NULL;
	}
	return err;
}

static int check_result(struct ur_pg *pg, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	ExecStatusType status = PQresultStatus(result);

	if(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return 0;
	snprintf(pg->sqlstate, sizeof(pg->sqlstate), "%s", state ? state : "");
	fail(pg, EPROTO, "%s", PQresultErrorMessage(result));
	return PQstatus(pg->conn) == CONNECTION_OK ? EPROTO : ECONNABORTED;
}

int ur_pg_query(struct ur_pg *pg, const char *sql, const char *param,
		PGresult **resultp)
{
	int64_t deadline = ur_pg_now() + pg->query_timeout;
	PGresult *result = NULL;
	int err;

	pg->sqlstate[0] = '\0';
	if(!PQsendQueryParams(pg->conn, sql, param != NULL ? 1 : 0, NULL, &param,
			   NULL, NULL, 0))
		return fail_conn(pg);
	err = flush(pg, deadline);
	if(err == 0)
		err = only_result(pg, deadline, &result);
	if(err == 0)
		err = check_result(pg, result);
	if(err != 0) {
		PQclear(result);
		return err;
	}
	*resultp = result;
	return 0;
}

int ur_pg_send(struct ur_pg *pg, const char *sql, PGresult **resultp)
{
	*resultp = NULL;
	if(pg->sent_count == SENT_MAX)
		return fail(pg, ECONNABORTED, "too many statements are under way");
	if(!PQenterPipelineMode(pg->conn)
			|| !PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0)
			|| !PQpipelineSync(pg->conn))
		return fail_conn(pg);
	pg->sent[pg->sent_count++] = resultp;
	return 0;
}

/* The answer to the statement that was sent first, and libpq's mark behind it. */
static int receive_first(struct ur_pg *pg, int64_t deadline)
{
	PGresult **resultp = pg->sent[0];
	PGresult *mark = NULL;
	int err = only_result(pg, deadline, resultp);

	if(err == 0)
		err = check_result(pg, *resultp);
	if(err == 0)
		err = next_result(pg, deadline, &mark);
	if(err == 0 && PQresultStatus(mark) != PGRES_PIPELINE_SYNC)
		err = fail_conn(pg);
	PQclear(mark);
	pg->sent_count--;
	memmove(pg->sent, pg->sent + 1, pg->sent_count * sizeof(*pg->sent));
	return err;
}

int ur_pg_receive(struct ur_pg *pg, PGresult **resultp)
{
	const int64_t deadline = ur_pg_now() + pg->query_timeout;
	int err = flush(pg, deadline);

	pg->sqlstate[0] = '\0';
	while(err == 0 && *resultp == NULL)
		err = receive_first(pg, deadline);
	if(err == 0 && pg->sent_count == 0 && !PQexitPipelineMode(pg->conn))
		err = fail_conn(pg);
	if(err != 0)
		pg->sent_count = 0; /* nobody waits for the others any more */
	return err;
}

void ur_pg_while_waiting(
		struct ur_pg *pg, int (*work)(void *context), void *context)
{
	pg->work = work;
	pg->context = context;
}

int ur_pg_wait(struct ur_pg *pg, int wait_ms)
{
	if(!wait_socket(pg, POLLIN, ur_pg_now() + wait_ms))
		return 0;
	return consume(pg);
}

PGnotify *ur_pg_notify(struct ur_pg *pg)
{
	return PQnotifies(pg->conn);
}

int64_t ur_pg_last_heard(const struct ur_pg *pg)
{
	return pg->last_heard;
}

int ur_pg_backend_pid(const struct ur_pg *pg)
{
	return pg->conn != NULL ? PQbackendPID(pg->conn) : 0;
}

const char *ur_pg_error(const struct ur_pg *pg)
{
	return pg->error;
}

const char *ur_pg_sqlstate(const struct ur_pg *pg)
{
	return pg->sqlstate;
}
