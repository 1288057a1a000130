/*
 * Connecting to one of several hosts and addresses, some of which drop all packets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mirror/source/pg.h"
#include "support/database.h"
#include "support/names.h"
#include "support/port.h"
#include "support/suite.h"

enum
{
	TIMEOUT = 1000, /* for each address */
	SOON = TIMEOUT + 2000,
};

/* The program's own of the loopback addresses: at one PostgreSQL listens. */
static char server[32], other[32], names[32];
static struct ur_pg *pg;

static void start(void)
{
	const unsigned pid = (unsigned)getpid();

	snprintf(server, sizeof(server), "127.%u.%u.1", 100 + pid / 256 % 100,
			pid % 256);
	snprintf(other, sizeof(other), "127.%u.%u.2", 100 + pid / 256 % 100,
			pid % 256);
	snprintf(names, sizeof(names), "127.%u.%u.3", 100 + pid / 256 % 100,
			pid % 256);
	ur_test_cluster_setup();
	ur_test_cluster_listen(server);
}

static void teardown(void)
{
	ur_pg_free(pg);
}

/* Connects to the test's database by that string, and says how long that took. */
static long connect_by(int expected, const char *format, ...)
{
	const char *why = NULL;
	char url[400];
	va_list args;
	long started;

	va_start(args, format);
	vsnprintf(url, sizeof(url), format, args);
	va_end(args);
	ck_assert_int_eq(ur_pg_alloc(&pg, url, 5000, &why), 0);
	started = ur_test_now();
	ck_assert_msg(ur_pg_connect(pg, TIMEOUT) == expected, "%s: %s", url,
			ur_pg_error(pg));
	return ur_test_now() - started;
}

static const char *where(struct ur_pg *connected)
{
	static char address[64];
	PGresult *result;

	ck_assert_int_eq(ur_pg_query(connected, "SELECT host(inet_server_addr())",
							 NULL, &result),
			0);
	snprintf(address, sizeof(address), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return address;
}

START_TEST(second_host)
{
	ur_test_listen(other, true);
	ck_assert_int_lt(connect_by(0, "host=%s,%s user=user_routing dbname=%s",
							 other, server, ur_test_db_name()),
			SOON);
	ck_assert_str_eq(where(pg), server);
}
END_TEST

/* A name of that many addresses, in this order. */
static bool name_is(const char *first, const char *second, const char *resolv,
		const char *order)
{
	char hosts[200];

	snprintf(hosts, sizeof(hosts), "%s db.test\n%s db.test\n", first, second);
	if(ur_test_names(hosts, resolv, order))
		return true;
	fprintf(stderr, "no mount namespace: names can't be tested\n");
	return false;
}

START_TEST(second_address_of_a_name)
{
	if(!name_is(other, server, "", "files"))
		return;
	ur_test_listen(other, true);
	ck_assert_int_lt(connect_by(0, "host=db.test user=user_routing dbname=%s",
							 ur_test_db_name()),
			SOON);
	ck_assert_str_eq(where(pg), server);
}
END_TEST

START_TEST(all_addresses_are_told)
{
	char text[64];

	if(!name_is(other, names, "", "files"))
		return;
	ur_test_listen(other, true);
	connect_by(ECONNABORTED, "host=db.test user=u dbname=d");
	snprintf(text, sizeof(text), "at \"db.test\" (%s) within 1000 ms; ", other);
	ck_assert_msg(strstr(ur_pg_error(pg), text), "%s", ur_pg_error(pg));
	ck_assert_msg(strstr(ur_pg_error(pg), names), "%s", ur_pg_error(pg));
}
END_TEST

/* One error a line of the log: libpq's guess in the next line is left out. */
START_TEST(an_error_is_one_line)
{
	connect_by(ECONNABORTED, "host=127.0.0.1 port=1 user=u dbname=d");
	ck_assert_msg(strstr(ur_pg_error(pg), "Connection refused"), "%s",
			ur_pg_error(pg));
	ck_assert_ptr_null(strstr(ur_pg_error(pg), "Is the server running"));
}
END_TEST

/* The resolver needs longer than connecting may. */
START_TEST(time_for_a_name_is_not_for_connecting)
{
	char resolv[100];
	long took;

	snprintf(resolv, sizeof(resolv),
			"nameserver %s\noptions timeout:1 attempts:2\n", names);
	if(!name_is(server, server, resolv, "dns files")
			|| !ur_test_dead_name_server(names))
		return;
	ur_test_log_clear();
	took = connect_by(
			0, "host=db.test user=user_routing dbname=%s", ur_test_db_name());
	ck_assert_int_gt(took, TIMEOUT);
	ck_assert_int_eq(ur_test_log_count("to look up the name \"db.test\""), 1);
	ur_pg_close(pg);
	ck_assert_int_eq(ur_pg_connect(pg, TIMEOUT), 0);
	ck_assert_int_eq(ur_test_log_count("to look up the name \"db.test\""), 1);
}
END_TEST

START_TEST(name_that_is_none)
{
	if(!name_is(server, server, "", "files"))
		return;
	connect_by(ECONNABORTED, "host=nobody.test user=u password=s3cret");
	ck_assert_msg(strstr(ur_pg_error(pg), "the name \"nobody.test\": "), "%s",
			ur_pg_error(pg));
	ck_assert_ptr_null(strstr(ur_pg_error(pg), "s3cret"));
	ur_pg_free(pg);
	connect_by(0, "host=nobody.test,db.test user=user_routing dbname=%s",
			ur_test_db_name());
}
END_TEST

/* Hosts that db_url itself does not name. */
START_TEST(hosts_of_a_service)
{
	char path[] = "/tmp/ur-service-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	dprintf(fd, "[ur]\nhost=%s,%s\nuser=user_routing\ndbname=%s\n", other,
			server, ur_test_db_name());
	close(fd);
	setenv("PGSERVICEFILE", path, 1);
	ur_test_listen(other, true);
	ck_assert_int_lt(connect_by(0, "service=ur"), SOON);
	ck_assert_str_eq(where(pg), server);
	unlink(path);
}
END_TEST

