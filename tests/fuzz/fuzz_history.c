/*
 * Diversion and History-Info of a call that leaves, continued from those of a trunk.
 *
 * Lines: buffer size in bytes; the dialled domain; the target's URI; the trunk's History-Info; then
 * the users in turn, each after a digit that says why the call left it (enum ur_diversion).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "mirror/store/draft.h"
#include "policy/history.h"
#include "policy/target.h"
#include "support/input.h"
#include "support/sip.h"

static struct ur_draft draft;

/* An entry takes a character at least, and a counter has two digits. */
static void try_count(struct ur_text value)
{
	const int count = ur_history_count(value);

	UR_FUZZ_ASSERT(count >= 0 && count <= 99 * value.len);
}

/* A user of that name, to be freed; NULL: there can't be one. */
static struct ur_user *make_user(struct ur_text username)
{
	const struct ur_user_row row = {.account = 1,
			.id = UR_TEXT("u"),
			.username = username,
			.status = UR_TEXT("active"),
			.ring_strategy = UR_TEXT("simultaneous"),
			.ring_timeout_sec = 25};
	struct ur_user *user;

	if(ur_draft_user(&draft, &row, NULL, 0, NULL, 0) != 0)
		return NULL;
	user = malloc(draft.body_size);
	memcpy(user, draft.body, draft.body_size);
	return user;
}

/* Returns how many users have diverted the call. */
static int make_chain(struct ur_fuzz_input *in, struct ur_chain *chain)
{
	int diverted = 0;

	chain->count = 0;
	while(in->next < in->end && chain->count < UR_CHAIN_LIMIT) {
		const struct ur_text line = ur_fuzz_line(in);
		struct ur_user *user;
		int reason;

		if(line.len < 2)
			continue;
		user = make_user((struct ur_text){line.s + 1, line.len - 1});
		if(user == NULL)
			continue;
		reason = (unsigned char)line.s[0] % (UR_DIVERSION_UNAVAILABLE + 1);
		chain->hops[chain->count++] =
				(struct ur_hop){.user = user, .diversion = reason};
		diverted += reason != UR_DIVERSION_NONE;
	}
	return diverted;
}

static void free_chain(struct ur_chain *chain)
{
	while(chain->count > 0)
		free((void *)chain->hops[--chain->count].user);
}

/* Takes the text from the start of the other one, where it must be. */
static void expect(struct ur_text *rest, struct ur_text text)
{
	UR_FUZZ_ASSERT(rest->len >= text.len);
	UR_FUZZ_ASSERT(memcmp(rest->s, text.s, text.len) == 0);
	rest->s += text.len;
	rest->len -= text.len;
}

/* Takes a URI and what ends it. */
static struct ur_text expect_uri(struct ur_text *rest)
{
	struct ur_text uri;

	expect(rest, UR_TEXT("<"));
	uri = ur_fuzz_field(rest, '>');
	UR_FUZZ_ASSERT(ur_fuzz_is_uri(uri));
	return uri;
}

/* Is it the target's URI, with a cause among its parameters? */
static bool is_target(struct ur_text shown, struct ur_text uri)
{
	const int head = ur_fuzz_headers(uri);
	const int added = shown.len - uri.len;
	const char *parameters = memchr(uri.s, '@', uri.len);
	char text[UR_TARGET_URI_MAX + 1];

	if(parameters == NULL)
		parameters = uri.s;
	snprintf(text, sizeof(text), "%.*s", (int)(uri.s + head - parameters),
			parameters);
	if(strcasestr(text, ";cause=") != NULL)
		return ur_text_equal(shown, uri);
	return added == (int)strlen(";cause=xxx")
		   && memcmp(shown.s, uri.s, head) == 0
		   && memcmp(shown.s + head, ";cause=", 7) == 0
		   && memcmp(shown.s + head + added, uri.s + head, uri.len - head) == 0;
}

