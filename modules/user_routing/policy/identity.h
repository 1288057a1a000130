/*
 * The caller identity that a leg presents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_IDENTITY_H
#define UR_POLICY_IDENTITY_H

#include "policy/model.h"

#define UR_IDENTITY_DISPLAY_MAX 300
#define UR_IDENTITY_URI_MAX 400

/*
 * From and P-Asserted-Identity of a leg. An empty uri: what the caller's side asserted stays (a
 * call from a trunk).
 */
struct ur_identity
{
	char display[UR_IDENTITY_DISPLAY_MAX]; /* a quoted string, or empty */
	char uri[UR_IDENTITY_URI_MAX];
	int display_len;
	int uri_len;
	bool anonymous; /* no P-Asserted-Identity; Privacy: id (RFC 3323, 3325) */
};

/* A local user's identity on a leg that does not go to the PSTN. Anonymous without a domain. */
void ur_identity_of_user(const struct ur_user *user, struct ur_text domain,
		struct ur_identity *identity);

/*
 * A local user's identity towards the PSTN: out_cid_number and out_cid_name if the account may
 * present that number, else the account's default number if it may, else anonymous; also without a
 * domain. Never an unverified number. user may be NULL: then the account's.
 */
void ur_identity_of_number(const struct ur_account *account,
		const struct ur_user *user, struct ur_text domain,
		struct ur_identity *identity);

/*
 * The number that this identity has, E.164 without +: empty where it is anonymous, as the account may present
 * none. *is_own: it is the user's own. Borrowed.
 */
struct ur_text ur_identity_number(const struct ur_account *account,
		const struct ur_user *user, bool *is_own);

/*
 * The domain shown for a user of the account who authenticated in the realm: the realm if it is a
 * domain of the account, else the account's first domain in byte order. Empty if the account has
 * none: its users have no address, and are anonymous. Borrowed from account or realm.
 */
struct ur_text ur_identity_domain(
		const struct ur_account *account, struct ur_text realm);

/* The anonymous identity (RFC 3323 §4.1.1.3). */
void ur_identity_anonymous(struct ur_identity *identity);

/* Puts a text before the display name; without one, before the URI's user part. The identity may be one that
 * a trunk has written: display is then a quoted string, or words. */
void ur_identity_prefix(struct ur_identity *identity, struct ur_text prefix);

/* Writes sip:username@domain. Returns the length, or -1. */
int ur_identity_address(
		const struct ur_user *user, struct ur_text domain, char *buf, int size);

#endif
