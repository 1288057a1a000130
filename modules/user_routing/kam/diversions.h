/*
 * Counts the diversions that a call from a trunk has already been through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIVERSIONS_H
#define UR_KAM_DIVERSIONS_H

#include "core/parser/msg_parser.h"

/* The number of diversions, 0 to 99: by Diversion with its counters, or by History-Info, whichever
 * gives more. Not for callers who authenticate by password: theirs are not believed. */
int ur_diversions_before(struct sip_msg *msg);

#endif
