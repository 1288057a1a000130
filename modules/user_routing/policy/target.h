/*
 * The URI of a route target that lies outside the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_TARGET_H
#define UR_POLICY_TARGET_H

#include "policy/text.h"

/* Longest pair of RFC 4458 parameters. */
#define UR_TARGET_CAUSE_MAX 1024

/* What the URI of a target is made from. */
struct ur_target_form
{
	struct ur_text account; /* account.id */
	struct ur_text id;
	struct ur_text address;		 /* a URI, a number, or empty */
	struct ur_text uri_template; /* of the kind */
};

/*
 * Writes the URI of a target: its own address if that is a URI, else the kind's template with
 * {account}, {id} and {address} (a number) filled in, escaped for the user part of a SIP URI (RFC
 * 3261 §25.1). In an account's id every character is escaped that ids can't have, so that a
 * separator after {account} is never part of it. Returns the length, or -1 if there is no URI:
 * neither of the two may be written between < and >, a placeholder has no value, or it is longer
 * than size.
 */
int ur_target_uri(const struct ur_target_form *form, char *uri, int size);

/* Does the target's row decide where the URI leads, not the kind's template alone? It does if its
 * address is a URI, or if {id} or {address} come after the template's user part. */
bool ur_target_names_host(const struct ur_target_form *form);

/*
 * Appends the RFC 4458 parameters to the URI of a voicemail box, before its headers if it has any:
 * who was called (target, escaped) and why the call comes (cause). Returns the new length, or -1 if
 * it is longer than size.
 */
int ur_target_add_cause(
		char *uri, int len, int size, struct ur_text called, int cause);

/* May the character, or all of the text, be written unescaped in a URI between < and >? A control
 * character, a blank, <, > or " would end the URI, or the header that it is in. */
bool ur_target_fits(unsigned char c);
bool ur_target_is_plain(struct ur_text text);

/* Where a URI's host begins, at the @ before it (0 without a user part); and where its headers
 * begin (the URI's length without any). */
int ur_target_host(struct ur_text uri);
int ur_target_headers(struct ur_text uri);

/*
 * Appends text to buf, with everything escaped except RFC 3261's "unreserved" and the characters in
 * also. Returns the new length, or -1 (also if len is).
 */
int ur_target_escape(
		char *buf, int len, int size, struct ur_text text, const char *also);

/* What else needs no escape: in a user part, in a parameter's value. */
#define UR_TARGET_IN_USER "&=+$,/"
#define UR_TARGET_IN_VALUE "[]/:&+$"

#endif
