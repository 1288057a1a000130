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

static bool is_named(struct ur_text param, struct ur_text name)
{
	return param.len > name.len && param.s[name.len] == '='
		   && memcmp(param.s, name.s, name.len) == 0;
}

static struct ur_text value_of(struct ur_text param, struct ur_text name)
{
	return (struct ur_text){param.s + name.len + 1, param.len - name.len - 1};
}

bool ur_param_find(
		struct ur_text params, struct ur_text name, struct ur_text *value)
{
	const char *s = params.s;
	const char *const end = params.s + params.len;

	while(s < end) {
		const struct ur_text param = until_next(s, end);

		if(is_named(param, name)) {
			*value = value_of(param, name);
			return true;
		}
		s = param.s + param.len + 1;
	}
	return false;
}

bool ur_param_cut_last(struct ur_text uri, struct ur_text name,
		struct ur_text *before, struct ur_text *value)
{
	const char *const end = uri.s + uri.len;
	int i;

	for(i = uri.len - 1; i >= 0; i--) {
		struct ur_text param;

		if(uri.s[i] != ';')
			continue;
		param = until_next(uri.s + i + 1, end);
		if(!is_named(param, name))
			continue;
		*before = (struct ur_text){uri.s, i};
		*value = value_of(param, name);
		return true;
	}
	return false;
}
