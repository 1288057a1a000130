/*
 * What a group adds to the legs that ring its members: cid_name_prefix and alert_info.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_GROUP_LEG_H
#define UR_KAM_GROUP_LEG_H

#include "kam/live_call.h"
#include "policy/identity.h"

struct sip_msg;

/* The group that the leg to the member at that place rings for, or NULL: a user, or no leg of a ring. */
const struct ur_group *ur_group_leg(const struct ur_live_call *live, int place);

/* Puts the group's prefix before the name shown in From and P-Asserted-Identity that a trunk has written.
 * 0, or -1: out of memory. What can't be parsed stays. */
int ur_group_leg_prefix(struct sip_msg *msg, const struct ur_group *group);

/* Sets Alert-Info (RFC 3261 §20.4) to the group's alert_info, if it has one. 0, or -1: out of memory. */
int ur_group_leg_alert(struct sip_msg *msg, const struct ur_group *group);

#endif
