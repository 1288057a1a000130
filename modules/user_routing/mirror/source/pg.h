/*
 * A PostgreSQL connection on which every wait has a deadline.
 *
 * libpq's synchronous calls wait for ever on a server that hangs but whose
 * kernel still acknowledges, whatever the keepalives: so all is asynchronous
 * here. The one wait without a deadline is looking up a host's name: it has the
 * resolver's own timeouts, and doesn't count for any other. Addresses, or names in
 * /etc/hosts, don't wait.
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

/* Makes a connection, closed yet. Returns 0, ENOMEM, or EINVAL with *why set
 * to what is wrong with db_url (a constant). query_timeout: of each
 * ur_pg_query(), in ms. */
int ur_pg_alloc(struct ur_pg **pgp, const char *db_url, int query_timeout,
		const char **why);
void ur_pg_free(struct ur_pg *pg);

/* A host that would be believed without proof, see ur_conninfo_unverified(), or NULL. */
const char *ur_pg_unverified(struct ur_pg *pg);

/* Which database it connects to, as far as that can be told before. */
void ur_pg_tell_origin(struct ur_pg *pg, struct ur_origin *origin);

/* Another query_timeout, from the next query on. */
void ur_pg_limit(struct ur_pg *pg, int query_timeout);

/* From now on pg connects to the server that to is connected to, and to no other; by the same
 * address, so that no name is looked up. to must outlive it. */
void ur_pg_pin(struct ur_pg *pg, const struct ur_pg *to);

/* Begins to connect to the first address of the first host that libpq has. One that does
 * not answer within timeout milliseconds has failed, and the next one is tried: after the
 * last one connecting has failed. Returns 0, or else see ur_pg_error(). */
int ur_pg_connect_start(struct ur_pg *pg, int timeout);

/* Goes on connecting for up to wait_ms. Returns 0 when connected, EAGAIN
 * when not yet, ECONNABORTED when it failed: see ur_pg_error(). */
int ur_pg_connect_poll(struct ur_pg *pg, int wait_ms);

/* The two in one: 0 or ECONNABORTED, after timeout milliseconds an address at the latest;
 * or what the other work ended it with, see ur_pg_while_waiting(). */
int ur_pg_connect(struct ur_pg *pg, int timeout);

void ur_pg_close(struct ur_pg *pg);

/*
 * Runs one statement; param is its $1, or NULL when it has none. *resultp is
 * the result, to be given to PQclear(). Returns 0, EPROTO when the server
 * refused it (ur_pg_sqlstate() says why; the connection may go on), or
 * ECONNABORTED when the connection is of no more use: lost, or no answer in
 * time. ur_pg_error() has the text.
 */
int ur_pg_query(struct ur_pg *pg, const char *sql, const char *param,
		PGresult **resultp);

/*
 * Sends a statement without waiting for its answer, so that the server works on it
 * meanwhile; up to two may be under way. *resultp is NULL until the answer has come,
 * and must live until then, or until the next failure. Returns 0 or ECONNABORTED.
 */
int ur_pg_send(struct ur_pg *pg, const char *sql, PGresult **resultp);

/*
 * Waits for the answer to a statement that was sent, to be given to PQclear(). Others that
 * come first go where they belong. Returns what ur_pg_query() does, but after EPROTO,
 * too, the connection is of no more use. No ur_pg_query() while any is under way.
 */
int ur_pg_receive(struct ur_pg *pg, PGresult **resultp);

/*
 * While ur_pg_connect() or a query of this connection waits, work is called, every 10 ms
 * at least: for other connections. When it returns something else than 0 the wait ends
 * with that, and the connection is of no more use. NULL: nothing is called.
 */
void ur_pg_while_waiting(
		struct ur_pg *pg, int (*work)(void *context), void *context);

/* Waits up to wait_ms for something to arrive. Returns 0, or ECONNABORTED. */
int ur_pg_wait(struct ur_pg *pg, int wait_ms);

/* The next notification that arrived, to be given to PQfreemem(), or NULL. */
PGnotify *ur_pg_notify(struct ur_pg *pg);

/* When the server was heard of last, see ur_pg_now(). */
int64_t ur_pg_last_heard(const struct ur_pg *pg);

/* The server's process for this connection, 0 when there is none. */
int ur_pg_backend_pid(const struct ur_pg *pg);

/* Was what went wrong last that a deadline has passed? */
bool ur_pg_is_late(const struct ur_pg *pg);

/* What went wrong last: one line, without credentials. */
const char *ur_pg_error(const struct ur_pg *pg);
const char *ur_pg_sqlstate(const struct ur_pg *pg);

#endif
