/*
 * Whom presence is about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/presentity.h"

#include "core/dset.h"
#include "kam/act.h"
#include "kam/answer.h"
#include "kam/begin.h"
#include "kam/called.h"
#include "kam/context.h"
#include "kam/directory.h"
#include "kam/request.h"
#include "policy/identity.h"

int ur_presentity_uri(const struct ur_user *user, char *buf, int size)
{
	const struct ur_account *account =
			ur_table_account_by_number(ur_context_table(), user->account);
	struct ur_text domain;
	int len = -1;

	if(account == NULL)
		return -1;
	domain = ur_identity_domain(account, UR_TEXT(""));
	if(!ur_text_is_empty(domain))
		len = ur_identity_address(user, domain, buf, size);
	ur_table_account_put(account);
	return len;
}

/* The user that the callee is, or that the extension leads to; NULL: none. The chain gets the
 * reference. */
static const struct ur_user *user_of(
		struct ur_chain *chain, const struct ur_callee *callee)
{
	struct ur_directory directory;
	struct ur_decision decision;

	if(callee->extension == NULL) {
		ur_chain_begin_user(chain, callee->user);
		return callee->user;
	}
	directory = ur_directory_of(callee->extension->account);
	ur_chain_begin_extension(chain, callee->extension);
	return ur_rules_decide_extension(chain, &directory, &decision)
				   ? ur_chain_user(chain)
				   : NULL;
}

static bool may(const struct sip_msg *msg, const struct ur_user *sender,
		const struct ur_user *user)
{
	if(msg->REQ_METHOD == METHOD_SUBSCRIBE)
		return user->account == sender->account;
	return ur_text_equal(
			ur_user_text(user, user->id), ur_user_text(sender, sender->id));
}

static int set_uri(struct sip_msg *msg, const struct ur_user *user)
{
	char buf[UR_PRESENTITY_URI_MAX];
	str uri = {buf, ur_presentity_uri(user, buf, sizeof(buf))};

	return uri.len < 0 || rewrite_uri(msg, &uri) < 0
				   ? ur_act_answer(msg, 500, UR_RC_ERROR)
				   : UR_RC_RING;
}

static int set(struct sip_msg *msg, const struct ur_caller *caller,
		const struct ur_callee *callee)
{
	const struct ur_directory directory = ur_directory_of(0);
	struct ur_chain chain = {.count = 0};
	const struct ur_user *user = user_of(&chain, callee);
	int rc;

	if(user != NULL && may(msg, caller->user, user))
		rc = set_uri(msg, user);
	else
		rc = ur_act_answer(msg, 403, UR_RC_END);
	ur_chain_end(&chain, &directory);
	return rc;
}

static int set_named(struct sip_msg *msg)
{
	const struct ur_caller caller = ur_request_caller(msg, ur_context_table());
	struct ur_callee callee = {.kind = UR_CALLEE_FOREIGN};
	int rc;

	if(caller.user == NULL || !ur_caller_is_phone(&caller))
		rc = ur_act_answer(msg, 403, UR_RC_END);
	else if((callee = ur_called_by_request(msg, &caller)).kind
			== UR_CALLEE_FOREIGN)
		rc = ur_act_answer(msg, 404, UR_RC_FOREIGN);
	else if(callee.kind == UR_CALLEE_UNKNOWN)
		rc = ur_act_answer(msg, 404, UR_RC_NO_USER);
	else
		rc = set(msg, &caller, &callee);
	ur_table_user_put(caller.user);
	return rc;
}

int ur_presentity_set(struct sip_msg *msg)
{
	const char *why;
	int status;

	if(!ur_state_is_loaded(ur_context_mirror())) {
		ur_answer_not_loaded(msg);
		return UR_RC_NOT_LOADED;
	}
	status = ur_begin_fault(msg, &why);
	if(status == 0 && !ur_called_read_uri(msg))
		status = 400;
	return status != 0 ? ur_act_answer(msg, status, UR_RC_END) : set_named(msg);
}
