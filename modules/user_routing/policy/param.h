/*
 * Parameters of a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_PARAM_H
#define UR_POLICY_PARAM_H

#include "policy/text.h"

/* Is it "name=value", the name compared byte by byte? If so, sets *value, borrowed from param. */
bool ur_param_is(
		struct ur_text param, struct ur_text name, struct ur_text *value);

/*
 * The value of the first parameter of that name (compared byte by byte), borrowed from
 * params, which is a list as in "a=b;lr;c=d". False: there is none.
 */
bool ur_param_find(
		struct ur_text params, struct ur_text name, struct ur_text *value);

#endif
