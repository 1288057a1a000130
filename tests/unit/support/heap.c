/*
 * malloc() and kin as the linker's --wrap makes the code under test call them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>

#include "support/heap.h"

static long countdown;
static bool armed;
static bool failed;

/* Weak: without --wrap nobody defines them, and nobody calls what calls
 * them. */
void *__real_malloc(size_t size) __attribute__((weak));
void *__real_calloc(size_t count, size_t size) __attribute__((weak));
void *__real_realloc(void *p, size_t size) __attribute__((weak));
char *__real_strndup(const char *s, size_t size) __attribute__((weak));

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strndup(const char *s, size_t size);

void ur_test_heap_arm(bool arm)
{
	__atomic_store_n(&armed, arm, __ATOMIC_RELAXED);
}

void ur_test_heap_fail_at(long n)
{
	__atomic_store_n(&failed, false, __ATOMIC_RELAXED);
	__atomic_store_n(&countdown, n, __ATOMIC_RELAXED);
	ur_test_heap_arm(true);
}

bool ur_test_heap_failed(void)
{
	return __atomic_load_n(&failed, __ATOMIC_RELAXED);
}

static bool must_fail(void)
{
	if(!__atomic_load_n(&armed, __ATOMIC_RELAXED)
			|| __atomic_sub_fetch(&countdown, 1, __ATOMIC_RELAXED) != 0)
		return false;
	__atomic_store_n(&failed, true, __ATOMIC_RELAXED);
	return true;
}

bool ur_test_heap_is_wrapped(void)
{
	return __real_malloc != NULL;
}

void *__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return must_fail() ? NULL : __real_realloc(p, size);
}

char *__wrap_strndup(const char *s, size_t size)
{
	return must_fail() ? NULL : __real_strndup(s, size);
}
