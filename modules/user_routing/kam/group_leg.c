/*
 * What a group adds to the legs that ring its members.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/group_leg.h"

#include <stdio.h>

#include "core/parser/parse_from.h"
#include "kam/asserted.h"
#include "kam/compat.h"
#include "kam/from_to.h"
#include "kam/headers.h"
#include "policy/output.h"

const struct ur_group *ur_group_leg(const struct ur_live_call *live, int place)
{
	const struct ur_roster *roster = live->call.plan.roster;

	return roster != NULL && live->call.phase == UR_CALL_RINGING
						   && place != UR_NO_PLACE
				   ? roster->group
				   : NULL;
}

/* ---- the prefix */

/* False: a text is too long. */
static bool set(struct ur_identity *identity, str display, str uri)
{
	if(uri.len <= 0 || uri.len > UR_IDENTITY_URI_MAX
			|| display.len > UR_IDENTITY_DISPLAY_MAX)
		return false;
	memcpy(identity->uri, uri.s, uri.len);
	identity->uri_len = uri.len;
	identity->display_len = display.len > 0 ? display.len : 0;
	if(display.len > 0)
		memcpy(identity->display, display.s, display.len);
	return true;
}

static int prefix_from(struct sip_msg *msg, struct ur_text prefix)
{
	const struct to_body *from = get_from(msg);
	struct ur_identity identity;

	if(!set(&identity, from->display, from->uri))
		return 0;
	ur_identity_prefix(&identity, prefix);
	return ur_from_to_set(msg, msg->from,
			(struct ur_text){identity.display, identity.display_len},
			ur_text_of_str(from->uri));
}

static int add(struct sip_msg *msg, const struct ur_identity *identity)
{
	char line[UR_IDENTITY_DISPLAY_MAX + UR_IDENTITY_URI_MAX + 64];
	const int len = snprintf(line, sizeof(line),
			"P-Asserted-Identity: %.*s <%.*s>\r\n", identity->display_len,
			identity->display, identity->uri_len, identity->uri);

	return ur_header_add(msg, NULL, (struct ur_text){line, len});
}

/* Can each of its URIs be read, to its end? */
static bool is_readable(const struct hdr_field *header)
{
	str rest = header->body, display, uri;
	struct ur_identity identity;
	int count = 0;

	while((uri = ur_asserted_next(&rest, &display)).len > 0) {
		if(!set(&identity, display, uri))
			return false;
		count++;
	}
	return count > 0 && rest.len == 0;
}

/* One header for each URI (RFC 3325 §9.1: one or two). */
static int prefix_asserted(struct sip_msg *msg, const struct hdr_field *header,
		struct ur_text prefix)
{
	str rest = header->body, display, uri;
	struct ur_identity identity;

	if(!is_readable(header))
		return 0;
	while((uri = ur_asserted_next(&rest, &display)).len > 0) {
		set(&identity, display, uri);
		ur_identity_prefix(&identity, prefix);
		if(add(msg, &identity) < 0)
			return -1;
	}
	return ur_header_remove(msg, header);
}

int ur_group_leg_prefix(struct sip_msg *msg, const struct ur_group *group)
{
	const struct ur_text prefix = ur_slice_text(group, group->cid_name_prefix);
	const struct hdr_field *header;

	if(ur_text_is_empty(prefix))
		return 0;
	if(prefix_from(msg, prefix) < 0 || parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("P-Asserted-Identity"))
				&& !ur_header_is_removed(msg, header)
				&& prefix_asserted(msg, header, prefix) < 0)
			return -1;
	}
	return 0;
}

/* ---- Alert-Info */

int ur_group_leg_alert(struct sip_msg *msg, const struct ur_group *group)
{
	const struct ur_text value = ur_slice_text(group, group->alert_info);
	char line[300];
	struct ur_output out = {line, 0, sizeof(line)};
	const struct hdr_field *header;

	if(ur_text_is_empty(value))
		return 0;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("Alert-Info"))
				&& !ur_header_is_removed(msg, header)
				&& ur_header_remove(msg, header) < 0)
			return -1;
	}
	ur_output_put(&out, UR_TEXT("Alert-Info: "));
	ur_output_put(&out, value);
	ur_output_put(&out, UR_TEXT("\r\n"));
	return out.len < 0
				   ? -1
				   : ur_header_add(msg, NULL, (struct ur_text){line, out.len});
}
