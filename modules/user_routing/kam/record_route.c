/*
 * Keeps Record-Route of a response as it was in the INVITE.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/record_route.h"

#include <strings.h>

#include "core/dprint.h"
#include "core/mem/mem.h"
#include "core/parser/parse_rr.h"
#include "kam/compat.h"
#include "kam/headers.h"
#include "kam/routes.h"
#include "policy/param.h"

struct bodies
{
	int count;
	struct ur_text body[UR_ROUTES_MAX];
};

/* Removes blanks at both ends. */
static struct ur_text trimmed(const char *s, const char *end)
{
	while(s < end && (*s == ' ' || *s == '\t'))
		s++;
	while(end > s && (end[-1] == ' ' || end[-1] == '\r' || end[-1] == '\n'))
		end--;
	return (struct ur_text){s, (int)(end - s)};
}

/* The position after the line and its continuation lines. */
static const char *next_line(const char *s, const char *end)
{
	do {
		s = memchr(s, '\n', end - s);
		s = s != NULL ? s + 1 : end;
	} while(s < end && (*s == ' ' || *s == '\t'));
	return s;
}

/* From the INVITE as sent on the branch: ours are on top. */
static void read_sent(const struct retr_buf *sent, struct bodies *found)
{
	const struct ur_text name = UR_TEXT("Record-Route:");
	const char *s = sent->buffer;
	const char *const end = s + sent->buffer_len;

	found->count = 0;
	for(s = next_line(s, end); s < end && *s != '\r' && *s != '\n';) {
		const char *const next = next_line(s, end);

		if(next - s > name.len && strncasecmp(s, name.s, name.len) == 0
				&& found->count < UR_ROUTES_MAX)
			found->body[found->count++] = trimmed(s + name.len, next);
		s = next;
	}
}

static void read_received(const struct sip_msg *msg, struct bodies *found)
{
	const struct hdr_field *header;

	found->count = 0;
	for(header = msg->record_route; header != NULL; header = header->next) {
		if(header->type == HDR_RECORDROUTE_T && found->count < UR_ROUTES_MAX)
			found->body[found->count++] = ur_text_of_str(header->body);
	}
}

/* Proxies after this one have added theirs on top. */
static bool ends_with(const struct bodies *all, const struct bodies *last)
{
	const int above = all->count - last->count;
	int i;

	for(i = 0; above >= 0 && i < last->count; i++) {
		if(!ur_text_equal(all->body[above + i], last->body[i]))
			return false;
	}
	return above >= 0;
}

static bool take_uris(struct ur_text body, struct ur_routes *uris)
{
	rr_t *list = NULL;
	const rr_t *rr_entry;

	if(parse_rr_body((char *)body.s, body.len, &list) < 0)
		return false;
	for(rr_entry = list; rr_entry != NULL && uris->count < UR_ROUTES_MAX;
			rr_entry = rr_entry->next)
		uris->uri[uris->count++] = ur_text_of_str(rr_entry->nameaddr.uri);
	free_rr(&list);
	return true;
}

/* The core's parser logs each one that it can't parse, and a phone may send thousands. */
static int read_quietly(struct sip_msg *msg, struct ur_routes *routes)
{
	int err;

	set_local_debug_level(L_CRIT);
	err = ur_routes_read(msg, HDR_RECORDROUTE_T, routes);
	reset_local_debug_level();
	return err;
}

/* The same comparison by URIs, whatever commas and blanks separate them. */
static bool uris_end_with(struct sip_msg *msg, const struct bodies *sent)
{
	struct ur_routes all, last = {.count = 0};
	int i, above;

	for(i = 0; i < sent->count; i++) {
		if(!take_uris(sent->body[i], &last))
			return false;
	}
	if(read_quietly(msg, &all) < 0)
		return false;
	above = all.count - last.count;
	for(i = 0; above >= 0 && i < last.count; i++) {
		if(!ur_text_equal(all.uri[above + i], last.uri[i]))
			return false;
	}
	return above >= 0;
}

static int put_back(struct sip_msg *msg, const struct bodies *sent)
{
	const struct ur_text name = UR_TEXT("Record-Route: ");
	const struct hdr_field *header;
	char *line;
	int i, err = 0;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(header->type == HDR_RECORDROUTE_T
				&& ur_header_remove(msg, header) < 0)
			return -1;
	}
	for(i = 0; i < sent->count && err == 0; i++) {
		const struct ur_text body = sent->body[i];
		const int len = name.len + body.len + 2;

		line = pkg_malloc(len);
		if(line == NULL)
			return -1;
		memcpy(line, name.s, name.len);
		memcpy(line + name.len, body.s, body.len);
		memcpy(line + len - 2, "\r\n", 2);
		err = ur_header_add(msg, NULL, (struct ur_text){line, len});
		pkg_free(line);
	}
	return err;
}

/* Our entry is the first: a URI without a user part, in angle brackets. */
static struct ur_text find_param(const struct bodies *sent, struct ur_text name)
{
	struct ur_text body, value = UR_TEXT("");
	const char *begin, *end;

	if(sent->count == 0)
		return value;
	body = sent->body[0];
	begin = memchr(body.s, ';', body.len);
	end = begin != NULL ? memchr(begin, '>', body.s + body.len - begin) : NULL;
	if(end != NULL)
		ur_param_find((struct ur_text){begin + 1, (int)(end - begin - 1)}, name,
				&value);
	return value;
}

struct ur_text ur_record_route_param(
		const struct retr_buf *sent_buffer, struct ur_text name)
{
	struct bodies sent;

	if(sent_buffer->buffer == NULL)
		return UR_TEXT("");
	read_sent(sent_buffer, &sent);
	return find_param(&sent, name);
}

bool ur_record_route_keep(const struct retr_buf *sent_buffer,
		struct sip_msg *msg, struct ur_text name, struct ur_text *value)
{
	struct bodies sent, received;

	*value = UR_TEXT("");
	if(sent_buffer->buffer == NULL)
		return true;
	read_sent(sent_buffer, &sent);
	*value = find_param(&sent, name);
	read_received(msg, &received);
	if(ends_with(&received, &sent) || uris_end_with(msg, &sent))
		return true;
	/* Only at debug level: many phones omit it in a 180, and each may send thousands. */
	LM_DBG("Record-Route of a response differs from its INVITE: it is"
		   " restored\n");
	if(put_back(msg, &sent) < 0)
		LM_ERR("out of private memory: Record-Route of a response is not"
			   " restored, so the dialog's requests may bypass this server\n");
	return false;
}
