/*
 * The remote target of a dialog (RFC 3261 §12.1). The Contact of each side is signed as it passes,
 * so that requests in the dialog go to the two ends and nowhere else.
 *
 * The parameter ";ur=" of the Contact's URI returns in the Request-URI. It holds a MAC over the
 * form of the URI (policy/uri_form.h), for one call and for the side and tag that the Contact
 * belongs to. For senders that are not trusted it also holds the source address of the message:
 * requests go there, whatever the URI says. So it also works for phones behind a NAT.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REMOTE_TARGET_H
#define UR_KAM_REMOTE_TARGET_H

#include "core/parser/msg_parser.h"
#include "policy/dialog.h"

/* The owner of a Contact. */
struct ur_target_owner
{
	struct ur_text side; /* see struct ur_side */
	struct ur_text call_id, tag;
	bool is_caller;
};

/*
 * Signs the Contact of a request or response, if there is exactly one. trusted: its Contact is used
 * as it is; otherwise requests go to the source address of the message. Returns 0 also if there is
 * nothing to sign; -1: out of memory, or the Contact can't be parsed.
 */
int ur_remote_target_sign(
		struct sip_msg *msg, bool trusted, const struct ur_target_owner *owner);

/* Does this Request-URI have the form of one that was signed for the owner? Sets *address to the
 * destination of the request; its len is 0 if the URI says where. */
bool ur_remote_target_check(struct ur_text request_uri,
		const struct ur_target_owner *owner, struct ur_address *address);

/* Writes a Request-URI without the signature. Returns its length, or -1: too long. */
int ur_remote_target_bare(struct ur_text request_uri, char *buf, int size);

#endif
