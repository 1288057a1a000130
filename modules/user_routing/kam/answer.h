/*
 * The answer to the request that is being processed, for $ur(status) and $ur(reason).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ANSWER_H
#define UR_KAM_ANSWER_H

#include "core/parser/msg_parser.h"

/* What the script is to answer this message with; 0: nothing. */
void ur_answer_set(const struct sip_msg *msg, int status);

/* What was set last for this message, or 0. */
int ur_answer_status(const struct sip_msg *msg);

/* The answer is 503, as nothing is loaded yet, with the Retry-After that is set, once. */
void ur_answer_not_loaded(struct sip_msg *msg);

#endif
