/*
 * PostgreSQL for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "support/database.h"

#define SCRIPT "tests/unit/support/cluster"

static char dir[] = "/tmp/ur-unit.XXXXXX"; /* short: a socket is in it */
static char database[32];
static FILE *cluster; /* it ends when this is closed, or this program ends */

long ur_test_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

void ur_test_cluster_setup(void)
{
	char text[128];
	struct stat ignored;
	long until = ur_test_now() + 60000;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(text, sizeof(text), SCRIPT " run %s", dir);
	cluster = popen(text, "we");
	ck_assert_ptr_nonnull(cluster);
	snprintf(text, sizeof(text), "%s/ready", dir);
	while(stat(text, &ignored) != 0) {
		ck_assert_msg(ur_test_now() < until && access(dir, F_OK) == 0,
				"no PostgreSQL could be started");
		usleep(20000);
	}
}

void ur_test_cluster_teardown(void)
{
	if(cluster != NULL)
		pclose(cluster);
}

static void command(const char *verb)
{
	char text[128];

	snprintf(text, sizeof(text), SCRIPT " %s %s", verb, dir);
	ck_assert_int_eq(system(text), 0);
}

void ur_test_cluster_stop(void)
{
	command("stop");
}

void ur_test_cluster_start(void)
{
	command("start");
}

int ur_test_cluster_pid(void)
{
	char path[128];
	int pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/data/postmaster.pid", dir);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
	fclose(file);
	return pid;
}

static PGresult *query(const char *dbname, const char *sql)
{
	char text[160];
	PGconn *conn;
	PGresult *result;

	snprintf(text, sizeof(text),
			"host=%s user=owner dbname=%s connect_timeout=10 "
			"options='-c statement_timeout=20s -c client_min_messages=error'",
			dir, dbname);
	conn = PQconnectdb(text);
	ck_assert_msg(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
	result = PQexec(conn, sql);
	ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK
						  || PQresultStatus(result) == PGRES_TUPLES_OK,
			"%s: %s", sql, PQerrorMessage(conn));
	PQfinish(conn);
	return result;
}

void ur_test_cluster_listen(const char *address)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "ALTER SYSTEM SET listen_addresses = '%s'",
			address);
	PQclear(query("postgres", sql));
	ur_test_cluster_stop();
	ur_test_cluster_start();
}

void ur_test_db_new(void)
{
	char sql[128];

	snprintf(database, sizeof(database), "t_%d", (int)getpid());
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template_ur",
			database);
	PQclear(query("postgres", sql));
}

const char *ur_test_db_name(void)
{
	return database;
}

const char *ur_test_db_url(const char *user)
{
	static char url[128];

	snprintf(url, sizeof(url), "postgresql://%s@/%s?host=%s", user, database,
			dir);
	return url;
}

static PGresult *query_va(const char *format, va_list args)
{
	char *sql;
	PGresult *result;

	ck_assert_int_gt(vasprintf(&sql, format, args), 0);
	result = query(database, sql);
	free(sql);
	return result;
}

void ur_test_db_exec(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	PQclear(query_va(format, args));
	va_end(args);
}

long ur_test_db_number(const char *format, ...)
{
	PGresult *result;
	va_list args;
	long number;

	va_start(args, format);
	result = query_va(format, args);
	va_end(args);
	ck_assert_int_eq(PQntuples(result), 1);
	number = atol(PQgetvalue(result, 0, 0));
	PQclear(result);
	return number;
}

void ur_test_db_wait_locked(const char *table)
{
	long until = ur_test_now() + 10000;

	while(ur_test_db_number("SELECT count(*) FROM pg_locks l"
							" JOIN pg_database d ON d.oid = l.database"
							" WHERE d.datname = current_database()"
							" AND l.relation = '%s'::regclass AND l.granted"
							" AND l.mode = 'AccessExclusiveLock'",
				  table)
			== 0) {
		ck_assert_msg(ur_test_now() < until, "nobody locks %s", table);
		usleep(5000);
	}
}
