/*
 * The caller identity of a leg: From and P-Asserted-Identity.
 *
 * Lines: display_name, username, out_cid_number, out_cid_name, default_cid_number, realm; then the
 * account's domains, and its verified numbers, each after a +.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/store/draft.h"
#include "support/input.h"
#include "support/sip.h"

static struct ur_draft user_draft, account_draft;
static struct ur_text texts[UR_MAX_DOMAINS];

/* The account's domains first, then its numbers, as its record has them. False: too many. */
static bool read_texts(struct ur_fuzz_input in, bool numbers, int *count)
{
	while(in.next < in.end) {
		struct ur_text line = ur_fuzz_line(&in);
		const bool is_number = line.len > 0 && line.s[0] == '+';

		if(is_number != numbers || line.len == 0)
			continue;
		if(*count == UR_MAX_DOMAINS)
			return false;
		if(is_number) {
			line.s++;
			line.len--;
		}
		texts[(*count)++] = line;
	}
	return true;
}

static bool make_account(struct ur_fuzz_input in, struct ur_text number)
{
	const struct ur_account_row row = {.number = 1,
			.id = UR_TEXT("a"),
			.status = UR_TEXT("active"),
			.default_cid_number = number};
	int count = 0;
	int domains;

	if(!read_texts(in, false, &count))
		return false;
	domains = count;
	return read_texts(in, true, &count)
		   && ur_draft_account(
					  &account_draft, &row, texts, domains, count - domains)
					  == 0;
}

static bool is_verified(struct ur_text number)
{
	const struct ur_account *account = (struct ur_account *)account_draft.body;
	int i;

	for(i = 0; i < account->number_count; i++) {
		if(number.len > 0
				&& ur_text_equal(ur_account_number(account, i), number))
			return true;
	}
	return false;
}

/* Does a character begin there that no display name has? By its code point. */
static int hidden_size(struct ur_text name, int i)
{
	static const struct
	{
		int from, to;
	} hidden[] = {{0x80, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f},
			{0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}};
	const unsigned char *c = (const unsigned char *)name.s + i;
	const int left = name.len - i;
	int point = 0, size = 0;
	size_t k;

	if(left >= 2 && (c[0] & 0xe0) == 0xc0) {
		size = 2;
		point = (c[0] & 0x1f) << 6 | (c[1] & 0x3f);
	} else if(left >= 3 && (c[0] & 0xf0) == 0xe0) {
		size = 3;
		point = (c[0] & 0xf) << 12 | (c[1] & 0x3f) << 6 | (c[2] & 0x3f);
	}
	for(k = 0; k < sizeof(hidden) / sizeof(hidden[0]); k++) {
		if(point >= hidden[k].from && point <= hidden[k].to)
			return size;
	}
	return 0;
}

/* The name without control characters as a quoted string, but for the quote at its end. */
static struct ur_text quote(struct ur_text name)
{
	static char quoted[2 * UR_BODY_MAX + 1];
	int len = 0;
	int i;

	quoted[len++] = '"';
	for(i = 0; i < name.len; i++) {
		const int hidden = hidden_size(name, i);

		if(hidden > 0) {
			i += hidden - 1;
			continue;
		}
		if(!ur_fuzz_is_line((struct ur_text){name.s + i, 1}))
			continue;
		if(name.s[i] == '"' || name.s[i] == '\\')
			quoted[len++] = '\\';
		quoted[len++] = name.s[i];
	}
	return (struct ur_text){quoted, len};
}

/* All of a name is shown, or as many whole characters as there is room for. */
static void check_display(
		const struct ur_identity *identity, struct ur_text name)
{
	const struct ur_text quoted = quote(name);
	const int len = identity->display_len - 1;

	if(name.len == 0) {
		UR_FUZZ_ASSERT(identity->display_len == 0);
		return;
	}
	if(!ur_fuzz_is_utf8(name))
		return;
	UR_FUZZ_ASSERT(len >= 1 && len <= quoted.len);
	UR_FUZZ_ASSERT(memcmp(identity->display, quoted.s, len) == 0);
	UR_FUZZ_ASSERT(ur_fuzz_is_utf8((struct ur_text){identity->display, len}));
	UR_FUZZ_ASSERT(len == quoted.len || len >= UR_IDENTITY_DISPLAY_MAX - 6);
}

static void check_uri(const struct ur_identity *identity, const char *prefix,
		struct ur_text user, struct ur_text domain)
{
	static char expected[1 << 19];
	int len = (int)strlen(prefix);

	memcpy(expected, prefix, len);
	len = ur_fuzz_escape(expected, len, user, UR_FUZZ_IN_USER);
	expected[len++] = '@';
	memcpy(expected + len, domain.s, domain.len);
	len += domain.len;
	UR_FUZZ_ASSERT(ur_text_equal((struct ur_text){expected, len},
			(struct ur_text){identity->uri, identity->uri_len}));
}

static void check_number(const struct ur_identity *identity,
		const struct ur_user_row *row, struct ur_text number,
		struct ur_text domain)
{
	const bool own = is_verified(row->out_cid_number);

	ur_fuzz_check_identity(identity);
	if(!own && !is_verified(number))
		UR_FUZZ_ASSERT(identity->anonymous);
	if(identity->anonymous)
		return;
	check_display(identity, own ? row->out_cid_name : UR_TEXT(""));
	check_uri(identity, "sip:+", own ? row->out_cid_number : number, domain);
}

static void try_user(const struct ur_user_row *row, struct ur_text realm,
		struct ur_text number)
{
	const struct ur_account *account = (struct ur_account *)account_draft.body;
	const struct ur_user *user = (struct ur_user *)user_draft.body;
	const struct ur_text domain = ur_identity_domain(account, realm);
	struct ur_identity identity;

	ur_identity_of_user(user, domain, &identity);
	ur_fuzz_check_identity(&identity);
	if(!identity.anonymous) {
		check_display(&identity, row->display_name);
		check_uri(&identity, "sip:", row->username, domain);
	}
	ur_identity_of_number(account, user, domain, &identity);
	check_number(&identity, row, number, domain);
	ur_identity_of_number(account, NULL, domain, &identity);
	ur_fuzz_check_identity(&identity);
	UR_FUZZ_ASSERT(identity.anonymous || is_verified(number));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	struct ur_user_row row = {.account = 1,
			.id = UR_TEXT("u"),
			.status = UR_TEXT("active"),
			.ring_strategy = UR_TEXT("simultaneous"),
			.ring_timeout_sec = 25};
	struct ur_text number, realm;

	row.display_name = ur_fuzz_line(&in);
	row.username = ur_fuzz_line(&in);
	row.out_cid_number = ur_fuzz_line(&in);
	row.out_cid_name = ur_fuzz_line(&in);
	number = ur_fuzz_line(&in);
	realm = ur_fuzz_line(&in);
	if(ur_draft_user(&user_draft, &row, NULL, 0, NULL, 0) == 0
			&& make_account(in, number))
		try_user(&row, realm, number);
	ur_fuzz_forget();
	return 0;
}
