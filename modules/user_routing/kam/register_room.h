/*
 * user_make_room(): removes the oldest contacts of a device to make room for the new ones of a
 * REGISTER.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REGISTER_ROOM_H
#define UR_KAM_REGISTER_ROOM_H

#include "core/parser/msg_parser.h"

/*
 * For a REGISTER whose device has authenticated, before save(): if its address of record would then
 * have more than max_contacts contacts, the ones registered or refreshed longest ago are removed.
 * Contacts that the REGISTER refreshes stay. 1: go on. -1: the REGISTER itself brings more than
 * max_contacts ($ur(status) is 503), or its contacts can't be parsed (400).
 *
 * Two simultaneous REGISTERs of a device may both find room for one: then it has one contact too
 * many until the next REGISTER.
 */
int ur_register_make_room(struct sip_msg *msg);

#endif
