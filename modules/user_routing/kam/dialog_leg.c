/*
 * The dialog of a leg, sealed into its Record-Route.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/dialog_leg.h"

#include <time.h>

#include "core/data_lump.h"
#include "core/dprint.h"
#include "core/ip_addr.h"
#include "core/mem/mem.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "core/resolve.h"
#include "kam/compat.h"
#include "kam/dialog.h"
#include "kam/headers.h"
#include "kam/remote_target.h"
#include "kam/routes.h"
#include "policy/caller.h"
#include "policy/param.h"

static const rr_api_t *rr;

void ur_dialog_leg_init(const rr_api_t *binds)
{
	rr = binds;
}

/* ---- where the leg goes */

static bool read_ip(str host, struct ur_address *address)
{
	const struct ip_addr *ip = str2ip(&host);

	if(ip == NULL)
		ip = str2ip6(&host);
	if(ip == NULL)
		return false;
	address->len = ip->len;
	memcpy(address->ip, ip->u.addr, ip->len);
	return true;
}

/* Not known of a name: tm looks that up later. */
static void address_of_leg(struct sip_msg *msg, struct ur_address *address)
{
	const str next = msg->dst_uri.len > 0 ? msg->dst_uri : *GET_RURI(msg);
	struct sip_uri uri;

	memset(address, 0, sizeof(*address));
	if(parse_uri(next.s, next.len, &uri) < 0 || !read_ip(uri.host, address))
		return;
	address->protocol = uri.proto != PROTO_NONE	 ? uri.proto
						: uri.type == SIPS_URI_T ? PROTO_TLS
												 : PROTO_UDP;
	address->port = uri.port_no != 0				 ? uri.port_no
					: address->protocol == PROTO_TLS ? SIPS_PORT
													 : SIP_PORT;
}

static struct ur_text device_of_leg(
		const struct sip_msg *msg, const struct ur_call *call)
{
	const struct ur_user *user = ur_call_user(call);
	int device;

	if(call->phase != UR_CALL_RINGING || user == NULL)
		return UR_TEXT("");
	device = ur_call_device_of(call, msg->ruid);
	return device == UR_NO_DEVICE
				   ? UR_TEXT("")
				   : ur_user_text(user, user->devices[device].aor);
}

/* A phone, or a route target that is no gateway, is where the call was sent to. Behind an edge proxy
 * it is not, and a gateway's requests must name what it has said itself. */
static bool is_leg_pinned(const struct sip_msg *msg, const struct ur_call *call)
{
	if(msg->path_vec.len > 0)
		return false;
	return call->phase == UR_CALL_RINGING
		   || (call->phase == UR_CALL_LEFT
				   && ur_caller_leg_to(call->target) == UR_LEG_TO_TARGET);
}

/* ---- the seal */

/* All legs of a message have the same one. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	struct ur_seal_key key;
} kept;

static void keep_key(struct sip_msg *msg)
{
	if(kept.msg_id == msg->id && kept.msg_pid == msg->pid)
		return;
	ur_seal_make_key(ur_text_of_str(msg->callid->body),
			ur_text_of_str(get_from(msg)->tag_value), &kept.key);
	kept.msg_id = msg->id;
	kept.msg_pid = msg->pid;
}

static int add_param(struct sip_msg *msg, const struct ur_dialog *dialog)
{
	const struct ur_text prefix = UR_TEXT(";" UR_DIALOG_PARAM "=");
	char text[sizeof(";" UR_DIALOG_PARAM "=") + UR_SEAL_SEALED(UR_DIALOG_SIZE)];
	uint8_t bytes[UR_DIALOG_SIZE];
	str param = {text, 0};
	const int len = ur_dialog_write(dialog, bytes, sizeof(bytes));

	if(len < 0)
		return -1;
	keep_key(msg);
	memcpy(text, prefix.s, prefix.len);
	ur_seal_close(&kept.key, bytes, len, text + prefix.len);
	param.len = prefix.len + UR_SEAL_SEALED(len);
	return rr->add_rr_param(msg, &param) == 0 ? 0 : -1;
}

int ur_dialog_seal_leg(struct sip_msg *msg, const struct ur_call *call,
		struct ur_text from_shown, struct ur_text to_shown)
{
	struct ur_dialog dialog = {
			.began = time(NULL),
			.caller = {.device = call->caller.aor,
					.is_pinned = !call->dialog.is_trusted},
			.callee = {.device = device_of_leg(msg, call),
					.is_pinned = is_leg_pinned(msg, call)},
			.from = ur_text_of_str(get_from(msg)->uri),
			.from_shown = from_shown,
			.to = ur_text_of_str(get_to(msg)->uri),
			.to_shown = to_shown,
			.routes = {(const char *)call->dialog.routes,
					call->dialog.routes_count > 0 ? UR_DIALOG_ROUTES_SIZE : 0},
	};

	if(!call->dialog.is_started)
		return 0;
	ur_remote_target_source(msg, &dialog.caller.address);
	address_of_leg(msg, &dialog.callee.address);
	return add_param(msg, &dialog);
}

/* ---- the routes behind this proxy */

