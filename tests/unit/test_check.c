/*
 * The check on a real PostgreSQL: questions are answered, and nothing else waits for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "mirror/check.h"
#include "mirror/source/queries.h"
#include "support/mirror.h"
#include "support/suite.h"

static struct ur_check *check;
static struct ur_check_answer answer;

/* The sample's accounts, to begin with: acc_1 has a number that isn't verified, in
 * acc_2 carol has no device. */
static void setup(void)
{
	ur_test_mirror_sample();
	ck_assert_int_eq(ur_check_alloc(&check), 0);
	ur_mirror_set_check(ur_test_mirror, check);
	UR_TEST_UNTIL_READY();
}

static void teardown(void)
{
	ur_check_free(check);
	ur_test_mirror_free();
}

/* A mirror with other settings in its place. */
static void renew(const struct ur_mirror_config *config)
{
	teardown();
	ur_test_mirror_new(config);
	ck_assert_int_eq(ur_check_alloc(&check), 0);
	ur_mirror_set_check(ur_test_mirror, check);
	UR_TEST_UNTIL_READY();
}

static void renew_patient(int query_timeout)
{
	struct ur_mirror_config config = ur_test_config;

	config.query_timeout = query_timeout;
	renew(&config);
}

/* Waits while the mirror runs in a thread of its own. */
#define UR_TEST_WAIT(condition, ms)                                       \
	do {                                                                  \
		long ur_test_until = ur_test_now() + (ms);                        \
		while(!(condition) && ur_test_now() < ur_test_until)              \
			usleep(1000);                                                 \
		ck_assert_msg(condition, "not within %d ms: %s", ms, #condition); \
	} while(0)

static uint32_t ask(const char *account)
{
	return ur_check_ask(check, ur_test_text(account), 60000);
}

static bool is_answered(uint32_t number)
{
	return ur_check_take(check, number, &answer) == 0;
}

static void answer_to(const char *account)
{
	uint32_t number = ask(account);

	ck_assert_uint_ne(number, 0);
	UR_TEST_UNTIL(is_answered(number), 10000);
}

/* How many problems in the answer are of that account (NULL: any) and kind. */
static int problems(const char *account, const char *kind)
{
	struct ur_problem problem;
	const char *at = NULL;
	int count = 0;

	while((at = ur_check_read(&answer, at, &problem)) != NULL) {
		ck_assert_int_gt(strlen(problem.sentence), 0);
		count += strcmp(problem.problem, kind) == 0
				 && (account == NULL
						 || strcmp(problem.account_id, account) == 0);
	}
	return count;
}

static int all_problems(void)
{
	struct ur_problem problem;
	const char *at = NULL;
	int count = 0;

	while((at = ur_check_read(&answer, at, &problem)) != NULL)
		count++;
	return count;
}

START_TEST(loop_is_told_until_it_is_mended)
{
	struct ur_problem problem;

	renew_patient(5000);
	ur_test_db_exec("UPDATE sip_user SET fwd_always_kind = 'user',"
					" fwd_always_id = 'us_b' WHERE id = 'us_a';"
					"UPDATE sip_user SET fwd_always_kind = 'user',"
					" fwd_always_id = 'us_a' WHERE id = 'us_b';"
					"UPDATE account SET default_cid_number = NULL");
	answer_to("acc_1");
	ck_assert_str_eq(answer.error, "");
	ck_assert_int_eq(answer.found, 1);
	ck_assert_int_eq(answer.count, 1);
	ck_assert_ptr_nonnull(ur_check_read(&answer, NULL, &problem));
	ck_assert_str_eq(problem.account_id, "acc_1");
	ck_assert_str_eq(problem.problem, "forward_loop");
	ck_assert_str_eq(problem.object, "sip_user");
	ck_assert_str_eq(problem.object_id, "us_a");
	ck_assert_str_eq(problem.field, "fwd_always_id");
	ck_assert_ptr_nonnull(strstr(problem.sentence, "back to user alice"));
	ur_test_db_exec("UPDATE sip_user SET fwd_always_kind = NULL,"
					" fwd_always_id = NULL WHERE id = 'us_b'");
	answer_to("acc_1");
	ck_assert_int_eq(answer.found, 0);
	ck_assert_int_eq(all_problems(), 0);
}
END_TEST

START_TEST(one_account_or_all)
{
	renew_patient(5000);
	answer_to("acc_2");
	ck_assert_int_eq(problems("acc_2", "no_device"), 1);
	ck_assert_int_eq(problems("acc_2", "only_hangs_up"), 1);
	ck_assert_int_eq(all_problems(), 2);
	answer_to("");
	ck_assert_int_eq(problems("acc_2", "no_device"), 1);
	ck_assert_int_eq(problems("acc_1", "unverified_number"), 1);
	ck_assert_int_eq(all_problems(), 3);
	ck_assert_int_eq(answer.found, 3);
}
END_TEST

START_TEST(many_are_counted_and_some_are_told)
{
	renew_patient(5000);
	ur_test_db_exec("INSERT INTO sip_user (id, account_id, username)"
					" SELECT 'n' || i, 'acc_2', i FROM"
					" generate_series(1, 300) i");
	answer_to("acc_2");
	ck_assert_int_eq(answer.found, 602);
	ck_assert_int_eq(answer.count, UR_PROBLEM_ROWS);
	ck_assert_int_eq(all_problems(), UR_PROBLEM_ROWS);
	/* four bytes a letter: the texts are longer than there is room for */
	ur_test_db_exec(
			"UPDATE sip_user SET display_name = repeat(chr(128222), 128)"
			" WHERE account_id = 'acc_2'");
	answer_to("acc_2");
	ck_assert_int_eq(answer.found, 602);
	ck_assert_int_gt(answer.count, 30);
	ck_assert_int_lt(answer.count, UR_PROBLEM_ROWS);
	ck_assert_int_eq(all_problems(), answer.count);
	ck_assert_uint_le(answer.size, UR_CHECK_TEXT);
}
END_TEST

START_TEST(one_question_at_a_time)
{
	uint32_t first = ask("acc_1");

	ck_assert_uint_ne(first, 0);
	ck_assert_uint_eq(ask("acc_1"), first);
	ck_assert_uint_eq(ask("acc_2"), 0);
	ck_assert_uint_eq(ask(""), 0);
	ck_assert_int_eq(ur_check_take(check, first, &answer), EAGAIN);
	UR_TEST_UNTIL(!ur_check_is_open(check), 10000);
	/* two have waited for it */
	ck_assert_int_eq(ur_check_take(check, first, &answer), 0);
	ck_assert_int_eq(ur_check_take(check, first, &answer), 0);
	ck_assert_uint_ne(ask("acc_2"), 0);
	ck_assert_int_eq(ur_check_take(check, first, &answer), ESTALE);
}
END_TEST

START_TEST(answer_waits_for_who_asks_again)
{
	uint32_t first = ask("acc_1");

	UR_TEST_UNTIL(!ur_check_is_open(check), 10000);
	ck_assert_uint_eq(ask("acc_1"), first);
	ck_assert(!ur_check_is_open(check));
	ck_assert_int_eq(ur_check_take(check, first, &answer), 0);
	/* taken: who asks now wants to know how it is now */
	ck_assert_uint_ne(ask("acc_1"), first);
	ck_assert(ur_check_is_open(check));
	UR_TEST_UNTIL(!ur_check_is_open(check), 10000);
	/* nobody has taken that one, but it is to another question */
	ck_assert_uint_ne(ask("acc_2"), 0);
	ck_assert(ur_check_is_open(check));
}
END_TEST

START_TEST(old_answer_is_none)
{
	uint32_t first = ask("acc_1");

	UR_TEST_UNTIL(!ur_check_is_open(check), 10000);
	usleep(60000);
	ck_assert_uint_eq(ask("acc_1"), first);
	ck_assert_uint_ne(ur_check_ask(check, UR_TEXT("acc_1"), 50), first);
	ck_assert(ur_check_is_open(check));
}
END_TEST

START_TEST(id_of_no_account)
{
	char id[2 * UR_CHECK_ACCOUNT];

	memset(id, 'x', sizeof(id));
	ck_assert_uint_eq(
			ur_check_ask(check, (struct ur_text){id, sizeof(id)}, 0), 0);
	ck_assert_uint_ne(
			ur_check_ask(check, (struct ur_text){id, UR_CHECK_ACCOUNT - 1}, 0),
			0);
	UR_TEST_UNTIL(!ur_check_is_open(check), 10000);
}
END_TEST

/* ---- when the database is slow, refuses, or goes away */

/* A view that takes that long for one problem of acc_1. */
static void slow_view(const char *seconds)
{
	ur_test_db_exec("CREATE OR REPLACE VIEW routing_problem AS"
					" SELECT id AS account_id, ''::text AS problem,"
					" ''::text AS object, ''::text AS object_id,"
					" NULL::text AS field, 'slow'::text AS sentence"
					" FROM account, pg_sleep(%s) WHERE id = 'acc_1'",
			seconds);
}

static const char *domain_of_acme(void)
{
	return ur_test_account_of("acme.example");
}

START_TEST(changes_do_not_wait_for_a_check)
{
	uint32_t number;

	renew_patient(5000);
	slow_view("1.5");
	number = ask("");
	ur_test_mirror_run();
	usleep(300000); /* it is under way */
	ur_test_db_exec("DELETE FROM sip_domain WHERE domain = 'acme.example'");
	UR_TEST_WAIT(strcmp(domain_of_acme(), "") == 0, 500);
	ck_assert(ur_check_is_open(check));
	ck_assert_int_eq(ur_test_report().lag, 0);
	UR_TEST_WAIT(is_answered(number), 5000);
	ur_test_mirror_halt();
	ck_assert_str_eq(answer.error, "");
	ck_assert_int_eq(answer.found, 1);
	ck_assert_int_ge(answer.took, 1400);
	ck_assert_uint_eq(ur_test_report().resyncs, 1);
}
END_TEST

START_TEST(full_load_does_not_wait_for_a_check)
{
	uint32_t number;

	renew_patient(10000);
	slow_view("4");
	number = ask("");
	ur_test_mirror_run();
	usleep(300000);
	ur_test_db_exec("INSERT INTO sip_user (id, account_id, username)"
					" VALUES ('n', 'acc_1', 'n');"
					"NOTIFY user_routing, 'resync'");
	UR_TEST_WAIT(ur_test_report().resyncs == 2, 2000);
	ck_assert_uint_eq(ur_test_stats().users, 4);
	ck_assert_int_ge(ur_test_report().apply, 0);
	ck_assert(ur_check_is_open(check)); /* it begins again */
	UR_TEST_WAIT(is_answered(number), 10000);
	ur_test_mirror_halt();
	ck_assert_str_eq(answer.error, "");
	ck_assert_int_eq(answer.found, 1);
}
END_TEST

static bool error_has(const char *text)
{
	return strstr(answer.error, text) != NULL;
}

START_TEST(check_that_takes_too_long)
{
	slow_view("3");
	answer_to("");
	ck_assert_msg(error_has("400 ms") || error_has("statement timeout"), "%s",
			answer.error);
	ck_assert_int_eq(all_problems(), 0);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
	ck_assert_uint_eq(ur_test_report().reconnects, 0);
	slow_view("0");
	answer_to("");
	ck_assert_str_eq(answer.error, "");
	ck_assert_int_eq(all_problems(), 1);
}
END_TEST

/* One account is not all of them: it has an answer where all take too long. */
START_TEST(check_of_one_account_is_quick)
{
	renew_patient(2500);
	slow_view("3");
	ur_test_db_exec("UPDATE sip_user SET fwd_always_kind = 'user',"
					" fwd_always_id = 'nobody' WHERE id = 'us_a'");
	answer_to("acc_1");
	ck_assert_str_eq(answer.error, "");
	ck_assert_int_eq(problems("acc_1", "missing_target"), 1);
}
END_TEST

START_TEST(check_that_is_not_allowed)
{
	ur_test_db_exec("REVOKE SELECT ON routing_problem FROM user_routing");
	answer_to("");
	ck_assert_msg(error_has("sql/roles.sql"), "%s", answer.error);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
}
END_TEST

/* Rather no answer than changes that wait for one. */
START_TEST(no_second_connection)
{
	renew_patient(5000);
	ur_test_db_exec("ALTER ROLE user_routing CONNECTION LIMIT 1");
	answer_to("");
	ur_test_db_exec("ALTER ROLE user_routing CONNECTION LIMIT -1");
	ck_assert_msg(error_has("too many connections"), "%s", answer.error);
	ck_assert_int_eq(ur_test_report().state, UR_MIRROR_READY);
	answer_to("");
	ck_assert_str_eq(answer.error, "");
}
END_TEST

START_TEST(connection_lost_while_it_is_checked)
{
	uint32_t number;

	renew_patient(5000);
	slow_view("2");
	number = ask("");
	ur_test_mirror_run();
	usleep(300000);
	ck_assert_int_eq(ur_test_db_number("SELECT pg_terminate_backend(%d)::int",
							 ur_test_report().backend_pid),
			1);
	UR_TEST_WAIT(ur_test_report().reconnects == 1, 2000);
	ck_assert(ur_check_is_open(check));
	slow_view("0");
	UR_TEST_WAIT(is_answered(number), 5000);
	ur_test_mirror_halt();
	ck_assert_str_eq(answer.error, "");
	ck_assert_int_eq(all_problems(), 1);
}
END_TEST

static void allocate(void)
{
	struct ur_check *made = NULL;

	if(ur_check_alloc(&made) == 0)
		ur_check_free(made);
}

START_TEST(no_memory_for_it)
{
	const size_t before = ur_test_port_blocks();

	UR_TEST_OOM(allocate());
	ck_assert_uint_eq(ur_test_port_blocks(), before);
	ur_check_free(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {loop_is_told_until_it_is_mended,
			one_account_or_all, many_are_counted_and_some_are_told,
			one_question_at_a_time, answer_waits_for_who_asks_again,
			old_answer_is_none, id_of_no_account,
			changes_do_not_wait_for_a_check,
			full_load_does_not_wait_for_a_check, check_that_takes_too_long,
			check_of_one_account_is_quick, check_that_is_not_allowed,
			no_second_connection, connection_lost_while_it_is_checked,
			no_memory_for_it, NULL};
	const struct ur_test_suite suite = {.name = "check",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = setup,
			.teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
