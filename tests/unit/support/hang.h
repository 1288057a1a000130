/*
 * A host that accepts connections and never answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_HANG_H
#define UR_TEST_HANG_H

/* Begins; returns a connection string with it before the test's own host, good until
 * the end. */
const char *ur_test_hang_begin(const char *user);
void ur_test_hang_end(void);

/* Its name, as errors have it. */
const char *ur_test_hang_host(void);

#endif
