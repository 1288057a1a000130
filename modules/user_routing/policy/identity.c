/*
 * Who is calling.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/identity.h"

#include <stdarg.h>
#include <stdio.h>

#include "policy/target.h"

/* Text that grows in a buffer; len is -1 once it did not fit. */
struct output
{
	char *buf;
	int len, size;
};

static void put(struct output *out, struct ur_text text)
{
	if(out->len < 0 || text.len > out->size - out->len) {
		out->len = -1;
		return;
	}
	memcpy(out->buf + out->len, text.s, text.len);
	out->len += text.len;
}

static void put_escaped(struct output *out, struct ur_text text)
{
	if(out->len >= 0)
		out->len = ur_target_escape(
				out->buf, out->len, out->size, text, UR_TARGET_IN_USER);
}

static void __attribute__((format(printf, 2, 3)))
put_format(struct output *out, const char *format, ...)
{
	char text[64];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(out, (struct ur_text){text, len});
}

static void put_address(
		struct output *out, struct ur_text user, struct ur_text domain)
{
	put(out, UR_TEXT("sip:"));
	put_escaped(out, user);
	put(out, UR_TEXT("@"));
	put(out, domain);
}

int ur_identity_address(
		const struct ur_user *user, struct ur_text domain, char *buf, int size)
{
	struct output out = {buf, 0, size};

	put_address(&out, ur_user_text(user, user->username), domain);
	return out.len;
}

/* A display name as a quoted-string (RFC 3261 §25.1). The schema keeps control
 * characters out; they are dropped all the same, as they would end the header. */
static int quote(char *buf, int size, struct ur_text name)
{
	int len = 0;
	int i;

	if(ur_text_is_empty(name))
		return 0;
	buf[len++] = '"';
	for(i = 0; i < name.len && len < size - 3; i++) {
		unsigned char c = name.s[i];

		if(c < ' ' || c == 0x7f)
			continue;
		if(c == '"' || c == '\\')
			buf[len++] = '\\';
		buf[len++] = c;
	}
	buf[len++] = '"';
	return len;
}

static void set(struct ur_identity *identity, struct ur_text name,
		struct ur_text user, struct ur_text domain)
{
	struct output out = {identity->uri, 0, sizeof(identity->uri)};

	put_address(&out, user, domain);
	if(out.len < 0) {
		ur_identity_anonymous(identity);
		return;
	}
	identity->uri_len = out.len;
	identity->display_len =
			quote(identity->display, sizeof(identity->display), name);
	identity->anonymous = false;
}

void ur_identity_anonymous(struct ur_identity *identity)
{
	static const char display[] = "\"Anonymous\"";
	static const char uri[] = "sip:anonymous@anonymous.invalid";

	identity->display_len = sizeof(display) - 1;
	memcpy(identity->display, display, sizeof(display));
	identity->uri_len = sizeof(uri) - 1;
	memcpy(identity->uri, uri, sizeof(uri));
	identity->anonymous = true;
}

void ur_identity_of_user(const struct ur_user *user, struct ur_text domain,
		struct ur_identity *identity)
{
	set(identity, ur_user_text(user, user->display_name),
			ur_user_text(user, user->username), domain);
}

static bool may_present(const struct ur_account *account, struct ur_text number)
{
	int i;

	if(ur_text_is_empty(number))
		return false;
	for(i = 0; i < account->number_count; i++) {
		if(ur_text_equal(ur_account_number(account, i), number))
			return true;
	}
	return false;
}

void ur_identity_of_number(const struct ur_account *account,
		const struct ur_user *user, struct ur_text domain,
		struct ur_identity *identity)
{
	struct ur_text number = UR_TEXT(""), name = UR_TEXT("");
	char with_plus[64];

	if(user != NULL) {
		number = ur_user_text(user, user->out_cid_number);
		name = ur_user_text(user, user->out_cid_name);
	}
	if(!may_present(account, number)) {
		number = ur_account_text(account, account->default_cid_number);
		name = UR_TEXT("");
	}
	if(!may_present(account, number) || number.len >= (int)sizeof(with_plus)) {
		ur_identity_anonymous(identity);
		return;
	}
	with_plus[0] = '+';
	memcpy(with_plus + 1, number.s, number.len);
	set(identity, name, (struct ur_text){with_plus, number.len + 1}, domain);
}

int ur_identity_cause(enum ur_diversion reason)
{
	switch(reason) {
		case UR_DIVERSION_UNCONDITIONAL:
			return 302;
		case UR_DIVERSION_NO_ANSWER:
			return 408;
		default:
			return 486;
	}
}

static const char *diversion_reason(enum ur_diversion reason)
{
	switch(reason) {
		case UR_DIVERSION_UNCONDITIONAL:
			return "unconditional";
		case UR_DIVERSION_DO_NOT_DISTURB:
			return "do-not-disturb";
		case UR_DIVERSION_NO_ANSWER:
			return "no-answer";
		default:
			return "user-busy";
	}
}

static void put_diversions(
		struct output *out, const struct ur_chain *chain, struct ur_text domain)
{
	int i;

	for(i = chain->count - 1; i >= 0; i--) {
		const struct ur_hop *hop = &chain->hops[i];

		if(hop->diversion == UR_DIVERSION_NONE)
			continue;
		put(out, UR_TEXT("Diversion: <"));
		put_address(out, ur_user_text(hop->user, hop->user->username), domain);
		put_format(out, ">;reason=%s\r\n", diversion_reason(hop->diversion));
	}
}

/* 1, 1.1, 1.1.1 …: each entry is retargeted from the one before. */
static void put_index(struct output *out, int depth)
{
	int i;

	put(out, UR_TEXT(">;index=1"));
	for(i = 1; i < depth; i++)
		put(out, UR_TEXT(".1"));
}

/* History-Info entries: the users that diverted, then where the call goes. An
 * entry's cause says why the call came to it. */
static void put_history(struct output *out, const struct ur_chain *chain,
		struct ur_text domain, struct ur_text uri)
{
	enum ur_diversion came_by = UR_DIVERSION_NONE;
	int depth = 0;
	int i;

	for(i = 0; i < chain->count; i++) {
		const struct ur_hop *hop = &chain->hops[i];

		if(hop->diversion == UR_DIVERSION_NONE)
			continue;
		put(out, depth ? UR_TEXT(", <") : UR_TEXT("History-Info: <"));
		put_address(out, ur_user_text(hop->user, hop->user->username), domain);
		if(came_by != UR_DIVERSION_NONE)
			put_format(out, ";cause=%d", ur_identity_cause(came_by));
		put_index(out, ++depth);
		came_by = hop->diversion;
	}
	put(out, UR_TEXT(", <"));
	put(out, uri);
	put_index(out, ++depth);
	put(out, UR_TEXT("\r\n"));
}

int ur_identity_diversions(const struct ur_chain *chain, struct ur_text domain,
		struct ur_text uri, char *buf, int size)
{
	struct output out = {buf, 0, size};

	put_diversions(&out, chain, domain);
	if(out.len > 0)
		put_history(&out, chain, domain, uri);
	return out.len;
}
