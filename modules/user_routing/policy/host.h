/*
 * The host of a target's URI: how it is written, and which addresses nobody may name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_HOST_H
#define UR_POLICY_HOST_H

#include "policy/text.h"

/* Longest host in its one spelling: 253 characters (RFC 1035). */
#define UR_HOST_MAX 253

/*
 * Writes the one spelling in which hosts compare as bytes: lower case, no dot at the end,
 * an IPv6 address between brackets as inet_ntop() has it. Returns its length, or -1 when
 * it is empty or too long.
 */
int ur_host_normalise(struct ur_text host, char buf[UR_HOST_MAX + 1]);

/* A number that some resolvers take for an IPv4 address, and that isn't written as one:
 * 2130706433, 0x7f.1, 010.0.0.1. host is in its one spelling. */
bool ur_host_is_odd_number(struct ur_text host);

/* Below .invalid, which has no addresses (RFC 6761): templates lead to the media server by
 * it. host is in its one spelling. */
bool ur_host_is_invalid(struct ur_text host);

/*
 * May a call go to that address, 4 or 16 bytes in network order? Not to "this network"
 * (0.0.0.0/8), link-local, multicast, reserved and broadcast addresses, whatever way they
 * are written in IPv6; to loopback ones as it is said.
 */
bool ur_host_address_fits(const unsigned char *address, int len, bool loopback);

/* The IPv4 address that one of IPv6 stands for: mapped, compatible, or by NAT64; else
 * NULL. */
const unsigned char *ur_host_ipv4_of(const unsigned char *address);

/* Is it a loopback address? */
bool ur_host_address_is_loopback(const unsigned char *address, int len);

#endif
