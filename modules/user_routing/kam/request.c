/*
 * A request in the policy's terms: which device calls.
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
#include "kam/aor.h"
#include "kam/compat.h"
#include "kam/served.h"
#include "policy/caller.h"
#include "policy/identity.h"
#include "policy/message.h"
#include "policy/privacy.h"

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

/* The credentials that auth has accepted for this request, or NULL. */
static const auth_body_t *accepted_credentials(struct sip_msg *msg)
{
	struct hdr_field *header = NULL;

	get_authorized_cred(msg->proxy_auth, &header);
	if(header == NULL)
		get_authorized_cred(msg->authorization, &header);
	return header != NULL ? header->parsed : NULL;
}

/* Does any Privacy header ask for privacy? The core's parser reads only the first header, and gives
 * up at an unknown word. */
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

/* A device's realm may be any text, even another account's domain. */
static struct ur_text domain_of(uint32_t number, struct ur_text realm,
		struct ur_table *table, char buf[UR_AOR_DOMAIN_MAX])
{
	const struct ur_account *account =
			ur_table_account_by_number(table, number);
	struct ur_text domain = realm;

	if(account == NULL)
		return realm;
	domain = ur_identity_domain(account, realm);
	if(domain.s != realm.s && domain.len <= UR_AOR_DOMAIN_MAX)
		domain.s = memcpy(buf, domain.s, domain.len);
	else
		domain = realm;
	ur_table_account_put(account);
	return domain;
}

/* Sets the caller to that address; *a must outlive it. */
static void set_caller(struct ur_caller *caller, const struct ur_user *user,
		const struct ur_aor *a, struct ur_table *table)
{
	static char domain[UR_AOR_DOMAIN_MAX];

	caller->user = user;
	caller->aor = a->aor;
	caller->domain = user ? domain_of(user->account, a->domain, table, domain)
						  : a->domain;
}

static const struct ur_user *user_at(
		struct ur_table *table, const struct ur_aor *a)
{
	const struct ur_account *account =
			ur_table_account_by_domain(table, a->domain);
	const struct ur_user *user = account != NULL ? ur_table_user_by_name(
										 table, account->number, a->user)
												 : NULL;

	ur_table_account_put(account);
	return user;
}

/* A user calls, but none of the user's devices. */
static void set_served(struct ur_caller *caller, const struct ur_aor *served,
		struct ur_table *table)
{
	set_caller(caller, user_at(table, served), served, table);
	caller->aor = UR_TEXT("");
	if(caller->user == NULL)
		caller->domain = UR_TEXT("");
}

struct ur_caller ur_request_caller(struct sip_msg *msg, struct ur_table *table)
{
	static struct ur_aor calling, dialled;
	const auth_body_t *credentials = accepted_credentials(msg);
	const struct ur_aor *const served = ur_served_user(msg);
	struct ur_caller caller = {.is_private = asks_for_privacy(msg)};
	str no_user = {"", 0};
	int device;

	if(ur_aor_make(no_user, msg->parsed_uri.host, &dialled))
		caller.dialled = dialled.domain;
	if(credentials != NULL
			&& ur_aor_make(credentials->digest.username.user,
					credentials->digest.realm, &calling))
		set_caller(&caller,
				ur_table_user_by_device(table, calling.aor, &device), &calling,
				table);
	else if(credentials == NULL && served != NULL)
		set_served(&caller, served, table);
	return caller;
}

void ur_request_set_dialled(struct ur_caller *caller,
		const struct ur_callee *callee, struct ur_table *table)
{
	static char buf[UR_AOR_DOMAIN_MAX];
	struct ur_text domain;

	if(callee->extension == NULL || !callee->extension->is_did)
		return;
	domain = domain_of(callee->extension->account, caller->dialled, table, buf);
	if(!ur_text_is_empty(domain))
		caller->dialled = domain;
}

bool ur_request_is_domain_of_ours(struct ur_table *table, str host)
{
	const struct ur_account *account;
	struct ur_aor a;
	str no_user = {"", 0};

	if(!ur_aor_make(no_user, host, &a))
		return false;
	account = ur_table_account_by_domain(table, a.domain);
	ur_table_account_put(account);
	return account != NULL;
}

bool ur_request_device(struct sip_msg *msg, struct ur_aor *device)
{
	const auth_body_t *credentials = accepted_credentials(msg);

	return credentials != NULL
		   && ur_aor_make(credentials->digest.username.user,
				   credentials->digest.realm, device);
}

bool ur_request_is_by_device(struct sip_msg *msg, struct ur_text aor)
{
	struct ur_aor a;

	return ur_request_device(msg, &a) && ur_text_equal(a.aor, aor);
}

static bool account_is_active(struct ur_table *table, uint32_t number)
{
	const struct ur_account *account =
			ur_table_account_by_number(table, number);
	const bool active = account != NULL && account->active;

	ur_table_account_put(account);
	return active;
}

bool ur_request_device_is_active(
		struct ur_table *table, struct ur_text aor, bool even_if_suspended)
{
	int device;
	const struct ur_user *user = ur_table_user_by_device(table, aor, &device);
	const bool active =
			user != NULL && user->active
			&& (user->devices[device].flags & UR_DEVICE_ACTIVE)
			&& (even_if_suspended || account_is_active(table, user->account));

	ur_table_user_put(user);
	return active;
}

bool ur_request_user_is_active(
		struct ur_table *table, const struct ur_aor *address)
{
	const struct ur_user *user = user_at(table, address);
	const bool active = user != NULL && user->active
						&& account_is_active(table, user->account);

	ur_table_user_put(user);
	return active;
}

bool ur_request_find_caller(
		struct ur_table *table, str user, str host, struct ur_caller *caller)
{
	static struct ur_aor calling;
	const struct ur_user *found;
	int device;

	if(!ur_aor_make(user, host, &calling))
		return false;
	found = ur_table_user_by_device(table, calling.aor, &device);
	if(found == NULL)
		found = user_at(table, &calling);
	if(found == NULL)
		return false;
	set_caller(caller, found, &calling, table);
	return true;
}
