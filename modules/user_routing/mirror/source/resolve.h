/*
 * The addresses of a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_RESOLVE_H
#define UR_MIRROR_SOURCE_RESOLVE_H

enum
{
	UR_RESOLVE_MAX = 8,	  /* of one name; more are not tried */
	UR_RESOLVE_TEXT = 64, /* an IPv6 address with its scope */
};

struct ur_addresses
{
	int count;
	char texts[UR_RESOLVE_MAX][UR_RESOLVE_TEXT];
	int took; /* ms */
};

/* Looks up a name; an address is taken as it is. Waits as long as the resolver does. Returns NULL,
 * or why there is no address. */
const char *ur_resolve(struct ur_addresses *addresses, const char *host);

#endif
