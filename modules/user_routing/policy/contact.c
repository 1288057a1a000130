/*
 * What a phone may register as its Contact.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/contact.h"

#include <stddef.h>
#include <strings.h>

/* Parameters that phones add to their Contact URI. None changes where a request goes, except
 * transport, which keeps the host. */
static const struct ur_text plain[] = {
		UR_TEXT_INIT("transport"),
		UR_TEXT_INIT("user"),
		UR_TEXT_INIT("ob"),
		UR_TEXT_INIT("line"),
		UR_TEXT_INIT("rinstance"),
		UR_TEXT_INIT("app-id"),
		UR_TEXT_INIT("pn-provider"),
		UR_TEXT_INIT("pn-param"),
		UR_TEXT_INIT("pn-prid"),
		UR_TEXT_INIT("pn-type"),
		UR_TEXT_INIT("pn-tok"),
		UR_TEXT_INIT("pn-silent"),
		UR_TEXT_INIT("pn-timeout"),
		UR_TEXT_INIT("pn-msg-str"),
		UR_TEXT_INIT("pn-call-str"),
		UR_TEXT_INIT("pn-call-snd"),
		UR_TEXT_INIT("pn-msg-snd"),
};

bool ur_contact_value_is_sound(struct ur_text value)
{
	int i;

	if(value.len > UR_CONTACT_VALUE_MAX)
		return false;
	for(i = 0; i < value.len; i++) {
		const char c = value.s[i];

		if(ur_is_control(c) && c != '\t' && c != '\r' && c != '\n')
			return false;
	}
	return true;
}

bool ur_contact_text_is_sound(struct ur_text text)
{
	int i;

	if(text.len > UR_CONTACT_TEXT_MAX)
		return false;
	for(i = 0; i < text.len; i++) {
		if(ur_is_control(text.s[i]))
			return false;
	}
	return true;
}

static bool is_plain(struct ur_text name)
{
	size_t i;

	for(i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if(name.len == plain[i].len
				&& strncasecmp(name.s, plain[i].s, name.len) == 0)
			return true;
	}
	return false;
}

bool ur_contact_params_are_plain(struct ur_text params)
{
	int begin, end, i;

	if(ur_text_is_empty(params))
		return true;
	for(begin = 0; begin <= params.len; begin = end + 1) {
		for(end = begin; end < params.len && params.s[end] != ';'; end++)
			;
		for(i = begin; i < end && params.s[i] != '='; i++)
			;
		if(!is_plain((struct ur_text){params.s + begin, i - begin}))
			return false;
	}
	return true;
}
