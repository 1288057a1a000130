/*
 * Ring groups for tests.
 *
 * A group is written as "g sequential/20 follow skip_busy busy:user:b noanswer:queue:1 = a c+5/10 -d".
 * First its id and its strategy, with the ring time (25 s if it has none); then any of follow,
 * skip_busy, no_missed, account:NUMBER, and the targets of its forwards; after the = its members by
 * position. A member is a user's id, "b.1" device 1 of user b, "#4930" a number, or "*h" group h;
 * then +5 its ring_delay_sec, and /10 its ring_for_sec. One with a - before it is disabled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_GROUPS_H
#define UR_TEST_GROUPS_H

#include <stddef.h>

#include "policy/chain.h"

void ur_test_add_group(const char *group);

/* Groups parted by "; "; NULL: none. */
void ur_test_add_groups(const char *groups);

/* Forgets all of them. */
void ur_test_groups_forget(void);

/* As in struct ur_directory; references are counted in ur_test_world. */
const struct ur_group *ur_test_find_group(void *context, struct ur_text id);
void ur_test_put_group(const struct ur_group *group);
void ur_test_ref_group(const struct ur_group *group);

/* The turn is that of all groups: ur_test_world.turns. The second one does not take it, as in struct
 * ur_explain_world. */
uint32_t ur_test_turn(void *context, const struct ur_group *group);
uint32_t ur_test_next_turn(void *context, const struct ur_group *group);

/* A block counts as a reference. */
void *ur_test_allocate(size_t size);
void ur_test_release(void *block);

#endif
