/*
 * Which database it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/source/origin.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mirror/store/hash.h"

/* Adds a host. Without room it is left out, and can't be compared. */
static void add_host(
		struct ur_origin *origin, const struct ur_conninfo_host *host)
{
	const size_t len = strlen(origin->hosts);
	const size_t room = sizeof(origin->hosts) - len;
	const int size = snprintf(origin->hosts + len, room, "%s%s:%s",
			len > 0 ? "," : "",
			host->host[0] != '\0' ? host->host : host->hostaddr, host->port);

	if(size < 0 || (size_t)size >= room)
		origin->hosts[len] = '\0';
}

static uint64_t hash_of(const char *text)
{
	static const struct ur_hash_seed published;

	return ur_hash_text(
			&published, 0, (struct ur_text){text, (int)strlen(text)});
}

void ur_origin_of(struct ur_origin *origin, struct ur_conninfo *info)
{
	const char *name = ur_conninfo_get(info, "dbname");
	const char *options = ur_conninfo_get(info, "options");
	const int hosts = ur_conninfo_hosts(info);
	struct ur_conninfo_host host;
	int i;

	memset(origin, 0, sizeof(*origin)); /* all of it goes into a file */
	if(options != NULL && options[0] != '\0')
		snprintf(origin->database, sizeof(origin->database),
				"%.100s (options %016llx)", name != NULL ? name : "",
				(unsigned long long)hash_of(options));
	else
		snprintf(origin->database, sizeof(origin->database), "%.100s",
				name != NULL ? name : "");
	for(i = 0; i < hosts; i++) {
		if(ur_conninfo_host(info, i, &host) == 0)
			add_host(origin, &host);
	}
}

static bool has_host(const char *hosts, const char *host, size_t len)
{
	for(; *hosts != '\0'; hosts += strcspn(hosts, ",")) {
		hosts += *hosts == ',';
		if(strcspn(hosts, ",") == len && memcmp(hosts, host, len) == 0)
			return true;
	}
	return false;
}

bool ur_origin_is_alike(const struct ur_origin *a, const struct ur_origin *b)
{
	const char *host = a->hosts;

	if(strcmp(a->database, b->database) != 0)
		return false;
	for(; *host != '\0'; host += strcspn(host, ",")) {
		host += *host == ',';
		if(has_host(b->hosts, host, strcspn(host, ",")))
			return true;
	}
	return false;
}

bool ur_origin_is_other(const char *server, const char *other)
{
	return server[0] != '\0' && other[0] != '\0' && strcmp(server, other) != 0;
}
