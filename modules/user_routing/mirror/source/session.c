/*
 * Statements at the beginning of a session, and advice on their errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/source/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/source/queries.h"

/* What to do about an error that the server gave a code for. */
static const char *advice(const char *sqlstate)
{
	if(strcmp(sqlstate, "42P01") == 0) /* undefined_table */
		return "; the schema is missing or incomplete: apply it with sql/apply";
	if(strcmp(sqlstate, "42501") == 0) /* insufficient_privilege */
		return "; the role needs the rights that sql/roles.sql grants";
	if(strcmp(sqlstate, "25006") == 0) /* read_only_sql_transaction */
		return "; a standby can't tell of changes: add"
			   " target_session_attrs=primary to db_url";
	return "";
}

void ur_session_error(
		const struct ur_pg *pg, int err, char error[UR_SESSION_ERROR])
{
	/* If both are too long, the text is cut and not the advice. */
	const char *more = err == EPROTO ? advice(ur_pg_sqlstate(pg)) : "";

	if(err == ENOMEM)
		snprintf(error, UR_SESSION_ERROR, "out of memory");
	else
		snprintf(error, UR_SESSION_ERROR, "%.*s%s",
				UR_SESSION_ERROR - 1 - (int)strlen(more), ur_pg_error(pg),
				more);
}

static int execute(struct ur_pg *pg, const char *sql, const char *param)
{
	PGresult *result;
	int err = ur_pg_query(pg, sql, param, &result);

	if(err == 0)
		PQclear(result);
	return err;
}

/* The schema's version, and the oldest one that a module must know to read it. */
struct schema
{
	int version;
	int compatible_from;
};

static int read_schema_version(struct ur_pg *pg, struct schema *schema)
{
	PGresult *result;
	int err = ur_pg_query(pg, ur_query_schema_version, NULL, &result);

	if(err != 0)
		return err;
	*schema = (struct schema){0};
	if(PQntuples(result) == 1) {
		schema->version = atoi(PQgetvalue(result, 0, 0));
		schema->compatible_from = PQgetisnull(result, 0, 1)
										  ? schema->version
										  : atoi(PQgetvalue(result, 0, 1));
	}
	PQclear(result);
	return 0;
}

int ur_session_limit(struct ur_pg *pg, int query_timeout)
{
	char timeout[16];

	snprintf(timeout, sizeof(timeout), "%d", query_timeout);
	return execute(pg, ur_query_statement_timeout, timeout);
}

int ur_session_ping(struct ur_pg *pg, struct ur_session_sources *sources)
{
	PGresult *result;
	int err = ur_pg_query(pg, ur_query_ping, NULL, &result);

	if(err != 0)
		return err;
	snprintf(sources->version, sizeof(sources->version), "%s",
			PQgetvalue(result, 0, 0));
	sources->disabled = atoi(PQgetvalue(result, 0, 1));
	PQclear(result);
	return 0;
}

static int read_text(struct ur_pg *pg, const char *sql, char *text, size_t size)
{
	PGresult *result;
	int err = ur_pg_query(pg, sql, NULL, &result);

	text[0] = '\0';
	if(err != 0)
		return err;
	if(PQntuples(result) == 1)
		snprintf(text, size, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return 0;
}

/* The system identifier may not be readable: the function's rights can be revoked from PUBLIC. */
int ur_session_who(struct ur_pg *pg, struct ur_session_server *server)
{
	int err = read_text(
			pg, ur_query_database, server->database, sizeof(server->database));

	if(err != 0 && err != EPROTO)
		return err;
	return read_text(
			pg, ur_query_started, server->started, sizeof(server->started));
}

int ur_session_begin(
		struct ur_pg *pg, int query_timeout, char error[UR_SESSION_ERROR])
{
	struct schema schema = {0};
	int err;

	err = ur_session_limit(pg, query_timeout);
	if(err == 0)
		err = read_schema_version(pg, &schema);
	if(err == 0
			&& (schema.version < UR_SCHEMA_OLDEST
					|| schema.compatible_from > UR_SCHEMA_VERSION)) {
		snprintf(error, UR_SESSION_ERROR,
				"the schema has version %d (mirror_meta), this module needs"
				" %d: %s",
				schema.version,
				schema.version < UR_SCHEMA_OLDEST ? UR_SCHEMA_OLDEST
												  : UR_SCHEMA_VERSION,
				schema.version < UR_SCHEMA_OLDEST ? "run sql/apply"
												  : "install a newer module");
		return EINVAL;
	}
	if(err == 0)
		err = execute(pg, ur_query_listen, NULL);
	if(err != 0)
		ur_session_error(pg, err, error);
	return err;
}

int ur_session_open(struct ur_pg *pg, int connect_timeout, int query_timeout,
		char error[UR_SESSION_ERROR])
{
	int err = ur_pg_connect(pg, connect_timeout);

	if(err != 0)
		ur_session_error(pg, err, error);
	else
		err = ur_session_begin(pg, query_timeout, error);
	if(err != 0)
		ur_pg_close(pg);
	return err;
}
