/*
 * Who a digest username names, and may that device authenticate?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/authentication.h"

#include <stddef.h>

enum
{
	DEVICES_SHOWN = 3,
};

static bool is_realm_of_others(const struct ur_callee_directory *directory,
		const struct ur_user *user, struct ur_text realm)
{
	const struct ur_account *account =
			directory->account_by_domain(directory->context, realm);
	const bool others = account != NULL && account->number != user->account;

	directory->put_account(account);
	return others;
}

static enum ur_authentication_why why_not(
		const struct ur_callee_directory *directory, const struct ur_user *user,
		int device, struct ur_text realm)
{
	const uint8_t flags = user->devices[device].flags;

	if(!(flags & UR_DEVICE_ACTIVE))
		return UR_AUTHENTICATION_DISABLED;
	if(!(flags & UR_DEVICE_HA1))
		return UR_AUTHENTICATION_NO_PASSWORD;
	if(!user->active)
		return UR_AUTHENTICATION_USER_DISABLED;
	if(is_realm_of_others(directory, user, realm))
		return UR_AUTHENTICATION_OTHERS_REALM;
	return ur_callee_account_is_active(directory, user->account)
				   ? UR_AUTHENTICATION_OK
				   : UR_AUTHENTICATION_SUSPENDED;
}

/* There is no such device. */
static void find_user(const struct ur_callee_directory *directory,
		struct ur_text username, struct ur_text domain,
		struct ur_authentication *found)
{
	const struct ur_account *account =
			directory->account_by_domain(directory->context, domain);

	found->why = UR_AUTHENTICATION_NO_DOMAIN;
	if(account == NULL)
		return;
	found->user = directory->user_by_name(
			directory->context, account->number, username);
	found->why = found->user != NULL ? UR_AUTHENTICATION_IS_USER
									 : UR_AUTHENTICATION_NO_DEVICE;
	directory->put_account(account);
}

struct ur_authentication ur_authentication_find(
		const struct ur_callee_directory *directory,
		struct ur_text auth_username, struct ur_text realm, struct ur_text aor)
{
	struct ur_authentication found = {.device = 0};

	found.user =
			directory->user_by_device(directory->context, aor, &found.device);
	if(found.user != NULL)
		found.why = why_not(directory, found.user, found.device, realm);
	else
		find_user(directory, auth_username, realm, &found);
	return found;
}

const char *ur_authentication_why(enum ur_authentication_why why)
{
	static const char *const sentences[] = {
			[UR_AUTHENTICATION_OK] = "the device may authenticate",
			[UR_AUTHENTICATION_NO_DOMAIN] =
					"there is no such device, and its domain is not in"
					" sip_domain",
			[UR_AUTHENTICATION_IS_USER] =
					"it is a user; phones register as one of the user's"
					" devices",
			[UR_AUTHENTICATION_NO_DEVICE] = "there is no such device",
			[UR_AUTHENTICATION_DISABLED] = "the device is disabled",
			[UR_AUTHENTICATION_NO_PASSWORD] = "the device has no ha1",
			[UR_AUTHENTICATION_USER_DISABLED] = "the device's user is disabled",
			[UR_AUTHENTICATION_OTHERS_REALM] =
					"the device's realm is another account's domain",
			[UR_AUTHENTICATION_SUSPENDED] = "the device's account is suspended",
	};

	return sentences[why];
}

/* External phones do not register. */
void ur_authentication_put_devices(
		struct ur_output *out, const struct ur_user *user)
{
	int count = 0;
	int i;

	for(i = 0; i < user->device_count; i++) {
		if(ur_device_is_external(&user->devices[i]) || ++count > DEVICES_SHOWN)
			continue;
		if(count > 1)
			ur_output_put(out, UR_TEXT(", "));
		ur_output_put(out, ur_user_text(user, user->devices[i].aor));
	}
	if(count == 0)
		ur_output_put(out, UR_TEXT("none"));
	if(count <= DEVICES_SHOWN)
		return;
	ur_output_put(out, UR_TEXT(" and "));
	ur_output_put_number(out, count - DEVICES_SHOWN);
	ur_output_put(out, UR_TEXT(" more"));
}
