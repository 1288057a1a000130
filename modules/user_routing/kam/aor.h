/*
 * An address of record, made from the user and the host of a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_AOR_H
#define UR_KAM_AOR_H

#include "core/str.h"
#include "policy/text.h"

/* At least as long as any username, auth_username or domain that the schema accepts. */
#define UR_AOR_USER_MAX 256
#define UR_AOR_DOMAIN_MAX 256

/* An address of record in the form of the table's keys, and its two parts. */
struct ur_aor
{
	char buf[UR_AOR_USER_MAX + 1 + UR_AOR_DOMAIN_MAX];
	struct ur_text user;
	struct ur_text domain;
	struct ur_text aor;
};

/*
 * Writes it in the form of the table's keys: escapes in the user are decoded (RFC 3261 §19.1.4),
 * the host is in lower case. False: no user and no domain of ours can have such a name.
 */
bool ur_aor_make(str user, str host, struct ur_aor *a);

/* Do the user parts of two URIs name the same user once escapes are decoded? */
bool ur_aor_same_user(str a, str b);

#endif
