/*
 * Who is calling, stamped on each leg as it is built.
 *
 * From is replaced through uac, which restores it in replies and in requests
 * inside the dialog, so the caller sees its own From back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/stamp.h"

#include <string.h>

#include "core/data_lump.h"
#include "core/dprint.h"
#include "core/parser/parse_from.h"
#include "core/route.h"
#include "kam/compat.h"
#include "kam/headers.h"
#include "kam/leg_headers.h"
#include "modules/uac/api.h"
#include "policy/caller.h"
#include "policy/history.h"
#include "policy/privacy.h"

#define HEADERS_MAX 8192

static uac_api_t uac;
static struct ur_table *table;

int ur_stamp_init(struct ur_table *t)
{
	table = t;
	if(load_uac_api(&uac) == 0)
		return 0;
	LM_ERR("uac is not there: add loadmodule \"uac.so\" before"
		   " user_routing.so\n");
	return -1;
}

/* ---- which identity */

static enum ur_leg_to leg_to(const struct ur_call *call)
{
	switch(call->phase) {
		case UR_CALL_OUTBOUND:
			return UR_LEG_TO_OUTBOUND;
		case UR_CALL_LEFT:
			return ur_caller_leg_to(call->target);
		default:
			return UR_LEG_TO_DEVICE;
	}
}

/* False: what the trunk has asserted stays. */
static bool leg_identity(
		const struct ur_call *call, struct ur_identity *identity)
{
	const enum ur_leg_to to = leg_to(call);
	const struct ur_account *account = NULL;
	uint32_t number;
	bool stamped;

	if(ur_caller_account(to, &call->chain, &call->caller, &number))
		account = ur_table_account_by_number(table, number);
	stamped = ur_caller_identity(
			to, &call->chain, &call->caller, account, identity);
	ur_account_put(account);
	return stamped;
}

/* ---- headers */

/* An anonymous leg says Privacy: id, unless the caller's own headers ask for as much;
 * what asks for the opposite goes. */
static int hide(struct sip_msg *msg)
{
	const struct ur_text id = UR_TEXT("Privacy: id\r\n");
	const struct hdr_field *header;
	bool asked = false;

	for(header = msg->privacy; header != NULL; header = header->next) {
		unsigned privacy;

		if(header->type != HDR_PRIVACY_T)
			continue;
		privacy = ur_privacy_read(ur_text_of_str(header->body));
		if(!(privacy & UR_PRIVACY_NONE))
			asked |= privacy & UR_PRIVACY_ASKED;
		else if(ur_header_remove(msg, header) < 0)
			return -1;
	}
	return asked ? 0 : ur_header_add(msg, NULL, id);
}

static int add_asserted(struct sip_msg *msg, const struct ur_identity *identity)
{
	char text[UR_IDENTITY_DISPLAY_MAX + UR_IDENTITY_URI_MAX + 64];
	int len;

	if(identity->anonymous)
		return hide(msg);
	len = snprintf(text, sizeof(text), "P-Asserted-Identity: %.*s%s<%.*s>\r\n",
			identity->display_len, identity->display,
			identity->display_len ? " " : "", identity->uri_len, identity->uri);
	return ur_header_add(msg, NULL, (struct ur_text){text, len});
}

/* ---- who diverted */

/* What a trunk says about diversions before the call came here. */
struct told
{
	const struct hdr_field *diversion; /* the first one, or NULL */
	struct ur_text index; /* of the last entry of History-Info, or empty */
};

static struct told find_told(const struct sip_msg *msg)
{
	struct told told = {NULL, UR_TEXT_INIT("")};
	const struct hdr_field *header;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("Diversion"))) {
			if(told.diversion == NULL)
				told.diversion = header;
		} else if(ur_header_is(header, UR_TEXT("History-Info"))) {
			told.index = ur_history_last_index(ur_text_of_str(header->body));
		}
	}
	return told;
}

/* A history that can't be continued would make two of them: it goes. */
static int remove_history(struct sip_msg *msg)
{
	const struct hdr_field *header;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("History-Info"))
				&& ur_header_remove(msg, header) < 0)
			return -1;
	}
	return 0;
}

/* The latest diversion is on top, the latest entry of the history at the end. */
static int add_diversions(struct sip_msg *msg, const struct ur_call *call)
{
	static char text[HEADERS_MAX];
	const struct ur_text domain = call->caller.dialled;
	struct told told = {NULL, UR_TEXT_INIT("")};
	int len = ur_history_diversions(&call->chain, domain, text, sizeof(text));

	if(len <= 0)
		return len;
	if(!ur_caller_is_phone(&call->caller))
		told = find_told(msg);
	if(ur_header_add(msg, told.diversion, (struct ur_text){text, len}) < 0)
		return -1;
	if(!ur_caller_is_phone(&call->caller) && ur_text_is_empty(told.index)
			&& remove_history(msg) < 0)
		return -1;
	len = ur_history_info(&call->chain, domain, call->target_uri, told.index,
			text, sizeof(text));
	return len < 0 ? -1 : ur_header_add(msg, NULL, (struct ur_text){text, len});
}

/* ---- From */

/* To uac no name means: leave the one that is there, which the phone made up. */
static int drop_display(struct sip_msg *msg, const struct ur_identity *identity)
{
	const str *old = &get_from(msg)->display;

	if(identity->display_len > 0 || old->len == 0)
		return 0;
	return del_lump(msg, old->s - msg->buf, old->len, 0) != NULL ? 0 : -1;
}

/* uac counts on one From for all branches when it is called in a request route,
 * which is where tm may be building this branch. */
static int replace_from(struct sip_msg *msg, const struct ur_identity *identity)
{
	str display = {(char *)identity->display, identity->display_len};
	str uri = {(char *)identity->uri, identity->uri_len};
	int route_type = get_route_type();
	int err;

	if(drop_display(msg, identity) < 0)
		return -1;
	set_route_type(BRANCH_ROUTE);
	err = uac.replace_from(msg, &display, &uri);
	set_route_type(route_type);
	return err;
}

/* Nothing to do for a phone that says who it is just as we would. */
static bool from_is(struct sip_msg *msg, const struct ur_identity *identity)
{
	const struct to_body *from = get_from(msg);

	return from->uri.len == identity->uri_len
		   && memcmp(from->uri.s, identity->uri, identity->uri_len) == 0
		   && from->display.len == identity->display_len
		   && memcmp(from->display.s, identity->display, identity->display_len)
					  == 0;
}

static int stamp(struct sip_msg *msg, const struct ur_call *call)
{
	struct ur_identity identity;
	const bool is_stamped = leg_identity(call, &identity);

	if(parse_from_header(msg) < 0
			|| ur_leg_headers_clean(msg, call, leg_to(call), is_stamped) < 0)
		return -1;
	if(is_stamped) {
		if(add_asserted(msg, &identity) < 0
				|| (!from_is(msg, &identity)
						&& replace_from(msg, &identity) != 0))
			return -1;
	}
	return call->phase == UR_CALL_LEFT ? add_diversions(msg, call) : 0;
}

void ur_stamp_leg(struct sip_msg *msg, const struct ur_call *call)
{
	if(stamp(msg, call) < 0)
		LM_ERR("a leg could not be stamped with who is calling: out of memory,"
			   " or a From that can't be parsed\n");
}
