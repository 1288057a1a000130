/*
 * Finds the callee that a request names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/called.h"

#include "core/parser/parse_uri.h"
#include "kam/aor.h"
#include "kam/compat.h"
#include "kam/contact_owner.h"
#include "kam/context.h"
#include "kam/settings.h"
#include "kam/tel_uri.h"

static const struct ur_account *account_by_domain(
		void *context, struct ur_text domain)
{
	(void)context;
	return ur_table_account_by_domain(ur_context_table(), domain);
}

static const struct ur_user *user_by_name(
		void *context, uint32_t account, struct ur_text name)
{
	(void)context;
	return ur_table_user_by_name(ur_context_table(), account, name);
}

static const struct ur_extension *extension_by_digits(
		void *context, uint32_t account, struct ur_text digits)
{
	(void)context;
	return ur_table_extension_by_digits(ur_context_table(), account, digits);
}

static const struct ur_user *user_by_device(
		void *context, struct ur_text aor, int *device)
{
	(void)context;
	return ur_table_user_by_device(ur_context_table(), aor, device);
}

static const struct ur_extension *did_by_number(
		void *context, struct ur_text e164)
{
	(void)context;
	return ur_table_did(ur_context_table(), e164);
}

static const struct ur_account *account_by_number(
		void *context, uint32_t account)
{
	(void)context;
	return ur_table_account_by_number(ur_context_table(), account);
}

const struct ur_callee_directory ur_called_directory = {
		.account_by_domain = account_by_domain,
		.user_by_name = user_by_name,
		.extension_by_digits = extension_by_digits,
		.user_by_device = user_by_device,
		.did_by_number = did_by_number,
		.account_by_number = account_by_number,
		.put_account = ur_table_account_put,
		.put_user = ur_table_user_put,
		.put_extension = ur_table_extension_put,
};

static struct ur_callee find(
		const struct ur_aor *a, const struct ur_caller *caller)
{
	const struct ur_callee_name name = {a->user, a->domain, a->aor, caller,
			&ur_settings_at_start.emergency};

	return ur_callee_find(&ur_called_directory, &name);
}

struct ur_callee ur_called_by_name(
		str user, str host, const struct ur_caller *caller)
{
	const struct ur_callee foreign = {.kind = UR_CALLEE_FOREIGN};
	struct ur_aor a;
	str no_user = {"", 0};

	if(ur_aor_make(user, host, &a))
		return find(&a, caller);
	/* No user of ours can have such a name. The script still needs to know whether the domain is
	 * ours. */
	return ur_aor_make(no_user, host, &a) ? find(&a, caller) : foreign;
}

bool ur_called_read_uri(struct sip_msg *msg)
{
	return parse_sip_msg_uri(msg) >= 0
		   && ur_tel_uri_to_sip(msg, ur_context_table()) >= 0;
}

bool ur_called_is_emergency(struct sip_msg *msg)
{
	const str any_host = {"x", 1};
	struct ur_number number;
	struct ur_aor a;
	struct ur_tel tel;
	str user;
	int rc;

	if(msg->REQ_METHOD != METHOD_INVITE || parse_sip_msg_uri(msg) < 0)
		return false;
	rc = ur_tel_uri_read_request(msg, &tel);
	user = rc > 0 ? ur_str_of_text(ur_tel_number(&tel)) : msg->parsed_uri.user;
	return rc >= 0 && ur_aor_make(user, any_host, &a)
		   && ur_emergency_find(
				   &ur_settings_at_start.emergency, a.user, &number);
}

struct ur_callee ur_called_by_request(
		const struct sip_msg *msg, const struct ur_caller *caller)
{
	return ur_called_by_name(
			msg->parsed_uri.user, msg->parsed_uri.host, caller);
}

/* Search for a contact's owner. */
struct sought
{
	uint32_t account;
	struct ur_callee callee;
};

static bool is_sought(void *context, struct ur_text aor)
{
	struct sought *s = context;

	s->callee = ur_callee_find_device(&ur_called_directory, s->account, aor);
	return s->callee.kind == UR_CALLEE_DEVICE;
}

struct ur_callee ur_called_by_contact(
		struct sip_msg *msg, const struct ur_caller *caller)
{
	struct sought s = {.callee = {.kind = UR_CALLEE_FOREIGN}};

	if(caller->user != NULL) {
		s.account = caller->user->account;
		ur_contact_owner(&msg->parsed_uri, is_sought, &s);
	}
	return s.callee;
}
