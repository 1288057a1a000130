/*
 * The callee of a request.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/callee.h"

#include <stddef.h>

/* Returns true, as the search is over. */
static bool unknown(struct ur_callee *callee, enum ur_callee_why why)
{
	callee->kind = UR_CALLEE_UNKNOWN;
	callee->why = why;
	callee->user = NULL;
	callee->extension = NULL;
	return true;
}

static bool find_user(const struct ur_callee_directory *directory,
		const struct ur_account *account, struct ur_text name,
		struct ur_callee *callee)
{
	callee->user =
			directory->user_by_name(directory->context, account->number, name);
	if(callee->user == NULL)
		return false;
	callee->kind = UR_CALLEE_USER;
	if(callee->user->active)
		return true;
	directory->put_user(callee->user);
	return unknown(callee, UR_CALLEE_USER_DISABLED);
}

static bool find_extension(const struct ur_callee_directory *directory,
		const struct ur_account *account, struct ur_text digits,
		struct ur_callee *callee)
{
	callee->extension = directory->extension_by_digits(
			directory->context, account->number, digits);
	if(callee->extension == NULL)
		return false;
	callee->kind = UR_CALLEE_EXTENSION;
	if(callee->extension->active)
		return true;
	directory->put_extension(callee->extension);
	return unknown(callee, UR_CALLEE_EXTENSION_DISABLED);
}

/* True: the device can't be called, and why. Other accounts' devices don't exist, even at an
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

static bool find_device(const struct ur_callee_directory *directory,
		uint32_t account, struct ur_text aor, struct ur_callee *callee)
{
	enum ur_callee_why why;

	callee->user =
			directory->user_by_device(directory->context, aor, &callee->device);
	if(callee->user == NULL)
		return false;
	callee->kind = UR_CALLEE_DEVICE;
	if(!is_out_of_question(account, callee->user, callee->device, &why))
		return true;
	directory->put_user(callee->user);
	return unknown(callee, why);
}

struct ur_callee ur_callee_find(const struct ur_callee_directory *directory,
		const struct ur_callee_name *name)
{
	struct ur_callee callee = {.kind = UR_CALLEE_FOREIGN};
	const struct ur_account *account =
			directory->account_by_domain(directory->context, name->domain);

	if(account == NULL)
		return callee;
	if(!account->active)
		unknown(&callee, UR_CALLEE_ACCOUNT_SUSPENDED);
	else if(!find_user(directory, account, name->user, &callee)
			&& !find_extension(directory, account, name->user, &callee)
			&& !find_device(directory, account->number, name->aor, &callee))
		unknown(&callee, UR_CALLEE_NO_SUCH);
	directory->put_account(account);
	return callee;
}

struct ur_callee ur_callee_find_device(
		const struct ur_callee_directory *directory, uint32_t account,
		struct ur_text aor)
{
	struct ur_callee callee = {.kind = UR_CALLEE_FOREIGN};

	if(find_device(directory, account, aor, &callee)
			&& callee.kind == UR_CALLEE_UNKNOWN)
		callee.kind = UR_CALLEE_FOREIGN;
	return callee;
}

void ur_callee_keep_extension(const struct ur_callee_directory *directory,
		struct ur_callee *callee, const struct ur_caller *caller)
{
	if(callee->kind != UR_CALLEE_EXTENSION || !ur_caller_is_phone(caller))
		return;
	if(caller->user != NULL
			&& caller->user->account == callee->extension->account)
		return;
	directory->put_extension(callee->extension);
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
					"the device belongs to another account than the domain",
			[UR_CALLEE_NOT_FOR_CALLER] =
					"the extension belongs to another account than the caller",
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
