/*
 * tm's lock of a transaction's replies, for a callback that is called without it and
 * changes what tm decides by. tm has it, too, in a failure route; it may be taken twice by
 * one process.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REPLY_LOCK_H
#define UR_KAM_REPLY_LOCK_H

#include <stdbool.h>

struct cell;

/* Not to be held while something is sent or waited for. */
void ur_reply_lock(struct cell *t);
void ur_reply_unlock(struct cell *t);

/* The same without waiting: false, somebody has it. */
bool ur_reply_trylock(struct cell *t);

#endif
