/*
 * Limits what Kamailio's parsers log about messages that they can't read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PARSER_LOG_H
#define UR_KAM_PARSER_LOG_H

/* In mod_init. 0, or -1 with a log line. */
int ur_parser_log_init(void);

#endif
