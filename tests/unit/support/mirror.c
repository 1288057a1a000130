/*
 * A mirror for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pthread.h>

#include "support/mirror.h"

struct ur_table *ur_test_table;
struct ur_state *ur_test_state;
struct ur_mirror *ur_test_mirror;

const struct ur_mirror_config ur_test_config = {
		.connect_timeout = UR_TEST_CONNECT_TIMEOUT,
		.query_timeout = UR_TEST_QUERY_TIMEOUT,
		.reconnect_min = 20,
		.reconnect_max = 100,
		.ping_interval = 200,
};

static pthread_t thread;
static int halt;

void ur_test_mirror_new(const struct ur_mirror_config *config)
{
	struct ur_mirror_config filled = *config;

	if(filled.db_url == NULL)
		filled.db_url = ur_test_db_url("user_routing");
	ck_assert_int_eq(ur_table_alloc(&ur_test_table), 0);
	ck_assert_int_eq(ur_state_alloc(&ur_test_state), 0);
	ck_assert_int_eq(ur_mirror_alloc(&ur_test_mirror, ur_test_table,
							 ur_test_state, &filled),
			0);
}

void ur_test_mirror_free(void)
{
	ur_mirror_free(ur_test_mirror);
	ur_state_free(ur_test_state);
	ur_table_free(ur_test_table);
	ur_test_mirror = NULL;
	ur_test_state = NULL;
	ur_test_table = NULL;
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}

static const char rows[] =
		"INSERT INTO account (id, default_cid_number) VALUES"
		" ('acc_1', '4930100'), ('acc_2', NULL);"
		"INSERT INTO sip_domain VALUES ('acme.example', 'acc_1'),"
		" ('acme.test', 'acc_1'), ('other.example', 'acc_2');"
		"INSERT INTO sip_user (id, account_id, username) VALUES"
		" ('us_a', 'acc_1', 'alice'), ('us_b', 'acc_1', 'bob'),"
		" ('us_c', 'acc_2', 'carol');"
		"INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES"
		" ('dev_desk', 'us_a', 'desk', 'acme.example'),"
		" ('dev_soft', 'us_a', 'soft', 'acme.example'),"
		" ('dev_lap', 'us_b', 'lap', 'acme.example');";

void ur_test_mirror_sample(void)
{
	ur_test_db_new();
	ur_test_db_exec("%s", rows);
	ur_test_mirror_new(&ur_test_config);
}

static void *turn_on(void *arg)
{
	(void)arg;
	while(!__atomic_load_n(&halt, __ATOMIC_ACQUIRE))
		ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
	return NULL;
}

void ur_test_mirror_run(void)
{
	halt = 0;
	ck_assert_int_eq(pthread_create(&thread, NULL, turn_on, NULL), 0);
}

void ur_test_mirror_halt(void)
{
	__atomic_store_n(&halt, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
}

struct ur_mirror_report ur_test_report(void)
{
	struct ur_mirror_report report;

	ur_state_report(ur_test_state, &report);
	return report;
}

struct ur_table_stats ur_test_stats(void)
{
	struct ur_table_stats stats;

	ur_table_stats(ur_test_table, &stats);
	return stats;
}

const char *ur_test_user_named(const char *username)
{
	uint32_t account = ur_test_account_number(ur_test_table, "acme.example");

	return ur_test_by_name(ur_test_table, account, username);
}

const char *ur_test_user_of_device(const char *name)
{
	return ur_test_by_device(ur_test_table, name);
}

const char *ur_test_account_of(const char *domain)
{
	return ur_test_by_domain(ur_test_table, domain);
}

const struct ur_user *ur_test_user(const char *id)
{
	const struct ur_user *user =
			ur_table_user_by_id(ur_test_table, ur_test_text(id));

	ck_assert_msg(user != NULL, "there is no user '%s'", id);
	return user;
}

int ur_test_ring_timeout(const char *id)
{
	const struct ur_user *user = ur_test_user(id);
	int seconds = user->ring_timeout_sec;

	ur_table_user_put(user);
	return seconds;
}

void ur_test_turn_for(int ms)
{
	const long until = ur_test_now() + ms;

	while(ur_test_now() < until)
		ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);
}
