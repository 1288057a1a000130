/*
 * From and To, as each side of a call is to see them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/from_to.h"

#include <stdio.h>

#include "core/data_lump.h"
#include "core/dprint.h"
#include "core/mem/mem.h"
#include "core/parser/parse_addr_spec.h"
#include "kam/compat.h"
#include "modules/tm/h_table.h"
#include "policy/output.h"

/* A display name, two URIs and two tags; a longer one is left as it is. */
#define BODY_MAX 2048

static int replace_body(struct sip_msg *msg, const struct hdr_field *header,
		struct ur_text body)
{
	struct lump *lump;
	char *copy;

	if(ur_text_equal(ur_text_of_str(header->body), body))
		return 0;
	lump = del_lump(msg, header->body.s - msg->buf, header->body.len, 0);
	copy = lump != NULL ? pkg_malloc(body.len) : NULL;
	if(copy == NULL)
		return -1;
	memcpy(copy, body.s, body.len);
	if(insert_new_lump_after(lump, copy, body.len, 0) != NULL)
		return 0;
	pkg_free(copy);
	return -1;
}

static void put_tag(struct ur_output *out, str tag)
{
	if(tag.len <= 0)
		return;
	ur_output_put(out, UR_TEXT(";tag="));
	ur_output_put(out, ur_text_of_str(tag));
}

int ur_from_to_set(struct sip_msg *msg, const struct hdr_field *header,
		struct ur_text display, struct ur_text uri)
{
	const struct to_body *parsed = header->parsed;
	char body[BODY_MAX];
	struct ur_output out = {body, 0, sizeof(body)};

	ur_output_put(&out, display);
	if(!ur_text_is_empty(display))
		ur_output_put(&out, UR_TEXT(" "));
	ur_output_put(&out, UR_TEXT("<"));
	ur_output_put(&out, uri);
	ur_output_put(&out, UR_TEXT(">"));
	put_tag(&out, parsed->tag_value);
	return out.len < 0
				   ? -1
				   : replace_body(msg, header, (struct ur_text){body, out.len});
}

static int restore_from(const struct sip_msg *request, struct sip_msg *response)
{
	return replace_body(
			response, response->from, ur_text_of_str(request->from->body));
}

/* The request has a tag in To only inside a dialog. */
static int restore_to(const struct sip_msg *request, struct sip_msg *response)
{
	const struct to_body *asked = request->to->parsed;
	const struct to_body *answered = response->to->parsed;
	char body[BODY_MAX];
	struct ur_output out = {body, 0, sizeof(body)};

	ur_output_put(&out, ur_text_of_str(request->to->body));
	if(asked->tag_value.len == 0)
		put_tag(&out, answered->tag_value);
	return out.len < 0 ? -1
					   : replace_body(response, response->to,
							   (struct ur_text){body, out.len});
}

void ur_from_to_restore(const struct cell *t, struct sip_msg *response)
{
	const struct sip_msg *request = t->uas.request;

	if(request == NULL || request->from == NULL || request->to == NULL
			|| request->to->parsed == NULL)
		return;
	if(parse_headers(response, HDR_FROM_F | HDR_TO_F, 0) < 0
			|| response->from == NULL || response->to == NULL
			|| response->to->parsed == NULL
			|| restore_from(request, response) < 0
			|| restore_to(request, response) < 0)
		LM_ERR("From and To of a response could not be restored: out of"
			   " memory, or they can't be parsed\n");
}
