/*
 * Whose contact is it? For a transfer that names a phone's Contact, as the phone at its other end has
 * seen it, and not an address of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CONTACT_OWNER_H
#define UR_KAM_CONTACT_OWNER_H

#include "core/parser/msg_parser.h"
#include "policy/text.h"

/* The AoR that a contact is registered under; true: it is the one that was looked for. */
typedef bool (*ur_contact_owner_f)(void *context, struct ur_text aor);

/*
 * Looks for live contacts with the URI's user, host and port and asks `is_it` about each, until it
 * says yes. Two phones behind two NATs can have the same one. It walks all of usrloc's memory, for
 * there is no index: a millisecond for some ten thousand contacts. In usrloc's db_mode 3 it finds
 * none, as that would be a query.
 */
bool ur_contact_owner(
		const struct sip_uri *uri, ur_contact_owner_f is_it, void *context);

#endif
