/*
 * A media server that calls for a user of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/served.h"

#include "core/parser/parse_nameaddr.h"
#include "core/parser/parse_uri.h"
#include "kam/answer.h"
#include "kam/compat.h"
#include "kam/context.h"
#include "kam/headers.h"
#include "kam/request.h"

/* For the message being processed; private to this process. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	bool is_set;
	struct ur_aor user;
} served;

/* The only P-Served-User, or NULL; *count: how many there are. */
static const struct hdr_field *find_header(
		const struct sip_msg *msg, int *count)
{
	const struct hdr_field *header, *found = NULL;

	*count = 0;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(!ur_header_is(header, UR_TEXT("P-Served-User")))
			continue;
		found = header;
		++*count;
	}
	return found;
}

/* RFC 5502 §6: one name-addr; its parameters don't matter here. */
static bool read_user(const struct hdr_field *header, struct ur_aor *user)
{
	str body = header->body;
	name_addr_t address;
	struct sip_uri uri;

	return parse_nameaddr(&body, &address) == 0
		   && memchr(body.s + address.len, ',', body.len - address.len) == NULL
		   && parse_uri(address.uri.s, address.uri.len, &uri) == 0
		   && (uri.type == SIP_URI_T || uri.type == SIPS_URI_T)
		   && uri.user.len > 0 && ur_aor_make(uri.user, uri.host, user);
}

static int refuse(const struct sip_msg *msg, int status)
{
	ur_answer_set(msg, status);
	return UR_SERVED_REFUSED;
}

int ur_served_check(struct sip_msg *msg)
{
	const struct hdr_field *header;
	int count;

	served.is_set = false;
	if(!ur_state_is_loaded(ur_context_mirror())) {
		ur_answer_not_loaded(msg);
		return UR_SERVED_NOT_LOADED;
	}
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return refuse(msg, 400);
	header = find_header(msg, &count);
	if(count == 0)
		return UR_SERVED_NOBODY;
	if(count > 1 || !read_user(header, &served.user))
		return refuse(msg, 400);
	if(!ur_request_user_is_active(ur_context_table(), &served.user))
		return refuse(msg, 403);
	served.msg_id = msg->id;
	served.msg_pid = msg->pid;
	served.is_set = true;
	return UR_SERVED_OK;
}

const struct ur_aor *ur_served_user(const struct sip_msg *msg)
{
	return served.is_set && served.msg_id == msg->id
						   && served.msg_pid == msg->pid
				   ? &served.user
				   : NULL;
}
