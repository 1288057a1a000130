/*
 * The answer of user_routing.explain: a structure for programs.
 *
 * With ctl each structure and array is one block of 8 KB (binrpc_struct_max_body_size), whatever it
 * contains. None of ours needs as much.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_explain_struct.h"

#include <string.h>

#include "kam/compat.h"
#include "mirror/store/draft.h"
#include "policy/history.h"
#include "policy/output.h"
#include "policy/roster.h"
#include "policy/status.h"

/* Maximum size that fits in one datagram of jsonrpcs. */
#define ANSWER_MAX 60000

/* A number; an AoR may be longer. */
#define NAME_MAX_LEN 512

/* Bytes of a member in addition to its name and value. */
#define MEMBER_BYTES 12

const char *ur_rpc_explain_struct_why(
		const struct ur_rpc_explain_question *question)
{
	return question->is_loaded ? ur_callee_why(&question->callee)
							   : "nothing is loaded from the database yet";
}

int ur_rpc_explain_struct_status(const struct ur_rpc_explain_question *question)
{
	if(!question->is_loaded)
		return 503;
	switch(question->callee.kind) {
		case UR_CALLEE_UNKNOWN:
		case UR_CALLEE_FOREIGN:
			return 404;
		default:
			return 0;
	}
}

static const char *found_name(const struct ur_rpc_explain_question *question)
{
	if(!question->is_loaded)
		return "not-loaded";
	switch(question->callee.kind) {
		case UR_CALLEE_USER:
			return "user";
		case UR_CALLEE_EXTENSION:
			return question->callee.extension->is_did ? "did" : "extension";
		case UR_CALLEE_DEVICE:
			return "device";
		case UR_CALLEE_UNKNOWN:
			return ur_callee_is_emergency(&question->callee) ? "emergency"
															 : "unknown";
		default:
			return "foreign";
	}
}

/* ---- members; nothing is added after a failure */

static bool takes(
		struct ur_rpc_explain_struct *a, const char *name, int value_bytes)
{
	a->bytes += MEMBER_BYTES + (int)strlen(name) + value_bytes;
	if(a->bytes > ANSWER_MAX)
		a->failed = true;
	return !a->failed;
}

static void add_text(struct ur_rpc_explain_struct *a, void *to,
		const char *name, struct ur_text text)
{
	str s = {(char *)(text.s != NULL ? text.s : ""), text.len};

	if(takes(a, name, text.len) && a->rpc->struct_add(to, "S", name, &s) < 0)
		a->failed = true;
}

static void add_string(struct ur_rpc_explain_struct *a, void *to,
		const char *name, const char *text)
{
	add_text(a, to, name, (struct ur_text){text, (int)strlen(text)});
}

static void add_number(
		struct ur_rpc_explain_struct *a, void *to, const char *name, int number)
{
	if(takes(a, name, 4) && a->rpc->struct_add(to, "d", name, number) < 0)
		a->failed = true;
}

/* Adds a structure "{" or an array "["; NULL after a failure. */
static void *add_inner(
		struct ur_rpc_explain_struct *a, void *to, char *what, const char *name)
{
	void *inner = NULL;

	if(takes(a, name, 0) && a->rpc->struct_add(to, what, name, &inner) < 0)
		a->failed = true;
	return a->failed ? NULL : inner;
}

static void *add_element(struct ur_rpc_explain_struct *a, void *array)
{
	void *element = NULL;

	if(takes(a, "", 0) && a->rpc->array_add(array, "{", &element) < 0)
		a->failed = true;
	return a->failed ? NULL : element;
}

static void add_shown(struct ur_rpc_explain_struct *a, void *to,
		const struct ur_identity *shown)
{
	if(shown == NULL)
		return;
	add_text(a, to, "shown_name",
			(struct ur_text){shown->display, shown->display_len});
	add_text(a, to, "shown_uri", (struct ur_text){shown->uri, shown->uri_len});
	add_number(a, to, "anonymous", shown->anonymous);
}

static void *node_of(const struct ur_rpc_explain_struct *a)
{
	return a->nodes[a->depth];
}

/* ---- the sink */

static const char *name_after(enum ur_event event)
{
	switch(event) {
		case UR_EVENT_BUSY:
			return "if_busy";
		case UR_EVENT_NO_ANSWER:
			return "if_no_answer";
		case UR_EVENT_UNREACHABLE:
			return "if_unreachable";
		default:
			return "next";
	}
}

