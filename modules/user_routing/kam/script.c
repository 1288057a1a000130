/*
 * What the script calls: user_forward_policy() and user_fork().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/script.h"

#include "core/dprint.h"
#include "kam/act.h"
#include "kam/answer.h"
#include "kam/branches.h"
#include "kam/call.h"
#include "kam/call_log.h"
#include "kam/callee.h"
#include "kam/caller_limit.h"
#include "kam/contacts.h"
#include "kam/counters.h"
#include "kam/deadline.h"
#include "kam/dialog.h"
#include "kam/directory.h"
#include "kam/diversions.h"
#include "kam/leg_headers.h"
#include "kam/legs.h"
#include "kam/message.h"
#include "kam/negotiation.h"
#include "kam/request.h"
#include "kam/settings.h"
#include "kam/transfer.h"
#include "policy/rules.h"

static struct ur_table *table;
static struct ur_mirror_status *mirror_status;

void ur_script_init(struct ur_table *t, struct ur_mirror_status *status)
{
	table = t;
	mirror_status = status;
}

/* Nobody of ours is called. A user of ours who calls out is stamped all the same,
 * should the script let the call go. */
static int nobody(struct sip_msg *msg, struct ur_call *call)
{
	call->phase = UR_CALL_OUTBOUND;
	ur_act_count_hops(call);
	counter_inc(ur_counters.decisions_no_user);
	if(ur_legs_release(msg, call) < 0)
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	return ur_act_answer(msg, 404, UR_RC_NO_USER);
}

/* A trunk's; who calls by a password brings none that would be believed. */
static int diversions_before(struct sip_msg *msg, const struct ur_call *call)
{
	return ur_text_is_empty(call->caller.aor) ? ur_diversions_before(msg) : 0;
}

/* A transfer is decided without the user's rules. False: it is a call like any other, as the caller may
 * not ask for one that the user whom the chain is at has. */
static bool decide_transfer(struct ur_call *call, struct ur_decision *decision)
{
	if(!ur_caller_may_replace(&call->chain, &call->caller))
		call->transfer = UR_TRANSFER_NONE;
	if(call->transfer == UR_TRANSFER_BAD)
		ur_rules_decide_end(400, decision);
	else
		ur_rules_decide_device(UR_EVENT_CALLED, decision);
	return call->transfer != UR_TRANSFER_NONE;
}

static int begin_user(
		struct sip_msg *msg, struct ur_call *call, const struct ur_user *user)
{
	const struct ur_directory directory = ur_directory_of(user->account);
	struct ur_decision decision;

	ur_chain_begin_user(&call->chain, user);
	call->chain.before = diversions_before(msg, call);
	if(!decide_transfer(call, &decision))
		ur_rules_decide(&call->chain, &directory, UR_EVENT_CALLED, &decision);
	return ur_act_carry_out(msg, call, UR_EVENT_CALLED, &decision);
}

static int begin_device(struct sip_msg *msg, struct ur_call *call,
		const struct ur_user *user, int device)
{
	struct ur_decision decision;

	ur_chain_begin_user(&call->chain, user);
	if(decide_transfer(call, &decision) && decision.action == UR_ACTION_END)
		return ur_act_carry_out(msg, call, UR_EVENT_CALLED, &decision);
	ur_act_count_hops(call);
	counter_inc(ur_counters.decisions_ring);
	ur_call_begin_ring(call, device);
	if(ur_settings_log_calls())
		ur_call_log_decision(msg, call, UR_EVENT_CALLED, &decision);
	return UR_RC_RING;
}

/* Of a transfer the user whom the extension leads to is asked. */
static bool decide_extension(struct ur_call *call,
		const struct ur_directory *directory, struct ur_decision *decision)
{
	if(call->transfer == UR_TRANSFER_NONE)
		return ur_rules_decide_extension(&call->chain, directory, decision);
	if(!ur_rules_decide_extension_here(&call->chain, directory, decision))
		return false;
	if(decision->action == UR_ACTION_MOVE && !decide_transfer(call, decision))
		ur_rules_decide(&call->chain, directory, UR_EVENT_CALLED, decision);
	return true;
}

