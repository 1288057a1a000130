/*
 * The caller as a user's own rules know them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/rule_caller.h"

#include <stddef.h>

#include "policy/output.h"

bool ur_rule_caller_is_internal(
		const struct ur_chain *chain, const struct ur_caller *caller)
{
	return caller->user != NULL
		   && caller->user->account == ur_chain_user(chain)->account;
}

/* E.164 with or without +, as trunks send it and as their calls' dids are found; else, if it begins with
 * 0, as the callee's account writes it. */
static void read_number(const struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_text text,
		struct ur_rule_caller *who)
{
	const struct ur_account *account = directory->find_account(
			directory->context, ur_chain_user(chain)->account);

	if(!ur_number_of_trunk(text, &who->number))
		ur_number_normalise(text, account, &who->number);
	if(account != NULL)
		directory->put_account(account);
	who->listed.number = ur_number_text(&who->number);
	who->is_anonymous = !ur_number_is_shown(text);
}

static void read_address(
		const struct ur_caller *caller, struct ur_rule_caller *who)
{
	struct ur_output out = {who->address, 0, sizeof(who->address)};

	ur_output_put(&out, ur_user_text(caller->user, caller->user->username));
	ur_output_put(&out, UR_TEXT("@"));
	ur_output_put(&out, caller->domain);
	if(out.len > 0 && !ur_text_is_empty(caller->domain))
		who->listed.address = (struct ur_text){who->address, out.len};
}

/* Of another account, who has called a did: the callee is shown the number. It is E.164 as it is. */
static void read_shown_number(const struct ur_directory *directory,
		const struct ur_caller *caller, struct ur_rule_caller *who)
{
	const struct ur_account *account =
			directory->find_account(directory->context, caller->user->account);
	bool is_own;

	if(account == NULL || ur_text_is_empty(caller->domain))
		return;
	ur_number_of_trunk(
			ur_identity_number(account, caller->user, &is_own), &who->number);
	directory->put_account(account);
	who->listed.number = ur_number_text(&who->number);
}

/* Of a user who shows no name the callee sees no more than of a caller who asked for privacy. */
static bool shows_nothing(const struct ur_rule_caller *who)
{
	return ur_text_is_empty(who->listed.number)
		   && ur_text_is_empty(who->listed.address);
}

static void read_trunk(const struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		struct ur_rule_caller *who)
{
	who->is_anonymous = true;
	if(!ur_caller_is_phone(call->caller) && call->asserted != NULL)
		read_number(chain, directory, call->asserted(call->request), who);
}

void ur_rule_caller_read(const struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_rule_call *call,
		struct ur_rule_caller *who)
{
	const struct ur_caller *caller = call->caller;
	const bool is_internal = ur_rule_caller_is_internal(chain, caller);

	memset(who, 0, sizeof(*who));
	if(caller->is_private) {
		who->is_anonymous = true;
		return;
	}
	if(is_internal)
		who->listed.username =
				ur_user_text(caller->user, caller->user->username);
	if(caller->user == NULL) {
		read_trunk(chain, directory, call, who);
		return;
	}
	if(ur_caller_is_outside(chain, caller))
		read_shown_number(directory, caller, who);
	else
		read_address(caller, who);
	who->is_anonymous = !is_internal && shows_nothing(who);
}
