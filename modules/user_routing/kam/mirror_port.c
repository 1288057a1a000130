/*
 * The mirror's port to Kamailio: shared memory, lock sets, the log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/mirror_port.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/dprint.h"
#include "core/globals.h"
#include "core/locking.h"
#include "core/mem/shm.h"
#include "kam/settings.h"

#define LOG_LINE_MAX 1024

/* Bytes of shared memory kept free for the rest of Kamailio: without memory for transactions it
 * could place no call at all. */
static unsigned long reserve(void)
{
	return shm_mem_size / 100 * ur_setting(memory_reserve);
}

unsigned long ur_port_room(void)
{
	const unsigned long free_bytes = shm_available();

	return free_bytes > reserve() ? free_bytes - reserve() : 0;
}

void *ur_port_alloc(size_t size)
{
	if(shm_available() < reserve() + size)
		return NULL;
	return shm_malloc(size);
}

/* A tenth more than counted: the allocator has overhead, and rows are added. */
unsigned long ur_port_memory_for(size_t more)
{
	const unsigned long left_to_calls = ur_setting(memory_reserve);
	const unsigned long bytes =
			shm_mem_size + more / 10 * 11 * 100 / (100 - left_to_calls);

	return bytes / 1024 / 1024 + 1;
}

void ur_port_free(void *p)
{
	if(p)
		shm_free(p);
}

struct ur_port_locks
{
	gen_lock_set_t *set;
};

struct ur_port_locks *ur_port_locks_new(int count)
{
	struct ur_port_locks *locks = shm_malloc(sizeof(*locks));

	if(locks == NULL)
		return NULL;
	locks->set = lock_set_alloc(count);
	if(locks->set != NULL && lock_set_init(locks->set) != NULL)
		return locks;
	if(locks->set != NULL)
		lock_set_dealloc(locks->set);
	shm_free(locks);
	return NULL;
}

void ur_port_locks_free(struct ur_port_locks *locks)
{
	if(locks == NULL)
		return;
	lock_set_destroy(locks->set);
	lock_set_dealloc(locks->set);
	shm_free(locks);
}

void ur_port_lock(struct ur_port_locks *locks, int index)
{
	lock_set_get(locks->set, index);
}

void ur_port_unlock(struct ur_port_locks *locks, int index)
{
	lock_set_release(locks->set, index);
}

static int kamailio_level(enum ur_log_level level)
{
	static const int levels[] = {
			[UR_LOG_ERROR] = L_ERR,
			[UR_LOG_WARNING] = L_WARN,
			[UR_LOG_NOTICE] = L_NOTICE,
			[UR_LOG_INFO] = L_INFO,
			[UR_LOG_DEBUG] = L_DBG,
	};

	return levels[level];
}

void ur_port_log(enum ur_log_level level, const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;

	if(!is_printable(kamailio_level(level)))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	LOG(kamailio_level(level), "%s\n", line);
}
