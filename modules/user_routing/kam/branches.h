/*
 * A step's contacts become the message's destinations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_BRANCHES_H
#define UR_KAM_BRANCHES_H

#include "core/parser/msg_parser.h"
#include "kam/contacts.h"

/*
 * Makes the contacts (at least one) the message's whole destination set: the
 * first one becomes the Request-URI, each other one a branch, in order. Whatever
 * was set before is gone: next hop, Path, socket, instance, branch flags, other
 * branches. All of a contact travels with its own branch.
 *
 * Returns how many were taken (a contact that Kamailio refuses is logged and left
 * out), or -1 when the Request-URI can't be set.
 */
int ur_branches_set(struct sip_msg *msg, const struct ur_contacts *contacts);

/* Makes the URI the message's only destination, with nothing left of any earlier
 * one; it is sent to next_hop, if that isn't empty. 0, or -1 when it can't be set. */
int ur_branches_leave(
		struct sip_msg *msg, struct ur_text uri, struct ur_text next_hop);

#endif
