/*
 * Look-ups for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "support/lookup.h"
#include "support/sample.h"

/* Keeps the text for the answer. */
static const char *keep(struct ur_text text)
{
	static _Thread_local char id[80];

	snprintf(id, sizeof(id), "%.*s", text.len, text.s);
	return id;
}

static const char *user_id(const struct ur_user *user)
{
	const char *id =
			keep(user != NULL ? ur_user_text(user, user->id) : UR_TEXT(""));

	ur_table_user_put(user);
	return id;
}

const char *ur_test_by_id(struct ur_table *table, const char *id)
{
	return user_id(ur_table_user_by_id(table, ur_test_text(id)));
}

const char *ur_test_by_name(
		struct ur_table *table, uint32_t account, const char *username)
{
	return user_id(
			ur_table_user_by_name(table, account, ur_test_text(username)));
}

const char *ur_test_by_device(struct ur_table *table, const char *name)
{
	char aor[128];
	int device = -1;
	const struct ur_user *user;

	snprintf(aor, sizeof(aor), "%s@acme.example", name);
	user = ur_table_user_by_device(table, ur_test_text(aor), &device);
	if(user != NULL
			&& (device < 0 || device >= user->device_count
					|| !ur_test_slice_is(user, user->devices[device].aor, aor)))
		abort();
	return user_id(user);
}

const char *ur_test_by_domain(struct ur_table *table, const char *domain)
{
	const struct ur_account *account =
			ur_table_account_by_domain(table, ur_test_text(domain));
	const char *id =
			keep(account != NULL ? ur_account_text(account, account->id)
								 : UR_TEXT(""));

	ur_table_account_put(account);
	return id;
}

uint32_t ur_test_account_number(struct ur_table *table, const char *domain)
{
	const struct ur_account *account =
			ur_table_account_by_domain(table, ur_test_text(domain));
	uint32_t number = account != NULL ? account->number : 0;

	ur_table_account_put(account);
	return number;
}
