/*
 * The caller identity that a leg presents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/identity.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "policy/output.h"

int ur_identity_address(
		const struct ur_user *user, struct ur_text domain, char *buf, int size)
{
	struct ur_output out = {buf, 0, size};

	ur_output_put_address(&out, ur_user_text(user, user->username), domain);
	return out.len;
}

/* Bytes of the UTF-8 character that begins at i. */
static int character_size(struct ur_text text, int i)
{
	int n = 1;

	while(n < 4 && i + n < text.len && (text.s[i + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Characters that some displays show as a line break or as text in another order: U+0080 to U+009F
 * (C1 controls, NEXT LINE), U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 (marks,
 * embeddings and overrides of direction), U+2028 and U+2029 (separators), U+FEFF. */
static bool is_hidden(const char *character, int size)
{
	const unsigned char *c = (const unsigned char *)character;

	if(size == 2)
		return (c[0] == 0xc2 && c[1] <= 0x9f) || (c[0] == 0xd8 && c[1] == 0x9c);
	if(size != 3)
		return false;
	if(c[0] == 0xe2 && c[1] == 0x80)
		return c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae);
	return (c[0] == 0xe2 && c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)
		   || (c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf);
}

/* A display name as a quoted-string (RFC 3261 §25.1), cut after a whole character. Control
 * characters are dropped, although the schema refuses them, as they would end the header. So are
 * characters that would make a phone show another name. */
static int quote(char *buf, int size, struct ur_text name)
{
	int len = 0;
	int i, n;

	if(ur_text_is_empty(name))
		return 0;
	buf[len++] = '"';
	for(i = 0; i < name.len; i += n) {
		unsigned char c = name.s[i];

		n = character_size(name, i);
		if(ur_is_control(c) || is_hidden(name.s + i, n))
			continue;
		/* with room for a backslash and the quote at the end */
		if(n > size - len - 2)
			break;
		if(c == '"' || c == '\\')
			buf[len++] = '\\';
		memcpy(buf + len, name.s + i, n);
		len += n;
	}
	buf[len++] = '"';
	return len;
}

static void set(struct ur_identity *identity, struct ur_text name,
		struct ur_text user, struct ur_text domain)
{
	struct ur_output out = {identity->uri, 0, sizeof(identity->uri)};

	ur_output_put_address(&out, user, domain);
	if(out.len < 0) {
		ur_identity_anonymous(identity);
		return;
	}
	identity->uri_len = out.len;
	identity->display_len =
			quote(identity->display, sizeof(identity->display), name);
	identity->anonymous = false;
}

static struct ur_text without_blanks_behind(struct ur_text text)
{
	while(text.len > 0 && strchr(" \t\r\n", text.s[text.len - 1]) != NULL)
		text.len--;
	return text;
}

/* What a quoted string or words stand for. */
static void put_plain(struct ur_output *out, struct ur_text display)
{
	const bool is_quoted = display.len > 1 && display.s[0] == '"';
	const int end = display.len - is_quoted;
	int i;

	for(i = is_quoted; i < end && out->len < out->size; i++) {
		if(is_quoted && display.s[i] == '\\' && i + 1 < end)
			i++;
		out->buf[out->len++] = display.s[i];
	}
}

/* The user part of a sip: URI, or the number of a tel: URI, without parameters and password. */
static struct ur_text user_of(struct ur_text uri)
{
	const bool is_tel = uri.len > 4 && strncasecmp(uri.s, "tel:", 4) == 0;
	const char *colon = memchr(uri.s, ':', uri.len);
	struct ur_text user = {colon != NULL ? colon + 1 : uri.s, 0};
	const int rest = (int)(uri.s + uri.len - user.s);

	if(!is_tel && memchr(user.s, '@', rest) == NULL)
		return user;
	while(user.len < rest && strchr("@;:?", user.s[user.len]) == NULL)
		user.len++;
	return user;
}

void ur_identity_prefix(struct ur_identity *identity, struct ur_text prefix)
{
	const struct ur_text display = without_blanks_behind(
			(struct ur_text){identity->display, identity->display_len});
	char name[UR_IDENTITY_DISPLAY_MAX];
	struct ur_output out = {name, 0, sizeof(name)};

	ur_output_put(&out, prefix);
	if(out.len < 0)
		return;
	put_plain(&out, display.len > 0 ? display
									: user_of((struct ur_text){
											identity->uri, identity->uri_len}));
	identity->display_len = quote(identity->display, sizeof(identity->display),
			(struct ur_text){name, out.len});
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
	if(ur_text_is_empty(domain)) {
		ur_identity_anonymous(identity);
		return;
	}
	set(identity, ur_user_text(user, user->display_name),
			ur_user_text(user, user->username), domain);
}

struct ur_text ur_identity_domain(
		const struct ur_account *account, struct ur_text realm)
{
	int i;

	for(i = 0; i < account->domain_count; i++) {
		if(ur_text_equal(ur_account_domain(account, i), realm))
			return realm;
	}
	return account->domain_count > 0 ? ur_account_domain(account, 0)
									 : UR_TEXT("");
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

struct ur_text ur_identity_number(const struct ur_account *account,
		const struct ur_user *user, bool *is_own)
{
	struct ur_text number = UR_TEXT("");

	if(user != NULL)
		number = ur_user_text(user, user->out_cid_number);
	*is_own = may_present(account, number);
	if(*is_own)
		return number;
	number = ur_account_text(account, account->default_cid_number);
	return may_present(account, number) ? number : UR_TEXT("");
}

void ur_identity_of_number(const struct ur_account *account,
		const struct ur_user *user, struct ur_text domain,
		struct ur_identity *identity)
{
	bool is_own;
	const struct ur_text number = ur_identity_number(account, user, &is_own);
	char with_plus[64];

	if(ur_text_is_empty(number) || number.len >= (int)sizeof(with_plus)
			|| ur_text_is_empty(domain)) {
		ur_identity_anonymous(identity);
		return;
	}
	with_plus[0] = '+';
	memcpy(with_plus + 1, number.s, number.len);
	set(identity, is_own ? ur_user_text(user, user->out_cid_name) : UR_TEXT(""),
			(struct ur_text){with_plus, number.len + 1}, domain);
}
