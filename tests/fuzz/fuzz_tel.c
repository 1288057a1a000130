/*
 * A tel: URI as its parser returns it: the number, and the parameters on the second line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/tel.h"
#include "support/input.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What a script may send to a gateway, or look up: nothing that could end a URI's user part. */
static void check_number(const struct ur_tel *tel)
{
	const bool is_global = tel->number[0] == '+';
	int i;

	UR_FUZZ_ASSERT(tel->number_len > is_global);
	UR_FUZZ_ASSERT(tel->number_len <= UR_TEL_NUMBER_MAX);
	for(i = is_global; i < tel->number_len; i++)
		UR_FUZZ_ASSERT(
				is_digit(tel->number[i])
				|| (!is_global
						&& (tel->number[i] == '*' || tel->number[i] == '#')));
	UR_FUZZ_ASSERT(!is_global || tel->domain.len == 0);
}

static void check_domain(struct ur_text domain)
{
	int i;

	for(i = 0; i < domain.len; i++) {
		const char c = domain.s[i];

		UR_FUZZ_ASSERT(is_digit(c) || (c >= 'a' && c <= 'z')
					   || (c >= 'A' && c <= 'Z') || c == '-' || c == '.');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	const struct ur_text number = ur_fuzz_line(&in);
	const struct ur_text params = ur_fuzz_line(&in);
	struct ur_tel tel;

	if(ur_tel_read(number, params, &tel)) {
		check_number(&tel);
		check_domain(tel.domain);
	}
	ur_fuzz_forget();
	return 0;
}
