/*
 * What a trunk's call brings with it of diversions that it has behind it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIVERSIONS_H
#define UR_KAM_DIVERSIONS_H

#include "core/parser/msg_parser.h"

/* How many: of Diversion with its counters, or of History-Info, whichever tells of more; 0 to 99.
 * Whoever calls by a password has none that would be believed. */
int ur_diversions_before(struct sip_msg *msg);

#endif
