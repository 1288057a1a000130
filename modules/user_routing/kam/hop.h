/*
 * The source of a message as the script states it: the parameter `hop` of user_dialog_...().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_HOP_H
#define UR_KAM_HOP_H

#include "kam/compat.h"

static inline bool ur_hop_is(const str *hop, struct ur_text name)
{
	return ur_text_equal(ur_text_of_str(*hop), name);
}

/* A trunk or a gateway: its identity headers are believed, too. */
static inline bool ur_hop_is_trunk(const str *hop)
{
	return ur_hop_is(hop, UR_TEXT("trunk"));
}

/* An edge proxy passes on what phones behind it have written. */
static inline bool ur_hop_is_edge(const str *hop)
{
	return ur_hop_is(hop, UR_TEXT("edge"));
}

/* A trunk, a gateway or a media server: its Contact is trusted as it is. */
static inline bool ur_hop_is_trusted(const str *hop)
{
	return hop->len > 0 && !ur_hop_is_edge(hop);
}

#endif
