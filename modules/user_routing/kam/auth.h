/*
 * Who it is: digest authentication of devices, with the passwords that the mirror
 * holds. The digest itself is the auth module's work.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_AUTH_H
#define UR_KAM_AUTH_H

#include <stdbool.h>

#include "core/parser/msg_parser.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

/* Return values of user_auth_check(); down to MISMATCH those of auth_db's
 * auth_check(). */
enum ur_auth_rc
{
	UR_AUTH_OK = 1,
	UR_AUTH_ERROR = -1,			 /* malformed, or a nonce that is not ours */
	UR_AUTH_WRONG_PASSWORD = -2, /* its response is another one */
	UR_AUTH_NO_DEVICE = -3,		 /* there is none that may authenticate */
	UR_AUTH_STALE_NONCE = -4,	 /* too old */
	UR_AUTH_NO_CREDENTIALS = -5, /* none for this realm */
	UR_AUTH_NONCE_REUSED = -6,	 /* where auth's one-time nonces are on */
	UR_AUTH_MISMATCH = -8,		 /* REGISTER of another address than its own */
	UR_AUTH_NOT_LOADED = -9,	 /* no first load yet; $ur(status) is 503 */
	UR_AUTH_USERNAME = -10,		 /* the username has a domain of its own */
};

/* Binds the auth module, if it is loaded; in mod_init, before the first fork. Returns 0,
 * or -1 with a log line. */
int ur_auth_init(void);

/* False, with a log line, when it is not: only a script that calls user_auth_check()
 * needs it. */
bool ur_auth_is_there(void);

/*
 * user_auth_check(realm): checks the credentials that the request has for the realm:
 * of REGISTER in Authorization, of others in Proxy-Authorization. The device is that of
 * the AoR username@realm; it, its user and its account must be active, and it must
 * have an ha1. A device may REGISTER its own AoR only: To, and From, which must be the
 * same. ACK, CANCEL and PRACK pass, as they can't be challenged. The realm is the
 * caller's; case doesn't matter. Returns an enum ur_auth_rc.
 */
int ur_auth_check(struct sip_msg *msg, str *realm);

/* Bytes of a realm: as many as of a domain. */
#define UR_AUTH_REALM_MAX 255

/* The sender of this request is to prove that it is this device, AUTH_USERNAME@REALM: from now on
 * the message's ur_auth_realm() is the device's. */
void ur_auth_ask(const struct sip_msg *msg, struct ur_text device);

/*
 * The realm in which the sender of a request is to be asked for a password, in lower case, in
 * a buffer of this module until the next call: the domain of To for REGISTER, else of From;
 * the Request-URI's when From has none of its own, or one below .invalid. After ur_auth_ask(), the
 * device's. Empty when that is no host name or address, or too long.
 */
str ur_auth_realm(struct sip_msg *msg);

#endif
