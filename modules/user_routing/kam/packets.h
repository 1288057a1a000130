/*
 * Packets before Kamailio parses them: drops large datagrams, limits what the parsers log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PACKETS_H
#define UR_KAM_PACKETS_H

/* In mod_init. 0, or -1 with a log line. */
int ur_packets_init(void);

#endif
