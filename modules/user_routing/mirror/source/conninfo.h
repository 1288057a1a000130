/*
 * The connection parameters for libpq: the administrator's connection string, and defaults that a
 * mirror needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_CONNINFO_H
#define UR_MIRROR_SOURCE_CONNINFO_H

/* A connection string, parsed and completed. */
struct ur_conninfo;

/* One of the servers that the string may name; "" where it says nothing. */
struct ur_conninfo_host
{
	const char *host; /* a name, an address, or the folder of a socket */
	const char *hostaddr;
	const char *port;
};

/*
 * Parses a connection string or URI and adds the defaults. Returns 0, ENOMEM, or EINVAL with *why
 * set to what is wrong. That is a constant, for any part of the string might be a piece of the
 * password.
 */
int ur_conninfo_alloc(
		struct ur_conninfo **infop, const char *db_url, const char **why);
void ur_conninfo_free(struct ur_conninfo *info);

/* Reads again what libpq adds from a service file or the environment, which may have changed.
 * Returns 0, or ENOMEM: then nothing changes. */
int ur_conninfo_refresh(struct ur_conninfo *info);

/* The value of a parameter that libpq uses, also if the string does not have it; NULL: none. */
const char *ur_conninfo_get(
		const struct ur_conninfo *info, const char *keyword);

/* The first host that is not this machine and whose identity is not verified, because sslmode is
 * less than verify-full. NULL: there is none. Valid until the next ur_conninfo_host(). */
const char *ur_conninfo_unverified(struct ur_conninfo *info);

/* How many hosts libpq has; at least 1, for it has a default. */
int ur_conninfo_hosts(const struct ur_conninfo *info);

/* Host number n, from 0. Its texts belong to info, and are valid until the next call. Returns 0 or
 * ENOMEM. */
int ur_conninfo_host(
		struct ur_conninfo *info, int n, struct ur_conninfo_host *host);

/* Keyword and value arrays for PQconnectStartParams(), to connect to that host only. They belong to
 * info, and are valid as long as the host's texts. */
void ur_conninfo_to(struct ur_conninfo *info,
		const struct ur_conninfo_host *host, const char *const **keywordsp,
		const char *const **valuesp);

#endif
