/*
 * The header of a call that continues another one: Replaces (RFC 3891), Join (RFC 3911).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_REPLACES_H
#define UR_POLICY_REPLACES_H

#include "policy/text.h"

/*
 * Does the value name a dialog, as a phone will read it: a Call-ID, one to-tag and one from-tag?
 * RFC 3891 §6.1, RFC 3911 §7.1. It may have other parameters.
 */
bool ur_replaces_is_good(struct ur_text value);

#endif
