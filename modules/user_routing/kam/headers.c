/*
 * Removes and adds headers of a message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/headers.h"

#include <string.h>
#include <strings.h>

#include "core/data_lump.h"
#include "core/mem/mem.h"
#include "kam/compat.h"

bool ur_header_is(const struct hdr_field *header, struct ur_text name)
{
	return header->name.len == name.len
		   && strncasecmp(header->name.s, name.s, name.len) == 0;
}

bool ur_header_is_removed(
		const struct sip_msg *msg, const struct hdr_field *header)
{
	const int at = header->name.s - msg->buf;
	const struct lump *lump;

	for(lump = msg->add_rm; lump != NULL; lump = lump->next) {
		if(lump->op == LUMP_DEL && lump->u.offset <= at
				&& at < (int)lump->u.offset + (int)lump->len)
			return true;
	}
	return false;
}

int ur_header_remove(struct sip_msg *msg, const struct hdr_field *header)
{
	return del_lump(msg, header->name.s - msg->buf, header->len, 0) != NULL
				   ? 0
				   : -1;
}

/* A place in the message's list of lumps, which is sorted by offset. */
struct place
{
	struct lump **at;
	int removed_up_to; /* by the lumps before this place */
};

/* Moves to the first lump after the offset. */
static void go_to(struct place *place, int offset)
{
	const struct lump *lump;

	for(; (lump = *place->at) != NULL; place->at = &(*place->at)->next) {
		if(lump->op != LUMP_DEL && lump->op != LUMP_NOP)
			continue;
		if(lump->u.offset > offset)
			return;
		if(lump->op == LUMP_DEL
				&& lump->u.offset + lump->len > place->removed_up_to)
			place->removed_up_to = lump->u.offset + lump->len;
	}
}

/* Like del_lump(), which walks the list from its start each time. */
static int remove_range(struct place *place, int begin, int end)
{
	struct lump *lump;

	go_to(place, begin);
	if(begin < place->removed_up_to)
		begin = place->removed_up_to;
	if(begin >= end)
		return 0;
	lump = pkg_malloc(sizeof(*lump));
	if(lump == NULL)
		return -1;
	memset(lump, 0, sizeof(*lump));
	lump->op = LUMP_DEL;
	lump->u.offset = begin;
	lump->len = end - begin;
	go_to(place, begin);
	lump->next = *place->at;
	*place->at = lump;
	return 0;
}

/* Headers of nearly every message: the parser knows their type, and they are UR_HEADER_CALL, so the
 * table need not be searched. */
static bool is_of_any_call(const struct hdr_field *header)
{
	const hdr_flags_t flags =
			HDR_VIA_F | HDR_TO_F | HDR_FROM_F | HDR_CSEQ_F | HDR_CALLID_F
			| HDR_CONTACT_F | HDR_MAXFORWARDS_F | HDR_RECORDROUTE_F
			| HDR_CONTENTTYPE_F | HDR_CONTENTLENGTH_F | HDR_ALLOW_F
			| HDR_SUPPORTED_F | HDR_USERAGENT_F | HDR_ACCEPT_F | HDR_EXPIRES_F
			| HDR_SESSIONEXPIRES_F | HDR_MIN_SE_F | HDR_REQUIRE_F
			| HDR_ALLOWEVENTS_F;

	return header->type > HDR_OTHER_T && (HDR_T2F(header->type) & flags);
}

static bool is_of(const struct hdr_field *header, unsigned classes)
{
	return is_of_any_call(header)
				   ? classes & UR_HEADER_CALL
				   : classes & ur_headers_class(ur_text_of_str(header->name));
}

int ur_headers_clean(struct sip_msg *msg, unsigned classes)
{
	struct place place = {&msg->add_rm, 0};
	const struct hdr_field *header, *last;
	int begin;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	for(header = msg->headers; header != NULL; header = last->next) {
		last = header;
		if(!is_of(header, classes))
			continue;
		/* Adjacent headers are removed at once. */
		while(last->next != NULL
				&& last->next->name.s == last->name.s + last->len
				&& is_of(last->next, classes))
			last = last->next;
		begin = header->name.s - msg->buf;
		if(remove_range(&place, begin, last->name.s + last->len - msg->buf) < 0)
			return -1;
	}
	return 0;
}

int ur_header_insert(
		struct sip_msg *msg, const char *place, struct ur_text text)
{
	struct lump *anchor = anchor_lump(msg, place - msg->buf, 0, 0);
	char *copy = anchor != NULL ? pkg_malloc(text.len) : NULL;

	if(copy == NULL)
		return -1;
	memcpy(copy, text.s, text.len);
	if(insert_new_lump_after(anchor, copy, text.len, 0) != NULL)
		return 0;
	pkg_free(copy);
	return -1;
}

int ur_header_add(struct sip_msg *msg, const struct hdr_field *before,
		struct ur_text lines)
{
	if(ur_text_is_empty(lines))
		return 0;
	return ur_header_insert(
			msg, before != NULL ? before->name.s : msg->unparsed, lines);
}

static bool is_credentials(const struct hdr_field *header)
{
	return header->type == HDR_PROXYAUTH_T
		   || header->type == HDR_AUTHORIZATION_T;
}

int ur_headers_remove_credentials(struct sip_msg *msg)
{
	const struct hdr_field *header;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(is_credentials(header) && ur_header_remove(msg, header) < 0)
			return -1;
	}
	return 0;
}
