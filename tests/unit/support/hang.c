/*
 * A socket that listens, and nobody accepts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/database.h"
#include "support/hang.h"

static char dir[sizeof("/tmp/ur-hang-XXXXXX")];
static struct sockaddr_un address;
static int fd;

const char *ur_test_hang_begin(const char *user)
{
	static char hosts[200];
	const char *url = ur_test_db_url(user);
	const char *host = strstr(url, "host=");

	strcpy(dir, "/tmp/ur-hang-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	address.sun_family = AF_UNIX;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432",
			dir);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	snprintf(hosts, sizeof(hosts), "%.*shost=%s,%s", (int)(host - url), url,
			dir, host + strlen("host="));
	return hosts;
}

void ur_test_hang_end(void)
{
	close(fd);
	unlink(address.sun_path);
	rmdir(dir);
}

const char *ur_test_hang_host(void)
{
	return dir;
}
