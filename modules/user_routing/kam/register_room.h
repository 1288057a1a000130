/*
 * user_make_room(): the oldest contacts of a device give way to the new ones of a REGISTER.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REGISTER_ROOM_H
#define UR_KAM_REGISTER_ROOM_H

#include "core/parser/msg_parser.h"

/*
 * For a REGISTER whose device has proven itself, before save(): if its address of record would have more
 * than max_contacts contacts afterwards, those that were registered or refreshed longest ago are removed. What the
 * REGISTER itself refreshes stays. 1: go on; -1: it brings more than max_contacts itself, $ur(status) is
 * 503, or its contacts can't be read, 400.
 *
 * Two REGISTERs of the same device at once may both find room for one: then it has one contact too many
 * until the next one.
 */
int ur_register_make_room(struct sip_msg *msg);

#endif