static int begin_extension(struct sip_msg *msg, struct ur_call *call,
		const struct ur_extension *extension)
{
	const struct ur_directory directory = ur_directory_of(extension->account);
	struct ur_decision decision;

	ur_chain_begin_extension(&call->chain, extension);
	call->chain.before = diversions_before(msg, call);
	if(decide_extension(call, &directory, &decision))
		return ur_act_carry_out(msg, call, UR_EVENT_CALLED, &decision);
	if(ur_settings_log_calls())
		ur_call_log_nobody(msg, "the extension's target can't be used");
	return nobody(msg, call);
}

static void put_callee(const struct ur_callee *callee)
{
	ur_user_put(callee->user);
	ur_extension_put(callee->extension);
}

/* The callee's and the caller's references go to the call. */
static int begin_call(struct sip_msg *msg, const struct ur_callee *callee,
		const struct ur_caller *caller, enum ur_transfer transfer,
		struct ur_call **callp)
{
	struct ur_call *call;
	int place;

	if(callee->kind == UR_CALLEE_UNKNOWN && caller->user == NULL
			&& ur_text_is_empty(caller->aor)) {
		counter_inc(ur_counters.decisions_no_user);
		return ur_act_answer(msg, 404, UR_RC_NO_USER);
	}
	place = ur_caller_limit_take(caller->aor);
	if(place == UR_CALLER_OVER_LIMIT) {
		put_callee(callee);
		ur_user_put(caller->user);
		ur_act_log_end(msg, 503, "its device sets up too many calls");
		return ur_act_answer(msg, 503, UR_RC_END);
	}
	*callp = call = ur_call_new(caller, place);
	if(call == NULL || ur_leg_headers_begin(msg, call) < 0) {
		put_callee(callee);
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	call->transfer = transfer;
	ur_dialog_take_start(msg, &call->dialog);
	switch(callee->kind) {
		case UR_CALLEE_USER:
			return begin_user(msg, call, callee->user);
		case UR_CALLEE_DEVICE:
			return begin_device(msg, call, callee->user, callee->device);
		case UR_CALLEE_EXTENSION:
			return begin_extension(msg, call, callee->extension);
		default:
			return nobody(msg, call);
	}
}

static void log_nobody(struct sip_msg *msg, const struct ur_callee *callee)
{
	const char *why = ur_callee_why(callee);

	if(ur_settings_log_calls() && *why)
		ur_call_log_nobody(msg, why);
}

/* tm can't make a transaction for want of memory: it takes the call's state with it. The
 * script asks on, but the call must not begin anew, again and again. */
static bool is_lost(const struct sip_msg *msg)
{
	return ur_answer_status(msg) == 500;
}

/* The request can't be read, or only in a way that would show somebody else to the callee. */
static int refuse(struct sip_msg *msg, int status, const char *why)
{
	ur_act_log_end(msg, status, why);
	counter_inc(ur_counters.decisions_end);
	return ur_act_answer(msg, status, UR_RC_END);
}

static int foreign(struct sip_msg *msg, const struct ur_callee *callee)
{
	log_nobody(msg, callee);
	counter_inc(ur_counters.decisions_foreign);
	return ur_act_answer(msg, 404, UR_RC_FOREIGN);
}

/* A transfer may name a phone's Contact, as the phone at its other end knows it. */
static int begin_named(
		struct sip_msg *msg, enum ur_transfer transfer, struct ur_call **callp)
{
	struct ur_callee callee = ur_callee_of_request(msg, table);
	struct ur_caller caller;

