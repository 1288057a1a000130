/*
 * Telephone numbers in one form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/number.h"

#include "policy/tel.h"

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

/* Keeps digits, and a plus sign before them. */
static bool read_digits(struct ur_text text, struct dialled *dialled)
{
	int i;

	dialled->len = 0;
	for(i = 0; i < text.len; i++) {
		const char c = text.s[i];

		/* … and the blanks of a number that was copied from somewhere */
		if(ur_tel_is_separator(c) || c == ' ')
			continue;
		if(!ur_is_digit(c) && (c != '+' || dialled->len > 0))
			return false;
		if(dialled->len == DIALLED_MAX)
			return false;
		dialled->text[dialled->len++] = c;
	}
	return dialled->len > 0;
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
			&& ur_is_digit(number->text[1]) && number->text[1] != '0')
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

	if(international.len > 0 && ur_text_begins_with(digits, international))
		return compose(number, none, none, without(digits, international));
	if(country.len == 0)
		return false;
	if(ur_text_begins_with(digits, national))
		return compose(number, country, none, without(digits, national));
	return area.len > 0 && compose(number, country, area, digits);
}

/* Begins to read a number; *digits: what was dialled, without +. False: it can't be one. */
static bool begin(struct ur_text text, struct dialled *dialled,
		struct ur_text *digits, struct ur_number *number)
{
	memset(number, 0, sizeof(*number));
	if(!read_digits(text, dialled))
		return false;
	*digits = (struct ur_text){dialled->text, dialled->len};
	if(dialled->text[0] == '+')
		*digits = without(*digits, UR_TEXT("+"));
	return true;
}

static bool as_it_is(struct ur_text digits, struct ur_number *number)
{
	return compose(number, UR_TEXT(""), UR_TEXT(""), digits);
}

bool ur_number_normalise(struct ur_text text, const struct ur_account *account,
		struct ur_number *number)
{
	struct dialled dialled;
	struct ur_text digits;

	if(!begin(text, &dialled, &digits, number))
		return false;
	if(dialled.text[0] == '+')
		return as_it_is(digits, number);
	return account != NULL && by_plan(digits, account, number);
}

bool ur_number_digits_only(struct ur_text text, struct ur_number *number)
{
	struct dialled dialled;
	struct ur_text digits;

	return begin(text, &dialled, &digits, number) && digits.s == dialled.text
		   && digits.len <= UR_NUMBER_DIGITS_MAX && add(number, digits);
}

bool ur_number_of_trunk(struct ur_text text, struct ur_number *number)
{
	struct dialled dialled;
	struct ur_text digits;

	return begin(text, &dialled, &digits, number) && as_it_is(digits, number);
}

bool ur_number_is_shown(struct ur_text text)
{
	int i = 0;

	while(i < text.len && !ur_is_digit((unsigned char)text.s[i]))
		i++;
	return i < text.len;
}
