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

#include "mirror/source/pg_inside.h"

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

const char *ur_pg_unverified(struct ur_pg *pg)
{
	return ur_conninfo_unverified(pg->info);
}

void ur_pg_tell_origin(struct ur_pg *pg, struct ur_origin *origin)
{
	ur_origin_of(origin, pg->info);
}

void ur_pg_limit(struct ur_pg *pg, int query_timeout)
{
	pg->query_timeout = query_timeout;
}

void ur_pg_pin(struct ur_pg *pg, const struct ur_pg *to)
{
	pg->pinned = to;
}

/* In further lines libpq puts what it noticed later, or a guess. */
int ur_pg_fail(struct ur_pg *pg, int err, const char *format, ...)
{
	va_list args;
	char *c;

	pg->is_late = false;
	va_start(args, format);
	vsnprintf(pg->error, sizeof(pg->error), format, args);
	va_end(args);
	pg->error[strcspn(pg->error, "\n")] = '\0';
	for(c = pg->error; *c != '\0'; c++) {
		if((unsigned char)*c < ' ')
			*c = ' ';
	}
	return err;
}

int ur_pg_fail_conn(struct ur_pg *pg)
{
	return ur_pg_fail(pg, ECONNABORTED, "%s", PQerrorMessage(pg->conn));
}

bool ur_pg_wait_socket(struct ur_pg *pg, short events, int64_t deadline)
{
	struct pollfd fd = {.fd = PQsocket(pg->conn), .events = events};
	int64_t left = deadline - ur_pg_now();

	return poll(&fd, 1, left > 0 ? (int)left : 0) != 0;
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
		return ur_pg_fail_conn(pg);
	pg->last_heard = ur_pg_now();
	return 0;
}

static int fail_late(struct ur_pg *pg)
{
	int err = ur_pg_fail(pg, ECONNABORTED,
			"no answer from the database within %d ms", pg->query_timeout);

	pg->is_late = true;
	return err;
}

/* Sends everything that is to be sent. Reads meanwhile, or both sides might wait. */
static int flush(struct ur_pg *pg, int64_t deadline)
{
	int left;

	while((left = PQflush(pg->conn)) > 0) {
		if(!ur_pg_wait_socket(pg, POLLIN | POLLOUT, deadline))
			return fail_late(pg);
		if(consume(pg) != 0)
			return ECONNABORTED;
	}
	return left == 0 ? 0 : ur_pg_fail_conn(pg);
}

/* Waits for a part of the answer; does some of the other work meanwhile. */
static int work_and_wait(struct ur_pg *pg, int64_t deadline)
{
	int64_t until = deadline;
	int err;

	if(pg->work != NULL) {
		err = pg->work(pg->context);
		if(err != 0)
			return err;
		until = ur_pg_now() + UR_PG_WORK_INTERVAL;
	}
	if(ur_pg_wait_socket(pg, POLLIN, until < deadline ? until : deadline))
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

/* The first result of the statement. Further ones are dropped: there are none, but libpq wants to
 * be asked. */
static int only_result(struct ur_pg *pg, int64_t deadline, PGresult **resultp)
{
	PGresult *more = NULL;
	int err = next_result(pg, deadline, resultp);

	if(err == 0 && *resultp == NULL)
		return ur_pg_fail_conn(pg);
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
	ur_pg_fail(pg, EPROTO, "%s", PQresultErrorMessage(result));
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
		return ur_pg_fail_conn(pg);
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
	if(pg->sent_count == UR_PG_SENT_MAX)
		return ur_pg_fail(
				pg, ECONNABORTED, "too many statements are under way");
	if(!PQenterPipelineMode(pg->conn)
			|| !PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0)
			|| !PQpipelineSync(pg->conn))
		return ur_pg_fail_conn(pg);
	pg->sent[pg->sent_count++] = resultp;
	return 0;
}

/* The answer to the statement that was sent first, and libpq's sync mark after it. */
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
		err = ur_pg_fail_conn(pg);
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
		err = ur_pg_fail_conn(pg);
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
	if(!ur_pg_wait_socket(pg, POLLIN, ur_pg_now() + wait_ms))
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

bool ur_pg_is_late(const struct ur_pg *pg)
{
	return pg->is_late;
}

const char *ur_pg_error(const struct ur_pg *pg)
{
	return pg->error;
}

const char *ur_pg_sqlstate(const struct ur_pg *pg)
{
	return pg->sqlstate;
}
