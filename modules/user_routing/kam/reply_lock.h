/*
 * tm's lock of a transaction's replies, for a callback that tm calls without it and that changes
 * what tm bases its decisions on. In a failure route tm holds the lock, too; one process may take
 * it twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REPLY_LOCK_H
#define UR_KAM_REPLY_LOCK_H

#include <stdbool.h>

struct cell;

/* Do not hold it while waiting. (tm itself sends with it.) */
void ur_reply_lock(struct cell *t);
void ur_reply_unlock(struct cell *t);

/* The same without waiting; false: another process holds it. */
bool ur_reply_trylock(struct cell *t);

/* Does this process hold the lock? */
bool ur_reply_is_mine(struct cell *t);

#endif
