/*
 * Makes the C library's allocations fail, only in the code under test: its objects are linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strndup.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_HEAP_H
#define UR_TEST_HEAP_H

#include <stdbool.h>

/* The n-th allocation from now fails, once, unless disarmed. */
void ur_test_heap_fail_at(long n);

/* Disarmed, allocations neither fail nor count: Check, whose own are
 * wrapped, too, is to be called like that. */
void ur_test_heap_arm(bool armed);

/* True if an allocation failed since the last ur_test_heap_fail_at(). */
bool ur_test_heap_failed(void);

/* False without --wrap at the link: then nothing can be made to fail. */
bool ur_test_heap_is_wrapped(void);

/* Runs the statement with the first, second, … allocation failing, until one
 * run needs none that fails. */
#define UR_TEST_HEAP_OOM(statement)            \
	do {                                       \
		long ur_test_n = 0;                    \
		do {                                   \
			ur_test_heap_fail_at(++ur_test_n); \
			statement;                         \
			ur_test_heap_arm(false);           \
		} while(ur_test_heap_failed());        \
		ck_assert_int_gt(ur_test_n, 1);        \
	} while(0)

#endif
