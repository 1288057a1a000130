/*
 * Telephone numbers in one form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/number.h"

enum
{
	DIALLED_MAX = 32, /* with an international prefix and a plus sign */
};

/* What was dialled, without separators. */
struct dialled
{
	char text[DIALLED_MAX];
	int len;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 3966, visual-separator; and the blanks of a number that was copied from somewhere. */
static bool is_separator(char c)
{
	return c == '-' || c == '.' || c == '(' || c == ')' || c == ' ';
}

/* Keeps digits, and a plus sign before them. */
static bool read_digits(struct ur_text text, struct dialled *dialled)
{
	int i;

	dialled->len = 0;
	for(i = 0; i < text.len; i++) {
		const char c = text.s[i];

		if(is_separator(c))
			continue;
		if(!is_digit(c) && (c != '+' || dialled->len > 0))
			return false;
		if(dialled->len == DIALLED_MAX)
			return false;
		dialled->text[dialled->len++] = c;
	}
	return dialled->len > 0;
}

static bool begins_with(struct ur_text text, struct ur_text prefix)
{
	return text.len >= prefix.len
		   && (prefix.len == 0 || memcmp(text.s, prefix.s, prefix.len) == 0);
}

static struct ur_text without(struct ur_text text, struct ur_text prefix)
{
	return (struct ur_text){text.s + prefix.len, text.len - prefix.len};
}

static bool add(struct ur_number *number, struct ur_text digits)
{
	if(digits.len > UR_NUMBER_SIZE - (int)number->len)
		return false;
	if(digits.len > 0)
		memcpy(number->text + number->len, digits.s, digits.len);
	number->len += digits.len;
	return true;
}

/* Makes a number of its parts. The last one, the subscriber's, is not empty. */
static bool compose(struct ur_number *number, struct ur_text country,
		struct ur_text area, struct ur_text rest)
{
	if(rest.len > 0 && add(number, UR_TEXT("+")) && add(number, country)
			&& add(number, area) && add(number, rest) && number->len >= 3
			&& is_digit(number->text[1]) && number->text[1] != '0')
		return true;
	number->len = 0;
	return false;
}

static bool by_plan(struct ur_text digits, const struct ur_account *account,
		struct ur_number *number)
{
	const struct ur_text none = UR_TEXT("");
	const struct ur_text international =
			ur_account_text(account, account->international_prefix);
	const struct ur_text national =
			ur_account_text(account, account->national_prefix);
	const struct ur_text country =
			ur_account_text(account, account->country_code);
	const struct ur_text area = ur_account_text(account, account->area_code);

	if(international.len > 0 && begins_with(digits, international))
		return compose(number, none, none, without(digits, international));
	if(country.len == 0)
		return false;
	if(begins_with(digits, national))
		return compose(number, country, none, without(digits, national));
	return area.len > 0 && compose(number, country, area, digits);
}

/* Reads a number that needs no plan. */
static bool is_international(
		const struct dialled *dialled, struct ur_text *digits)
{
	*digits = (struct ur_text){dialled->text, dialled->len};
	if(dialled->text[0] != '+')
		return false;
	*digits = without(*digits, UR_TEXT("+"));
	return true;
}

bool ur_number_normalise(struct ur_text text, const struct ur_account *account,
		struct ur_number *number)
{
	const struct ur_text none = UR_TEXT("");
	struct dialled dialled;
	struct ur_text digits;

	memset(number, 0, sizeof(*number));
	if(!read_digits(text, &dialled))
		return false;
	if(is_international(&dialled, &digits))
		return compose(number, none, none, digits);
	return account != NULL && by_plan(digits, account, number);
}

bool ur_number_of_trunk(struct ur_text text, struct ur_number *number)
{
	const struct ur_text none = UR_TEXT("");
	struct dialled dialled;
	struct ur_text digits;

	memset(number, 0, sizeof(*number));
	if(!read_digits(text, &dialled))
		return false;
	is_international(&dialled, &digits);
	return compose(number, none, none, digits);
}
