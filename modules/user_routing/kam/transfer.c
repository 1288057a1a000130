/*
 * Does an INVITE continue an existing call?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/transfer.h"

#include "kam/compat.h"
#include "kam/headers.h"
#include "policy/replaces.h"

static bool continues(const struct hdr_field *header)
{
	return header->type == HDR_OTHER_T
		   && ur_headers_class(ur_text_of_str(header->name))
					  == UR_HEADER_REPLACES;
}

enum ur_transfer ur_transfer_of(struct sip_msg *msg)
{
	enum ur_transfer found = UR_TRANSFER_NONE;
	const struct hdr_field *header;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return UR_TRANSFER_BAD;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(!continues(header))
			continue;
		if(found != UR_TRANSFER_NONE
				|| !ur_replaces_is_good(ur_text_of_str(header->body)))
			return UR_TRANSFER_BAD;
		found = UR_TRANSFER_ASKED;
	}
	return found;
}
