/*
 * The URI of a route target, and what a voicemail box is told with it.
 *
 * Lines: buffer size for the URI in bytes; id, address, template; the called user; the account.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "policy/chain.h"
#include "policy/host.h"
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

static bool is_at(struct ur_text text, int i, const char *placeholder)
{
	const int len = (int)strlen(placeholder);

	return text.len - i >= len && memcmp(text.s + i, placeholder, len) == 0;
}

/* The template with its placeholders filled in. */
static int expand(const struct ur_target_form *form)
{
	const struct ur_text rest = form->uri_template;
	int len = 0;
	int i;

	for(i = 0; i < rest.len && len < (int)sizeof(expected) / 2; i++) {
		if(is_at(rest, i, "{id}")) {
			len = ur_fuzz_escape(expected, len, form->id, UR_FUZZ_IN_USER);
			i += 3;
		} else if(is_at(rest, i, "{address}")) {
			len = ur_fuzz_escape(expected, len, form->address, UR_FUZZ_IN_USER);
			i += 8;
		} else if(is_at(rest, i, "{account}")) {
			/* no mark that could be taken for a separator behind it */
			len = ur_fuzz_escape(expected, len, form->account, "-_.");
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

/* One spelling of a host: what it becomes stays as it is, and so does what it is. */
static void check_host(struct ur_text host)
{
	char once[UR_HOST_MAX + 1], twice[UR_HOST_MAX + 1];
	struct ur_text text = {once, ur_host_normalise(host, once)};
	int i;

	if(text.len < 0)
		return;
	UR_FUZZ_ASSERT(text.len > 0 && text.len <= UR_HOST_MAX);
	for(i = 0; i < text.len; i++)
		UR_FUZZ_ASSERT(!(once[i] >= 'A' && once[i] <= 'Z'));
	if(once[text.len - 1] != '.') {
		UR_FUZZ_ASSERT(ur_host_normalise(text, twice) == text.len);
		UR_FUZZ_ASSERT(memcmp(once, twice, text.len) == 0);
	}
	UR_FUZZ_ASSERT(!ur_host_is_odd_number(text) || !ur_host_is_invalid(text));
}

/* An address is refused in IPv6, too, if IPv4's is. */
static void check_address(struct ur_text bytes)
{
	unsigned char mapped[16] = {[10] = 0xff, [11] = 0xff};

	if(bytes.len < 4)
		return;
	memcpy(mapped + 12, bytes.s, 4);
	UR_FUZZ_ASSERT(ur_host_address_fits(mapped, 16, false)
				   == ur_host_address_fits(mapped + 12, 4, false));
	if(bytes.len >= 16 && ur_host_ipv4_of((const void *)bytes.s) == NULL)
		ur_host_address_fits((const void *)bytes.s, 16, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	const int room = ur_fuzz_number(&in, UR_TARGET_URI_MAX);
	const struct ur_text id = ur_fuzz_line(&in);
	const struct ur_text address = ur_fuzz_line(&in);
	const struct ur_text uri_template = ur_fuzz_line(&in);
	const struct ur_text called = ur_fuzz_line(&in);
	const struct ur_target_form form = {
			ur_fuzz_line(&in), id, address, uri_template};
	char *uri = malloc(room);
	int len = ur_target_uri(&form, uri, room);

	if(len >= 0) {
		UR_FUZZ_ASSERT(len <= room);
		UR_FUZZ_ASSERT(ur_fuzz_is_uri((struct ur_text){uri, len}));
		if(!ur_text_equal((struct ur_text){uri, len}, address))
			UR_FUZZ_ASSERT(is(uri, len, expand(&form)));
		else
			UR_FUZZ_ASSERT(ur_target_names_host(&form));
		check_cause(uri, len, room, called);
	} else if(ur_fuzz_is_uri(address)) {
		UR_FUZZ_ASSERT(address.len > room);
	}
	check_host(id);
	check_address(id);
	free(uri);
	ur_fuzz_forget();
	return 0;
}
