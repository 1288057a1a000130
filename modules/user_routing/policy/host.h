/*
 * The host of a target's URI: its normal form, and the addresses that no target may name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_HOST_H
#define UR_POLICY_HOST_H

#include "policy/text.h"

/* Longest host in normal form: 253 characters (RFC 1035). */
#define UR_HOST_MAX 253

/*
 * Writes the normal form, in which hosts compare as bytes: lower case, no trailing dot, an IPv6
 * address in brackets as inet_ntop() writes it. Returns its length, or -1 if it is empty or too
 * long.
 */
int ur_host_normalise(struct ur_text host, char buf[UR_HOST_MAX + 1]);

/* Is it a number that some resolvers take for an IPv4 address, but not written as one: 2130706433,
 * 0x7f.1, 010.0.0.1? host is in normal form. */
bool ur_host_is_odd_number(struct ur_text host);

/* Is it below .invalid, which has no addresses (RFC 6761)? Templates name the media server that
 * way. host is in normal form. */
bool ur_host_is_invalid(struct ur_text host);

/*
 * May a call go to that address, 4 or 16 bytes in network order? Not to "this network" (0.0.0.0/8),
 * link-local, multicast, reserved and broadcast addresses, however they are written in IPv6; to
 * loopback addresses if loopback is true.
 */
bool ur_host_address_fits(const unsigned char *address, int len, bool loopback);

/* The IPv4 address in an IPv6 one that is mapped, compatible or NAT64; else NULL. */
const unsigned char *ur_host_ipv4_of(const unsigned char *address);

bool ur_host_address_is_loopback(const unsigned char *address, int len);

/*
 * Whose address is it? Writes an IPv4 address, also one in an IPv6 address, as it is, and of any other IPv6
 * address the /64, as whoever has one address of it has them all. buf has UR_HOST_NETWORK_SIZE bytes.
 * Returns the length.
 */
#define UR_HOST_NETWORK_SIZE 50
int ur_host_network(const unsigned char *address, int len, char *buf);

#endif
