/*
 * Finds the callee that a request names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALLED_H
#define UR_KAM_CALLED_H

#include "core/parser/msg_parser.h"
#include "policy/callee.h"

/* Looks up callees in the mirror. */
extern const struct ur_callee_directory ur_called_directory;

/* Parses the Request-URI. If it is a number without a domain, it becomes a SIP URI (kam/tel_uri.h).
 * False: it can't be parsed. */
bool ur_called_read_uri(struct sip_msg *msg);

/* Is it an INVITE to an emergency number, whoever sends it? Changes nothing. */
bool ur_called_is_emergency(struct sip_msg *msg);

/*
 * The callee that the Request-URI names (policy/callee.h), which has been read. Escapes in the user
 * part are decoded (RFC 3261 §19.1.4).
 */
struct ur_callee ur_called_by_request(
		const struct sip_msg *msg, const struct ur_caller *caller);

/*
 * The same for a Request-URI that is a phone's Contact, known to the other side of an earlier call
 * with it: the device of the caller's account that is registered with this Contact now, else
 * FOREIGN.
 */
struct ur_callee ur_called_by_contact(
		struct sip_msg *msg, const struct ur_caller *caller);

/* The same for the user and the host of a URI. */
struct ur_callee ur_called_by_name(
		str user, str host, const struct ur_caller *caller);

#endif
