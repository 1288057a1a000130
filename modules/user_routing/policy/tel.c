/*
 * The number of a tel: URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/tel.h"

#include <strings.h>

bool ur_tel_is_separator(char c)
{
	return c == '-' || c == '.' || c == '(' || c == ')';
}

static bool is_host_character(char c)
{
	return ur_is_letter_or_digit(c) || c == '-' || c == '.';
}

static bool is_global(struct ur_text number)
{
	return number.len > 0 && number.s[0] == '+';
}

static struct ur_text without_first(struct ur_text text)
{
	return (struct ur_text){text.s + 1, text.len - 1};
}

/* Adds the digits and the characters in more, at least one. False: others are among them, or they
 * don't fit. */
static bool add_digits(
		struct ur_tel *tel, struct ur_text digits, const char *more)
{
	const int before = tel->number_len;
	int i;

	for(i = 0; i < digits.len; i++) {
		const char c = digits.s[i];

		if(ur_tel_is_separator(c))
			continue;
		if(!ur_is_digit(c) && (c == '\0' || strchr(more, c) == NULL))
			return false;
		if(tel->number_len == UR_TEL_NUMBER_MAX)
			return false;
		tel->number[tel->number_len++] = c;
	}
	return tel->number_len > before;
}

static bool add_global(struct ur_tel *tel, struct ur_text number)
{
	tel->number[tel->number_len++] = '+';
	return add_digits(tel, without_first(number), "");
}

/* A parameter's value; empty without "=". False: it has another name. */
static bool is_named(
		struct ur_text param, struct ur_text name, struct ur_text *value)
{
	if(param.len < name.len || strncasecmp(param.s, name.s, name.len) != 0)
		return false;
	*value = (struct ur_text){param.s + name.len, param.len - name.len};
	if(value->len == 0)
		return true;
	if(value->s[0] != '=')
		return false;
	*value = without_first(*value);
	return true;
}

/* The value of phone-context; its s is NULL if there is none. False: there are several. */
static bool find_context(struct ur_text params, struct ur_text *context)
{
	struct ur_text value;
	int begin, end;

	*context = (struct ur_text){NULL, 0};
	for(begin = 0; begin < params.len; begin = end + 1) {
		for(end = begin; end < params.len && params.s[end] != ';'; end++)
			;
		if(!is_named((struct ur_text){params.s + begin, end - begin},
				   UR_TEXT("phone-context"), &value))
			continue;
		if(context->s != NULL)
			return false;
		*context = value;
	}
	return true;
}

static bool is_domain(struct ur_text text)
{
	int i;

	for(i = 0; i < text.len; i++) {
		if(!is_host_character(text.s[i]))
			return false;
	}
	return text.len > 0;
}

bool ur_tel_read(
		struct ur_text number, struct ur_text params, struct ur_tel *tel)
{
	struct ur_text context;

	tel->number_len = 0;
	tel->domain = UR_TEXT("");
	if(!find_context(params, &context))
		return false;
	if(is_global(number))
		return context.s == NULL && add_global(tel, number);
	if(context.s == NULL)
		return add_digits(tel, number, "*#");
	if(is_global(context))
		return add_global(tel, context) && add_digits(tel, number, "");
	tel->domain = context;
	return is_domain(context) && add_digits(tel, number, "*#");
}

struct ur_text ur_tel_number(const struct ur_tel *tel)
{
	return (struct ur_text){tel->number, tel->number_len};
}
