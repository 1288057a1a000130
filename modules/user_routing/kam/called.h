/*
 * Who is called, as a request says it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALLED_H
#define UR_KAM_CALLED_H

#include "core/parser/msg_parser.h"
#include "policy/callee.h"

/* The mirrored records. */
extern const struct ur_callee_directory ur_called_directory;

/*
 * Whom the Request-URI names (policy/callee.h). Escapes in the user part are decoded (RFC 3261
 * §19.1.4). A tel: URI becomes a SIP URI (kam/tel_uri.h).
 */
struct ur_callee ur_called_by_request(struct sip_msg *msg);

/*
 * The same for the Contact of a phone in the Request-URI, as whoever has been in a call with it knows
 * it: the device of the caller's account that is registered with it now, else FOREIGN.
 */
struct ur_callee ur_called_by_contact(
		struct sip_msg *msg, const struct ur_caller *caller);

/* The same for the user and the host of a URI. */
struct ur_callee ur_called_by_name(str user, str host);

#endif
