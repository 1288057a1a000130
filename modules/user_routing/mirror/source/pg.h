/*
 * A PostgreSQL connection on which every wait has a deadline.
 *
 * libpq's synchronous calls wait forever on a server that hangs while its kernel still
 * acknowledges, whatever the keepalives. So all calls are asynchronous here. Only the look-up of a
 * host's name has no deadline of ours: it has the resolver's timeouts, and does not count towards
 * other deadlines. Addresses, and names in /etc/hosts, need no wait.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_PG_H
#define UR_MIRROR_SOURCE_PG_H

#include <stdbool.h>
#include <stdint.h>

#include <libpq-fe.h>

#include "mirror/source/origin.h"

struct ur_pg;

/* Milliseconds of a clock that never jumps: what deadlines are counted in. */
int64_t ur_pg_now(void);

/* Allocates a connection, not connected yet. Returns 0, ENOMEM, or EINVAL with *why set to what is
 * wrong with db_url (a constant). query_timeout: of each ur_pg_query(), in ms. */
int ur_pg_alloc(struct ur_pg **pgp, const char *db_url, int query_timeout,
		const char **why);
void ur_pg_free(struct ur_pg *pg);

/* A host whose identity is not verified, see ur_conninfo_unverified(), or NULL. */
const char *ur_pg_unverified(struct ur_pg *pg);

/* Fills in which database it will connect to, as far as db_url tells. */
void ur_pg_tell_origin(struct ur_pg *pg, struct ur_origin *origin);

/* Sets query_timeout, from the next query on. */
void ur_pg_limit(struct ur_pg *pg, int query_timeout);

/* From now on pg connects only to the server that the connection "to" has, by the same address, so
 * that no name is looked up. "to" must outlive it. */
void ur_pg_pin(struct ur_pg *pg, const struct ur_pg *to);

/* Begins to connect to the first address of the first host that libpq has. An address that does not
 * answer within timeout ms has failed, and the next one is tried; after the last one, connecting
 * has failed. Returns 0, or else see ur_pg_error(). */
int ur_pg_connect_start(struct ur_pg *pg, int timeout);

/* Goes on connecting for up to wait_ms. Returns 0 when connected, EAGAIN
 * when not yet, ECONNABORTED when it failed: see ur_pg_error(). */
int ur_pg_connect_poll(struct ur_pg *pg, int wait_ms);

/* Both in one call. Returns 0, ECONNABORTED, or what the other work ended it with, see
 * ur_pg_while_waiting(). Each address has up to timeout ms. */
int ur_pg_connect(struct ur_pg *pg, int timeout);

void ur_pg_close(struct ur_pg *pg);

/*
 * Runs one statement; param is its $1, or NULL if it has none. *resultp is the result, for
 * PQclear(). Returns 0, EPROTO if the server refused it (ur_pg_sqlstate() says why; the connection
 * can still be used), or ECONNABORTED if the connection can't be used any more: it is lost, or no
 * answer came in time. ur_pg_error() has the text.
 */
int ur_pg_query(struct ur_pg *pg, const char *sql, const char *param,
		PGresult **resultp);

/*
 * Sends a statement without waiting for its answer, so that the server works on it
 * meanwhile; up to three may be under way. *resultp is NULL until the answer has come,
 * and must live until then, or until the next failure. Returns 0 or ECONNABORTED.
 */
int ur_pg_send(struct ur_pg *pg, const char *sql, PGresult **resultp);

/*
 * Waits for the answer to a statement that was sent; it is for PQclear(). Answers to statements
 * sent before it are stored for these. Returns what ur_pg_query() does, but the connection can't be
 * used any more after EPROTO, too. Don't call ur_pg_query() while a statement is under way.
 */
int ur_pg_receive(struct ur_pg *pg, PGresult **resultp);

/*
 * Calls work at least every 10 ms while ur_pg_connect() or a query of this connection waits, to
 * serve other connections. If work does not return 0, the wait ends with its value and the
 * connection can't be used any more. NULL: nothing is called.
 */
void ur_pg_while_waiting(
		struct ur_pg *pg, int (*work)(void *context), void *context);

/* Waits up to wait_ms for something to arrive. Returns 0, or ECONNABORTED. */
int ur_pg_wait(struct ur_pg *pg, int wait_ms);

/* The next notification that arrived, to be given to PQfreemem(), or NULL. */
PGnotify *ur_pg_notify(struct ur_pg *pg);

/* When the server was last heard from, see ur_pg_now(). */
int64_t ur_pg_last_heard(const struct ur_pg *pg);

/* The server's process for this connection, 0 when there is none. */
int ur_pg_backend_pid(const struct ur_pg *pg);

/* Was the last error that a deadline has passed? */
bool ur_pg_is_late(const struct ur_pg *pg);

/* The last error: one line, without credentials. */
const char *ur_pg_error(const struct ur_pg *pg);
const char *ur_pg_sqlstate(const struct ur_pg *pg);

#endif
