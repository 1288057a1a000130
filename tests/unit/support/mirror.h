/*
 * A mirror on a test's database.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_MIRROR_H
#define UR_TEST_MIRROR_H

#include <check.h>

#include "mirror/mirror.h"
#include "support/database.h"
#include "support/lookup.h"
#include "support/port.h"
#include "support/sample.h"

enum
{
	UR_TEST_TURN = 20,
	UR_TEST_QUERY_TIMEOUT = 400,
	UR_TEST_CONNECT_TIMEOUT = 500,
};

extern struct ur_table *ur_test_table;
extern struct ur_state *ur_test_state;
extern struct ur_mirror *ur_test_mirror;

/* Short waits, as above. */
extern const struct ur_mirror_config ur_test_config;

/* Makes table, status and mirror; as user_routing on the test's database unless
 * config->db_url is set. */
void ur_test_mirror_new(const struct ur_mirror_config *config);

/* The test's database with some rows, and a mirror on it: accounts acc_1
 * with acme.example and acme.test, acc_2 with other.example; in the first
 * us_a, alice, with the devices desk and soft, and us_b, bob, with lap; in
 * the second us_c, carol. A device's id is dev_ and its name. */
void ur_test_mirror_sample(void);

/* Frees them; fails the test if anything is left in shared memory. */
void ur_test_mirror_free(void);

/* Turns in a thread of their own until the second call. */
void ur_test_mirror_run(void);
void ur_test_mirror_halt(void);

struct ur_mirror_report ur_test_report(void);
struct ur_table_stats ur_test_stats(void);

/* The id of the user of that name in the account of acme.example, of the user
 * with the device NAME@acme.example, of the account with the domain; "" when
 * there is none. */
const char *ur_test_user_named(const char *username);
const char *ur_test_user_of_device(const char *name);
const char *ur_test_account_of(const char *domain);

/* The user with that id, with a reference; fails the test when there is
 * none. */
const struct ur_user *ur_test_user(const char *id);

/* The user's ring time. */
int ur_test_ring_timeout(const char *id);

void ur_test_turn_for(int ms);

/* Turns until the condition holds; fails the test if it doesn't within ms. */
#define UR_TEST_UNTIL(condition, ms)                                      \
	do {                                                                  \
		long ur_test_until = ur_test_now() + (ms);                        \
		while(!(condition) && ur_test_now() < ur_test_until)              \
			ur_mirror_turn(ur_test_mirror, UR_TEST_TURN);                 \
		ck_assert_msg(condition, "not within %d ms: %s", ms, #condition); \
	} while(0)

#define UR_TEST_UNTIL_READY() \
	UR_TEST_UNTIL(ur_test_report().state == UR_MIRROR_READY, 10000)

#endif
