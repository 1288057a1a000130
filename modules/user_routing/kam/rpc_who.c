/*
 * Who is asked about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_who.h"

#include <string.h>

#include "core/ut.h"
#include "kam/compat.h"

bool ur_rpc_who_read(rpc_t *rpc, void *ctx, struct ur_rpc_who *who)
{
	str text, domain;

	if(rpc->scan(ctx, ".S", &text) < 1 || text.len <= 0) {
		rpc->fault(ctx, 400,
				"The parameter is missing: username@domain, "
				"auth_username@realm,"
				" or the id of a sip_user, schedule, caller_list or "
				"ring_group");
		return false;
	}
	if(text.len > 4 && strncasecmp(text.s, "sip:", 4) == 0)
		text = (str){text.s + 4, text.len - 4};
	if(text.len > UR_RPC_WHO_MAX) {
		rpc->fault(ctx, 400, "The parameter is too long: %d bytes", text.len);
		return false;
	}
	who->text = (struct ur_text){memcpy(who->buf, text.s, text.len), text.len};
	for(who->at = text.len - 1; who->at >= 0; who->at--) {
		if(who->buf[who->at] == '@')
			break;
	}
	if(who->at >= 0) {
		domain = (str){who->buf + who->at + 1, text.len - who->at - 1};
		strlower(&domain);
	}
	return true;
}

static const struct ur_user *find_by_name(
		struct ur_table *table, const struct ur_rpc_who *who)
{
	struct ur_text username = {who->buf, who->at};
	struct ur_text domain = {
			who->buf + who->at + 1, who->text.len - who->at - 1};
	const struct ur_account *account =
			ur_table_account_by_domain(table, domain);
	const struct ur_user *user = NULL;

	if(account != NULL)
		user = ur_table_user_by_name(table, account->number, username);
	ur_table_account_put(account);
	return user;
}

const struct ur_user *ur_rpc_who_find(
		struct ur_table *table, const struct ur_rpc_who *who)
{
	const struct ur_user *user;
	int device;

	if(who->at < 0)
		return ur_table_user_by_id(table, who->text);
	user = find_by_name(table, who);
	if(user == NULL)
		user = ur_table_user_by_device(table, who->text, &device);
	return user;
}
