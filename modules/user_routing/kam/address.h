/*
 * Network addresses: of a message, of a URI's host, and as a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ADDRESS_H
#define UR_KAM_ADDRESS_H

#include "core/parser/msg_parser.h"
#include "policy/dialog.h"

/* The source address of a message. */
void ur_address_source(const struct sip_msg *msg, struct ur_address *address);

/* Reads a URI's host as an IP address, the way tm does before it asks DNS. False: it is a name. */
bool ur_address_read_ip(str host, struct ur_address *address);

/* Writes the address as a SIP URI of at most UR_ADDRESS_URI_MAX characters, not terminated. Returns
 * its length. */
#define UR_ADDRESS_URI_MAX 80
int ur_address_uri(const struct ur_address *address, char *buf);

#endif