static int insert(
		struct sip_msg *msg, struct ur_text uri, const char *param, int len)
{
	const char *const end = uri.s + uri.len;
	struct lump *anchor =
			anchor_lump(msg, end - msg->buf, 0, HDR_RECORDROUTE_T);
	char *copy = anchor != NULL ? pkg_malloc(len) : NULL;

	if(copy == NULL)
		return -1;
	memcpy(copy, param, len);
	if(insert_new_lump_after(anchor, copy, len, 0) != NULL)
		return 0;
	pkg_free(copy);
	return -1;
}

/* Ours are from `own` to before `end`; above them are those that the caller's requests will have
 * behind ours, the last one first. */
static int sign(
		struct sip_msg *msg, const struct ur_routes *routes, int own, int end)
{
	const struct ur_text prefix = UR_TEXT(";" UR_ROUTES_PARAM "=");
	char param[sizeof(";" UR_ROUTES_PARAM "=")
			   + UR_SEAL_CHARACTERS(UR_SEAL_MAC_SIZE)];
	uint8_t mac[UR_SEAL_MAC_SIZE];

	if(ur_routes_mac(routes, own, 0, ur_text_of_str(msg->callid->body),
			   ur_text_of_str(get_from(msg)->tag_value), mac)
			< 0)
		return -1;
	memcpy(param, prefix.s, prefix.len);
	ur_seal_write(mac, sizeof(mac), param + prefix.len);
	for(; own < end; own++) {
		if(insert(msg, routes->uri[own], param,
				   prefix.len + UR_SEAL_CHARACTERS(UR_SEAL_MAC_SIZE))
				< 0)
			return -1;
	}
	return 0;
}

bool ur_dialog_is_reliable(const struct sip_msg *response)
{
	const struct hdr_field *header;

	if(response->REPLY_STATUS <= 100 || response->REPLY_STATUS >= 200)
		return false;
	for(header = response->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("RSeq")))
			return true;
	}
	return false;
}

static bool is_ours(struct ur_text uri, struct ur_text *params)
{
	struct ur_text value;

	return ur_routes_own_params(uri, params)
		   && ur_param_find(*params, UR_TEXT(UR_DIALOG_PARAM), &value);
}

/* Whoever has changed the list gets no signature for it. */
static int sign_routes(const struct ur_call *call, struct sip_msg *msg)
{
	struct ur_routes routes;
	struct ur_text params, value;
	int own, end;

	if(ur_routes_read(msg, HDR_RECORDROUTE_T, &routes) < 0
			|| parse_from_header(msg) < 0 || msg->callid == NULL)
		return -1;
	end = routes.count - call->dialog.routes_count;
	own = end - 1;
	if(own <= 0 || !is_ours(routes.uri[own], &params))
		return 0;
	if(ur_param_find(params, UR_TEXT("r2"), &value))
		own--;
	return own > 0 && is_ours(routes.uri[own], &params)
				   ? sign(msg, &routes, own, end)
				   : 0;
}

static bool has_routes_behind(const struct ur_call *call, struct sip_msg *msg)
{
	const struct hdr_field *const first = msg->record_route;

	return first != NULL
		   && (next_sibling_hdr(first) != NULL || call->dialog.routes_count > 0
				   || memchr(first->body.s, ',', first->body.len) != NULL);
}

void ur_dialog_sign_routes(const struct ur_call *call, struct sip_msg *response)
{
	if(!call->dialog.is_started || parse_headers(response, HDR_EOH_F, 0) < 0
			|| !has_routes_behind(call, response)
			|| (response->REPLY_STATUS < 200
					&& !ur_dialog_is_reliable(response)))
		return;
	if(sign_routes(call, response) < 0)
		LM_INFO("Record-Route of a response can't be parsed, or memory is out:"
				" requests in the dialog will be refused\n");
}