static void at(void *context, enum ur_event event, const struct ur_chain *chain)
{
	struct ur_rpc_explain_struct *a = context;
	const struct ur_hop *hop = &chain->hops[chain->count - 1];
	const char *name = a->depth == 0 ? "decision" : name_after(event);
	void *node = add_inner(a, node_of(a), "{", name);

	a->nodes[++a->depth] = node;
	a->not_followed = a->not_applied = a->devices = NULL;
	add_string(a, node, "event", ur_rules_event_name(event));
	if(hop->user != NULL) {
		add_text(a, node, "user", ur_user_text(hop->user, hop->user->username));
		add_text(a, node, "user_id", ur_user_text(hop->user, hop->user->id));
		add_text(a, node, "display_name",
				ur_user_text(hop->user, hop->user->display_name));
	} else if(hop->group != NULL) {
		add_text(
				a, node, "group_id", ur_slice_text(hop->group, hop->group->id));
		add_text(a, node, "group_name",
				ur_slice_text(hop->group, hop->group->name));
	} else {
		add_text(a, node, hop->extension->is_did ? "did" : "extension",
				ur_slice_text(hop->extension, hop->extension->digits));
	}
}

static void checked(void *context, const struct ur_user *user,
		const struct ur_user_rule *rule, enum ur_condition why)
{
	struct ur_rpc_explain_struct *a = context;
	void *element;

	if(why == UR_CONDITION_HOLDS)
		return;
	if(a->not_applied == NULL)
		a->not_applied = add_inner(a, node_of(a), "[", "rules_not_applied");
	element = add_element(a, a->not_applied);
	add_text(a, element, "rule_id", ur_user_text(user, rule->id));
	add_string(a, element, "why", ur_condition_name(why));
}

/* The caller's in the answer itself, which then has no decision. */
static void full(
		void *context, const struct ur_user *user, int calls, bool is_caller)
{
	struct ur_rpc_explain_struct *a = context;
	void *node = node_of(a);

	add_number(a, node, is_caller ? "caller_max_calls" : "max_calls",
			user->max_calls);
	add_number(a, node, is_caller ? "caller_calls" : "calls", calls);
	if(is_caller)
		add_number(a, node, "caller_status", 486);
}

static void refused(void *context, struct ur_target target, const char *why)
{
	struct ur_rpc_explain_struct *a = context;
	void *element;

	if(a->not_followed == NULL)
		a->not_followed = add_inner(a, node_of(a), "[", "not_followed");
	element = add_element(a, a->not_followed);
	add_text(a, element, "kind", target.kind);
	add_text(a, element, "id", target.id);
	add_string(a, element, "why", why);
}

static const char *action_name(const struct ur_explain_decision *decision)
{
	if(decision->nobody)
		return "unknown";
	switch(decision->decision->action) {
		case UR_ACTION_RING:
			return "ring";
		case UR_ACTION_MOVE:
			return "move";
		case UR_ACTION_LEAVE:
			return "leave";
		default:
			return "end";
	}
}

/* Extensions passed through, except the one that rings or decides next. */
static void add_via(struct ur_rpc_explain_struct *a,
		const struct ur_explain_decision *decision)
{
	const struct ur_chain *chain = decision->chain;
	char buf[512];
	struct ur_output out = {buf, 0, sizeof(buf)};
	int i;

	for(i = decision->before; i < chain->count; i++) {
		const struct ur_extension *extension = chain->hops[i].extension;

		if(extension == NULL)
			continue;
		if(out.len > 0)
			ur_output_put(&out, UR_TEXT(", "));
		ur_output_put(&out, ur_slice_text(extension, extension->digits));
	}
	if(out.len > 0)
		add_text(a, node_of(a), "via", (struct ur_text){buf, out.len});
}

static void decided(void *context, const struct ur_explain_decision *decision)
{
	struct ur_rpc_explain_struct *a = context;
	const struct ur_arrival *arrival = &decision->decision->arrival;
	void *node = node_of(a);

	add_string(a, node, "rule", ur_rules_name(decision->decision->rule));
	if(decision->decision->rule == UR_RULE_OF_USER)
		add_text(a, node, "rule_id", ur_rules_id(decision->decision));
	add_text(a, node, "reason", ur_history_reason(decision->decision->reason));
	add_string(a, node, "action", action_name(decision));
	add_via(a, decision);
	if(decision->decision->action == UR_ACTION_LEAVE) {
		add_text(a, node, "target_kind", arrival->target.kind);
		add_text(a, node, "target_id", arrival->target.id);
		add_text(a, node, "target_uri",
				(struct ur_text){decision->decision->arrival.uri,
						decision->decision->arrival.uri_len});
	} else if(decision->decision->action == UR_ACTION_END) {
		add_number(a, node, "status", arrival->status);
		add_string(a, node, "phrase", ur_status_phrase(arrival->status));
	}
	add_shown(a, node, decision->shown);
}

