/*
 * From and To as each side of a call sees them (RFC 3261 §8.1.1.2, §12.2.1.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_FROM_TO_H
#define UR_KAM_FROM_TO_H

#include "core/parser/msg_parser.h"
#include "policy/text.h"

struct cell;

/*
 * Changes a parsed From or To of the request to "display <uri>;tag=…". The tag stays, all other
 * parameters are removed. `display` is already quoted, or empty. 0, or -1: out of memory.
 */
int ur_from_to_set(struct sip_msg *msg, const struct hdr_field *header,
		struct ur_text display, struct ur_text uri);

/*
 * Sets From and To of a response to those of the request that it answers, as received, with the
 * response's tag (RFC 3261 §8.2.6.2). What the called side wrote there is not passed on.
 */
void ur_from_to_restore(const struct cell *t, struct sip_msg *response);

#endif
