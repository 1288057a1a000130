/*
 * The number that a trunk asserts for the caller.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/asserted.h"

#include <string.h>

#include "core/parser/parse_nameaddr.h"
#include "core/parser/parse_uri.h"
#include "kam/compat.h"
#include "kam/headers.h"

static const struct hdr_field *find_header(struct sip_msg *msg)
{
	const struct ur_text name = UR_TEXT("P-Asserted-Identity");
	const struct hdr_field *header;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return NULL;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(header->type == HDR_PAI_T || ur_header_is(header, name))
			return header;
	}
	return msg->from;
}

/* In angle brackets, or up to the first parameter or further value. Nothing is kept in the header: in
 * a failure route it is tm's, in shared memory. */
static str uri_of(const struct hdr_field *header)
{
	str body = header->body;
	name_addr_t address;
	int len = 0;

	if(body.len > 0 && memchr(body.s, '<', body.len) != NULL)
		return parse_nameaddr(&body, &address) == 0 ? address.uri
													: (str){NULL, 0};
	while(len < body.len && strchr(";, \t\r\n", body.s[len]) == NULL)
		len++;
	body.len = len;
	return body;
}

struct ur_text ur_asserted_number(void *request)
{
	const struct ur_text none = UR_TEXT("");
	const struct hdr_field *const header = find_header(request);
	struct sip_uri uri;
	str text;

	if(header == NULL)
		return none;
	text = uri_of(header);
	if(text.len <= 0 || parse_uri(text.s, text.len, &uri) < 0)
		return none;
	return ur_text_of_str(uri.user);
}
