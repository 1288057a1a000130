/*
 * user_is_known().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/known.h"

#include "kam/answer.h"
#include "kam/called.h"
#include "kam/context.h"
#include "kam/request.h"
#include "kam/script.h"

static int refuse(const struct sip_msg *msg, int status, enum ur_rc rc)
{
	ur_answer_set(msg, status);
	return rc;
}

/* The callee that the sender would reach. Only kind and reason may be used: the references are
 * released. */
static struct ur_callee find(struct sip_msg *msg)
{
	const struct ur_caller caller = ur_request_caller(msg, ur_context_table());
	const struct ur_callee callee = ur_called_by_request(msg, &caller);

	ur_table_user_put(caller.user);
	ur_table_user_put(callee.user);
	ur_table_extension_put(callee.extension);
	return callee;
}

int ur_known_check(struct sip_msg *msg)
{
	struct ur_callee callee;
	bool is_domain;

	if(!ur_state_is_loaded(ur_context_mirror())) {
		ur_answer_not_loaded(msg);
		return UR_RC_NOT_LOADED;
	}
	if(!ur_called_read_uri(msg))
		return refuse(msg, 400, UR_RC_END);
	callee = find(msg);
	switch(callee.kind) {
		case UR_CALLEE_FOREIGN:
			return refuse(msg, 404, UR_RC_FOREIGN);
		case UR_CALLEE_UNKNOWN:
			is_domain = msg->parsed_uri.user.len == 0
						&& callee.why == UR_CALLEE_NO_SUCH;
			return is_domain ? UR_RC_RING : refuse(msg, 404, UR_RC_NO_USER);
		default:
			return UR_RC_RING;
	}
}
