/*
 * tm's lock of a transaction's replies: t_reply.c, tm_reply_mutex_lock() and _unlock(), which tm
 * does not export. The same in 5.5 to 6.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/reply_lock.h"

#include "core/pt.h"
#include "modules/tm/h_table.h"
#include "modules/tm/lock.h"

void ur_reply_lock(struct cell *t)
{
	const int pid = my_pid();

	if(atomic_get(&t->reply_locker_pid) == pid) {
		t->reply_rec_lock_level++;
		return;
	}
	lock(&t->reply_mutex);
	atomic_set(&t->reply_locker_pid, pid);
}

bool ur_reply_trylock(struct cell *t)
{
	const int pid = my_pid();

	if(atomic_get(&t->reply_locker_pid) == pid) {
		t->reply_rec_lock_level++;
		return true;
	}
	if(lock_try(&t->reply_mutex) != 0)
		return false;
	atomic_set(&t->reply_locker_pid, pid);
	return true;
}

bool ur_reply_is_mine(struct cell *t)
{
	return atomic_get(&t->reply_locker_pid) == my_pid();
}

void ur_reply_unlock(struct cell *t)
{
	if(t->reply_rec_lock_level > 0) {
		t->reply_rec_lock_level--;
		return;
	}
	atomic_set(&t->reply_locker_pid, 0);
	unlock(&t->reply_mutex);
}
