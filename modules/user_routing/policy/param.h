/*
 * Parameters of a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_PARAM_H
#define UR_POLICY_PARAM_H

#include "policy/text.h"

/*
 * The value of the first parameter of that name (compared byte by byte), borrowed from
 * params, which is a list as in "a=b;lr;c=d". False: there is none.
 */
bool ur_param_find(
		struct ur_text params, struct ur_text name, struct ur_text *value);

/*
 * Cuts a URI at the last ";name=": *before is what stands before it, *value the
 * parameter's value. False: there is none.
 */
bool ur_param_cut_last(struct ur_text uri, struct ur_text name,
		struct ur_text *before, struct ur_text *value);

#endif
