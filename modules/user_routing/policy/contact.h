/*
 * What a phone may register as its Contact.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CONTACT_H
#define UR_POLICY_CONTACT_H

#include "policy/text.h"

/* Most bytes of a URI, a display name, a parameter's name or value. registrar takes URIs of 512
 * bytes by default; push tokens (RFC 8599) need about 300 of them. */
#define UR_CONTACT_TEXT_MAX 512
/* Most bytes of one Contact or Path header: about ten contacts. */
#define UR_CONTACT_VALUE_MAX 4096
/* Most parameters of one contact, and most contacts of one REGISTER. */
#define UR_CONTACT_PARAMS_MAX 32
#define UR_CONTACTS_OF_REGISTER_MAX 10

/* A header's value: not too long, no control characters except tabs and line folding. */
bool ur_contact_value_is_sound(struct ur_text value);

/* A URI, name or parameter: not too long, no control characters. */
bool ur_contact_text_is_sound(struct ur_text text);

/*
 * Do these URI parameters leave the destination to the host? params: the text after the first
 * semicolon. True only for parameters known to be harmless: not for maddr, alias, received, lr, nor
 * for an unknown one.
 */
bool ur_contact_params_are_plain(struct ur_text params);

#endif
