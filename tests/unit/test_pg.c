/*
 * Pending statements on one connection: each waiter gets its answer, in whatever order they wait.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include "mirror/source/pg.h"
#include "support/database.h"
#include "support/suite.h"

static struct ur_pg *pg;

static void setup(void)
{
	const char *why;

	ur_test_db_new();
	ck_assert_int_eq(
			ur_pg_alloc(&pg, ur_test_db_url("user_routing"), 300, &why), 0);
	ck_assert_int_eq(ur_pg_connect(pg, 3000), 0);
}

static void teardown(void)
{
	ur_pg_free(pg);
}

static void ck_answer(PGresult *result, const char *value)
{
	ck_assert_ptr_nonnull(result);
	ck_assert_str_eq(PQgetvalue(result, 0, 0), value);
	PQclear(result);
}

START_TEST(answers_find_their_way)
{
	PGresult *first, *second, *plain;

	ck_assert_int_eq(ur_pg_send(pg, "SELECT 1", &first), 0);
	ck_assert_int_eq(ur_pg_send(pg, "SELECT 2", &second), 0);
	ck_assert_int_eq(ur_pg_receive(pg, &second), 0);
	ck_answer(second, "2");
	ck_assert_int_eq(ur_pg_send(pg, "SELECT 3", &second), 0);
	ck_assert_int_eq(ur_pg_receive(pg, &first), 0);
	ck_answer(first, "1");
	ck_assert_int_eq(ur_pg_receive(pg, &second), 0);
	ck_answer(second, "3");
	ck_assert_int_eq(ur_pg_query(pg, "SELECT $1::text", "4", &plain), 0);
	ck_answer(plain, "4");
}
END_TEST

START_TEST(no_more_than_three)
{
	PGresult *results[4];

	ck_assert_int_eq(ur_pg_send(pg, "SELECT 1", &results[0]), 0);
	ck_assert_int_eq(ur_pg_send(pg, "SELECT 2", &results[1]), 0);
	ck_assert_int_eq(ur_pg_send(pg, "SELECT 3", &results[2]), 0);
	ck_assert_int_eq(ur_pg_send(pg, "SELECT 4", &results[3]), ECONNABORTED);
	ck_assert_ptr_null(results[3]);
}
END_TEST

/* The one behind it is forgotten: its reader is gone when the connection is used again. */
START_TEST(a_refusal_ends_them_all)
{
	PGresult *first, *second;

	ck_assert_int_eq(ur_pg_send(pg, "SELECT 1/0", &first), 0);
	ck_assert_int_eq(ur_pg_send(pg, "SELECT 2", &second), 0);
	ck_assert_int_eq(ur_pg_receive(pg, &second), EPROTO);
	ck_assert_str_eq(ur_pg_sqlstate(pg), "22012");
	ck_assert_ptr_null(second);
	PQclear(first);
	ck_assert_int_eq(ur_pg_connect(pg, 3000), 0);
	ck_assert_int_eq(ur_pg_send(pg, "SELECT 5", &second), 0);
	ck_assert_int_eq(ur_pg_receive(pg, &second), 0);
	ck_answer(second, "5");
}
END_TEST

START_TEST(each_has_a_deadline)
{
	PGresult *result;
	long start = ur_test_now();

	ck_assert_int_eq(ur_pg_send(pg, "SELECT pg_sleep(5)", &result), 0);
	ck_assert_int_eq(ur_pg_receive(pg, &result), ECONNABORTED);
	ck_assert_ptr_null(result);
	ck_assert_ptr_nonnull(strstr(ur_pg_error(pg), "within 300 ms"));
	ck_assert_int_ge(ur_test_now() - start, 300);
	ck_assert_int_lt(ur_test_now() - start, 2000);
}
END_TEST

START_TEST(a_lost_connection_is_noticed)
{
	PGresult *result;

	ck_assert_int_eq(ur_pg_send(pg, "SELECT pg_sleep(0.2)", &result), 0);
	ur_test_db_exec("SELECT pg_terminate_backend(%d)", ur_pg_backend_pid(pg));
	ck_assert_int_ne(ur_pg_receive(pg, &result), 0);
	PQclear(result);
}
END_TEST

/* What it was asked for is there when we come back for it. */
START_TEST(the_server_works_meanwhile)
{
	PGresult *first, *second;
	long start = ur_test_now();

	ck_assert_int_eq(ur_pg_send(pg, "SELECT pg_sleep(0.2)", &first), 0);
	ck_assert_int_eq(ur_pg_send(pg, "SELECT pg_sleep(0.05)", &second), 0);
	while(ur_test_now() - start < 250)
		;
	start = ur_test_now();
	ck_assert_int_eq(ur_pg_receive(pg, &first), 0);
	ck_assert_int_eq(ur_pg_receive(pg, &second), 0);
	ck_assert_int_lt(ur_test_now() - start, 150);
	PQclear(first);
	PQclear(second);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {answers_find_their_way, no_more_than_three,
			a_refusal_ends_them_all, each_has_a_deadline,
			a_lost_connection_is_noticed, the_server_works_meanwhile, NULL};
	const struct ur_test_suite suite = {.name = "pg",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
