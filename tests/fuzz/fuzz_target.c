/*
 * The URI of a route target, and what a voicemail box is told with it.
 *
 * Lines: room for the URI in bytes; id, address, template; who was called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "policy/chain.h"
#include "policy/target.h"
#include "support/input.h"
#include "support/sip.h"

/* Longer than anything that an input can become. */
static char expected[1 << 16];

static void put(int *len, const char *s, int n)
{
	memcpy(expected + *len, s, n);
	*len += n;
}

/* The template with its placeholders filled in. */
static int expand(
		struct ur_text id, struct ur_text address, struct ur_text rest)
{
	int len = 0;
	int i;

	for(i = 0; i < rest.len && len < (int)sizeof(expected) / 2; i++) {
		if(rest.len - i >= 4 && memcmp(rest.s + i, "{id}", 4) == 0) {
			len = ur_fuzz_escape(expected, len, id, UR_FUZZ_IN_USER);
			i += 3;
		} else if(rest.len - i >= 9
				  && memcmp(rest.s + i, "{address}", 9) == 0) {
			len = ur_fuzz_escape(expected, len, address, UR_FUZZ_IN_USER);
			i += 8;
		} else {
			put(&len, rest.s + i, 1);
		}
	}
	return len;
}

static bool is(const char *uri, int len, int expected_len)
{
	return len == expected_len && memcmp(uri, expected, len) == 0;
}

static void check_cause(char *uri, int len, int room, struct ur_text called)
{
	const int head = ur_fuzz_headers((struct ur_text){uri, len});
	int total = 0;
	int n;

	put(&total, uri, head);
	put(&total, ";target=", 8);
	total = ur_fuzz_escape(expected, total, called, UR_FUZZ_IN_VALUE);
	put(&total, ";cause=486", 10);
	put(&total, uri + head, len - head);
	n = ur_target_add_cause(uri, len, room, called, 486);
	if(n < 0) {
		UR_FUZZ_ASSERT(total > room || total - len > UR_TARGET_CAUSE_MAX);
		return;
	}
	UR_FUZZ_ASSERT(n <= room);
	UR_FUZZ_ASSERT(is(uri, n, total));
	UR_FUZZ_ASSERT(ur_fuzz_is_uri((struct ur_text){uri, n}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	const int room = ur_fuzz_number(&in, UR_TARGET_URI_MAX);
	const struct ur_text id = ur_fuzz_line(&in);
	const struct ur_text address = ur_fuzz_line(&in);
	const struct ur_text uri_template = ur_fuzz_line(&in);
	const struct ur_text called = ur_fuzz_line(&in);
	char *uri = malloc(room);
	int len = ur_target_uri(id, address, uri_template, uri, room);

	if(len >= 0) {
		UR_FUZZ_ASSERT(len <= room);
		UR_FUZZ_ASSERT(ur_fuzz_is_uri((struct ur_text){uri, len}));
		if(!ur_text_equal((struct ur_text){uri, len}, address))
			UR_FUZZ_ASSERT(is(uri, len, expand(id, address, uri_template)));
		check_cause(uri, len, room, called);
	} else if(ur_fuzz_is_uri(address)) {
		UR_FUZZ_ASSERT(address.len > room);
	}
	free(uri);
	ur_fuzz_forget();
	return 0;
}
