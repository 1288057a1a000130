/*
 * SIP URIs in a canonical form, to compare a URI that was sent with one that came back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_URI_FORM_H
#define UR_POLICY_URI_FORM_H

#include "policy/text.h"

/* The most parameters that a URI with a canonical form has. */
#define UR_URI_PARAMS_MAX 24

/*
 * Writes the canonical form of a URI into buf. UAs write a Contact into their Request-URI with host
 * and parameters in other case, parameters in another order, and characters of the user part
 * escaped or not (RFC 3261 §19.1.4). Two URIs with the same form are the same. The last parameter
 * of that name ("ur", case-sensitive) is left out: those before it belong to another system. *value
 * is its value, borrowed from uri; its s is NULL if there is none. With an empty name none is left
 * out. Returns the length, or -1: too long, or too many parameters.
 */
int ur_uri_form(struct ur_text uri, struct ur_text name, char *buf, int size,
		struct ur_text *value);

/* Writes the URI without the last parameter of that name, otherwise as it was. Returns the length,
 * or -1. */
int ur_uri_without(
		struct ur_text uri, struct ur_text name, char *buf, int size);

#endif
