/*
 * What a SIP header may contain, read once more and as plainly as possible.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_FUZZ_SIP_H
#define UR_FUZZ_SIP_H

#include "policy/identity.h"

/* No byte below a blank, no DEL: nothing that would end a line. */
bool ur_fuzz_is_line(struct ur_text text);

/* A SIP URI as it may stand between < and >: a line without blanks, <, > and ". */
bool ur_fuzz_is_uri(struct ur_text text);

/* Where in a URI the headers begin, behind the host; its length when it has none. */
int ur_fuzz_headers(struct ur_text uri);

/* A quoted string (RFC 3261 §25.1), or nothing. */
bool ur_fuzz_is_quoted(struct ur_text text);

bool ur_fuzz_is_utf8(struct ur_text text);

/* Ends the process unless what it shows could go into From and P-Asserted-Identity. */
void ur_fuzz_check_identity(const struct ur_identity *identity);

/* Appends the text with all but letters, digits and the characters in `also` as %XX;
 * returns the new length. out has room for three times the text. */
int ur_fuzz_escape(char *out, int len, struct ur_text text, const char *also);

/* What a user part may have unescaped (RFC 3261 §25.1), as far as it is used here. */
#define UR_FUZZ_IN_USER "-_.!~*'()&=+$,/"
#define UR_FUZZ_IN_VALUE "-_.!~*'()[]/:&+$"

#endif
