/*
 * The mirror's port on the C library, with what tests inspect and break.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_PORT_H
#define UR_TEST_PORT_H

#include <stdbool.h>
#include <stddef.h>

#include "mirror/port.h"

/* Blocks and lock arrays that are allocated and not freed. */
size_t ur_test_port_blocks(void);

/* Bytes of these blocks, without the allocator's overhead. */
size_t ur_test_port_bytes(void);

/* The n-th allocation from now fails, once; 0: none does. */
void ur_test_port_fail_at(long n);

/* All allocations fail while that many blocks are there; 0: no limit. */
void ur_test_port_limit(size_t blocks);

/* True if an allocation failed since the last ur_test_port_fail_at(). */
bool ur_test_port_failed(void);

/* Lines logged since the last clear, and those among them that contain the
 * text. */
void ur_test_log_clear(void);
int ur_test_log_count(const char *text);

/*
 * Runs the statement again and again, with the first, second, … allocation
 * failing, until one run needs none that fails.
 */
#define UR_TEST_OOM(statement)                 \
	do {                                       \
		long ur_test_n = 0;                    \
		do {                                   \
			ur_test_port_fail_at(++ur_test_n); \
			statement;                         \
		} while(ur_test_port_failed());        \
		ur_test_port_fail_at(0);               \
	} while(0)

#endif
