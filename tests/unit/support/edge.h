/*
 * Memory behind which there is none: who reads or writes a byte too far dies, without a
 * sanitizer, too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_EDGE_H
#define UR_TEST_EDGE_H

#include "policy/text.h"

/* So many bytes, up to the edge; they stay until the program ends. With ASan, what is before them
 * may not be touched either. */
void *ur_test_edge(int size);

/* A copy of the text, up to the edge. */
struct ur_text ur_test_edge_text(const char *s, int len);

#endif
