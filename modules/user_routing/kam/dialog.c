/*
 * Dialogs: the functions that the script calls when one begins, for each request in it, and for
 * responses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/dialog.h"

#include "core/dprint.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "kam/answer.h"
#include "kam/compat.h"
#include "kam/dialog_leg.h"
#include "kam/dialog_request.h"
#include "kam/headers.h"
#include "kam/hop.h"
#include "kam/remote_target.h"
#include "kam/request.h"
#include "kam/routes.h"
#include "modules/rr/api.h"
#include "modules/tm/tm_load.h"

static rr_api_t rr;
static struct tm_binds tmb;

/* For the message being processed; private to this process. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	struct ur_call_dialog start;
} started;

int ur_dialog_init(void)
{
	if(!ur_seal_is_there())
		return 0;
	if(load_rr_api(&rr) != 0 || load_tm_api(&tmb) != 0) {
		LM_ERR("dialog_secret needs the modules rr and tm: add loadmodule"
			   " \"rr.so\" and \"tm.so\" before user_routing.so\n");
		return -1;
	}
	ur_dialog_request_init(&rr, &tmb);
	ur_dialog_leg_init(&rr);
	return 0;
}

/* ---- sides */

void ur_side_of_caller(struct ur_side *side, const uint8_t *dialog_id)
{
	memcpy(side->bytes, dialog_id, UR_DIALOG_ID_SIZE);
	side->len = UR_DIALOG_ID_SIZE;
}

void ur_side_of_callee(
		struct ur_side *side, const uint8_t *dialog_id, struct ur_text sealed)
{
	const int len =
			sealed.len < UR_SIDE_LEG_SIZE ? sealed.len : UR_SIDE_LEG_SIZE;

	ur_side_of_caller(side, dialog_id);
	if(len > 0)
		memcpy(side->bytes + side->len, sealed.s, len);
	side->len += len;
}

/* ---- the beginning */

void ur_dialog_take_start(struct sip_msg *msg, struct ur_call_dialog *start)
{
	if(started.msg_id == msg->id && started.msg_pid == msg->pid
			&& started.start.is_started)
		*start = started.start;
	else if(ur_seal_is_there())
		LM_WARN("the script did not call user_dialog_start() for this call:"
				" requests in its dialog will be refused\n");
}

static int remove_routes(struct sip_msg *msg)
{
	const struct hdr_field *header;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(header->type == HDR_ROUTE_T && ur_header_remove(msg, header) < 0)
			return -1;
	}
	return 0;
}

static int sign_routes(
		struct sip_msg *msg, struct ur_text side, struct ur_call_dialog *start)
{
	struct ur_routes routes;

	if(ur_routes_read(msg, HDR_RECORDROUTE_T, &routes) < 0)
		return -1;
	start->routes_count = routes.count;
	return routes.count == 0
				   ? 0
				   : ur_routes_mac(&routes, 0, routes.count, side,
						   ur_text_of_str(msg->callid->body), start->routes);
}

static int begin(struct sip_msg *msg, const str *hop)
{
	struct ur_call_dialog start = {.is_started = true,
			.is_pinned = !ur_hop_is_trusted(hop) && !ur_hop_is_edge(hop)};
	struct ur_target_owner owner = {.is_caller = true};
	struct ur_side side;

	if(!ur_request_names_are_good(msg) || msg->callid == NULL)
		return 400;
	randombytes_buf(start.id, sizeof(start.id));
	ur_side_of_caller(&side, start.id);
	owner.side = ur_side_text(&side);
	owner.call_id = ur_text_of_str(msg->callid->body);
	owner.tag = ur_text_of_str(get_from(msg)->tag_value);
	if(sign_routes(msg, owner.side, &start) < 0
			|| ur_remote_target_sign(msg, ur_hop_is_trusted(hop), &owner) < 0)
		return 400;
	if(remove_routes(msg) < 0 || rr.record_route(msg, NULL) < 0)
		return 500;
	started.msg_id = msg->id;
	started.msg_pid = msg->pid;
	started.start = start;
	return 0;
}

int ur_dialog_start(struct sip_msg *msg, str *hop)
{
	const int status = ur_seal_is_set_up() ? begin(msg, hop) : 500;

	if(status == 0)
		return 1;
	ur_answer_set(msg, status);
	return -1;
}

/* ---- user_dialog_reply() */

/* The dialog that the response belongs to, noted before tm acts on it. Private to this process. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	struct ur_response_dialog of;
} response;

void ur_dialog_note_response(
		const struct sip_msg *msg, const struct ur_response_dialog *of)
{
	response.msg_id = msg->id;
	response.msg_pid = msg->pid;
	response.of = *of;
}

static int sign_contact(struct sip_msg *msg, bool trusted)
{
	struct ur_target_owner owner = {.side = ur_side_text(&response.of.side),
			.is_caller = response.of.is_from_caller};

	if(response.msg_id != msg->id || response.msg_pid != msg->pid
			|| msg->callid == NULL || parse_to_header(msg) < 0)
		return 0;
	owner.call_id = ur_text_of_str(msg->callid->body);
	owner.tag = ur_text_of_str(get_to(msg)->tag_value);
	return ur_remote_target_sign(msg, trusted, &owner);
}

/* ---- the id */

/* Of the request in a dialog that is being processed. Private to this process. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	uint8_t id[UR_DIALOG_ID_SIZE];
} inside;

void ur_dialog_note_request(
		const struct sip_msg *msg, const uint8_t id[UR_DIALOG_ID_SIZE])
{
	inside.msg_id = msg->id;
	inside.msg_pid = msg->pid;
	memcpy(inside.id, id, UR_DIALOG_ID_SIZE);
}

static const uint8_t *find_id(const struct sip_msg *msg)
{
	const struct ur_live_call *live;

	if(inside.msg_id == msg->id && inside.msg_pid == msg->pid)
		return inside.id;
	if(response.msg_id == msg->id && response.msg_pid == msg->pid)
		return (const uint8_t *)response.of.side.bytes;
	if(started.msg_id == msg->id && started.msg_pid == msg->pid)
		return started.start.id;
	live = ur_live_call_get();
	return live != NULL && live->dialog.is_started ? live->dialog.id : NULL;
}

bool ur_dialog_id(const struct sip_msg *msg, uint8_t id[UR_DIALOG_ID_SIZE])
{
	const uint8_t *found = find_id(msg);

	if(found != NULL)
		memcpy(id, found, UR_DIALOG_ID_SIZE);
	return found != NULL;
}

int ur_dialog_reply(struct sip_msg *msg, str *hop)
{
	if(!ur_seal_is_set_up())
		return -1;
	if(ur_headers_clean(msg,
			   ur_hop_is_trunk(hop) ? UR_HEADER_SERVED : UR_HEADERS_OF_TRUNKS)
			< 0)
		return -1;
	if(ur_dialog_has_remote_target(msg)
			&& sign_contact(msg, ur_hop_is_trusted(hop)) < 0)
		return -1;
	return 1;
}
