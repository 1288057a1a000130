/*
 * Emergency numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/emergency.h"

#include <strings.h>

enum
{
	DIGITS_MIN = 2,
};

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* Returns where the number ends, or NULL: there is none. */
static const char *read_number(const char *s, struct ur_number *number)
{
	const size_t len = strspn(s, "0123456789");

	if(len < DIGITS_MIN || len > UR_NUMBER_DIGITS_MAX)
		return NULL;
	memset(number, 0, sizeof(*number));
	memcpy(number->text, s, len);
	number->len = len;
	return s + len;
}

int ur_emergency_parse(
		struct ur_emergency *emergency, const char *list, const char **bad)
{
	const char *at = skip_blanks(list);
	const char *end;

	emergency->count = 0;
	if(*at == '\0')
		return 0;
	while(emergency->count < UR_EMERGENCY_MAX) {
		*bad = at;
		end = read_number(at, &emergency->list[emergency->count]);
		if(end == NULL)
			return -1;
		emergency->count++;
		at = skip_blanks(end);
		if(*at == '\0')
			return 0;
		*bad = at;
		if(*at != ',')
			return -1;
		at = skip_blanks(at + 1);
	}
	return -1;
}

bool ur_emergency_find(const struct ur_emergency *emergency,
		struct ur_text dialled, struct ur_number *number)
{
	struct ur_number digits;
	int i;

	if(emergency->count == 0 || !ur_number_digits_only(dialled, &digits))
		return false;
	for(i = 0; i < emergency->count; i++) {
		if(!ur_text_equal(ur_number_text(&emergency->list[i]),
				   ur_number_text(&digits)))
			continue;
		*number = digits;
		return true;
	}
	return false;
}

bool ur_emergency_is_urn(struct ur_text uri)
{
	const struct ur_text sos = UR_TEXT("urn:service:sos");

	return uri.len >= sos.len && strncasecmp(uri.s, sos.s, sos.len) == 0
		   && (uri.len == sos.len || uri.s[sos.len] == '.');
}

struct ur_text ur_emergency_of_urn(const struct ur_emergency *emergency)
{
	return emergency->count > 0 ? ur_number_text(&emergency->list[0])
								: UR_TEXT("");
}
