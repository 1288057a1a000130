/*
 * The addresses of a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/source/resolve.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "mirror/source/pg.h"

static void add(struct ur_addresses *addresses, const struct addrinfo *info)
{
	char *text = addresses->texts[addresses->count];
	int i;

	if(getnameinfo(info->ai_addr, info->ai_addrlen, text, UR_RESOLVE_TEXT, NULL,
			   0, NI_NUMERICHOST)
			!= 0)
		return;
	for(i = 0; i < addresses->count; i++) {
		if(strcmp(addresses->texts[i], text) == 0)
			return;
	}
	addresses->count++;
}

const char *ur_resolve(struct ur_addresses *addresses, const char *host)
{
	const struct addrinfo hints = {
			.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	const int64_t started = ur_pg_now();
	struct addrinfo *list = NULL;
	const struct addrinfo *info;
	int err = getaddrinfo(host, NULL, &hints, &list);

	addresses->count = 0;
	addresses->took = (int)(ur_pg_now() - started);
	if(err != 0)
		return gai_strerror(err);
	for(info = list; info != NULL && addresses->count < UR_RESOLVE_MAX;
			info = info->ai_next)
		add(addresses, info);
	freeaddrinfo(list);
	return addresses->count > 0 ? NULL : "it has no address";
}
