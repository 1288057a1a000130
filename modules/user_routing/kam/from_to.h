/*
 * From and To, as each side of a call is to see them (RFC 3261 §8.1.1.2, §12.2.1.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_FROM_TO_H
#define UR_KAM_FROM_TO_H

#include "core/parser/msg_parser.h"
#include "policy/text.h"

struct cell;

/*
 * Makes a parsed From or To of the request "display <uri>;tag=…": its tag stays, and all other
 * parameters go. `display` is quoted already, or empty. 0, or -1: out of memory.
 */
int ur_from_to_set(struct sip_msg *msg, const struct hdr_field *header,
		struct ur_text display, struct ur_text uri);

/*
 * Gives a response From and To of the request that it answers, as these were received, with the
 * response's tag (RFC 3261 §8.2.6.2). What the called side has written there is not passed on.
 */
void ur_from_to_restore(const struct cell *t, struct sip_msg *response);

#endif