static struct ur_text strategy_name(const struct ur_plan *plan)
{
	if(plan->only != UR_NO_PLACE)
		return UR_TEXT("device");
	if(plan->roster != NULL)
		return ur_draft_group_strategy_name(plan->roster->group->strategy);
	return ur_draft_strategy_name(ur_plan_strategy(plan));
}

static void ring(void *context, const struct ur_explain_ring *ring)
{
	struct ur_rpc_explain_struct *a = context;
	void *node = node_of(a);

	add_text(a, node, "strategy", strategy_name(ring->plan));
	add_number(a, node, "ring_ms", ring->step_ms);
	add_number(a, node, "total", ring->total);
	add_number(a, node, "silent_ms", ring->silent_ms);
	a->devices = add_inner(a, node, "[", "devices");
}

static void add_contact(struct ur_rpc_explain_struct *a, void *contacts,
		const struct ur_explain_contact *contact)
{
	void *element = add_element(a, contacts);

	add_text(a, element, "uri", contact->uri);
	add_text(a, element, "received", contact->received);
	add_text(a, element, "path", contact->path);
	add_number(a, element, "expires", contact->expires_in);
	add_string(a, element, "state", ur_explain_contact_name(contact->state));
	add_string(a, element, "connection",
			ur_explain_connection_name(contact->connection));
}

static void device(void *context, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	struct ur_rpc_explain_struct *a = context;
	const struct ur_member *member = &device->member;
	void *element = add_element(a, a->devices), *contacts;
	char name[NAME_MAX_LEN];
	struct ur_output out = {name, 0, sizeof(name)};
	int i;

	ur_member_put(&out, member);
	add_text(a, element, "device",
			out.len < 0 ? ur_member_aor(member)
						: (struct ur_text){name, out.len});
	if(ring->plan->roster != NULL)
		add_text(a, element, "member",
				member->owner != NULL
						? ur_user_text(member->owner, member->owner->username)
						: UR_TEXT(""));
	add_number(a, element, "order", ur_member_order(member));
	add_number(a, element, "step", device->step);
	add_number(a, element, "begin_ms", device->begin_ms);
	add_number(a, element, "until_ms", device->until_ms);
	add_string(a, element, "why", ur_plan_reason_name(device->reason));
	contacts = add_inner(a, element, "[", "contacts");
	for(i = 0; i < device->contact_count; i++)
		add_contact(a, contacts, &device->contacts[i]);
}

static void cut(void *context)
{
	struct ur_rpc_explain_struct *a = context;

	add_number(a, node_of(a), "cut", 1);
}

static void done(void *context)
{
	struct ur_rpc_explain_struct *a = context;

	a->depth--;
}

/* ---- begin and end */

struct ur_explain_sink ur_rpc_explain_struct_begin(
		struct ur_rpc_explain_struct *a, rpc_t *rpc, void *ctx,
		const struct ur_rpc_explain_question *question,
		const struct ur_identity *shown)
{
	const int status = ur_rpc_explain_struct_status(question);
	const struct ur_user *caller = question->caller.user;
	void *top = NULL;

	memset(a, 0, sizeof(*a));
	a->rpc = rpc;
	a->ctx = ctx;
	a->failed = rpc->add(ctx, "{", &top) < 0;
	a->nodes[0] = top;
	add_text(a, top, "callee", ur_text_of_str(question->callee_text));
	add_text(a, top, "caller", ur_text_of_str(question->caller_text));
	if(question->at_text.len > 0)
		add_text(a, top, "at", ur_text_of_str(question->at_text));
	if(caller != NULL)
		add_text(a, top, "caller_user", ur_user_text(caller, caller->username));
	add_string(a, top, "found", found_name(question));
	if(status != 0) {
		add_string(a, top, "why", ur_rpc_explain_struct_why(question));
		add_number(a, top, "status", status);
		add_string(a, top, "phrase", ur_status_phrase(status));
	}
	if(question->callee.number.len > 0)
		add_text(a, top, "number", ur_number_text(&question->callee.number));
	add_shown(a, top, shown);
	return (struct ur_explain_sink){.context = a,
			.at = at,
			.checked = checked,
			.full = full,
			.refused = refused,
			.decided = decided,
			.ring = ring,
			.device = device,
			.cut = cut,
			.done = done};
}

void ur_rpc_explain_struct_end(struct ur_rpc_explain_struct *a)
{
	if(!a->failed)
		return;
	if(a->bytes > ANSWER_MAX)
		a->rpc->fault(a->ctx, 500,
				"The answer is longer than %d bytes: ask about a user further"
				" down the forward chain",
				ANSWER_MAX);
	else
		a->rpc->fault(a->ctx, 500, "Out of memory for the answer");
}
