/*
 * Handles packets before Kamailio parses them: drops large datagrams, limits what the parsers log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PACKETS_H
#define UR_KAM_PACKETS_H

/* In mod_init. 0, or -1 and logs an error. */
int ur_packets_init(void);

/* The script checks all headers of each message. From the next message on, this process parses all
 * headers before the script does, so that bad headers after good ones count, too. */
void ur_packets_read_whole(void);

#endif
