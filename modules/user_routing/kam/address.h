/*
 * Addresses of the network: of a message, of a URI's host, and as a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ADDRESS_H
#define UR_KAM_ADDRESS_H

#include "core/parser/msg_parser.h"
#include "policy/dialog.h"

/* The address that a message came from. */
void ur_address_source(const struct sip_msg *msg, struct ur_address *address);

/* Sets the IP address that a host of a URI is, as tm reads it before it asks DNS; false: it is a
 * name. */
bool ur_address_read_ip(str host, struct ur_address *address);

/* Writes the address as a SIP URI, not terminated: at most UR_ADDRESS_URI_MAX characters. Returns
 * its length. */
#define UR_ADDRESS_URI_MAX 80
int ur_address_uri(const struct ur_address *address, char *buf);

#endif
