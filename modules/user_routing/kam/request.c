/*
 * A request as the policy wants it: who is called, and which device calls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/request.h"

#include <string.h>

#include "core/parser/digest/digest.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "core/ut.h"
#include "kam/compat.h"
#include "policy/caller.h"
#include "policy/identity.h"
#include "policy/message.h"
#include "policy/privacy.h"

/* Longer than any username, auth_username or domain that the schema takes. */
#define USER_MAX 256
#define DOMAIN_MAX 256

/* An address of record as the table's keys are written, and its two parts. */
struct address
{
	char buf[USER_MAX + 1 + DOMAIN_MAX];
	struct ur_text user;
	struct ur_text domain;
	struct ur_text aor;
};

static int hex_digit(unsigned char c)
{
	if(c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Decodes %xx into out; false for what no username can be: too long, a broken
 * escape, a control character. The core's un_escape() and hex2int() would log an
 * error for each, and the Request-URI is written by strangers.
 */
static bool decode_user(str user, char *out, int *len)
{
	int i;

	*len = 0;
	for(i = 0; i < user.len; i++) {
		unsigned char c = user.s[i];

		if(c == '%') {
			int high = i + 2 < user.len ? hex_digit(user.s[i + 1]) : -1;
			int low = i + 2 < user.len ? hex_digit(user.s[i + 2]) : -1;

			if(high < 0 || low < 0)
				return false;
			c = high << 4 | low;
			i += 2;
		}
		if(ur_is_control(c) || *len == USER_MAX)
			return false;
		out[(*len)++] = c;
	}
	return true;
}

bool ur_request_same_user(str a, str b)
{
	char buf[2][USER_MAX];
	int len[2];

	return decode_user(a, buf[0], &len[0]) && decode_user(b, buf[1], &len[1])
		   && len[0] == len[1] && memcmp(buf[0], buf[1], len[0]) == 0;
}

static bool make_address(str user, str host, struct address *a)
{
	str domain;
	int len;

	if(host.len <= 0 || host.len > DOMAIN_MAX
			|| !decode_user(user, a->buf, &len))
		return false;
	a->user = (struct ur_text){a->buf, len};
	a->buf[len] = '@';
	domain = (str){memcpy(a->buf + len + 1, host.s, host.len), host.len};
	strlower(&domain);
	a->domain = ur_text_of_str(domain);
	a->aor = (struct ur_text){a->buf, len + 1 + host.len};
	return true;
}

/* Somebody is there, and can't be called. */
static bool unknown(struct ur_callee *callee, enum ur_callee_why why)
{
	callee->kind = UR_CALLEE_UNKNOWN;
	callee->why = why;
	callee->user = NULL;
	callee->extension = NULL;
	return true;
}

static bool find_user(struct ur_table *table, const struct ur_account *account,
		const struct address *a, struct ur_callee *callee)
{
	callee->user = ur_table_user_by_name(table, account->number, a->user);
	if(callee->user == NULL)
		return false;
	callee->kind = UR_CALLEE_USER;
	if(callee->user->active)
		return true;
	ur_user_put(callee->user);
	return unknown(callee, UR_CALLEE_USER_DISABLED);
}

static bool find_extension(struct ur_table *table,
		const struct ur_account *account, const struct address *a,
		struct ur_callee *callee)
{
	callee->extension =
			ur_table_extension_by_digits(table, account->number, a->user);
	if(callee->extension == NULL)
		return false;
	callee->kind = UR_CALLEE_EXTENSION;
	if(callee->extension->active)
		return true;
	ur_extension_put(callee->extension);
	return unknown(callee, UR_CALLEE_EXTENSION_DISABLED);
}

/* Why the device can't be called, if so. Other accounts' devices are nobody, even at an
 * address in this one's domain. */
static bool is_out_of_question(const struct ur_account *account,
		const struct ur_user *user, int device, enum ur_callee_why *why)
{
	if(user->account != account->number)
		*why = UR_CALLEE_OTHER_ACCOUNT;
	else if(!user->active)
		*why = UR_CALLEE_USER_DISABLED;
	else if(!(user->devices[device].flags & UR_DEVICE_ACTIVE))
		*why = UR_CALLEE_DEVICE_DISABLED;
	else
		return false;
	return true;
}

static void find_device(struct ur_table *table,
		const struct ur_account *account, const struct address *a,
		struct ur_callee *callee)
{
	const struct ur_user *user =
			ur_table_user_by_device(table, a->aor, &callee->device);

	enum ur_callee_why why;

	if(user == NULL)
		return;
	callee->user = user;
	callee->kind = UR_CALLEE_DEVICE;
	if(!is_out_of_question(account, user, callee->device, &why))
		return;
	ur_user_put(user);
	unknown(callee, why);
}

static struct ur_callee find_callee(
		struct ur_table *table, const struct address *a)
{
	struct ur_callee callee = {.kind = UR_CALLEE_FOREIGN};
	const struct ur_account *account =
			ur_table_account_by_domain(table, a->domain);

	if(account == NULL)
		return callee;
	unknown(&callee,
			account->active ? UR_CALLEE_NO_SUCH : UR_CALLEE_ACCOUNT_SUSPENDED);
	if(account->active && !find_user(table, account, a, &callee)
			&& !find_extension(table, account, a, &callee))
		find_device(table, account, a, &callee);
	ur_account_put(account);
	return callee;
}

struct ur_callee ur_request_find_callee(
		struct ur_table *table, str user, str host)
{
	struct ur_callee callee = {.kind = UR_CALLEE_BAD_URI};
	struct address a;
	str no_user = {"", 0};

	if(make_address(user, host, &a))
		return find_callee(table, &a);
	/* No user of ours can have such a name; whether the domain is ours still
	 * matters to the script. */
	if(make_address(no_user, host, &a))
		return find_callee(table, &a);
	callee.kind = UR_CALLEE_FOREIGN;
	return callee;
}

void ur_request_keep_extension(
		struct ur_callee *callee, const struct ur_caller *caller)
{
	if(callee->kind != UR_CALLEE_EXTENSION || !ur_caller_is_phone(caller))
		return;
	if(caller->user != NULL
			&& caller->user->account == callee->extension->account)
		return;
	ur_extension_put(callee->extension);
	unknown(callee, UR_CALLEE_NOT_FOR_CALLER);
}

const char *ur_request_why(const struct ur_callee *callee)
{
	static const char *const unknown_why[] = {
			[UR_CALLEE_NO_SUCH] = "there is no such user, extension or device",
			[UR_CALLEE_ACCOUNT_SUSPENDED] = "the account is suspended",
			[UR_CALLEE_USER_DISABLED] = "the user is disabled",
			[UR_CALLEE_EXTENSION_DISABLED] = "the extension is disabled",
			[UR_CALLEE_DEVICE_DISABLED] = "the device is disabled",
			[UR_CALLEE_OTHER_ACCOUNT] =
					"the device is another account's than the domain",
			[UR_CALLEE_NOT_FOR_CALLER] =
					"the extension is another account's than the caller",
	};

	switch(callee->kind) {
		case UR_CALLEE_UNKNOWN:
			return unknown_why[callee->why];
		case UR_CALLEE_FOREIGN:
			return "the domain is not in sip_domain";
		case UR_CALLEE_BAD_URI:
			return "the Request-URI can't be parsed";
		default:
			return "";
	}
}

static bool is_good(const struct hdr_field *header)
{
	const struct to_body *body = header->parsed;

	return body->uri.len <= UR_DIALOG_URI_MAX
		   && body->tag_value.len <= UR_DIALOG_TAG_MAX
		   && header->body.len <= UR_DIALOG_BODY_MAX
		   && ur_message_is_tag(ur_text_of_str(body->tag_value));
}

bool ur_request_names_are_good(struct sip_msg *msg)
{
	return parse_from_header(msg) == 0 && parse_to_header(msg) == 0
		   && is_good(msg->from) && is_good(msg->to);
}

struct ur_callee ur_request_callee(struct sip_msg *msg, struct ur_table *table)
{
	const struct ur_callee bad = {.kind = UR_CALLEE_BAD_URI};

	if(parse_sip_msg_uri(msg) < 0)
		return bad;
	return ur_request_find_callee(
			table, msg->parsed_uri.user, msg->parsed_uri.host);
}

const struct ur_user *ur_request_device(
		struct ur_table *table, str username, str realm, int *device)
{
	struct address a;

	return make_address(username, realm, &a)
				   ? ur_table_user_by_device(table, a.aor, device)
				   : NULL;
}

/* The credentials that auth has accepted for this request, or NULL. */
static const auth_body_t *accepted_credentials(struct sip_msg *msg)
{
	struct hdr_field *header = NULL;

	get_authorized_cred(msg->proxy_auth, &header);
	if(header == NULL)
		get_authorized_cred(msg->authorization, &header);
	return header != NULL ? header->parsed : NULL;
}

/* Does any of its Privacy headers ask? The core's parser reads the first one only, and
 * gives up at a word that it doesn't know. */
static bool asks_for_privacy(struct sip_msg *msg)
{
	const struct hdr_field *header;
	unsigned privacy = 0;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0 || msg->privacy == NULL)
		return false;
	for(header = msg->privacy; header != NULL; header = header->next) {
		if(header->type == HDR_PRIVACY_T)
			privacy |= ur_privacy_read(ur_text_of_str(header->body));
	}
	return privacy & UR_PRIVACY_ASKED;
}

/* A device's realm may be any text, even a domain of another account. */
static struct ur_text domain_of(const struct ur_user *user,
		struct ur_text realm, struct ur_table *table)
{
	static char buf[DOMAIN_MAX];
	const struct ur_account *account =
			ur_table_account_by_number(table, user->account);
	struct ur_text domain = realm;

	if(account == NULL)
		return realm;
	domain = ur_identity_domain(account, realm);
	if(domain.s != realm.s && domain.len <= DOMAIN_MAX)
		domain.s = memcpy(buf, domain.s, domain.len);
	else
		domain = realm;
	ur_account_put(account);
	return domain;
}

/* The caller with that address, which outlives it. */
static void set_caller(struct ur_caller *caller, const struct ur_user *user,
		const struct address *a, struct ur_table *table)
{
	caller->user = user;
	caller->aor = a->aor;
	caller->domain = user ? domain_of(user, a->domain, table) : a->domain;
}

struct ur_caller ur_request_caller(struct sip_msg *msg, struct ur_table *table)
{
	static struct address calling, dialled;
	const auth_body_t *credentials = accepted_credentials(msg);
	struct ur_caller caller = {.is_private = asks_for_privacy(msg)};
	str no_user = {"", 0};
	int device;

	if(make_address(no_user, msg->parsed_uri.host, &dialled))
		caller.dialled = dialled.domain;
	if(credentials != NULL
			&& make_address(credentials->digest.username.user,
					credentials->digest.realm, &calling))
		set_caller(&caller,
				ur_table_user_by_device(table, calling.aor, &device), &calling,
				table);
	return caller;
}

bool ur_request_is_domain_of_ours(struct ur_table *table, str host)
{
	const struct ur_account *account;
	struct address a;
	str no_user = {"", 0};

	if(!make_address(no_user, host, &a))
		return false;
	account = ur_table_account_by_domain(table, a.domain);
	ur_account_put(account);
	return account != NULL;
}

bool ur_request_is_by_device(struct sip_msg *msg, struct ur_text aor)
{
	const auth_body_t *credentials = accepted_credentials(msg);
	struct address a;

	return credentials != NULL
		   && make_address(credentials->digest.username.user,
				   credentials->digest.realm, &a)
		   && ur_text_equal(a.aor, aor);
}

static bool account_is_active(struct ur_table *table, uint32_t number)
{
	const struct ur_account *account =
			ur_table_account_by_number(table, number);
	const bool active = account != NULL && account->active;

	ur_account_put(account);
	return active;
}

bool ur_request_device_is_active(struct ur_table *table, struct ur_text aor)
{
	int device;
	const struct ur_user *user = ur_table_user_by_device(table, aor, &device);
	const bool active = user != NULL && user->active
						&& (user->devices[device].flags & UR_DEVICE_ACTIVE)
						&& account_is_active(table, user->account);

	ur_user_put(user);
	return active;
}

static const struct ur_user *user_at(
		struct ur_table *table, const struct address *a)
{
	const struct ur_account *account =
			ur_table_account_by_domain(table, a->domain);
	const struct ur_user *user = account != NULL ? ur_table_user_by_name(
										 table, account->number, a->user)
												 : NULL;

	ur_account_put(account);
	return user;
}

bool ur_request_find_caller(
		struct ur_table *table, str user, str host, struct ur_caller *caller)
{
	static struct address calling;
	const struct ur_user *found;
	int device;

	if(!make_address(user, host, &calling))
		return false;
	found = ur_table_user_by_device(table, calling.aor, &device);
	if(found == NULL)
		found = user_at(table, &calling);
	if(found == NULL)
		return false;
	set_caller(caller, found, &calling, table);
	return true;
}
