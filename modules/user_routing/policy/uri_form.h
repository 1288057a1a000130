/*
 * SIP URIs in one form, to compare what went out with what has come back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_URI_FORM_H
#define UR_POLICY_URI_FORM_H

#include "policy/text.h"

/* The most parameters of a URI that has a form. */
#define UR_URI_PARAMS_MAX 24

/*
 * Writes the form of a URI into buf: UAs write a Contact into their Request-URI with host and
 * parameters in other capitals, parameters in another order, and characters of the user part
 * escaped or not (RFC 3261 §19.1.4). Two URIs with the same form are the same. The last
 * parameter of a name, as it is written ("ur"), is left out: those before it are another system's.
 * *value becomes its value, borrowed from uri, or a text without s. With an empty name none is left
 * out. Returns the length, or -1: too long, or too many parameters.
 */
int ur_uri_form(struct ur_text uri, struct ur_text name, char *buf, int size,
		struct ur_text *value);

/* The URI without the last parameter of that name, as it was written otherwise. Returns the length, or -1. */
int ur_uri_without(
		struct ur_text uri, struct ur_text name, char *buf, int size);

#endif
