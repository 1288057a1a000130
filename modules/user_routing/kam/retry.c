/*
 * Another try for a leg that has failed, while the others ring on.
 *
 * The new branch has the ruid of the failed one, so it is the same leg (kam/legs.h): it ends at the same
 * time, and the verdict of the failed branch does not count. tm runs the branch failure route with its
 * reply lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/retry.h"

#include "core/dprint.h"
#include "kam/branches.h"
#include "kam/contacts.h"
#include "kam/deadline.h"
#include "kam/external.h"
#include "kam/legs.h"
#include "modules/tm/h_table.h"
#include "modules/tm/tm_load.h"
#include "policy/target.h"

static struct tm_binds tmb;

int ur_retry_init(void)
{
	return load_tm_api(&tmb);
}

static bool is_over(
		const struct cell *t, const struct ur_live_call *live, int branch)
{
	return live->call.phase != UR_CALL_RINGING || t->uas.status >= 200
		   || (t->flags & T_CANCELED) || ur_deadline_ended(live, branch)
		   || ur_deadline_left(live, branch) < UR_CALL_START_MS_MIN;
}

/* The transaction and the leg, if it may be tried again. */
static const struct cell *find(
		const struct sip_msg *msg, const struct ur_live_call *live, int *branch)
{
	const struct cell *t = tmb.t_gett();

	*branch = tmb.t_gett_branch();
	if(live == NULL || t == NULL || t == T_UNDEFINED || *branch < 0
			|| *branch >= t->nr_of_outgoings || is_over(t, live, *branch)
			|| !ur_legs_is_external(msg, live) || ur_legs_room() <= 0)
		return NULL;
	return t;
}

int ur_retry_leg(struct sip_msg *msg)
{
	const struct ur_live_call *live = ur_live_call_get();
	static struct ur_contacts contacts = {.count = 1};
	struct ur_contact *contact = &contacts.list[0];
	char uri[UR_TARGET_URI_MAX];
	struct ur_member member;
	const struct cell *t;
	int branch;

	t = find(msg, live, &branch);
	if(t == NULL)
		return -1;
	member = ur_plan_member(&live->call.plan, ur_legs_place(msg, live));
	*contact = (struct ur_contact){.uri = {uri, 0},
			.ruid = t->uac[branch].ruid,
			.tcp_connection = UR_NO_CONNECTION};
	contact->uri.len = ur_external_uri(&member, uri, sizeof(uri));
	if(contact->uri.len < 0)
		return -1;
	return ur_branches_set(msg, &contacts) > 0 ? 1 : -2;
}
