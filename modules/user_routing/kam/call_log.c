/*
 * With log_calls: one line for each decision about a call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/call_log.h"

#include <string.h>

#include "core/dprint.h"
#include "core/globals.h"
#include "core/parser/msg_parser.h"
#include "kam/compat.h"
#include "kam/directory.h"
#include "kam/legs.h"
#include "policy/explain.h"
#include "policy/history.h"
#include "policy/output.h"
#include "policy/status.h"

#define LINE_SIZE 4096

/* The line being built; it is logged in one piece. A line that does not fit is not logged. */
static struct ur_output line;

static void put(const char *s)
{
	ur_output_put(&line, (struct ur_text){s, (int)strlen(s)});
}

static void begin(struct sip_msg *msg)
{
	static char buf[LINE_SIZE];

	line = (struct ur_output){buf, 0, sizeof(buf)};
	if(parse_headers(msg, HDR_CALLID_F, 0) == 0 && msg->callid != NULL)
		ur_output_put(&line, ur_text_of_str(msg->callid->body));
	put(": ");
}

static void end(void)
{
	ur_output_keep_on_one_line(&line);
	if(line.len >= 0)
		LM_INFO("%.*s\n", line.len, line.buf);
	else
		LM_INFO("a log_calls line is not logged: longer than %d bytes\n",
				LINE_SIZE);
}

static void put_rule(const struct ur_decision *decision)
{
	const struct ur_text reason = ur_history_reason(decision->reason);

	if(decision->rule == UR_RULE_NONE && ur_text_is_empty(reason))
		return;
	put(decision->rule == UR_RULE_NONE ? "no rule"
									   : ur_rules_name(decision->rule));
	if(decision->rule == UR_RULE_OF_USER) {
		put(" ");
		ur_output_put(&line, ur_rules_id(decision));
	}
	if(!ur_text_is_empty(reason)) {
		put(" (");
		ur_output_put(&line, reason);
		put(decision->is_full ? ", max_calls is reached)" : ")");
	}
	put(" → ");
}

static enum ur_plan_reason reason_of_contacts(
		const struct ur_plan *plan, int place)
{
	const struct ur_member member = ur_plan_member(plan, place);
	enum ur_plan_reason reason = ur_explain_no_contact(&member);
	const struct ur_contacts *live, *others;
	int i;

	ur_contacts_read_all(plan, place, ur_legs_room(), &live, &others);
	if(live->count > 0)
		return UR_PLAN_RINGS;
	for(i = 0; i < others->count; i++)
		reason = ur_explain_reason(reason, others->list[i].state);
	return reason;
}

/* Why the member at that place does not ring, as a word; NULL: it rings, or nobody expects it to. */
static const char *why_silent(const struct ur_plan *plan, int place)
{
	enum ur_plan_reason reason = ur_plan_reason(plan, place);

	if(reason == UR_PLAN_RINGS)
		reason = reason_of_contacts(plan, place);
	return reason == UR_PLAN_RINGS || reason == UR_PLAN_NOT_DIALLED
				   ? NULL
				   : ur_plan_reason_name(reason);
}

/* The members of the ring that don't, and why. */
static void put_silent(const struct ur_plan *plan)
{
	const int count = ur_plan_count(plan);
	bool is_first = true;
	int place;

	if(count == 0)
		put(plan->roster != NULL ? ", but the group has no member with a device"
								 : ", but the user has no device");
	for(place = 0; place < count; place++) {
		const struct ur_member member = ur_plan_member(plan, place);
		const char *why = why_silent(plan, place);

		if(why == NULL)
			continue;
		put(is_first ? ", but not " : ", ");
		ur_member_put(&line, &member);
		put(" (");
		put(why);
		put(")");
		is_first = false;
	}
}

