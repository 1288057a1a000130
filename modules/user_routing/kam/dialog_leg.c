/*
 * Seals the dialog of a leg into its Record-Route.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/dialog_leg.h"

#include <time.h>

#include "core/dprint.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "kam/address.h"
#include "kam/compat.h"
#include "kam/dialog.h"
#include "kam/headers.h"
#include "kam/record_route.h"
#include "kam/routes.h"
#include "modules/tm/h_table.h"
#include "policy/caller.h"
#include "policy/mailbox.h"
#include "policy/param.h"

static const rr_api_t *rr;

void ur_dialog_leg_init(const rr_api_t *binds)
{
	rr = binds;
}

/* ---- where the leg goes */

/* Unknown if the next hop is a name: tm resolves it later. */
static void address_of_leg(struct sip_msg *msg, struct ur_address *address)
{
	const str next = msg->dst_uri.len > 0 ? msg->dst_uri : *GET_RURI(msg);
	struct sip_uri uri;

	memset(address, 0, sizeof(*address));
	if(parse_uri(next.s, next.len, &uri) < 0
			|| !ur_address_read_ip(uri.host, address))
		return;
	address->protocol = uri.proto != PROTO_NONE	 ? uri.proto
						: uri.type == SIPS_URI_T ? PROTO_TLS
												 : PROTO_UDP;
	address->port = uri.port_no != 0				 ? uri.port_no
					: address->protocol == PROTO_TLS ? SIPS_PORT
													 : SIP_PORT;
}

static struct ur_text device_of_leg(
		const struct sip_msg *msg, const struct ur_live_call *live)
{
	struct ur_member member;
	int place;

	if(live->call.phase != UR_CALL_RINGING)
		return UR_TEXT("");
	place = ur_live_call_place_of(live, msg->ruid);
	if(place == UR_NO_PLACE)
		return UR_TEXT("");
	member = ur_plan_member(&live->call.plan, place);
	return ur_member_aor(&member);
}

/* ---- the seal */

/* All legs of a message share one key. */
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

static struct ur_text mailbox_of(
		const struct ur_live_call *live, char buf[UR_MAILBOX_KEY_MAX])
{
	const int len = live->is_mailbox ? ur_mailbox_key(
							live->call.caller.user, buf, UR_MAILBOX_KEY_MAX)
									 : 0;

	return (struct ur_text){buf, len};
}

/* The callee's address is pinned only if there is no Path: a phone behind an edge proxy is not at
 * the address that the call is sent to. */
int ur_dialog_seal_leg(struct sip_msg *msg, const struct ur_live_call *live,
		struct ur_text from_shown, struct ur_text to_shown)
{
	char mailbox[UR_MAILBOX_KEY_MAX];
	struct ur_dialog dialog = {
			.began = time(NULL),
			.is_to_gateway =
					ur_caller_leg_is_pstn(ur_live_call_leg_to(live, msg->ruid)),
			.is_own_account = ur_caller_is_of_callees_account(
					&live->call.chain, &live->call.caller),
			.is_emergency = live->call.is_emergency,
			.caller = {.device = live->call.caller.aor,
					.is_pinned = live->dialog.is_pinned},
			.callee = {.device = device_of_leg(msg, live),
					.is_pinned = msg->path_vec.len == 0},
			.from = ur_text_of_str(get_from(msg)->uri),
			.from_shown = from_shown,
			.to = ur_text_of_str(get_to(msg)->uri),
			.to_shown = to_shown,
			.routes = {(const char *)live->dialog.routes,
					live->dialog.routes_count > 0 ? UR_DIALOG_ROUTES_SIZE : 0},
			.mailbox = mailbox_of(live, mailbox),
	};

	if(!live->dialog.is_started)
		return 0;
	memcpy(dialog.id, live->dialog.id, sizeof(dialog.id));
	ur_address_source(msg, &dialog.caller.address);
	address_of_leg(msg, &dialog.callee.address);
	return add_param(msg, &dialog);
}

