/*
 * The proxies in Route or Record-Route of a message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/routes.h"

#include "core/forward.h"
#include "core/parser/parse_rr.h"
#include "core/parser/parse_uri.h"
#include "kam/compat.h"

static int take(struct ur_routes *routes, const rr_t *rr)
{
	for(; rr != NULL; rr = rr->next) {
		if(routes->count == UR_ROUTES_MAX)
			return -1;
		routes->uri[routes->count++] = ur_text_of_str(rr->nameaddr.uri);
	}
	return 0;
}

int ur_routes_read(
		struct sip_msg *msg, hdr_types_t type, struct ur_routes *routes)
{
	struct hdr_field *header;

	routes->count = 0;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(header->type != type)
			continue;
		if(parse_rr(header) < 0 || take(routes, header->parsed) < 0)
			return -1;
	}
	return 0;
}

int ur_routes_mac(const struct ur_routes *routes, int first, int end,
		struct ur_text side, struct ur_text call_id,
		uint8_t out[UR_SEAL_MAC_SIZE])
{
	struct ur_seal_mac mac;

	ur_seal_mac_begin(&mac, UR_TEXT("routes"));
	ur_seal_mac_add(&mac, side);
	ur_seal_mac_add(&mac, call_id);
	while(first < end)
		ur_seal_mac_add(&mac, routes->uri[first++]);
	while(first > end)
		ur_seal_mac_add(&mac, routes->uri[--first]);
	return ur_seal_mac_end(&mac, out);
}

bool ur_routes_own_params(struct ur_text uri, struct ur_text *params)
{
	struct sip_uri parsed;

	if(parse_uri((char *)uri.s, uri.len, &parsed) < 0 || parsed.user.len > 0
			|| parsed.maddr.len > 0 || parsed.gr.len > 0
			|| check_self(&parsed.host,
					   parsed.port_no != 0 ? parsed.port_no : SIP_PORT, 0)
					   != 1)
		return false;
	*params = ur_text_of_str(parsed.params);
	return true;
}
