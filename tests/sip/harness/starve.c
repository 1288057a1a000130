/*
 * Preloaded into Kamailio, see starved: a process that is sent SIGRTMIN + 6 gets no shared memory the next time that
 * the function FUNCTION asks for some.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>

typedef void *allocate(void *block, size_t size, const char *file,
		const char *function, unsigned int line, const char *module);

/* The beginning of Kamailio's sr_shm_api_t, as packages have it: with DBG_SR_MEMORY. */
extern struct
{
	char *name;
	void *pool;
	void *block;
	allocate *malloc;
} _shm_root __attribute__((weak));

static allocate *usual;

static void *starve(void *block, size_t size, const char *file,
		const char *function, unsigned int line, const char *module)
{
	if(strcmp(function, FUNCTION) != 0)
		return usual(block, size, file, function, line, module);
	_shm_root.malloc = usual;
	return NULL;
}

static void begin(int number)
{
	(void)number;
	if(_shm_root.malloc == starve)
		return;
	usual = _shm_root.malloc;
	_shm_root.malloc = starve;
}

__attribute__((constructor)) static void prepare(void)
{
	if(&_shm_root != NULL)
		signal(SIGRTMIN + 6, begin);
}
