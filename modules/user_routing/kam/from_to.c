/*
 * From and To as each side of a call sees them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/from_to.h"

#include <string.h>

#include "core/data_lump.h"
#include "core/dprint.h"
#include "core/mem/mem.h"
#include "core/parser/parse_addr_spec.h"
#include "kam/compat.h"
#include "modules/tm/h_table.h"

/* A header body being assembled. Its size is computed exactly, as strangers may have written any
 * part of it. */
struct body
{
	struct ur_text parts[6];
	int count, len;
};

static void put(struct body *body, struct ur_text part)
{
	body->parts[body->count++] = part;
	body->len += part.len;
}

static void put_tag(struct body *body, str tag)
{
	if(tag.len <= 0)
		return;
	put(body, UR_TEXT(";tag="));
	put(body, ur_text_of_str(tag));
}

static char *copy_of(const struct body *body)
{
	char *copy = pkg_malloc(body->len);
	char *at = copy;
	int i;

	if(copy == NULL)
		return NULL;
	for(i = 0; i < body->count; i++) {
		if(body->parts[i].len > 0)
			memcpy(at, body->parts[i].s, body->parts[i].len);
		at += body->parts[i].len;
	}
	return copy;
}

static bool is_text(const struct body *body, const char *text, int len)
{
	int i;

	if(body->len != len)
		return false;
	for(i = 0; i < body->count; i++) {
		const struct ur_text part = body->parts[i];

		if(part.len > 0 && memcmp(text, part.s, part.len) != 0)
			return false;
		text += part.len;
	}
	return true;
}

static int replace_body(struct sip_msg *msg, const struct hdr_field *header,
		const struct body *body)
{
	const str old = header->body;
	struct lump *lump;
	char *copy;

	if(is_text(body, old.s, old.len))
		return 0;
	copy = copy_of(body);
	if(copy == NULL)
		return -1;
	lump = del_lump(msg, old.s - msg->buf, old.len, 0);
	if(lump != NULL && insert_new_lump_after(lump, copy, body->len, 0) != NULL)
		return 0;
	pkg_free(copy);
	return -1;
}

int ur_from_to_set(struct sip_msg *msg, const struct hdr_field *header,
		struct ur_text display, struct ur_text uri)
{
	const struct to_body *parsed = header->parsed;
	struct body body = {.count = 0};

	put(&body, display);
	put(&body, ur_text_is_empty(display) ? UR_TEXT("<") : UR_TEXT(" <"));
	put(&body, uri);
	put(&body, UR_TEXT(">"));
	put_tag(&body, parsed->tag_value);
	return replace_body(msg, header, &body);
}

static int restore_from(const struct sip_msg *request, struct sip_msg *response)
{
	struct body body = {.count = 0};

	if(ur_text_equal(ur_text_of_str(response->from->body),
			   ur_text_of_str(request->from->body)))
		return 0;
	put(&body, ur_text_of_str(request->from->body));
	return replace_body(response, response->from, &body);
}

/* Only a request inside a dialog has a tag in To. */
static int restore_to(const struct sip_msg *request, struct sip_msg *response)
{
	const struct to_body *asked = request->to->parsed;
	const struct to_body *answered = response->to->parsed;
	struct body body = {.count = 0};

	put(&body, ur_text_of_str(request->to->body));
	if(asked->tag_value.len == 0)
		put_tag(&body, answered->tag_value);
	return replace_body(response, response->to, &body);
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
		LM_ERR("From and To of a response are passed on as the called side"
			   " wrote them: they can't be parsed, or out of private memory\n");
}
