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

static bool is_trunk(const struct ur_caller *caller)
{
	return caller->user == NULL && !ur_caller_is_phone(caller);
}

static bool is_of_account(const struct ur_caller *caller, uint32_t account)
{
	return caller->user != NULL && caller->user->account == account;
}

/* One that is not for the caller counts as not there, and the search goes on. */
static bool find_extension(const struct ur_callee_directory *directory,
		const struct ur_account *account, const struct ur_callee_name *name,
		struct ur_callee *callee)
{
	const struct ur_extension *extension = directory->extension_by_digits(
			directory->context, account->number, name->user);

	if(extension == NULL)
		return false;
	if(!is_trunk(name->caller)
			&& !is_of_account(name->caller, extension->account)) {
		callee->why = UR_CALLEE_NOT_FOR_CALLER;
		directory->put_extension(extension);
		return false;
	}
	callee->kind = UR_CALLEE_EXTENSION;
	callee->extension = extension;
	if(extension->active)
		return true;
	directory->put_extension(extension);
	return unknown(callee, UR_CALLEE_EXTENSION_DISABLED);
}

bool ur_callee_account_is_active(
		const struct ur_callee_directory *directory, uint32_t number)
{
	const struct ur_account *account =
			directory->account_by_number(directory->context, number);
	const bool is_active = account != NULL && account->active;

	if(account != NULL)
		directory->put_account(account);
	return is_active;
}

/* A did may be of another account than the domain. */
static bool find_did(const struct ur_callee_directory *directory,
		const struct ur_number *number, struct ur_callee *callee)
{
	enum ur_callee_why why = UR_CALLEE_DID_DISABLED;

	callee->extension = directory->did_by_number(
			directory->context, ur_number_digits(number));
	if(callee->extension == NULL)
		return false;
	callee->kind = UR_CALLEE_EXTENSION;
	if(callee->extension->active) {
		why = UR_CALLEE_DID_SUSPENDED;
		if(ur_callee_account_is_active(directory, callee->extension->account))
			return true;
	}
	directory->put_extension(callee->extension);
	return unknown(callee, why);
}

/* A did by its number as the account writes it; else the number, which is of nobody here. */
static bool find_number(const struct ur_callee_directory *directory,
		const struct ur_account *account, const struct ur_callee_name *name,
		struct ur_callee *callee)
{
	struct ur_number number;

	if(!ur_number_normalise(name->user, account, &number))
		return false;
	if(find_did(directory, &number, callee))
		return true;
	ur_number_normalise(name->user,
			is_of_account(name->caller, account->number) ? account : NULL,
			&callee->number);
	return false;
}

static bool find_did_of_trunk(const struct ur_callee_directory *directory,
		struct ur_text name, struct ur_callee *callee)
{
	struct ur_number number;

	return ur_number_of_trunk(name, &number)
		   && find_did(directory, &number, callee);
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

static void find_in_account(const struct ur_callee_directory *directory,
		const struct ur_account *account, const struct ur_callee_name *name,
		struct ur_callee *callee)
{
	callee->is_elsewhere = name->caller->user != NULL
						   && !is_of_account(name->caller, account->number);
	if(!account->active)
		unknown(callee, UR_CALLEE_ACCOUNT_SUSPENDED);
	else if(!find_user(directory, account, name->user, callee)
			&& !find_extension(directory, account, name, callee)
			&& !find_device(directory, account->number, name->aor, callee)
			&& !find_number(directory, account, name, callee))
		unknown(callee, callee->why);
}

/* Before all others: it must not depend on what an account calls its extensions. */
static bool find_emergency(
		const struct ur_callee_name *name, struct ur_callee *callee)
{
	return name->caller->user != NULL
		   && ur_emergency_find(name->emergency, name->user, &callee->number)
		   && unknown(callee, UR_CALLEE_EMERGENCY);
}

struct ur_callee ur_callee_find(const struct ur_callee_directory *directory,
		const struct ur_callee_name *name)
{
	struct ur_callee callee = {.kind = UR_CALLEE_FOREIGN};
	const struct ur_account *account;

	if(find_emergency(name, &callee))
		return callee;
	if(is_trunk(name->caller)
			&& find_did_of_trunk(directory, name->user, &callee))
		return callee;
	account = directory->account_by_domain(directory->context, name->domain);
	if(account == NULL)
		return callee;
	find_in_account(directory, account, name, &callee);
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

bool ur_callee_is_emergency(const struct ur_callee *callee)
{
	return callee->kind == UR_CALLEE_UNKNOWN
		   && callee->why == UR_CALLEE_EMERGENCY;
}

bool ur_callee_is_our_number(const struct ur_callee *callee)
{
	if(callee->kind == UR_CALLEE_EXTENSION)
		return callee->extension->is_did;
	return callee->kind == UR_CALLEE_UNKNOWN
		   && (callee->why == UR_CALLEE_DID_DISABLED
				   || callee->why == UR_CALLEE_DID_SUSPENDED);
}

bool ur_callee_may_leave(const struct ur_callee *callee)
{
	return !ur_callee_is_our_number(callee)
		   && (!callee->is_elsewhere || callee->number.len > 0);
}

const char *ur_callee_why(const struct ur_callee *callee)
{
	static const char *const unknown_why[] = {
			[UR_CALLEE_NO_SUCH] =
					"there is no such user, extension, device or did",
			[UR_CALLEE_ACCOUNT_SUSPENDED] = "the account is suspended",
			[UR_CALLEE_USER_DISABLED] = "the user is disabled",
			[UR_CALLEE_EXTENSION_DISABLED] = "the extension is disabled",
			[UR_CALLEE_DID_DISABLED] = "the number is disabled",
			[UR_CALLEE_DID_SUSPENDED] = "the number's account is suspended",
			[UR_CALLEE_DEVICE_DISABLED] = "the device is disabled",
			[UR_CALLEE_OTHER_ACCOUNT] =
					"the device belongs to another account than the domain",
			[UR_CALLEE_NOT_FOR_CALLER] =
					"the extension belongs to another account than the caller",
			[UR_CALLEE_EMERGENCY] = "it is an emergency number",
	};

	switch(callee->kind) {
		case UR_CALLEE_UNKNOWN:
			return unknown_why[callee->why];
		case UR_CALLEE_FOREIGN:
			return "the domain is not in sip_domain";
		default:
			return "";
	}
}