/* One line for each who diverted, the last one first, and nothing else. */
static void check_diversions(
		const struct ur_chain *chain, const char *text, int len)
{
	struct ur_text rest = {text, len};
	int i;

	for(i = chain->count - 1; i >= 0; i--) {
		if(chain->hops[i].diversion == UR_DIVERSION_NONE)
			continue;
		expect(&rest, UR_TEXT("Diversion: "));
		expect_uri(&rest);
		expect(&rest, UR_TEXT(";reason="));
		expect(&rest, ur_history_reason(chain->hops[i].diversion));
		expect(&rest, UR_TEXT("\r\n"));
	}
	UR_FUZZ_ASSERT(rest.len == 0);
}

/* The parent's index with .1 behind it so many times. */
static void expect_index(struct ur_text *rest, struct ur_text parent, int depth)
{
	expect(rest, UR_TEXT(";index="));
	if(parent.len == 0) {
		expect(rest, UR_TEXT("1"));
		depth--;
	}
	expect(rest, parent);
	while(depth-- > 0)
		expect(rest, UR_TEXT(".1"));
}

static void check_info(int diverted, struct ur_text uri, struct ur_text parent,
		const char *text, int len)
{
	const struct ur_text name = UR_TEXT("History-Info: ");
	struct ur_text rest = {text, len};
	struct ur_text value, last, shown;
	int i;

	expect(&rest, name);
	value = rest;
	for(i = 0; i <= diverted; i++) {
		if(i > 0)
			expect(&rest, UR_TEXT(", "));
		shown = expect_uri(&rest);
		expect_index(&rest, parent, i + 1);
	}
	expect(&rest, UR_TEXT("\r\n"));
	UR_FUZZ_ASSERT(rest.len == 0);
	UR_FUZZ_ASSERT(is_target(shown, uri));
	/* who continues it would find its end */
	value.len -= 2;
	last = ur_history_last_index(value);
	if(last.len > 0)
		UR_FUZZ_ASSERT(last.s + last.len == value.s + value.len);
	else
		UR_FUZZ_ASSERT(parent.len + 2 * (diverted + 1) > UR_HISTORY_INDEX_MAX);
}

static void check_room(int len, int room, char *text, const char *whole)
{
	UR_FUZZ_ASSERT(len <= room);
	if(len >= 0)
		UR_FUZZ_ASSERT(memcmp(text, whole, len) == 0);
}

static void try_chain(const struct ur_chain *chain, int diverted, int room,
		struct ur_text domain, struct ur_text uri, struct ur_text parent)
{
	static char whole[1 << 18];
	const struct ur_history_names names = {.domain = domain};
	char *text = malloc(room);
	int len = ur_history_diversions(chain, &names, whole, sizeof(whole));

	if(len >= 0)
		check_diversions(chain, whole, len);
	check_room(ur_history_diversions(chain, &names, text, room), room, text,
			whole);
	if(diverted > 0) {
		len = ur_history_info(chain, &names, uri, parent, whole, sizeof(whole));
		if(len >= 0)
			check_info(diverted, uri, parent, whole, len);
		check_room(ur_history_info(chain, &names, uri, parent, text, room),
				room, text, whole);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	const int room = ur_fuzz_number(&in, 4096);
	const struct ur_text domain = ur_fuzz_line(&in);
	const struct ur_text address = ur_fuzz_line(&in);
	const struct ur_text trunks = ur_fuzz_line(&in);
	struct ur_target_form form = {.address = address};
	struct ur_text uri;
	char buf[UR_TARGET_URI_MAX];
	struct ur_chain chain;
	int diverted;

	uri.s = buf;
	uri.len = ur_target_uri(&form, buf, sizeof(buf));
	diverted = make_chain(&in, &chain);
	try_count(trunks);
	if(uri.len >= 0)
		try_chain(&chain, diverted, room, domain, uri,
				ur_history_last_index(trunks));
	free_chain(&chain);
	ur_fuzz_forget();
	return 0;
}
