/*
 * The number that a trunk asserts for the caller.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ASSERTED_H
#define UR_KAM_ASSERTED_H

#include "core/parser/msg_parser.h"
#include "policy/text.h"

/*
 * As written: the user part, or a tel: URI's number, in P-Asserted-Identity (RFC 3325 §9.1) unless the
 * script has removed it, else in From. Of several URIs the first one with a digit. Only for requests of
 * trunks, as a phone writes there what it likes. A number that is valid in some place only (RFC 3966
 * §5.1.5) is returned as the whole URI: it can't be read as a number. Empty: there is none, or it can't
 * be parsed. request: a struct sip_msg, also in a failure route. The text is borrowed from it, or valid
 * until the next call. Of the type of ur_call_facts.asserted.
 */
struct ur_text ur_asserted_number(void *request);

/* The next URI in the value of P-Asserted-Identity, and its display name, as written; its length is 0 at the end,
 * or where it can't be parsed. Borrowed from rest, which moves on. */
str ur_asserted_next(str *rest, str *display);

#endif