	if(callee.kind == UR_CALLEE_BAD_URI)
		return refuse(msg, 400, ur_callee_why(&callee));
	if(callee.kind == UR_CALLEE_FOREIGN && transfer != UR_TRANSFER_ASKED)
		return foreign(msg, &callee);
	caller = ur_request_caller(msg, table);
	if(callee.kind == UR_CALLEE_FOREIGN)
		callee = ur_callee_of_contact(msg, table, &caller);
	if(callee.kind == UR_CALLEE_FOREIGN) {
		ur_user_put(caller.user);
		return foreign(msg, &callee);
	}
	ur_callee_keep_extension(&callee, &caller);
	log_nobody(msg, &callee);
	return begin_call(msg, &callee, &caller, transfer, callp);
}

/* The first time that the module sees the call. */
static int begin(struct sip_msg *msg, struct ur_call **callp)
{
	const enum ur_message_fault fault = ur_message_fault_of(msg);

	if(is_lost(msg))
		return UR_RC_ERROR;
	counter_inc(ur_counters.calls);
	if(!ur_mirror_status_loaded(mirror_status)) {
		counter_inc(ur_counters.decisions_not_loaded);
		ur_act_log_end(msg, 503, "nothing is loaded yet");
		ur_answer_not_loaded(msg);
		return UR_RC_NOT_LOADED;
	}
	if(fault != UR_MESSAGE_OK)
		return refuse(msg, ur_message_status(fault), ur_message_why(fault));
	if(!ur_request_names_are_good(msg))
		return refuse(msg, 400,
				"From or To is too long, or can't be parsed, or its tag has"
				" characters that end it");
	return begin_named(msg, ur_transfer_of(msg), callp);
}

static bool has_next_step(const struct ur_call *call)
{
	const struct ur_plan plan = ur_call_plan(call);

	return !call->ring.declined
		   && ur_plan_next_step(&plan, call->next_device).count > 0;
}

/* The ring is over: the rules again, but for a device dialled at its own address. */
static int decide_after_ring(struct sip_msg *msg, struct ur_call *call)
{
	const enum ur_event event = ur_rules_event(ur_ring_outcome(&call->ring));
	const struct ur_directory directory =
			ur_directory_of(ur_call_user(call)->account);
	struct ur_decision decision;

	call->phase = UR_CALL_RUNG; /* first: the deadline's timer keeps off */
	if(event == UR_EVENT_NEGOTIATION) {
		ur_negotiation_answer(msg, call);
		ur_rules_decide_end(call->ring.negotiation, &decision);
	} else if(call->transfer == UR_TRANSFER_ASKED) {
		ur_rules_decide_end(ur_ring_status_of_transfer(&call->ring), &decision);
	} else if(call->only != UR_NO_DEVICE)
		ur_rules_decide_device(event, &decision);
	else
		ur_rules_decide(&call->chain, &directory, event, &decision);
	return ur_act_carry_out(msg, call, event, &decision);
}

int ur_script_policy(struct sip_msg *msg)
{
	struct ur_call *call = ur_call_get();

	if(call == NULL)
		return begin(msg, &call);
	if(ur_legs_state() == UR_LEGS_CANCELLED) {
		counter_inc(ur_counters.decisions_cancelled);
		ur_act_log_end(msg, 487, "the caller has hung up");
		return ur_act_answer(msg, 487, UR_RC_CANCELLED);
	}
	switch(call->phase) {
		case UR_CALL_OUTBOUND:
			return ur_act_answer(msg, 404, UR_RC_NO_USER);
		case UR_CALL_LEFT: /* the target has failed; nothing is behind it */
			return ur_act_answer(msg, 480, UR_RC_END);
		case UR_CALL_ENDED:
			return ur_act_answer(msg, call->status, UR_RC_END);
		case UR_CALL_TO_RING:
			return UR_RC_RING;
		case UR_CALL_RINGING:
			ur_legs_take(call);
			if(has_next_step(call))
				return UR_RC_RING;
			break;
		default:
			break;
	}
	return decide_after_ring(msg, call);
}

/* The ring time of the step that comes next, in milliseconds; 0: none is left. */
static int step_time(const struct ur_call *call)
{
	return ur_plan_step_ms(ur_call_user(call), call->time_is_total, call->step,
			ur_deadline_left(call));
}

static void count_left_out(
		struct ur_call *call, const struct ur_contacts *contacts)
{
	counter_add(ur_counters.contacts_left_out, contacts->left_out);
	if(contacts->left_out > 0 && !call->limit_logged)
		ur_call_log_left_out(call, contacts);
	call->limit_logged |= contacts->left_out > 0;
}

/* Goes on to the next step that has live contacts; NULL: there is none. */
static const struct ur_contacts *next_contacts(struct ur_call *call)
{
	const struct ur_plan plan = ur_call_plan(call);
	const int room = ur_legs_room();
	const struct ur_contacts *contacts;
	struct ur_plan_step step;

	for(;;) {
		step = call->steps_by_script
					   ? ur_plan_all_steps(&plan, call->next_device)
					   : ur_plan_next_step(&plan, call->next_device);
		if(step.count == 0)
			return NULL;
		call->next_device = step.next;
		contacts = ur_contacts_read(&plan, &step, room);
		count_left_out(call, contacts);
		if(contacts->count > 0)
			return contacts;
	}
}

static void note_devices(
		struct ur_call *call, const struct ur_contacts *contacts)
{
	int i;

