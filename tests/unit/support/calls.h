/*
 * Calls in progress of users a, b, c … and the call of a test, which is counted with them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_CALLS_H
#define UR_TEST_CALLS_H

#include "policy/model.h"

/* How many other calls each has, "a2 c1"; NULL: nobody has any. The test's call counts for nobody yet. */
void ur_test_calls_set(const char *calls);
void ur_test_calls_set_of(char user, int calls);

/* As in struct ur_directory. */
bool ur_test_add_call(void *context, const struct ur_user *user, bool must);

/* Who was asked, in this order: "a b! c-", of whom b had to take the call, and c has too many. In a
 * static buffer. */
const char *ur_test_calls_asked(void);

/* Does the test's call count for the user? */
bool ur_test_calls_count(char user);

/* As in struct ur_explain_world. */
int ur_test_calls_of(void *context, const struct ur_user *user);

#endif
