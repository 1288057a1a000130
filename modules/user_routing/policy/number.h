/*
 * Telephone numbers in one form: E.164 with a plus sign.
 *
 * What people dial depends on where they are. An account's dial plan says how its numbers are
 * written; with it a dialled number gets the form in which numbers are compared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_NUMBER_H
#define UR_POLICY_NUMBER_H

#include "policy/model.h"

enum
{
	UR_NUMBER_DIGITS_MAX = 15, /* E.164 */
	UR_NUMBER_SIZE = UR_NUMBER_DIGITS_MAX + 1,
};

/* A number, such as +4930123456, or an emergency number as it is dialled, such as 112; len is 0 if
 * there is none. (Without padding: a call has one in shared memory, see push() in chain.c.) */
struct ur_number
{
	char text[UR_NUMBER_SIZE];
	uint32_t len;
};

/*
 * Reads a dialled number. account: whose dial plan applies; NULL: none, so that only numbers with +
 * are read. Visual separators, - . ( ) and blanks, are left out. What remains is the first of
 *
 *   +…                             as it is
 *   international_prefix…          + and what follows
 *   national_prefix…               +country_code and what follows, if the account has one
 *   …                              +country_code area_code and all of it, if the account has both
 *
 * False, and no number: it is none of these, it has other characters, or it is not E.164 (2 to 15
 * digits, the first not 0). A number that was read is read again as itself.
 */
bool ur_number_normalise(struct ur_text dialled,
		const struct ur_account *account, struct ur_number *number);

/*
 * Reads a number as trunks send it: with + or without, it is E.164. Visual separators are left out.
 * False, and no number: as above.
 */
bool ur_number_of_trunk(struct ur_text text, struct ur_number *number);

/* Does the text show a number at all, whether it can be read or not: has it a digit? */
bool ur_number_is_shown(struct ur_text text);

/* Reads digits as they are, without a dial plan. Visual separators are left out. False, and no number:
 * there are other characters, none, or more than 15 digits. */
bool ur_number_digits_only(struct ur_text dialled, struct ur_number *number);

/* The number; empty if there is none. Borrowed. */
static inline struct ur_text ur_number_text(const struct ur_number *number)
{
	return (struct ur_text){number->text, (int)number->len};
}

/* The number without +, as tables have it. Borrowed. */
static inline struct ur_text ur_number_digits(const struct ur_number *number)
{
	return number->len > 0
				   ? (struct ur_text){number->text + 1, (int)number->len - 1}
				   : (struct ur_text){number->text, 0};
}

#endif
