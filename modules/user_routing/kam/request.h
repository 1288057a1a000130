/*
 * A request as the policy wants it: who is called, and which device calls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REQUEST_H
#define UR_KAM_REQUEST_H

#include "core/parser/msg_parser.h"
#include "mirror/table.h"

enum ur_callee_kind
{
	UR_CALLEE_USER,	   /* a user, or a device at its own address */
	UR_CALLEE_UNKNOWN, /* one of our domains, but nobody of that name */
	UR_CALLEE_FOREIGN, /* not one of our domains */
	UR_CALLEE_BAD_URI, /* the Request-URI can't be parsed */
};

struct ur_callee
{
	enum ur_callee_kind kind;
	const struct ur_user *user; /* a reference, for UR_CALLEE_USER only */
	int device; /* the device that was dialled, or UR_NO_DEVICE for all */
	bool account_active;
};

/*
 * Finds who the Request-URI names: a user by username@domain, else a device by its
 * address of record. Escapes in the user part are decoded (RFC 3261 §19.1.4).
 */
struct ur_callee ur_request_callee(struct sip_msg *msg, struct ur_table *table);

/*
 * The place of the calling device among the user's devices, or UR_NO_DEVICE. The
 * caller is who has proven it by digest authentication of this request: From is
 * not believed.
 */
int ur_request_caller_device(struct sip_msg *msg, const struct ur_user *user);

#endif
