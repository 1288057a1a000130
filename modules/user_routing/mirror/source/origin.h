/*
 * Which database data is of: as db_url names it, and as the server itself does. A snapshot has it,
 * so that none of another database is used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_ORIGIN_H
#define UR_MIRROR_SOURCE_ORIGIN_H

#include <stdbool.h>

#include "mirror/source/conninfo.h"

enum
{
	UR_ORIGIN_DATABASE = 144,
	UR_ORIGIN_HOSTS = 384,
	UR_ORIGIN_SERVER = 160,
};

struct ur_origin
{
	/* From db_url: the database's name, with a hash of the sessions' options, which may choose a
	 * schema; and "HOST:PORT", separated by commas. No user, no password. */
	char database[UR_ORIGIN_DATABASE];
	char hosts[UR_ORIGIN_HOSTS];
	/* From the server, the same for its standbys: "SYSTEM/DATABASE/SCHEMA". Empty: not known. */
	char server[UR_ORIGIN_SERVER];
};

/* Fills it with what db_url says; the server stays empty. */
void ur_origin_of(struct ur_origin *origin, struct ur_conninfo *info);

/* Can both be the same database? True if they have its name and at least one host in common: hosts
 * are added to db_url and removed from it. */
bool ur_origin_is_alike(const struct ur_origin *a, const struct ur_origin *b);

/* Are both servers known, and different? */
bool ur_origin_is_other(const char *server, const char *other);

#endif
