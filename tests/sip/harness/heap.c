/*
 * Preloaded into Kamailio that runs under ASan, see under-sanitizers. A process that is sent SIGRTMIN + 7
 * writes into FOLDER/heap.<pid> how many bytes it has from malloc: what it has freed, and ASan keeps, is none of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* Its header, sanitizer/allocator_interface.h, does not come with every gcc. */
size_t __sanitizer_get_current_allocated_bytes(void);

static void tell(int number)
{
	char path[4096];
	int fd;

	(void)number;
	snprintf(path, sizeof(path), FOLDER "/heap.%d", (int)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if(fd < 0)
		return;
	dprintf(fd, "%zu\n", __sanitizer_get_current_allocated_bytes());
	close(fd);
}

__attribute__((constructor)) static void begin(void)
{
	signal(SIGRTMIN + 7, tell);
}
