/*
 * A dialled number and the dial plan of an account: country code, area code, international and
 * national prefix, and what was dialled, a line each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "policy/number.h"
#include "support/input.h"

enum
{
	PART_MAX = 64,
	PARTS = 4,
};

/* Other characters are refused when the row is read. */
static bool is_digits(struct ur_text text)
{
	int i;

	for(i = 0; i < text.len; i++) {
		if(text.s[i] < '0' || text.s[i] > '9')
			return false;
	}
	return true;
}

static struct ur_slice put(
		struct ur_account *account, size_t *at, struct ur_text text)
{
	const int len = !is_digits(text)	  ? 0
					: text.len < PART_MAX ? text.len
										  : PART_MAX;
	const struct ur_slice slice = {(uint16_t)*at, (uint16_t)len};

	if(len > 0)
		memcpy((char *)account + *at, text.s, len);
	*at += len;
	return slice;
}

static const struct ur_account *read_plan(struct ur_fuzz_input *in)
{
	const int size = sizeof(struct ur_account) + PARTS * PART_MAX;
	struct ur_account *account = (void *)ur_fuzz_block(size);
	size_t at = sizeof(*account);

	memset(account, 0, size);
	account->country_code = put(account, &at, ur_fuzz_line(in));
	account->area_code = put(account, &at, ur_fuzz_line(in));
	account->international_prefix = put(account, &at, ur_fuzz_line(in));
	account->national_prefix = put(account, &at, ur_fuzz_line(in));
	return account;
}

static bool is_same(const struct ur_number *a, const struct ur_number *b)
{
	return ur_text_equal(ur_number_text(a), ur_number_text(b));
}

/* A plus sign, then digits, the first not 0: nothing that could end a URI's user part. */
static void check(const struct ur_number *number)
{
	uint32_t i;

	UR_FUZZ_ASSERT(number->len >= 3 && number->len <= UR_NUMBER_SIZE);
	UR_FUZZ_ASSERT(number->text[0] == '+' && number->text[1] != '0');
	for(i = 1; i < number->len; i++)
		UR_FUZZ_ASSERT(number->text[i] >= '0' && number->text[i] <= '9');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	const struct ur_account *account = read_plan(&in);
	const struct ur_text dialled = ur_fuzz_line(&in);
	struct ur_number number, again;

	if(ur_number_normalise(dialled, account, &number)) {
		check(&number);
		UR_FUZZ_ASSERT(
				ur_number_normalise(ur_number_text(&number), account, &again));
		UR_FUZZ_ASSERT(is_same(&number, &again));
	} else {
		UR_FUZZ_ASSERT(number.len == 0);
	}
	if(ur_number_of_trunk(dialled, &number))
		check(&number);
	ur_fuzz_forget();
	return 0;
}
