/*
 * Parameters of a URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/param.h"

/* Up to the next semicolon. */
static struct ur_text until_next(const char *s, const char *end)
{
	const char *semicolon = memchr(s, ';', end - s);

	return (struct ur_text){
			s, (int)((semicolon != NULL ? semicolon : end) - s)};
}

bool ur_param_is(
		struct ur_text param, struct ur_text name, struct ur_text *value)
{
	if(param.len <= name.len || param.s[name.len] != '='
			|| memcmp(param.s, name.s, name.len) != 0)
		return false;
	*value = (struct ur_text){param.s + name.len + 1, param.len - name.len - 1};
	return true;
}

bool ur_param_find(
		struct ur_text params, struct ur_text name, struct ur_text *value)
{
	const char *s = params.s;
	const char *const end = params.s + params.len;

	while(s < end) {
		const struct ur_text param = until_next(s, end);

		if(ur_param_is(param, name, value))
			return true;
		s = param.s + param.len + 1;
	}
	return false;
}
