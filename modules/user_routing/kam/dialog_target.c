/*
 * The destination of a request in a dialog.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/dialog_target.h"

#include "core/dset.h"
#include "core/forward.h"
#include "core/parser/parse_uri.h"
#include "kam/address.h"
#include "kam/compat.h"
#include "kam/dialog.h"
#include "kam/remote_target.h"

static const rr_api_t *rr;

void ur_dialog_target_init(const rr_api_t *binds)
{
	rr = binds;
}

static bool set_uri(struct ur_destination *to, struct ur_text uri)
{
	if(uri.len > (int)sizeof(to->uri))
		return false;
	memcpy(to->uri, uri.s, uri.len);
	to->uri_len = uri.len;
	return true;
}

/* The first Route after ours, or NULL. */
static const struct ur_text *next_route(const struct ur_incoming *in)
{
	return in->routes.count > in->own_routes ? &in->routes.uri[in->own_routes]
											 : NULL;
}

/* Does the Route lead to the host of that address? The Route of an edge proxy does, and has the
 * port. */
static bool is_route_to(
		const struct ur_text *route, const struct ur_address *address)
{
	struct ur_address there = {.len = 0};
	struct sip_uri uri;

	return route != NULL && parse_uri((char *)route->s, route->len, &uri) == 0
		   && uri.maddr.len == 0 && ur_address_read_ip(uri.host, &there)
		   && ur_address_is_same_host(&there, address);
}

/* Trunks that drop URI parameters, and whoever hangs up, need not use the signed Contact. The
 * request goes to where the other end was when the call began, or through the proxy there. A
 * gateway gets its own URI as Request-URI: it could dial any other one as a number. To a route
 * target only ACK, BYE and PRACK may go this way. */
static bool fall_back(
		const struct ur_incoming *in, bool trusted, struct ur_destination *to)
{
	const struct ur_dialog_end *end = ur_incoming_receiver(in);
	const bool gateway = in->from_caller && in->dialog.is_to_gateway;

	if(end->address.len == 0
			|| !(end->is_pinned || is_route_to(next_route(in), &end->address))
			|| !(ur_incoming_begins_nothing(in)
					|| (trusted && (gateway || end->device.len > 0))))
		return false;
	to->address = end->address;
	if(gateway)
		return set_uri(to, in->dialog.to_shown);
	to->uri_len = ur_remote_target_bare(
			ur_text_of_str(*GET_RURI(in->msg)), to->uri, sizeof(to->uri));
	return to->uri_len >= 0;
}

bool ur_dialog_target_find(
		const struct ur_incoming *in, bool trusted, struct ur_destination *to)
{
	const struct ur_text request_uri = ur_text_of_str(*GET_RURI(in->msg));
	struct ur_side side;
	struct ur_target_owner owner = {.call_id = in->call_id,
			.tag = in->to_tag,
			.is_caller = !in->from_caller};

	ur_incoming_side(in, owner.is_caller, &side);
	owner.side = ur_side_text(&side);

	if(!ur_remote_target_check(request_uri, &owner, &to->address))
		return fall_back(in, trusted, to);
	to->uri_len = ur_remote_target_bare(request_uri, to->uri, sizeof(to->uri));
	return to->uri_len >= 0;
}

/* A Route or URI that leads back here would loop. */
static bool leads_here(struct sip_msg *msg)
{
	str next = msg->dst_uri.len > 0 ? msg->dst_uri : *GET_RURI(msg);
	struct sip_uri uri;

	return parse_uri(next.s, next.len, &uri) < 0
		   || check_self(&uri.host, uri.port_no, uri.proto) == 1;
}

/* Sets the next hop explicitly: rr judges by its own rules which URIs are ours, and what maddr
 * means. */
static int set_next_hop(
		const struct ur_incoming *in, const struct ur_address *address)
{
	char buf[UR_ADDRESS_URI_MAX];
	const struct ur_text *route = next_route(in);
	str next = {buf, 0};

	if(address->len > 0 && !is_route_to(route, address)) {
		next.len = ur_address_uri(address, buf);
		return set_dst_uri(in->msg, &next);
	}
	if(route == NULL) {
		reset_dst_uri(in->msg);
		return 0;
	}
	return ur_text_equal(ur_text_of_str(in->msg->dst_uri), *route) ? 0 : -1;
}

int ur_dialog_target_follow(
		const struct ur_incoming *in, struct ur_destination *to)
{
	struct sip_msg *msg = in->msg;
	str uri = {to->uri, to->uri_len};

	if(rr->loose_route(msg) < 0)
		return 404;
	if(!STR_EQ(uri, *GET_RURI(msg)) && rewrite_uri(msg, &uri) < 0)
		return 500;
	if(set_next_hop(in, &to->address) < 0)
		return 403;
	return leads_here(msg) ? 482 : 0;
}
