/*
 * Packets before Kamailio parses them: drops large datagrams, limits what the parsers log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PACKETS_H
#define UR_KAM_PACKETS_H

/* In mod_init. 0, or -1 with a log line. */
int ur_packets_init(void);

/* The script looks at all headers of each message: from the next one on this process parses them before it
 * does, so that bad ones behind good ones count, too. */
void ur_packets_read_whole(void);

#endif
