/*
 * What libpq is told: the administrator's connection string, and what a mirror
 * needs besides unless the string says otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_CONNINFO_H
#define UR_MIRROR_CONNINFO_H

/* Keyword and value arrays as PQconnectStartParams() takes them. */
struct ur_conninfo;

/*
 * Parses a connection string or URI and adds the defaults. Returns 0, ENOMEM,
 * or EINVAL with *why set to what is wrong: a constant, for any part of the
 * string might be a piece of the password.
 */
int ur_conninfo_alloc(
		struct ur_conninfo **infop, const char *db_url, const char **why);
void ur_conninfo_free(struct ur_conninfo *info);

/* How many hosts the string names; at least 1, for libpq has a default. */
int ur_conninfo_hosts(const struct ur_conninfo *info);

/* What to connect to one of them with, the first is 0. *valuesp belongs to info, and
 * holds until the next call. Returns 0 or ENOMEM. */
int ur_conninfo_of_host(struct ur_conninfo *info, int host,
		const char *const **keywordsp, const char *const **valuesp);

#endif
