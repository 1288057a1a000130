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
 * Are there From and To, and are they, their URIs and tags no longer than UR_DIALOG_..._MAX? Longer
 * ones do not fit into the Record-Route. And can their tags be written again (ur_message_is_tag())?
 */
bool ur_request_names_are_good(struct sip_msg *msg);

/*
 * Finds who the Request-URI names: a user by username@domain, else an extension by
 * its digits, else a device by its address of record. What is disabled, or in a
 * suspended account, is UNKNOWN. Escapes in the user part are decoded (RFC 3261
 * §19.1.4).
 */
struct ur_callee ur_request_callee(struct sip_msg *msg, struct ur_table *table);

/*
 * An extension is there for the users of its own account, and for trunks: to others the
 * callee becomes UNKNOWN. Or they would use the account's queues and its way to the PSTN.
 */
void ur_request_keep_extension(
		struct ur_callee *callee, const struct ur_caller *caller);

/* Do these users of two URIs name the same one, once escapes are decoded? */
bool ur_request_same_user(str a, str b);

/* Why nobody of ours is called, a sentence; empty when somebody is. A constant. */
const char *ur_request_why(const struct ur_callee *callee);

/* The same for the user and the host of a URI. */
struct ur_callee ur_request_find_callee(
		struct ur_table *table, str user, str host);

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

/* Has the device with this address of record authenticated in the request? */
bool ur_request_is_by_device(struct sip_msg *msg, struct ur_text aor);

/* Is it a domain of any account? */
bool ur_request_is_domain_of_ours(struct ur_table *table, str host);

/* Is there such a device, and are it, its user and its account active now? */
bool ur_request_device_is_active(struct ur_table *table, struct ur_text aor);

/*
 * The same for somebody named: the device of that username in that realm, else the user of
 * that name in that domain, who calls from no device of ours. What the request would say
 * of whom it calls and of privacy is not set. False: there is nobody of that name.
 */
bool ur_request_find_caller(
		struct ur_table *table, str user, str host, struct ur_caller *caller);

#endif
