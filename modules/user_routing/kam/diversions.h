/*
 * Diversions: those that a trunk tells about, and those that a leg tells about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIVERSIONS_H
#define UR_KAM_DIVERSIONS_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/* The number of diversions, 0 to 99: by Diversion with its counters, or by History-Info, whichever
 * gives more. Not for callers who authenticate by password: theirs are not believed. */
int ur_diversions_before(struct sip_msg *msg);

/*
 * Adds Diversion and History-Info to a leg that leaves for a target, or for an external phone of the
 * user who rings, who counts as one who diverted: each user who did, by name,
 * or by number if the leg goes to the PSTN. The latest Diversion is on top, also of a trunk's; the
 * latest entry of History-Info is at the end. 0, or -1: they are too long, or memory is out.
 */
int ur_diversions_add(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_leg_to to);

#endif
