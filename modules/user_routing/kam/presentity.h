/*
 * Whom presence (RFC 3856, RFC 4235) is about: users, by one address each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PRESENTITY_H
#define UR_KAM_PRESENTITY_H

#include "core/parser/msg_parser.h"
#include "policy/model.h"

/* Room for any address. */
#define UR_PRESENTITY_URI_MAX 600

/*
 * Writes the address under which a user is watched: sip:username@domain, with the account's first
 * domain, however the user was called. Returns the length, or -1: the account has no domain.
 */
int ur_presentity_uri(const struct ur_user *user, char *buf, int size);

/*
 * user_presentity(): for a SUBSCRIBE or PUBLISH outside of dialogs, from a device that has
 * authenticated. The Request-URI must name a user of the device's account, or for PUBLISH the device's
 * own user: by name, by extension, or as one of the user's devices. It becomes the user's address.
 *
 * Returns UR_RC_RING (1); NO_USER (404), FOREIGN (404), NOT_LOADED (503), ERROR (500), or END: somebody
 * else's (403), or it can't be parsed.
 */
int ur_presentity_set(struct sip_msg *msg);

#endif
