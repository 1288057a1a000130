/*
 * The number of a tel: URI (RFC 3966), and where it is valid.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_TEL_H
#define UR_POLICY_TEL_H

#include "policy/text.h"

/* Longest number that is accepted, with its "+": longer than any extension or number. */
#define UR_TEL_NUMBER_MAX 64

struct ur_tel
{
	char number[UR_TEL_NUMBER_MAX];
	int number_len;
	struct ur_text
			domain; /* of phone-context, borrowed; empty: there is none */
};

/*
 * Reads a tel: URI from the two parts that the URI parser finds: the number, and the parameters
 * without the first semicolon. Visual separators are left out. A local number (0-9 * #) has the
 * domain of its phone-context; a prefix there, such as +4930, makes it a global number. A global
 * number ("+" and digits) has no phone-context. All other parameters are ignored. False: it is not
 * such a number, it is too long, or it has several phone-contexts or one that can't be read.
 */
bool ur_tel_read(
		struct ur_text number, struct ur_text params, struct ur_tel *tel);

/* RFC 3966, visual-separator. */
bool ur_tel_is_separator(char c);

/* The number, borrowed from tel. */
struct ur_text ur_tel_number(const struct ur_tel *tel);

#endif
