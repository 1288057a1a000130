/*
 * What libpq is told: the administrator's connection string, and what a mirror
 * needs besides unless the string says otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_CONNINFO_H
#define UR_MIRROR_SOURCE_CONNINFO_H

/* Parsed and completed. */
struct ur_conninfo;

/* One server of those that may be named; "" where nothing is said. */
struct ur_conninfo_host
{
	const char *host; /* a name, an address, or the folder of a socket */
	const char *hostaddr;
	const char *port;
};

/*
 * Parses a connection string or URI and adds the defaults. Returns 0, ENOMEM,
 * or EINVAL with *why set to what is wrong: a constant, for any part of the
 * string might be a piece of the password.
 */
int ur_conninfo_alloc(
		struct ur_conninfo **infop, const char *db_url, const char **why);
void ur_conninfo_free(struct ur_conninfo *info);

/* Reads again what libpq puts to the string, from a service file or the environment: that
 * may change. Returns 0 or ENOMEM: then it stays as it was. */
int ur_conninfo_refresh(struct ur_conninfo *info);

/* A parameter as libpq has it, also if the string does not say it; NULL: it has none. */
const char *ur_conninfo_get(
		const struct ur_conninfo *info, const char *keyword);

/* The first host that is not this machine and need not prove who it is: sslmode is less than
 * verify-full. NULL: there is none. Holds until the next ur_conninfo_host(). */
const char *ur_conninfo_unverified(struct ur_conninfo *info);

/* How many hosts libpq has; at least 1, for it has a default. */
int ur_conninfo_hosts(const struct ur_conninfo *info);

/* One of them, the first is 0. Its texts belong to info, and hold until the next call.
 * Returns 0 or ENOMEM. */
int ur_conninfo_host(
		struct ur_conninfo *info, int n, struct ur_conninfo_host *host);

/* Keyword and value arrays as PQconnectStartParams() takes them, to connect to that host
 * and no other. They belong to info, and hold as long as the host's texts do. */
void ur_conninfo_to(struct ur_conninfo *info,
		const struct ur_conninfo_host *host, const char *const **keywordsp,
		const char *const **valuesp);

#endif
