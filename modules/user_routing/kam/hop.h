/*
 * Where a message comes from, as the script says it: the parameter `hop` of user_dialog_...().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_HOP_H
#define UR_KAM_HOP_H

#include "kam/compat.h"

/* A trunk, a gateway, an edge proxy, a media server: Contact and Record-Route are good as they
 * are. */
static inline bool ur_hop_is_trusted(const str *hop)
{
	return hop->len > 0;
}

/* It may say who somebody is, too. */
static inline bool ur_hop_is_trunk(const str *hop)
{
	return ur_text_equal(ur_text_of_str(*hop), UR_TEXT("trunk"));
}

#endif
