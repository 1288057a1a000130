/*
 * db_url: the settings passed to libpq.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/source/conninfo.h"
#include "support/heap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *host_setting(
		struct ur_conninfo *info, int host, const char *keyword)
{
	const char *const *keywords;
	const char *const *values;
	struct ur_conninfo_host to;
	int i;

	ck_assert_int_eq(ur_conninfo_host(info, host, &to), 0);
	ur_conninfo_to(info, &to, &keywords, &values);
	for(i = 0; keywords[i] != NULL; i++) {
		if(strcmp(keywords[i], keyword) == 0)
			return values[i];
	}
	return NULL;
}

static const char *setting(struct ur_conninfo *info, const char *keyword)
{
	return host_setting(info, 0, keyword);
}

START_TEST(connection_gets_defaults)
{
	struct ur_conninfo *info;
	const char *why = NULL;

	ck_assert_int_eq(ur_conninfo_alloc(&info,
							 "postgresql://u:p%40ss@h1,h2:5433/db", &why),
			0);
	ck_assert_str_eq(setting(info, "password"), "p@ss");
	ck_assert_str_eq(setting(info, "application_name"), "user_routing");
	ck_assert_str_eq(setting(info, "target_session_attrs"), "primary");
	ck_assert_str_eq(setting(info, "keepalives_idle"), "2");
	ck_assert_str_eq(setting(info, "tcp_user_timeout"), "3000");
	ck_assert_str_eq(setting(info, "client_encoding"), "UTF8");
	ur_conninfo_free(info);
}
END_TEST

/* Each host by itself, as libpq pairs them with addresses and ports. */
START_TEST(connection_of_each_host)
{
	static const struct
	{
		const char *string, *host, *hostaddr, *port;
		int hosts;
	} cases[] = {
			{"", "", "", "5432", 1},
			{"host=a", "a", "", "5432", 1},
			{"host=a,b", "b", "", "5432", 2},
			{"host=a,b port=1", "b", "", "1", 2},
			{"host=a,b port=1,2", "b", "", "2", 2},
			{"host=a,,c port=1,,3", "", "", "", 3},
			{"hostaddr=1.1.1.1,1.1.1.2", "", "1.1.1.2", "5432", 2},
			{"host=a,b hostaddr=1.1.1.1,1.1.1.2 port=1,2", "b", "1.1.1.2", "2",
					2},
			/* libpq is to say what is wrong with it */
			{"host=a,b port=1,2,3", "b", "", "1,2,3", 2},
	};
	size_t i;

	for(i = 0; i < COUNT(cases); i++) {
		struct ur_conninfo *info;
		const char *why = NULL;
		int host = cases[i].hosts > 1;

		ck_assert_int_eq(ur_conninfo_alloc(&info, cases[i].string, &why), 0);
		ck_assert_int_eq(ur_conninfo_hosts(info), cases[i].hosts);
		ck_assert_str_eq(host_setting(info, host, "host"), cases[i].host);
		ck_assert_str_eq(
				host_setting(info, host, "hostaddr"), cases[i].hostaddr);
		ck_assert_str_eq(host_setting(info, host, "port"), cases[i].port);
		ur_conninfo_free(info);
	}
}
END_TEST

START_TEST(connection_string_overrides_defaults)
{
	struct ur_conninfo *info;
	const char *why = NULL;

	ck_assert_int_eq(
			ur_conninfo_alloc(&info,
					"host=/run/postgresql dbname=x application_name=me "
					"keepalives_idle=60 target_session_attrs=any",
					&why),
			0);
	ck_assert_str_eq(setting(info, "application_name"), "me");
	ck_assert_str_eq(setting(info, "keepalives_idle"), "60");
	ck_assert_str_eq(setting(info, "target_session_attrs"), "any");
	ur_conninfo_free(info);
}
END_TEST

static void ck_is_unverified(const char *string, const char *host)
{
	struct ur_conninfo *info;
	const char *why = NULL;

	ck_assert_int_eq(ur_conninfo_alloc(&info, string, &why), 0);
	ck_assert_pstr_eq(ur_conninfo_unverified(info), host);
	ur_conninfo_free(info);
}

