/*
 * Who is calling: the identity that a leg presents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_IDENTITY_H
#define UR_POLICY_IDENTITY_H

#include "policy/model.h"

#define UR_IDENTITY_DISPLAY_MAX 300
#define UR_IDENTITY_URI_MAX 400

/*
 * What From and P-Asserted-Identity of a leg say. An empty uri: what the caller's
 * side has asserted stays (a call from a trunk).
 */
struct ur_identity
{
	char display[UR_IDENTITY_DISPLAY_MAX]; /* a quoted string, or empty */
	char uri[UR_IDENTITY_URI_MAX];
	int display_len;
	int uri_len;
	bool anonymous; /* no P-Asserted-Identity; Privacy: id (RFC 3323, 3325) */
};

/* A user of ours, towards another user or whatever is no PSTN. Anonymous without a domain. */
void ur_identity_of_user(const struct ur_user *user, struct ur_text domain,
		struct ur_identity *identity);

/*
 * A user of ours towards the PSTN: out_cid_number and _name when the account may
 * present that number, else the account's default number when it may, else anonymous.
 * Never a number that is not verified. user may be NULL: then the account's.
 */
void ur_identity_of_number(const struct ur_account *account,
		const struct ur_user *user, struct ur_text domain,
		struct ur_identity *identity);

/*
 * The domain in which a user of the account who has authenticated in the realm is shown:
 * the realm, if it is a domain of the account, else the account's first domain in the order
 * of their bytes. Empty, when the account has none: its users have no address, and are anonymous.
 * Borrowed from one of the two.
 */
struct ur_text ur_identity_domain(
		const struct ur_account *account, struct ur_text realm);

/* Nobody (RFC 3323 §4.1.1.3). */
void ur_identity_anonymous(struct ur_identity *identity);

/* Writes sip:username@domain. Returns the length, or -1. */
int ur_identity_address(
		const struct ur_user *user, struct ur_text domain, char *buf, int size);

#endif
