/*
 * The answer to the request that is being processed, for $ur(status) and $ur(reason).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ANSWER_H
#define UR_KAM_ANSWER_H

#include <stdbool.h>

#include "core/parser/msg_parser.h"

/* What the script is to answer this message with; 0: nothing. */
void ur_answer_set(const struct sip_msg *msg, int status);

/* What was set last for this message, or 0. */
int ur_answer_status(const struct sip_msg *msg);

/*
 * Is it a call whose state is gone? If tm runs out of memory the call's state is freed with the
 * transaction. That was answered with 500: or a script that asks on would begin the call again and
 * again.
 */
bool ur_answer_is_lost(const struct sip_msg *msg);

/* The answer is 503, as nothing is loaded yet, with the Retry-After that is set, once. */
void ur_answer_not_loaded(struct sip_msg *msg);

#endif
