/*
 * External phones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/external.h"

#include "kam/context.h"
#include "mirror/store/table.h"
#include "policy/target.h"

/* NULL if the account was deleted during the call. */
static struct ur_text id_of(const struct ur_account *account)
{
	return account != NULL ? ur_account_text(account, account->id)
						   : UR_TEXT("");
}

int ur_external_uri(const struct ur_member *member, char *uri, int size)
{
	const struct ur_target_kind *kind =
			ur_table_kind(ur_context_table(), UR_TEXT("forward"));
	const struct ur_account *account;
	struct ur_target_form form;
	int len;

	if(kind == NULL)
		return -1;
	account = ur_table_account_by_number(ur_context_table(), member->account);
	form = (struct ur_target_form){id_of(account), ur_member_number(member),
			ur_member_number(member), ur_slice_text(kind, kind->uri_template)};
	len = ur_target_names_host(&form) ? -1 : ur_target_uri(&form, uri, size);
	ur_table_account_put(account);
	ur_table_kind_put(kind);
	return len > 0 ? len : -1;
}
