/*
 * Is a caller on a list?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CALLER_LIST_H
#define UR_POLICY_CALLER_LIST_H

#include "policy/model.h"

/* What a caller is known by; what is empty matches no entry. Texts are borrowed. */
struct ur_listed_caller
{
	struct ur_text number;	 /* E.164 with + */
	struct ur_text username; /* only of a user of the list's account */
	struct ur_text address;	 /* username@domain */
};

/* Is there an entry for the caller: a prefix of the number, the username, or username@domain? The
 * entries are searched as bytes, for a number mostly once or twice, and once for each digit at most. */
bool ur_caller_list_has(const struct ur_caller_list *list,
		const struct ur_listed_caller *caller);

#endif
