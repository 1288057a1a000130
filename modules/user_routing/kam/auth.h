/*
 * Digest authentication of devices with the passwords that the mirror holds. The auth module checks
 * the digest itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_AUTH_H
#define UR_KAM_AUTH_H

#include <stdbool.h>

#include "core/parser/msg_parser.h"
#include "modules/auth/api.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

/* Return values of user_auth_check(); as far as MISMATCH they are those of auth_db's
 * auth_check(). */
enum ur_auth_rc
{
	UR_AUTH_OK = 1,
	UR_AUTH_ERROR = -1,			 /* malformed, or a nonce that is not ours */
	UR_AUTH_WRONG_PASSWORD = -2, /* the response does not match */
	UR_AUTH_NO_DEVICE = -3,		 /* no device that may authenticate */
	UR_AUTH_STALE_NONCE = -4,	 /* too old */
	UR_AUTH_NO_CREDENTIALS = -5, /* none for this realm */
	UR_AUTH_NONCE_REUSED = -6,	 /* if auth's one-time nonces are on */
	UR_AUTH_MISMATCH = -8,	 /* REGISTER of an address that is not its own */
	UR_AUTH_NOT_LOADED = -9, /* no first load yet; $ur(status) is 503 */
	UR_AUTH_USERNAME = -10,	 /* the username contains a domain */
};

/* Binds the auth module if it is loaded; in mod_init, before the first fork. Returns 0, or -1 and
 * logs an error. */
int ur_auth_init(void);

/* Is the auth module bound? If not, logs an error: only a script that calls user_auth_check() needs
 * it. */
bool ur_auth_is_there(void);

/* The auth module; its functions are NULL if it is not loaded. */
const auth_api_s_t *ur_auth_api(void);

/* The header that has the request's credentials for us. */
hdr_types_t ur_auth_header(const struct sip_msg *msg);

/*
 * user_auth_check(realm): checks the request's credentials for the realm, in Authorization for
 * REGISTER, else in Proxy-Authorization. The device is the one with the AoR username@realm. The
 * device, its user and its account must be active (for an emergency call the account need not be),
 * and the device must have an ha1. A device may REGISTER only its own AoR: both To and From must be
 * it. ACK, CANCEL and PRACK pass, as they can't be challenged. The realm is the caller's; its case
 * doesn't matter. Returns an enum ur_auth_rc.
 */
int ur_auth_check(struct sip_msg *msg, str *realm);

/* Maximum length of a realm in bytes: that of a domain. */
#define UR_AUTH_REALM_MAX 255

/* Requires the sender of this request to prove that it is this device, AUTH_USERNAME@REALM, whose
 * account may be suspended if the dialog is an emergency call: from now on ur_auth_realm() of the
 * message is the device's realm. */
void ur_auth_ask(
		const struct sip_msg *msg, struct ur_text device, bool emergency);

/*
 * The realm to challenge the sender of a request in, in lower case, in a buffer of this module
 * until the next call. REGISTER: the domain of To. Others: the domain of From, or of the
 * Request-URI if From has none or one below .invalid. After ur_auth_ask(): the device's. Empty if
 * that is no host name or address, or too long.
 */
str ur_auth_realm(struct sip_msg *msg);

#endif