static void put_action(
		const struct ur_live_call *live, const struct ur_decision *decision)
{
	switch(decision->action) {
		case UR_ACTION_LEAVE:
			ur_output_put(&line, decision->arrival.target.kind);
			put(" ");
			ur_output_put(&line, decision->arrival.target.id);
			put(", ");
			ur_output_put(&line, live->target_uri);
			break;
		case UR_ACTION_END:
			ur_output_put_number(&line, decision->arrival.status);
			put(" ");
			put(ur_status_phrase(decision->arrival.status));
			break;
		default:
			put("to ring");
			put_silent(&live->call.plan);
	}
}

/* What happened: the call came, by whom; or a ring ended, how. */
static void put_event(const struct ur_live_call *live, enum ur_event event)
{
	const struct ur_caller *caller = &live->call.caller;

	put(ur_rules_event_name(event));
	if(event != UR_EVENT_CALLED)
		return;
	put(" by ");
	if(ur_text_is_empty(caller->aor))
		put("a trunk");
	else
		ur_output_put(&line, caller->aor);
}

void ur_call_log_decision(struct sip_msg *msg, const struct ur_live_call *live,
		enum ur_event event, const struct ur_decision *decision)
{
	begin(msg);
	put_event(live, event);
	put(": ");
	ur_output_put(&line, ur_directory_print(&live->call.chain));
	put(": ");
	put_rule(decision);
	put_action(live, decision);
	end();
}

/* Who rings. */
static void put_rung(const struct ur_live_call *live)
{
	const struct ur_user *user = ur_call_user(&live->call);
	const struct ur_group *group = ur_chain_group(&live->call.chain);

	put(group != NULL ? "group " : "user ");
	ur_output_put(&line, group != NULL ? ur_slice_text(group, group->id)
									   : ur_user_text(user, user->username));
}

void ur_call_log_step(struct sip_msg *msg, const struct ur_live_call *live,
		const struct ur_contacts *contacts, int ring_ms, bool is_late)
{
	int i, last = UR_NO_PLACE;

	begin(msg);
	put_rung(live);
	put(is_late ? ": a phone has registered and rings, step "
				: " rings, step ");
	ur_output_put_number(&line, live->call.step);
	put(", ");
	ur_output_put_number(&line, ring_ms);
	put(" ms:");
	for(i = 0; i < contacts->count; i++) {
		const int place = contacts->list[i].place;
		const struct ur_member member = ur_plan_member(&live->call.plan, place);

		if(place != last) {
			put(last == UR_NO_PLACE ? " " : "; ");
			ur_member_put(&line, &member);
		}
		last = place;
		put(" ");
		ur_output_put(&line, ur_text_of_str(contacts->list[i].uri));
	}
	end();
}

void ur_call_log_end(struct sip_msg *msg, int status, const char *why)
{
	begin(msg);
	put(why);
	put(" → ");
	ur_output_put_number(&line, status);
	put(" ");
	put(ur_status_phrase(status));
	end();
}

void ur_call_log_nobody(struct sip_msg *msg, const char *why)
{
	begin(msg);
	put("called: ");
	put(why);
	put(" → 404 Not Found, unless the script sends it on");
	end();
}

void ur_call_log_left_out(
		const struct ur_live_call *live, const struct ur_contacts *contacts)
{
	const struct ur_user *user = ur_call_user(&live->call);
	const struct ur_group *group = ur_chain_group(&live->call.chain);
	const struct ur_text id = group != NULL ? ur_slice_text(group, group->id)
											: ur_user_text(user, user->id);
	const struct ur_text name = group != NULL
										? ur_slice_text(group, group->name)
										: ur_user_text(user, user->username);
	const char *const kind = group != NULL ? "group" : "user";

	if(contacts->too_long > 0)
		LM_WARN("%s %.*s (id %.*s): %d contacts do not ring: the URIs, Paths"
				" and other texts of the step are too long, or too many"
				" contacts are registered: set a lower max_contacts\n",
				kind, name.len, name.s, id.len, id.s, contacts->left_out);
	else
		LM_WARN("%s %.*s (id %.*s): branches run short, at least %d contacts"
				" do not ring: raise max_branches (now %u, 30 at most)\n",
				kind, name.len, name.s, id.len, id.s, contacts->left_out,
				sr_dst_max_branches);
}
