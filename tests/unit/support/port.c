/*
 * The mirror's port: malloc, pthread mutexes, a log that is kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/port.h"

struct ur_port_locks
{
	int count;
	pthread_mutex_t locks[];
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER; /* of all below */
static size_t live_blocks;
static size_t live_bytes;
static size_t limit;
static long countdown;
static bool failed;
static char log_text[1 << 16];
static size_t log_len;

/* What stands before each block. */
union head
{
	size_t size;
	max_align_t align;
};

static bool must_fail(void)
{
	bool now = (countdown > 0 && --countdown == 0)
			   || (limit > 0 && live_blocks >= limit);

	failed = failed || now;
	return now;
}

static size_t rounded(size_t size)
{
	return (size + alignof(union head) - 1) / alignof(union head)
		   * alignof(union head);
}

/* Not with malloc(), which fails by itself in other tests: see heap.h. */
void *ur_port_alloc(size_t size)
{
	union head *head = NULL;

	pthread_mutex_lock(&guard);
	if(!must_fail())
		head = aligned_alloc(
				alignof(union head), rounded(sizeof(*head) + size));
	if(head != NULL) {
		head->size = size;
		live_blocks++;
		live_bytes += size;
		memset(head + 1, 0xa5, size); /* nobody may rely on zeros */
	}
	pthread_mutex_unlock(&guard);
	return head != NULL ? head + 1 : NULL;
}

unsigned long ur_port_memory_for(size_t more)
{
	return 64 + more / 1024 / 1024;
}

void ur_port_free(void *p)
{
	union head *head = p;

	if(p == NULL)
		return;
	head--;
	pthread_mutex_lock(&guard);
	live_blocks--;
	live_bytes -= head->size;
	pthread_mutex_unlock(&guard);
	free(head);
}

struct ur_port_locks *ur_port_locks_new(int count)
{
	struct ur_port_locks *locks =
			ur_port_alloc(sizeof(*locks) + count * sizeof(locks->locks[0]));
	int i;

	if(locks == NULL)
		return NULL;
	locks->count = count;
	for(i = 0; i < count; i++)
		pthread_mutex_init(&locks->locks[i], NULL);
	return locks;
}

void ur_port_locks_free(struct ur_port_locks *locks)
{
	int i;

	for(i = 0; locks != NULL && i < locks->count; i++)
		pthread_mutex_destroy(&locks->locks[i]);
	ur_port_free(locks);
}

void ur_port_lock(struct ur_port_locks *locks, int index)
{
	if(index < 0 || index >= locks->count)
		abort();
	pthread_mutex_lock(&locks->locks[index]);
}

void ur_port_unlock(struct ur_port_locks *locks, int index)
{
	pthread_mutex_unlock(&locks->locks[index]);
}

/* Lines that don't fit any more are lost; they go to stderr with UR_TEST_LOG
 * set. */
void ur_port_log(enum ur_log_level level, const char *format, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, format);
	vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if(getenv("UR_TEST_LOG") != NULL)
		fprintf(stderr, "log %d: %s\n", level, line);
	len = (int)strlen(line);
	line[len++] = '\n';
	pthread_mutex_lock(&guard);
	if(log_len + len < sizeof(log_text)) {
		memcpy(log_text + log_len, line, len);
		log_len += len;
		log_text[log_len] = '\0';
	}
	pthread_mutex_unlock(&guard);
}

size_t ur_test_port_blocks(void)
{
	size_t blocks;

	pthread_mutex_lock(&guard);
	blocks = live_blocks;
	pthread_mutex_unlock(&guard);
	return blocks;
}

size_t ur_test_port_bytes(void)
{
	size_t bytes;

	pthread_mutex_lock(&guard);
	bytes = live_bytes;
	pthread_mutex_unlock(&guard);
	return bytes;
}

void ur_test_port_fail_at(long n)
{
	pthread_mutex_lock(&guard);
	countdown = n;
	failed = false;
	pthread_mutex_unlock(&guard);
}

void ur_test_port_limit(size_t blocks)
{
	pthread_mutex_lock(&guard);
	limit = blocks;
	pthread_mutex_unlock(&guard);
}

bool ur_test_port_failed(void)
{
	bool result;

	pthread_mutex_lock(&guard);
	result = failed;
	pthread_mutex_unlock(&guard);
	return result;
}

void ur_test_log_clear(void)
{
	pthread_mutex_lock(&guard);
	log_len = 0;
	log_text[0] = '\0';
	pthread_mutex_unlock(&guard);
}

static bool line_contains(const char *line, size_t len, const char *text)
{
	return text[0] == '\0' || memmem(line, len, text, strlen(text)) != NULL;
}

int ur_test_log_count(const char *text)
{
	const char *line = log_text;
	int count = 0;

	pthread_mutex_lock(&guard);
	while(*line != '\0') {
		size_t len = strcspn(line, "\n");

		count += line_contains(line, len, text);
		line += len + 1;
	}
	pthread_mutex_unlock(&guard);
	return count;
}
