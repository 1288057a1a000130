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
#include "core/mem/mem.h"
#include "core/parser/parse_from.h"
#include "core/route.h"
#include "kam/compat.h"
#include "modules/uac/api.h"
#include "policy/identity.h"
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

/* Does the leg go to the PSTN? */
static bool is_pstn(const struct ur_call *call)
{
	return call->phase == UR_CALL_OUTBOUND
		   || (call->phase == UR_CALL_LEFT
				   && ur_text_equal(call->target.kind, UR_TEXT("forward")));
}

/* Also true when the phone's user is gone since it has authenticated. */
static bool is_phone(const struct ur_call *call)
{
	return !ur_text_is_empty(call->caller.aor);
}

/* Towards the PSTN: the number of who forwards, else of who calls. */
static void pstn_identity(
		const struct ur_call *call, struct ur_identity *identity)
{
	const struct ur_user *forwarder = ur_call_user(call);
	const struct ur_user *user = forwarder ? forwarder : call->caller.user;
	const struct ur_account *account = NULL;

	if(user != NULL && (forwarder != NULL || !call->caller.is_private))
		account = ur_table_account_by_number(table, user->account);
	if(account == NULL) {
		ur_identity_anonymous(identity);
		return;
	}
	ur_identity_of_number(account, user,
			forwarder ? call->caller.dialled : call->caller.domain, identity);
	ur_account_put(account);
}

/* False: what the trunk has asserted stays. */
static bool leg_identity(
		const struct ur_call *call, struct ur_identity *identity)
{
	if(is_pstn(call))
		pstn_identity(call, identity);
	else if(call->caller.user != NULL && !call->caller.is_private)
		ur_identity_of_user(call->caller.user, call->caller.domain, identity);
	else if(call->caller.is_private || is_phone(call))
		ur_identity_anonymous(identity);
	else
		return false;
	return true;
}

/* ---- headers */

static bool is_header(const struct hdr_field *header, struct ur_text name)
{
	return header->name.len == name.len
		   && strncasecmp(header->name.s, name.s, name.len) == 0;
}

static bool asserts_identity(const struct hdr_field *header)
{
	return is_header(header, UR_TEXT("P-Asserted-Identity"))
		   || is_header(header, UR_TEXT("P-Preferred-Identity"))
		   || is_header(header, UR_TEXT("Remote-Party-ID"));
}

static bool tells_diversion(const struct hdr_field *header)
{
	return is_header(header, UR_TEXT("Diversion"))
		   || is_header(header, UR_TEXT("History-Info"));
}

static int remove_header(struct sip_msg *msg, const struct hdr_field *header)
{
	return del_lump(msg, header->name.s - msg->buf, header->len, 0) != NULL
				   ? 0
				   : -1;
}

/* A phone may say neither who calls nor who diverted; a trunk may say the
 * latter. */
static int remove_headers(struct sip_msg *msg, bool from_phone)
{
	const struct hdr_field *header;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(!asserts_identity(header)
				&& !(from_phone && tells_diversion(header)))
			continue;
		if(remove_header(msg, header) < 0)
			return -1;
	}
	return 0;
}

static int add_headers(struct sip_msg *msg, const char *text, int len)
{
	struct lump *anchor;
	char *copy;

	if(len == 0)
		return 0;
	anchor = anchor_lump(msg, msg->unparsed - msg->buf, 0, 0);
	copy = anchor != NULL ? pkg_malloc(len) : NULL;
	if(copy == NULL)
		return -1;
	memcpy(copy, text, len);
	if(insert_new_lump_before(anchor, copy, len, 0) != NULL)
		return 0;
	pkg_free(copy);
	return -1;
}

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
		else if(remove_header(msg, header) < 0)
			return -1;
	}
	return asked ? 0 : add_headers(msg, id.s, id.len);
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
	return add_headers(msg, text, len);
}

static int add_diversions(struct sip_msg *msg, const struct ur_call *call)
{
	static char text[HEADERS_MAX];
	int len = ur_identity_diversions(&call->chain, call->caller.dialled,
			call->target_uri, text, sizeof(text));

	return len < 0 ? -1 : add_headers(msg, text, len);
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

	if(parse_from_header(msg) < 0)
		return -1;
	if(leg_identity(call, &identity)) {
		if(remove_headers(msg, is_phone(call)) < 0
				|| add_asserted(msg, &identity) < 0
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
