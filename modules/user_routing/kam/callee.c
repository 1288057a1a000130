/*
 * Who is called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/callee.h"

#include "core/parser/parse_uri.h"
#include "kam/aor.h"
#include "kam/compat.h"
#include "kam/contact_owner.h"
#include "kam/tel_uri.h"

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
		const struct ur_aor *a, struct ur_callee *callee)
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
		const struct ur_account *account, const struct ur_aor *a,
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
static bool is_out_of_question(uint32_t account, const struct ur_user *user,
		int device, enum ur_callee_why *why)
{
	if(user->account != account)
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
		const struct ur_account *account, const struct ur_aor *a,
		struct ur_callee *callee)
{
	const struct ur_user *user =
			ur_table_user_by_device(table, a->aor, &callee->device);

	enum ur_callee_why why;

	if(user == NULL)
		return;
	callee->user = user;
	callee->kind = UR_CALLEE_DEVICE;
	if(!is_out_of_question(account->number, user, callee->device, &why))
		return;
	ur_user_put(user);
	unknown(callee, why);
}

static struct ur_callee find_callee(
		struct ur_table *table, const struct ur_aor *a)
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

struct ur_callee ur_callee_find(struct ur_table *table, str user, str host)
{
	struct ur_callee callee = {.kind = UR_CALLEE_BAD_URI};
	struct ur_aor a;
	str no_user = {"", 0};

	if(ur_aor_make(user, host, &a))
		return find_callee(table, &a);
	/* No user of ours can have such a name; whether the domain is ours still
	 * matters to the script. */
	if(ur_aor_make(no_user, host, &a))
		return find_callee(table, &a);
	callee.kind = UR_CALLEE_FOREIGN;
	return callee;
}

void ur_callee_keep_extension(
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

const char *ur_callee_why(const struct ur_callee *callee)
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

struct ur_callee ur_callee_of_request(
		struct sip_msg *msg, struct ur_table *table)
{
	const struct ur_callee bad = {.kind = UR_CALLEE_BAD_URI};

	if(parse_sip_msg_uri(msg) < 0 || ur_tel_uri_to_sip(msg, table) < 0)
		return bad;
	return ur_callee_find(table, msg->parsed_uri.user, msg->parsed_uri.host);
}

/* A contact's owner that is looked for. */
struct sought
{
	struct ur_table *table;
	uint32_t account;
	struct ur_callee callee;
};

static bool is_sought(void *context, struct ur_text aor)
{
	struct sought *s = context;
	enum ur_callee_why why;
	int device;
	const struct ur_user *user =
			ur_table_user_by_device(s->table, aor, &device);

	if(user == NULL)
		return false;
	if(is_out_of_question(s->account, user, device, &why)) {
		ur_user_put(user);
		return false;
	}
	s->callee.kind = UR_CALLEE_DEVICE;
	s->callee.user = user;
	s->callee.device = device;
	return true;
}

struct ur_callee ur_callee_of_contact(struct sip_msg *msg,
		struct ur_table *table, const struct ur_caller *caller)
{
	struct sought s = {.table = table, .callee = {.kind = UR_CALLEE_FOREIGN}};

	if(caller->user != NULL) {
		s.account = caller->user->account;
		ur_contact_owner(&msg->parsed_uri, is_sought, &s);
	}
	return s.callee;
}
