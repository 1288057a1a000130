/*
 * What the mirror needs from the program around it: shared memory, locks and a
 * log. kam/mirror_port.c gives it Kamailio's, tests/unit/support/port.c the C library's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_PORT_H
#define UR_MIRROR_PORT_H

#include <stddef.h>

enum ur_log_level
{
	UR_LOG_ERROR,
	UR_LOG_WARNING,
	UR_LOG_NOTICE,
	UR_LOG_INFO,
	UR_LOG_DEBUG,
};

/* Memory that all processes see at the same address; NULL when there is none
 * left. ur_port_free(NULL) does nothing. */
void *ur_port_alloc(size_t size) __attribute__((warn_unused_result));
void ur_port_free(void *p);

/* The size of shared memory, in MB, that has room for so many more bytes: Kamailio's -m. */
unsigned long ur_port_memory_for(size_t more);

/* An array of count locks in shared memory, not recursive; NULL if they can't be allocated. Held
 * for a few instructions only. */
struct ur_port_locks;
struct ur_port_locks *ur_port_locks_new(int count)
		__attribute__((warn_unused_result));
void ur_port_locks_free(struct ur_port_locks *locks);
void ur_port_lock(struct ur_port_locks *locks, int index);
void ur_port_unlock(struct ur_port_locks *locks, int index);

/* One log line, without a newline at its end. Never called with a lock held,
 * never given a credential. */
void ur_port_log(enum ur_log_level level, const char *format, ...)
		__attribute__((format(printf, 2, 3)));

#endif