START_TEST(hosts_of_the_environment)
{
	char hosts[80];

	snprintf(hosts, sizeof(hosts), "%s,%s", other, server);
	setenv("PGHOST", hosts, 1);
	ur_test_listen(other, true);
	ck_assert_int_lt(
			connect_by(0, "user=user_routing dbname=%s", ur_test_db_name()),
			SOON);
	ck_assert_str_eq(where(pg), server);
}
END_TEST

START_TEST(service_that_is_none)
{
	connect_by(ECONNABORTED, "service=nonsense");
	ck_assert_msg(
			strstr(ur_pg_error(pg), "\"nonsense\""), "%s", ur_pg_error(pg));
}
END_TEST

/* The host that comes first is back: the second connection goes where the first one is. */
START_TEST(second_connection_is_pinned)
{
	const char *why = NULL;
	char url[200];
	struct ur_pg *second;
	int fd;

	snprintf(url, sizeof(url), "host=%s,%s user=user_routing dbname=%s", other,
			server, ur_test_db_name());
	connect_by(0, "%s", url);
	fd = ur_test_listen(other, false);
	ck_assert_int_eq(ur_pg_alloc(&second, url, 5000, &why), 0);
	ur_pg_pin(second, pg);
	ck_assert_int_eq(ur_pg_connect(second, TIMEOUT), 0);
	ck_assert_str_eq(where(second), server);
	ck_assert_int_eq(accept(fd, NULL, NULL), -1); /* nobody has come */
	ur_pg_close(pg);
	ur_pg_close(second);
	ck_assert_int_eq(ur_pg_connect(second, TIMEOUT), ECONNABORTED);
	ur_pg_free(second);
}
END_TEST

/* By a socket in the file system, too. */
START_TEST(second_connection_by_a_socket)
{
	const char *why = NULL;
	struct ur_pg *second;

	connect_by(0, "%s", ur_test_db_url("user_routing"));
	setenv("PGHOST", other, 1);
	ck_assert_int_eq(ur_pg_alloc(&second, "user=user_routing", 5000, &why), 0);
	ur_pg_pin(second, pg);
	ck_assert_int_eq(ur_pg_connect(second, TIMEOUT), ECONNABORTED);
	ck_assert_msg(strstr(ur_pg_error(second),
						  "database \"user_routing\" does not exist"),
			"%s", ur_pg_error(second));
	ur_pg_free(second);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {second_host, second_address_of_a_name,
			all_addresses_are_told, an_error_is_one_line,
			time_for_a_name_is_not_for_connecting, name_that_is_none,
			hosts_of_a_service, hosts_of_the_environment, service_that_is_none,
			second_connection_is_pinned, second_connection_by_a_socket, NULL};
	const struct ur_test_suite suite = {.name = "connect",
			.start = start,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_db_new,
			.teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
