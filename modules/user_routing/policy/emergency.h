/*
 * Emergency numbers: which calls go out at once.
 *
 * They are short numbers, such as 112, that a dial plan would take for local ones. A phone that does
 * not know the country's number calls the URN of RFC 5031 instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_EMERGENCY_H
#define UR_POLICY_EMERGENCY_H

#include "policy/number.h"

enum
{
	UR_EMERGENCY_MAX = 16, /* numbers in the list */
};

struct ur_emergency
{
	int count;
	struct ur_number
			list[UR_EMERGENCY_MAX]; /* as they are dialled, without + */
};

/*
 * Reads a list such as "112,911": digits, 2 to 15 each, with commas between them, blanks allowed. An
 * empty one: there are no emergency numbers. 0, or -1: *bad is where the list goes wrong, and
 * *emergency is undefined.
 */
int ur_emergency_parse(
		struct ur_emergency *emergency, const char *list, const char **bad);

/* Is it an emergency number that was dialled? Visual separators are left out. *number is the number;
 * on false it is not set. */
bool ur_emergency_find(const struct ur_emergency *emergency,
		struct ur_text dialled, struct ur_number *number);

/* Is the URI urn:service:sos, or a service below it, such as urn:service:sos.fire (RFC 5031 §4.2)? */
bool ur_emergency_is_urn(struct ur_text uri);

/* The number that the URN stands for, the first of the list; empty: there is none. Borrowed. */
struct ur_text ur_emergency_of_urn(const struct ur_emergency *emergency);

#endif
