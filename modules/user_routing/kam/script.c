/*
 * What the script calls: user_forward_policy() and user_fork().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/script.h"

#include <stdio.h>

#include "core/data_lump_rpl.h"
#include "core/dprint.h"
#include "core/globals.h"
#include "kam/branches.h"
#include "kam/call.h"
#include "kam/contacts.h"
#include "kam/legs.h"
#include "kam/request.h"
#include "kam/settings.h"
#include "policy/rules.h"

static struct ur_table *table;
static struct ur_mirror_status *mirror_status;

/* The answer to the caller, for $ur(status). Of this process alone: it is read
 * in the same run of a route that set it. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	int status;
} answer;

void ur_script_init(struct ur_table *t, struct ur_mirror_status *status)
{
	table = t;
	mirror_status = status;
}

int ur_script_status(const struct sip_msg *msg)
{
	return answer.msg_id == msg->id && answer.msg_pid == msg->pid
				   ? answer.status
				   : 0;
}

static int answer_with(const struct sip_msg *msg, int status, enum ur_rc rc)
{
	answer.msg_id = msg->id;
	answer.msg_pid = msg->pid;
	answer.status = status;
	return rc;
}

static int not_loaded(struct sip_msg *msg)
{
	char header[40];
	int len = snprintf(header, sizeof(header), "Retry-After: %d\r\n",
			ur_settings.retry_after);

	if(ur_settings.retry_after > 0
			&& add_lump_rpl(msg, header, len, LUMP_RPL_HDR) == NULL)
		LM_ERR("out of memory: the 503 goes without Retry-After\n");
	return answer_with(msg, 503, UR_RC_NOT_LOADED);
}

/* A user was found: the rules before ringing. Takes over the reference. */
static int begin_call(struct sip_msg *msg, const struct ur_callee *callee,
		struct ur_call **callp)
{
	struct ur_decision decision =
			ur_rules_before_ringing(callee->user, callee->account_active);

	if(decision.action == UR_ACTION_NOBODY) {
		ur_user_put(callee->user);
		return answer_with(msg, decision.status, UR_RC_NO_USER);
	}
	*callp = ur_call_new(callee->user,
			ur_request_caller_device(msg, callee->user), callee->device);
	if(*callp == NULL)
		return answer_with(msg, 500, UR_RC_ERROR);
	return UR_RC_RING;
}

/* The first time that the module sees the call. */
static int begin(struct sip_msg *msg, struct ur_call **callp)
{
	struct ur_callee callee;

	if(!ur_mirror_status_loaded(mirror_status))
		return not_loaded(msg);
	callee = ur_request_callee(msg, table);
	switch(callee.kind) {
		case UR_CALLEE_USER:
			return begin_call(msg, &callee, callp);
		case UR_CALLEE_UNKNOWN:
			return answer_with(msg, 404, UR_RC_NO_USER);
		case UR_CALLEE_FOREIGN:
			return answer_with(msg, 404, UR_RC_FOREIGN);
		default:
			return answer_with(msg, 400, UR_RC_END);
	}
}

static bool has_next_step(const struct ur_call *call)
{
	const struct ur_plan plan = ur_call_plan(call);

	return !call->ring.declined
		   && ur_plan_next_step(&plan, call->next_device).count > 0;
}

int ur_script_policy(struct sip_msg *msg)
{
	struct ur_call *call = ur_call_get();
	struct ur_decision decision;

	if(call == NULL)
		return begin(msg, &call);
	if(ur_legs_state() == UR_LEGS_CANCELLED)
		return answer_with(msg, 487, UR_RC_CANCELLED);
	if(call->phase == UR_CALL_RINGING)
		ur_legs_take(call);
	if(call->phase != UR_CALL_RUNG && has_next_step(call))
		return UR_RC_RING;
	call->phase = UR_CALL_RUNG;
	decision = ur_rules_after_ringing(call->user, ur_ring_outcome(&call->ring));
	return answer_with(msg, decision.status, UR_RC_END);
}

/* The ring time of the step that comes next, in milliseconds; 0: none is left. */
static int step_time(const struct ur_call *call)
{
	if(ur_settings.ring_timeout_total && call->step > 0)
		return ur_legs_time_left(call);
	return call->user->ring_timeout_sec * 1000;
}

static void log_limit(struct ur_call *call, int left_out)
{
	struct ur_text id = ur_user_text(call->user, call->user->id);

	if(call->limit_logged)
		return;
	call->limit_logged = true;
	LM_WARN("user %.*s: branches run short, at least %d contacts are left out:"
			" raise max_branches (now %u, 30 at most)\n",
			id.len, id.s, left_out, sr_dst_max_branches);
}

/* Goes on to the next step that has live contacts; NULL: there is none. */
static const struct ur_contacts *next_contacts(
		struct ur_call *call, struct ur_plan_step *step)
{
	const struct ur_plan plan = ur_call_plan(call);
	const int room = ur_legs_room();
	const struct ur_contacts *contacts;

	for(;;) {
		*step = ur_plan_next_step(&plan, call->next_device);
		if(step->count == 0)
			return NULL;
		call->next_device = step->next;
		contacts = ur_contacts_read(&plan, step, room);
		if(contacts->left_out > 0)
			log_limit(call, contacts->left_out);
		if(contacts->count > 0)
			return contacts;
	}
}

static int ring_next_step(struct sip_msg *msg, struct ur_call *call)
{
	const struct ur_plan plan = ur_call_plan(call);
	const int ring_ms = step_time(call);
	const struct ur_contacts *contacts;
	struct ur_plan_step step;

	contacts = ring_ms > 0 ? next_contacts(call, &step) : NULL;
	if(contacts == NULL) {
		call->phase = UR_CALL_RUNG;
		return UR_RC_NOBODY;
	}
	switch(ur_legs_prepare(msg, call, ring_ms)) {
		case UR_LEGS_OPEN:
			break;
		case UR_LEGS_CANCELLED:
			return answer_with(msg, 487, UR_RC_CANCELLED);
		case UR_LEGS_RETRANSMISSION:
			return UR_RC_RETRANSMISSION;
		default:
			return answer_with(msg, 500, UR_RC_ERROR);
	}
	call->phase = UR_CALL_RINGING;
	call->step++;
	if(ur_branches_set(msg, contacts, ur_plan_q(&plan, step.first)) < 0)
		return answer_with(msg, 500, UR_RC_ERROR);
	return UR_RC_RING;
}

int ur_script_fork(struct sip_msg *msg)
{
	struct ur_call *call = ur_call_get();
	int rc;

	if(call == NULL) {
		rc = begin(msg, &call);
		if(rc != UR_RC_RING)
			return rc;
	}
	if(ur_legs_state() == UR_LEGS_CANCELLED)
		return answer_with(msg, 487, UR_RC_CANCELLED);
	if(call->phase == UR_CALL_RINGING)
		ur_legs_take(call);
	if(call->ring.declined)
		call->phase = UR_CALL_RUNG;
	if(call->phase == UR_CALL_RUNG)
		return UR_RC_NOBODY;
	return ring_next_step(msg, call);
}
