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
 * As written: the user part, or the number of a tel: URI, of the first URI of P-Asserted-Identity (RFC
 * 3325 §9.1); of From if there is no such header. Only for requests of trunks, as a phone writes there
 * what it likes. Empty: none, or it can't be parsed. request: a struct sip_msg, also in a failure
 * route; the text is borrowed from it. Of the type of ur_call_facts.asserted.
 */
struct ur_text ur_asserted_number(void *request);

#endif
