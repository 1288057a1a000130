/*
 * The remote target of a dialog (RFC 3261 §12.1): the Contact of each side, signed as it passes, so
 * that requests in the dialog go to the two ends and nowhere else.
 *
 * The parameter ";ur=" of the Contact's URI comes back at the end of the Request-URI. It holds a MAC
 * over the URI, for one Call-ID and the tag of the side whose Contact it is, and, of a phone, the
 * address that its message came from: requests go there, whatever the URI says. So it also serves
 * phones behind a NAT.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REMOTE_TARGET_H
#define UR_KAM_REMOTE_TARGET_H

#include "core/parser/msg_parser.h"
#include "policy/dialog.h"

/*
 * Signs the Contact of a request or response, if there is exactly one. trusted: it comes from a
 * trunk, a gateway or an edge proxy, and its Contact is good as it is; else only the address that the
 * message came from is. 0 also when there is nothing to sign; -1: out of memory, or the Contact can't
 * be parsed.
 */
int ur_remote_target_sign(struct sip_msg *msg, bool trusted);

/*
 * Is this Request-URI one that was signed, for the Call-ID and the tag of the side that it leads to?
 * Sets *uri to what was signed, and *address to where the request has to go; its len is 0 when the
 * URI says where.
 */
bool ur_remote_target_check(struct ur_text request_uri, struct ur_text call_id,
		struct ur_text tag, struct ur_text *uri, struct ur_address *address);

/* The address that a message came from. */
void ur_remote_target_source(
		const struct sip_msg *msg, struct ur_address *address);

/* Writes the address as a SIP URI, not terminated: at most UR_ADDRESS_URI_MAX characters. Returns
 * its length. */
#define UR_ADDRESS_URI_MAX 80
int ur_remote_target_uri(const struct ur_address *address, char *buf);

#endif
