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
