/*
 * The answer to the request being processed, for $ur(status) and $ur(reason).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ANSWER_H
#define UR_KAM_ANSWER_H

#include <stdbool.h>

#include "core/parser/msg_parser.h"

/* Sets the status that the script is to answer with; 0: none. */
void ur_answer_set(const struct sip_msg *msg, int status);

/* The status set last for this message, or 0. */
int ur_answer_status(const struct sip_msg *msg);

/*
 * Has this call lost its state? If tm runs out of memory, the call's state is freed with the
 * transaction. The call was answered with 500. Remember that, or a script that asks again would
 * start the call again and again.
 */
bool ur_answer_is_lost(const struct sip_msg *msg);

/* Sets the answer to 503 because nothing is loaded yet, and adds Retry-After once, if
 * configured. */
void ur_answer_not_loaded(struct sip_msg *msg);

#endif