	call->legs_count = 0;
	for(i = 0; i < contacts->count; i++)
		ur_call_add_leg(call, contacts->list[i].ruid, contacts->list[i].device);
}

static int ring_next_step(struct sip_msg *msg, struct ur_call *call)
{
	const int ring_ms = step_time(call);
	const struct ur_contacts *contacts;

	contacts = ring_ms > 0 ? next_contacts(call) : NULL;
	if(contacts == NULL) {
		call->phase = UR_CALL_RUNG;
		return UR_RC_NOBODY;
	}
	switch(ur_legs_prepare(msg, call, ring_ms)) {
		case UR_LEGS_OPEN:
			break;
		case UR_LEGS_CANCELLED:
			return ur_act_answer(msg, 487, UR_RC_CANCELLED);
		case UR_LEGS_RETRANSMISSION:
			return UR_RC_RETRANSMISSION;
		default:
			return ur_act_answer(msg, 500, UR_RC_ERROR);
	}
	call->phase = UR_CALL_RINGING;
	call->step++;
	if(ur_settings_log_calls())
		ur_call_log_step(msg, call, contacts);
	note_devices(call, contacts);
	if(ur_branches_set(msg, contacts) < 0)
		return ur_act_answer(msg, 500, UR_RC_ERROR);
	counter_inc(ur_counters.forks);
	return UR_RC_RING;
}

static int fork_call(struct sip_msg *msg, bool all_steps)
{
	struct ur_call *call = ur_call_get();
	int rc;

	if(call == NULL) {
		rc = begin(msg, &call);
		if(rc != UR_RC_RING)
			return rc;
	}
	if(ur_legs_state() == UR_LEGS_CANCELLED)
		return ur_act_answer(msg, 487, UR_RC_CANCELLED);
	if(call->phase == UR_CALL_RINGING)
		ur_legs_take(call);
	if(call->phase != UR_CALL_TO_RING
			&& (call->phase != UR_CALL_RINGING || call->ring.declined)) {
		if(call->phase == UR_CALL_RINGING)
			call->phase = UR_CALL_RUNG;
		return UR_RC_NOBODY;
	}
	call->steps_by_script = all_steps;
	return ring_next_step(msg, call);
}

int ur_script_fork(struct sip_msg *msg)
{
	return fork_call(msg, false);
}

int ur_script_fork_all(struct sip_msg *msg)
{
	return fork_call(msg, true);
}
