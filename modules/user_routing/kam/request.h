/*
 * A request as the policy wants it: who is called, and which device calls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REQUEST_H
#define UR_KAM_REQUEST_H

#include "core/parser/msg_parser.h"
#include "kam/call.h"
#include "mirror/table.h"

enum ur_callee_kind
{
	UR_CALLEE_USER,
	UR_CALLEE_EXTENSION,
	UR_CALLEE_DEVICE,  /* a device at its own address */
	UR_CALLEE_UNKNOWN, /* one of our domains, but nobody of that name */
	UR_CALLEE_FOREIGN, /* not one of our domains */
	UR_CALLEE_BAD_URI, /* the Request-URI can't be parsed */
};

struct ur_callee
{
	enum ur_callee_kind kind;
	const struct ur_user *user;			  /* a reference: USER, DEVICE */
	const struct ur_extension *extension; /* a reference: EXTENSION */
	int device;							  /* DEVICE: its place in the user */
};

/*
 * Finds who the Request-URI names: a user by username@domain, else an extension by
 * its digits, else a device by its address of record. What is disabled, or in a
 * suspended account, is UNKNOWN. Escapes in the user part are decoded (RFC 3261
 * §19.1.4).
 */
struct ur_callee ur_request_callee(struct sip_msg *msg, struct ur_table *table);

/*
 * The user with the device of that digest username in that realm, with a reference, or
 * NULL; *device is the device's place in the user.
 */
const struct ur_user *ur_request_device(
		struct ur_table *table, str username, str realm, int *device);

/*
 * Who calls: who has proven it by digest authentication of this request; From is not
 * believed. A request without credentials comes from a trunk. The texts are in a buffer
 * of this module until the next call; caller->user is a reference.
 */
struct ur_caller ur_request_caller(struct sip_msg *msg, struct ur_table *table);

#endif
