/*
 * Who a digest username names, and may that device authenticate?
 *
 * Phones are often set up with the user's name in place of the device's, or with the wrong domain. So
 * a refusal says what the name is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_AUTHENTICATION_H
#define UR_POLICY_AUTHENTICATION_H

#include "policy/callee.h"
#include "policy/output.h"

/* Why not. The first that holds counts; so with SUSPENDED nothing else is wrong. */
enum ur_authentication_why
{
	UR_AUTHENTICATION_OK,
	UR_AUTHENTICATION_NO_DOMAIN, /* no such device, and the realm is no domain of ours */
	UR_AUTHENTICATION_IS_USER, /* no such device; it is a user's username@domain */
	UR_AUTHENTICATION_NO_DEVICE,
	UR_AUTHENTICATION_DISABLED,
	UR_AUTHENTICATION_NO_PASSWORD, /* ha1 is NULL */
	UR_AUTHENTICATION_USER_DISABLED,
	/* The realm is another account's domain: the device would be called, and would call, as somebody
	 * of that account. */
	UR_AUTHENTICATION_OTHERS_REALM,
	UR_AUTHENTICATION_SUSPENDED, /* the account */
};

struct ur_authentication
{
	enum ur_authentication_why why;
	/* A reference: of IS_USER the user, else the device's; NULL if there is none. */
	const struct ur_user *user;
	int device; /* its place in the user; not of IS_USER */
};

/* The device auth_username@realm. aor is that address. */
struct ur_authentication ur_authentication_find(
		const struct ur_callee_directory *directory,
		struct ur_text auth_username, struct ur_text realm, struct ur_text aor);

/* Why not, as a sentence; of OK that it may. A constant. */
const char *ur_authentication_why(enum ur_authentication_why why);

/* Writes the addresses of the user's first devices that register: "a@x, b@x and 3 more"; "none". */
void ur_authentication_put_devices(
		struct ur_output *out, const struct ur_user *user);

#endif
