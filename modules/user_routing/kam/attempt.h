/*
 * Who tries to authenticate, and from where: for a script that counts failures. user_auth_check() itself does
 * not need it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ATTEMPT_H
#define UR_KAM_ATTEMPT_H

#include "core/parser/msg_parser.h"

/*
 * NAME@REALM, the device that the request's credentials name, in the form in which user_auth_check() looks it
 * up: however a name is written, it counts as one. "?" if no device can have that name. Empty if the
 * request has no credentials for its realm, and for ACK, CANCEL and PRACK. Valid until the next call.
 */
str ur_attempt_name(struct sip_msg *msg);

/*
 * The source of the request, an IPv4 address or the /64 of an IPv6 address. "?" stands before it unless it is
 * proven, as a source address of UDP can be forged: the request came over a connection, or it answers a
 * challenge that was sent to that address. Empty as above. Valid until the next call.
 */
str ur_attempt_source(struct sip_msg *msg);

/* Is the device of ur_attempt_name() registered from exactly where the request comes from: the address and
 * port, or the connection? 1 or -1. */
int ur_attempt_is_from_registered(struct sip_msg *msg);

/* Logs that the source of the request is banned, if it is proven, for fail2ban: in a line without log_prefix,
 * as that may contain what the sender wrote. 1, or -1: not proven. */
int ur_attempt_log_ban(struct sip_msg *msg);

#endif
