/*
 * The proxies in Route or Record-Route of a message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_ROUTES_H
#define UR_KAM_ROUTES_H

#include "core/parser/msg_parser.h"
#include "kam/seal.h"

#define UR_ROUTES_MAX 32

/* The URIs in the order of the message, borrowed from it. */
struct ur_routes
{
	int count;
	struct ur_text uri[UR_ROUTES_MAX];
};

/* Reads all headers of that type, HDR_ROUTE_T or HDR_RECORDROUTE_T. 0, or -1: one of them can't be
 * parsed, or there are too many. */
int ur_routes_read(
		struct sip_msg *msg, hdr_types_t type, struct ur_routes *routes);

/*
 * Makes a MAC over the URIs from `first` to before `end`, in that order; if first > end, from
 * before `first` down to `end`. For one side (struct ur_side) of the call with that Call-ID. 0, or
 * -1: the URIs are too long.
 */
int ur_routes_mac(const struct ur_routes *routes, int first, int end,
		struct ur_text side, struct ur_text call_id,
		uint8_t mac[UR_SEAL_MAC_SIZE]);

/* Sets the parameters of one of these URIs. False: it can't be parsed, or is not one of ours: it
 * must lead here, without a user part, maddr or gr, which rr evaluates, too. */
bool ur_routes_own_params(struct ur_text uri, struct ur_text *params);

#endif
