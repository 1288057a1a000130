/*
 * Finds the owner of a contact, for a transfer that names a phone's Contact, as the phone at the
 * other end has seen it, instead of an address of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CONTACT_OWNER_H
#define UR_KAM_CONTACT_OWNER_H

#include "core/parser/msg_parser.h"
#include "policy/text.h"

/* Gets the AoR that a contact is registered under; true: it is the one looked for. */
typedef bool (*ur_contact_owner_f)(void *context, struct ur_text aor);

/*
 * Looks for live contacts with the URI's user, host and port, and calls `is_it` for each until it
 * returns true: two phones behind different NATs can have the same Contact. It walks all of
 * usrloc's memory, as there is no index: a millisecond for some ten thousand contacts. In usrloc's
 * db_mode 3 it finds none, as that would take a query.
 */
bool ur_contact_owner(
		const struct sip_uri *uri, ur_contact_owner_f is_it, void *context);

#endif
