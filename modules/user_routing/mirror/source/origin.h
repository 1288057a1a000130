/*
 * Which database it is: as db_url names it, and as the server itself does. A snapshot bears it,
 * so that none is served that is of another database.
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
	/* By db_url: the name, and a hash of the options for its sessions, which may choose a
	 * schema; "HOST:PORT", with a comma between two. No user, no password. */
	char database[UR_ORIGIN_DATABASE];
	char hosts[UR_ORIGIN_HOSTS];
	/* By the server, which has one for itself and its standbys: "SYSTEM/DATABASE/SCHEMA".
	 * Empty: not known. */
	char server[UR_ORIGIN_SERVER];
};

/* What db_url says, as libpq has it; the server is not known. */
void ur_origin_of(struct ur_origin *origin, struct ur_conninfo *info);

/* Can both be the same database? They have its name and a host in common: hosts are added, and
 * others fail over. */
bool ur_origin_is_alike(const struct ur_origin *a, const struct ur_origin *b);

/* Are both servers known, and different? */
bool ur_origin_is_other(const char *server, const char *other);

#endif
