/*
 * Headers of a message taken out and added.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/headers.h"

#include <string.h>
#include <strings.h>

#include "core/data_lump.h"
#include "core/mem/mem.h"

bool ur_header_is(const struct hdr_field *header, struct ur_text name)
{
	return header->name.len == name.len
		   && strncasecmp(header->name.s, name.s, name.len) == 0;
}

int ur_header_remove(struct sip_msg *msg, const struct hdr_field *header)
{
	return del_lump(msg, header->name.s - msg->buf, header->len, 0) != NULL
				   ? 0
				   : -1;
}

int ur_header_add(struct sip_msg *msg, const struct hdr_field *before,
		struct ur_text lines)
{
	const char *place = before != NULL ? before->name.s : msg->unparsed;
	struct lump *anchor;
	char *copy;

	if(ur_text_is_empty(lines))
		return 0;
	anchor = anchor_lump(msg, place - msg->buf, 0, 0);
	copy = anchor != NULL ? pkg_malloc(lines.len) : NULL;
	if(copy == NULL)
		return -1;
	memcpy(copy, lines.s, lines.len);
	if(insert_new_lump_before(anchor, copy, lines.len, 0) != NULL)
		return 0;
	pkg_free(copy);
	return -1;
}

static bool is_identity(const struct hdr_field *header)
{
	static const struct ur_text names[] = {
			UR_TEXT_INIT("P-Asserted-Identity"),
			UR_TEXT_INIT("P-Preferred-Identity"),
			UR_TEXT_INIT("Remote-Party-ID"),
			UR_TEXT_INIT("Diversion"),
			UR_TEXT_INIT("History-Info"),
			UR_TEXT_INIT("Identity"),
			UR_TEXT_INIT("y"),
			UR_TEXT_INIT("Identity-Info"),
			UR_TEXT_INIT("P-Charge-Info"),
			UR_TEXT_INIT("P-Served-User"),
	};
	size_t i;

	for(i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if(ur_header_is(header, names[i]))
			return true;
	}
	return false;
}

static bool is_credentials(const struct hdr_field *header)
{
	return header->type == HDR_PROXYAUTH_T
		   || header->type == HDR_AUTHORIZATION_T;
}

static int clean(struct sip_msg *msg, bool identity, bool credentials)
{
	const struct hdr_field *header;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(!(identity && is_identity(header))
				&& !(credentials && is_credentials(header)))
			continue;
		if(ur_header_remove(msg, header) < 0)
			return -1;
	}
	return 0;
}

int ur_headers_clean_request(struct sip_msg *msg, bool from_trunk)
{
	return clean(msg, !from_trunk, true);
}

int ur_headers_clean_response(struct sip_msg *msg, bool from_trunk)
{
	return clean(msg, !from_trunk, false);
}
