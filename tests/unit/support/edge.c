/*
 * Memory behind which there is none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/edge.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *ur_test_edge(int size)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	const size_t room = (size + page - 1) / page * page;
	char *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if(memory == MAP_FAILED || mprotect(memory + room, page, PROT_NONE) != 0)
		abort();
	ASAN_POISON_MEMORY_REGION(memory, room - size);
	return memory + room - size;
}

struct ur_text ur_test_edge_text(const char *s, int len)
{
	char *copy = ur_test_edge(len);

	if(len > 0)
		memcpy(copy, s, len);
	return (struct ur_text){copy, len};
}
