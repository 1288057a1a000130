/*
 * The parameters busy_codes, no_answer_codes, unreachable_codes and negotiation_codes.
 *
 * The input is three lists, one per line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/verdict.h"
#include "support/input.h"

static int skip_blanks(const char *s, int i)
{
	while(s[i] != '\0' && strchr(" \t\n\v\f\r", s[i]) != NULL)
		i++;
	return i;
}

/* The list read once more, into expected. -1: it is none, and what stands before the
 * mistake counts. */
static int read_list(uint8_t expected[1000], const char *s, int verdict)
{
	int i = skip_blanks(s, 0);

	if(s[0] == '\0')
		return 0;
	for(;;) {
		int code = 0;
		int digits = 0;

		for(; s[i] >= '0' && s[i] <= '9'; i++, digits++)
			code = code > 1000 ? code : code * 10 + (s[i] - '0');
		if(digits == 0 || code < 300 || code > 699)
			return -1;
		expected[code] = verdict;
		i = skip_blanks(s, i);
		if(s[i] == '\0')
			return 0;
		if(s[i] != ',')
			return -1;
		i = skip_blanks(s, i + 1);
	}
}

static void check_codes(
		const struct ur_verdict_codes *codes, const uint8_t expected[1000])
{
	int code;

	for(code = 1; code < 1000; code++) {
		const struct ur_leg_end end = {.code = code, .heard = true};

		UR_FUZZ_ASSERT(ur_verdict_of_leg(codes, end) == expected[code]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum ur_verdict verdicts[] = {UR_VERDICT_BUSY,
			UR_VERDICT_NO_ANSWER, UR_VERDICT_UNREACHABLE,
			UR_VERDICT_NEGOTIATION};
	struct ur_fuzz_input in = {data, data + size};
	uint8_t expected[1000] = {UR_VERDICT_REFUSED};
	struct ur_verdict_codes codes;
	size_t i;

	ur_verdict_codes_reset(&codes);
	for(i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct ur_text line = ur_fuzz_line(&in);
		char *list = strndup(line.s != NULL ? line.s : "", line.len);
		const char *bad = NULL;
		const int err = ur_verdict_codes_parse(&codes, list, verdicts[i], &bad);

		UR_FUZZ_ASSERT(
				(err == 0) == (read_list(expected, list, verdicts[i]) == 0));
		UR_FUZZ_ASSERT(err == 0 || err == EINVAL);
		if(err != 0)
			UR_FUZZ_ASSERT(bad >= list && bad <= list + strlen(list));
		free(list);
	}
	check_codes(&codes, expected);
	ur_fuzz_forget();
	return 0;
}
