/*
 * Who is called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CALLEE_H
#define UR_KAM_CALLEE_H

#include "core/parser/msg_parser.h"
#include "mirror/store/table.h"
#include "policy/caller.h"

enum ur_callee_kind
{
	UR_CALLEE_USER,
	UR_CALLEE_EXTENSION,
	UR_CALLEE_DEVICE,  /* a device at its own address */
	UR_CALLEE_UNKNOWN, /* one of our domains, but nobody of that name */
	UR_CALLEE_FOREIGN, /* not one of our domains */
	UR_CALLEE_BAD_URI, /* the Request-URI can't be parsed */
};

/* Why UR_CALLEE_UNKNOWN. */
enum ur_callee_why
{
	UR_CALLEE_NO_SUCH, /* no user, extension or device has that name */
	UR_CALLEE_ACCOUNT_SUSPENDED,
	UR_CALLEE_USER_DISABLED, /* also of a device: its user */
	UR_CALLEE_EXTENSION_DISABLED,
	UR_CALLEE_DEVICE_DISABLED,
	UR_CALLEE_OTHER_ACCOUNT, /* the device is another account's than the domain */
	UR_CALLEE_NOT_FOR_CALLER, /* the extension is another account's than who calls */
};

struct ur_callee
{
	enum ur_callee_kind kind;
	enum ur_callee_why why;				  /* only of UNKNOWN */
	const struct ur_user *user;			  /* a reference: USER, DEVICE */
	const struct ur_extension *extension; /* a reference: EXTENSION */
	int device;							  /* DEVICE: its place in the user */
};

/*
 * Finds who the Request-URI names: a user by username@domain, else an extension by
 * its digits, else a device by its address of record. What is disabled, or in a
 * suspended account, is UNKNOWN. Escapes in the user part are decoded (RFC 3261
 * §19.1.4). A tel: URI becomes a SIP URI (kam/tel_uri.h).
 */
struct ur_callee ur_callee_of_request(
		struct sip_msg *msg, struct ur_table *table);

/*
 * An extension is there for the users of its own account, and for trunks: to others the
 * callee becomes UNKNOWN. Or they would use the account's queues and its way to the PSTN.
 */
void ur_callee_keep_extension(
		struct ur_callee *callee, const struct ur_caller *caller);

/*
 * The same for the Contact of a phone in the Request-URI, as whoever has been in a call with it knows
 * it: the device of the caller's account that is registered with it now, else FOREIGN.
 */
struct ur_callee ur_callee_of_contact(struct sip_msg *msg,
		struct ur_table *table, const struct ur_caller *caller);

/* Why nobody of ours is called, a sentence; empty when somebody is. A constant. */
const char *ur_callee_why(const struct ur_callee *callee);

/* The same for the user and the host of a URI. */
struct ur_callee ur_callee_find(struct ur_table *table, str user, str host);

#endif
