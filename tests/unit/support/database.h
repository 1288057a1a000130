/*
 * A private PostgreSQL for a test program, and a separate database for each test. Programs are run
 * from the root of the repository.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_DATABASE_H
#define UR_TEST_DATABASE_H

/* Unchecked fixture: the cluster, see support/cluster. */
void ur_test_cluster_setup(void);
void ur_test_cluster_teardown(void);

/* Stops or starts the server; pid of its first process. */
void ur_test_cluster_stop(void);
void ur_test_cluster_start(void);
int ur_test_cluster_pid(void);

/* The server listens at that address, too. */
void ur_test_cluster_listen(const char *address);

/* Makes this test's database, with the schema; its name and connection strings. */
void ur_test_db_new(void);
const char *ur_test_db_name(void);
const char *ur_test_db_url(const char *user);

/* Runs statements as the owner, in one transaction if they are in one call. */
void ur_test_db_exec(const char *format, ...)
		__attribute__((format(printf, 1, 2)));

/* The first column of the first row as a number. */
long ur_test_db_number(const char *format, ...)
		__attribute__((format(printf, 1, 2)));

/* Waits until somebody holds the table's heaviest lock in this test's database. */
void ur_test_db_wait_locked(const char *table);

/* Statements: the lock on sip_device is held until somebody waits for it. */
#define UR_TEST_UNTIL_WAITED_FOR                                \
	"DO $$BEGIN"                                                \
	" WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted" \
	"   AND relation = 'sip_device'::regclass) LOOP"            \
	"   PERFORM pg_sleep(0.01);"                                \
	" END LOOP;"                                                \
	"END$$;"

/* Milliseconds since some moment. */
long ur_test_now(void);

#endif
