/*
 * What a request in a dialog, or beside calls, may ask for, judged by its header values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/ask.h"

#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value before its parameters, without blanks around it. */
static struct ur_text without_params(struct ur_text value)
{
	const char *end = value.len > 0 ? memchr(value.s, ';', value.len) : NULL;

	if(end != NULL)
		value.len = end - value.s;
	while(value.len > 0 && is_blank(value.s[0])) {
		value.s++;
		value.len--;
	}
	while(value.len > 0 && is_blank(value.s[value.len - 1]))
		value.len--;
	return value;
}

static bool is(struct ur_text value, struct ur_text name)
{
	value = without_params(value);
	return value.len == name.len && strncasecmp(value.s, name.s, name.len) == 0;
}

bool ur_ask_type_is_session(struct ur_text content_type)
{
	return is(content_type, UR_TEXT("application/sdp"));
}

bool ur_ask_type_is_for_gateway(struct ur_text content_type)
{
	return ur_ask_type_is_session(content_type)
		   || is(content_type, UR_TEXT("application/dtmf-relay"))
		   || is(content_type, UR_TEXT("application/dtmf"))
		   || is(content_type, UR_TEXT("application/media_control+xml"))
		   || is(content_type, UR_TEXT("message/sipfrag"));
}

bool ur_ask_type_is_control(struct ur_text content_type)
{
	return is(content_type, UR_TEXT("application/csta+xml"));
}

bool ur_ask_event_is_transfer(struct ur_text event)
{
	return is(event, UR_TEXT("refer"));
}

bool ur_ask_event_is_mailbox(struct ur_text event)
{
	return is(event, UR_TEXT("message-summary"));
}

bool ur_ask_refer_headers_are_plain(struct ur_text headers)
{
	const struct ur_text name = UR_TEXT("Replaces=");

	if(headers.len == 0)
		return true;
	return headers.len > name.len
		   && strncasecmp(headers.s, name.s, name.len) == 0
		   && memchr(headers.s, '&', headers.len) == NULL;
}