/* Which host is not this machine, and would be believed without proof. */
START_TEST(hosts_that_are_not_verified)
{
	static const struct
	{
		const char *string, *host;
	} cases[] = {
			{"", NULL},
			{"host=/run/postgresql", NULL},
			{"host=@abstract sslmode=disable", NULL},
			{"host=127.0.0.1,::1,LocalHost", NULL},
			{"host=db hostaddr=127.0.0.1", NULL},
			{"host=db", "db"},
			{"host=localhost hostaddr=10.0.0.1", "localhost"},
			{"hostaddr=10.0.0.1", "10.0.0.1"},
			{"host=127.0.0.1,db2", "db2"},
			{"host=db sslmode=prefer", "db"},
			{"host=db sslmode=require", "db"},
			{"host=db sslmode=verify-ca", "db"},
			{"host=db sslmode=verify-full", NULL},
			{"postgresql://u:p@db1,db2/d?sslmode=verify-full", NULL},
			{"postgresql://u:p@[fd00::1]/d", "fd00::1"},
			{"host=db gssencmode=require", NULL},
	};
	size_t i;

	for(i = 0; i < COUNT(cases); i++)
		ck_is_unverified(cases[i].string, cases[i].host);
	setenv("PGHOST", "db", 1);
	ck_is_unverified("", "db");
	setenv("PGSSLMODE", "verify-full", 1);
	ck_is_unverified("", NULL);
}
END_TEST

/* Refused with a reason that has nothing of the string in it. */
static const char *const bad_strings[] = {
		"postgresql//u:s3cret@h/db",
		"postgresql://u:s3cret@h/db?nonsense=1",
		"postgresql://u:s3cret@h:s3cret/db",
		"postgresql://u:s3@s3cret@h/db",
		"postgresql://u:s3/s3cret@h/db",
		"postgresql://u:12/s3cret@h/db",
		"postgresql://u:s3%zzcret@h/db",
		"password=s3cret host",
		"s3cret",
};

START_TEST(bad_connection_string)
{
	struct ur_conninfo *info = NULL;
	const char *why = NULL;

	ck_assert_int_eq(ur_conninfo_alloc(&info, bad_strings[_i], &why), EINVAL);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_null(strstr(why, "cret"));
	ck_assert_ptr_null(info);
}
END_TEST

START_TEST(good_connection_strings)
{
	static const char *const strings[] = {"", "postgresql:///db?host=@abstract",
			"postgresql://u:s3?cret@h/db",
			"postgres://u:s3%2Fcret@[::1]:5432,127.0.0.1:5433/db",
			"host='a b' password='x@y/z'"};
	size_t i;

	for(i = 0; i < COUNT(strings); i++) {
		struct ur_conninfo *info;
		const char *why = NULL;

		ck_assert_int_eq(ur_conninfo_alloc(&info, strings[i], &why), 0);
		ur_conninfo_free(info);
	}
	ur_conninfo_free(NULL);
}
END_TEST

static void parse_without_memory(void)
{
	struct ur_conninfo *info = NULL;
	const char *why = NULL;
	int err = ur_conninfo_alloc(&info, "host=h dbname=d", &why);

	ur_test_heap_arm(false);
	ck_assert_int_eq(err, ur_test_heap_failed() ? ENOMEM : 0);
	ur_conninfo_free(info);
}

START_TEST(no_memory_for_a_connection_string)
{
	UR_TEST_HEAP_OOM(parse_without_memory());
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {connection_gets_defaults,
			connection_of_each_host, hosts_that_are_not_verified,
			connection_string_overrides_defaults, good_connection_strings};
	Suite *suite = suite_create("conninfo");
	TCase *tcase = tcase_create("conninfo");
	SRunner *runner;
	size_t i;
	int failed;

	tcase_add_loop_test(tcase, bad_connection_string, 0, COUNT(bad_strings));
	for(i = 0; i < COUNT(tests); i++)
		tcase_add_test(tcase, tests[i]);
	if(ur_test_heap_is_wrapped())
		tcase_add_test(tcase, no_memory_for_a_connection_string);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
