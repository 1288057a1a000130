/*
 * Makes a step's contacts the message's destinations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_BRANCHES_H
#define UR_KAM_BRANCHES_H

#include "core/parser/msg_parser.h"
#include "kam/contacts.h"

/*
 * Makes the contacts (at least one) the message's whole destination set: the first becomes the
 * Request-URI, each further one a branch, in order. Everything set before is cleared: next hop,
 * Path, socket, instance, branch flags, other branches. All data of a contact go with its own
 * branch.
 *
 * Returns how many were set (a contact that Kamailio refuses is logged and left out), or -1 if the
 * Request-URI can't be set.
 */
int ur_branches_set(struct sip_msg *msg, const struct ur_contacts *contacts);

/* Collects a branch for each contact, in order, in place of the branches collected before, for tm's
 * t_append_branches(). Returns how many; a contact that Kamailio refuses is logged and left out. */
int ur_branches_collect(const struct ur_contacts *contacts);

/* Makes the URI the message's only destination and clears all earlier ones. The message is sent to
 * next_hop unless that is empty. 0, or -1 if it can't be set. */
int ur_branches_leave(
		struct sip_msg *msg, struct ur_text uri, struct ur_text next_hop);

#endif