bool ur_dialog_open_leg(
		const struct cell *t, int branch, struct ur_leg_dialog *leg)
{
	const struct sip_msg *request = t->uas.request;
	struct ur_seal_key key;
	struct ur_text sealed;
	int len;

	if(!ur_seal_is_there() || branch < 0 || branch >= t->nr_of_outgoings
			|| request == NULL || request->callid == NULL
			|| request->from == NULL || request->from->parsed == NULL)
		return false;
	sealed = ur_record_route_param(
			&t->uac[branch].request, UR_TEXT(UR_DIALOG_PARAM));
	if(ur_text_is_empty(sealed))
		return false;
	ur_seal_make_key(ur_text_of_str(request->callid->body),
			ur_text_of_str(get_from(request)->tag_value), &key);
	len = ur_seal_open(&key, sealed, leg->bytes, sizeof(leg->bytes));
	return len >= 0
		   && ur_dialog_read(&leg->dialog, leg->bytes, len, leg->texts);
}

/* ---- the routes after this proxy */

/* Signs the routes of the proxies after this one. Our own routes are from `own` to before `end`.
 * Those above `own` follow ours in the caller's requests, in reverse order. */
static int sign(struct sip_msg *msg, struct ur_text side,
		const struct ur_routes *routes, int own, int end)
{
	const struct ur_text prefix = UR_TEXT(";" UR_ROUTES_PARAM "=");
	char param[sizeof(";" UR_ROUTES_PARAM "=")
			   + UR_SEAL_CHARACTERS(UR_SEAL_MAC_SIZE)];
	const struct ur_text text = {
			param, prefix.len + UR_SEAL_CHARACTERS(UR_SEAL_MAC_SIZE)};
	uint8_t mac[UR_SEAL_MAC_SIZE];

	if(ur_routes_mac(
			   routes, own, 0, side, ur_text_of_str(msg->callid->body), mac)
			< 0)
		return -1;
	memcpy(param, prefix.s, prefix.len);
	ur_seal_write(mac, sizeof(mac), param + prefix.len);
	for(; own < end; own++) {
		const struct ur_text uri = routes->uri[own];

		if(ur_header_insert(msg, uri.s + uri.len, text) < 0)
			return -1;
	}
	return 0;
}

bool ur_dialog_has_remote_target(const struct sip_msg *response)
{
	return response->REPLY_STATUS > 100 && response->REPLY_STATUS < 300;
}

static bool is_ours(struct ur_text uri, struct ur_text *params)
{
	struct ur_text value;

	return ur_routes_own_params(uri, params)
		   && ur_param_find(*params, UR_TEXT(UR_DIALOG_PARAM), &value);
}

/* A list that the called side has changed gets no signature. */
static int sign_routes(const struct ur_live_call *live, struct ur_text side,
		struct sip_msg *msg)
{
	struct ur_routes routes;
	struct ur_text params, value;
	int own, end;

	if(ur_routes_read(msg, HDR_RECORDROUTE_T, &routes) < 0
			|| msg->callid == NULL)
		return -1;
	end = routes.count - live->dialog.routes_count;
	own = end - 1;
	if(own <= 0 || !is_ours(routes.uri[own], &params))
		return 0;
	if(ur_param_find(params, UR_TEXT("r2"), &value))
		own--;
	return own > 0 && is_ours(routes.uri[own], &params)
				   ? sign(msg, side, &routes, own, end)
				   : 0;
}

static bool has_routes_behind(
		const struct ur_live_call *live, struct sip_msg *msg)
{
	const struct hdr_field *const first = msg->record_route;

	return first != NULL
		   && (next_sibling_hdr(first) != NULL || live->dialog.routes_count > 0
				   || memchr(first->body.s, ',', first->body.len) != NULL);
}

void ur_dialog_on_response(const struct ur_live_call *live,
		const struct cell *t, int branch, struct sip_msg *response)
{
	struct ur_response_dialog of = {.is_from_caller = false};
	struct ur_text sealed;
	bool is_kept;

	if(!live->dialog.is_started || parse_headers(response, HDR_EOH_F, 0) < 0
			|| branch < 0 || branch >= t->nr_of_outgoings)
		return;
	is_kept = ur_record_route_keep(&t->uac[branch].request, response,
			UR_TEXT(UR_DIALOG_PARAM), &sealed);
	ur_side_of_callee(&of.side, live->dialog.id, sealed);
	ur_dialog_note_response(response, &of);
	if(!is_kept || !has_routes_behind(live, response)
			|| !ur_dialog_has_remote_target(response))
		return;
	if(sign_routes(live, ur_side_text(&of.side), response) < 0)
		LM_DBG("Record-Route of a response can't be signed (it can't be parsed,"
			   " or out of memory): requests in the dialog will be refused\n");
}
