/*
 * Names of hosts, and holes in place of hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "support/names.h"

#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static bool cover(const char *path, const char *content)
{
	char copy[] = "/tmp/ur-names-XXXXXX";
	int fd = mkstemp(copy);
	bool is_done;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)), (int)strlen(content));
	close(fd);
	is_done = mount(copy, path, NULL, MS_BIND, NULL) == 0;
	unlink(copy);
	return is_done;
}

bool ur_test_names(const char *hosts, const char *resolv, const char *order)
{
	char line[100];

	snprintf(line, sizeof(line), "hosts: %s\n", order);
	return unshare(CLONE_NEWNS) == 0
		   && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
		   && cover("/etc/hosts", hosts) && cover("/etc/resolv.conf", resolv)
		   && cover("/etc/nsswitch.conf", line);
}

static struct sockaddr_in address_of(const char *text, int port)
{
	struct sockaddr_in address = {
			.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	ck_assert_int_eq(inet_pton(AF_INET, text, &address.sin_addr), 1);
	return address;
}

int ur_test_listen(const char *address, bool is_hole)
{
	const struct sockaddr_in to = address_of(address, 5432);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int i;

	ck_assert_int_eq(bind(fd, (const void *)&to, sizeof(to)), 0);
	ck_assert_int_eq(listen(fd, is_hole ? 0 : 8), 0);
	/* Nobody accepts; when the queue is full the kernel drops what comes. */
	for(i = 0; is_hole && i < 4; i++) {
		int guest = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

		(void)connect(guest, (const void *)&to, sizeof(to));
	}
	return fd;
}

bool ur_test_dead_name_server(const char *address)
{
	const struct sockaddr_in at = address_of(address, 53);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	return bind(fd, (const void *)&at, sizeof(at)) == 0;
}
