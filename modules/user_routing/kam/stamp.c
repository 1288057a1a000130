/*
 * Identity and diversion headers of each leg, set while the leg is built.
 *
 * From is replaced for this leg only. Responses get the caller's own From back (kam/from_to.h), and
 * so do requests inside the dialog (kam/dialog.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/stamp.h"

#include <stdio.h>

#include "core/dprint.h"
#include "core/dset.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "kam/compat.h"
#include "kam/context.h"
#include "kam/dialog.h"
#include "kam/diversions.h"
#include "kam/from_to.h"
#include "kam/group_leg.h"
#include "kam/headers.h"
#include "kam/leg_headers.h"
#include "policy/caller.h"
#include "policy/output.h"
#include "policy/privacy.h"

/* A user part and a host; those of a forward are the longest. */
#define ADDRESS_MAX 1024

/* ---- which identity */

/* False: the trunk's asserted identity stays. */
static bool leg_identity(const struct ur_live_call *live, int place,
		enum ur_leg_to to, struct ur_identity *identity)
{
	const struct ur_account *account = NULL;
	struct ur_chain copy;
	const struct ur_chain *chain = ur_call_leg_chain(&live->call, place, &copy);
	uint32_t number;
	bool stamped;

	if(ur_caller_account(to, chain, &live->call.caller, &number))
		account = ur_table_account_by_number(ur_context_table(), number);
	stamped = ur_caller_identity(
			to, chain, &live->call.caller, account, identity);
	ur_table_account_put(account);
	return stamped;
}

/* ---- headers */

/* An anonymous leg has Privacy: id, unless the caller's own Privacy headers ask for at least that.
 * A header that asks for the opposite is removed. */
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

/* An emergency call has no Privacy, even if there is no number to show. */
static int add_asserted(struct sip_msg *msg, enum ur_leg_to to,
		const struct ur_identity *identity)
{
	char text[UR_IDENTITY_DISPLAY_MAX + UR_IDENTITY_URI_MAX + 64];
	int len;

	if(identity->anonymous)
		return to == UR_LEG_TO_EMERGENCY ? 0 : hide(msg);
	len = snprintf(text, sizeof(text), "P-Asserted-Identity: %.*s%s<%.*s>\r\n",
			identity->display_len, identity->display,
			identity->display_len ? " " : "", identity->uri_len, identity->uri);
	return ur_header_add(msg, NULL, (struct ur_text){text, len});
}

/* ---- From and To */

/* A tel: URI has no host: the number belongs to the dialled domain. So does that of another account's
 * did, which must not show the caller's domain. */
static int put_address(struct ur_output *out, const str *text,
		const struct ur_call *call, bool to_gateway)
{
	struct sip_uri uri;

	if(parse_uri(text->s, text->len, &uri) < 0)
		return -1;
	ur_output_put(out, UR_TEXT("sip:"));
	if(uri.user.len > 0) {
		ur_output_put(out, ur_text_of_str(uri.user));
		ur_output_put(out, UR_TEXT("@"));
	}
	if(uri.host.len > 0
			&& (to_gateway
					|| !ur_caller_is_outside(&call->chain, &call->caller)))
		ur_output_put(out, ur_text_of_str(uri.host));
	else
		ur_output_put(out, call->caller.dialled);
	return out->len < 0 ? -1 : 0;
}

/* To for a gateway is the number to call; for others it is what a phone has dialled. It is the
 * address alone, without name and parameters. */
static int set_to(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_leg_to to, struct ur_output *shown)
{
	const bool to_gateway = ur_caller_leg_is_pstn(to);

	if(!to_gateway && !ur_caller_is_phone(&live->call.caller)) {
		ur_output_put(shown, ur_text_of_str(get_to(msg)->uri));
		return shown->len < 0 ? -1 : 0;
	}
	if(put_address(shown, to_gateway ? GET_RURI(msg) : &get_to(msg)->uri,
			   &live->call, to_gateway)
			< 0)
		return -1;
	return ur_from_to_set(msg, msg->to, UR_TEXT(""),
			(struct ur_text){shown->buf, shown->len});
}

static int set_from(struct sip_msg *msg, const struct ur_identity *identity)
{
	return ur_from_to_set(msg, msg->from,
			(struct ur_text){identity->display, identity->display_len},
			(struct ur_text){identity->uri, identity->uri_len});
}

/* identity: of a stamped leg, which gets the prefix. */
static int add_of_group(struct sip_msg *msg, const struct ur_group *group,
		bool is_stamped, struct ur_identity *identity)
{
	const struct ur_text prefix = ur_slice_text(group, group->cid_name_prefix);

	if(is_stamped && !ur_text_is_empty(prefix))
		ur_identity_prefix(identity, prefix);
	if(!is_stamped && ur_group_leg_prefix(msg, group) < 0)
		return -1;
	return ur_group_leg_alert(msg, group);
}

/* Such a leg tells who diverted the call: an external phone's user has, too. */
static bool has_left(const struct ur_live_call *live, enum ur_leg_to to)
{
	return live->call.phase == UR_CALL_LEFT
		   || (live->call.phase == UR_CALL_RINGING && to == UR_LEG_TO_FORWARD);
}

static int stamp(struct sip_msg *msg, const struct ur_live_call *live)
{
	const int place = ur_live_call_place_of(live, msg->ruid);
	const enum ur_leg_to to = ur_call_leg_to(&live->call, live->target, place);
	char address[ADDRESS_MAX];
	struct ur_output to_shown = {address, 0, sizeof(address)};
	struct ur_identity identity;
	const bool is_stamped = leg_identity(live, place, to, &identity);
	const struct ur_group *group =
			to == UR_LEG_TO_DEVICE ? ur_group_leg(live, place) : NULL;
	struct ur_text from_shown;

	if(parse_from_header(msg) < 0 || parse_to_header(msg) < 0
			|| ur_leg_headers_clean(msg, live, to, is_stamped) < 0)
		return -1;
	from_shown = ur_text_of_str(get_from(msg)->uri);
	if(group != NULL && add_of_group(msg, group, is_stamped, &identity) < 0)
		return -1;
	if(is_stamped) {
		if(add_asserted(msg, to, &identity) < 0 || set_from(msg, &identity) < 0)
			return -1;
		from_shown = (struct ur_text){identity.uri, identity.uri_len};
	}
	if(set_to(msg, live, to, &to_shown) < 0
			|| (has_left(live, to) && ur_diversions_add(msg, live, to) < 0))
		return -1;
	return ur_dialog_seal_leg(msg, live, from_shown,
			(struct ur_text){to_shown.buf, to_shown.len});
}

/* tm does not send a branch whose next hop can't be parsed. So a leg that would show an unverified
 * identity is not sent. */
static void give_up(struct sip_msg *msg)
{
	str nowhere = str_init("-");

	LM_ERR("a leg is not sent: its identity headers can't be set, out of"
		   " private memory or a URI is too long\n");
	if(set_dst_uri(msg, &nowhere) < 0)
		LM_ERR("a leg is sent without its identity headers, as it can't be"
			   " stopped: out of private memory\n");
}

void ur_stamp_leg(struct sip_msg *msg, const struct ur_live_call *live)
{
	if(stamp(msg, live) < 0)
		give_up(msg);
}
