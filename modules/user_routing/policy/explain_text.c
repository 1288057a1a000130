/*
 * An explained call as lines of text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/explain_text.h"

#include <stddef.h>

#include "policy/roster.h"
#include "policy/status.h"

#define LINE_MAX_LEN 4096
#define INDENT 2

struct line
{
	struct ur_output out;
	char buf[LINE_MAX_LEN];
};

static struct ur_text text_of(const char *s)
{
	return (struct ur_text){s, strlen(s)};
}

static void put(struct line *line, const char *s)
{
	ur_output_put(&line->out, text_of(s));
}

static void begin(
		struct line *line, const struct ur_explain_text *text, int deeper)
{
	int i;

	line->out = (struct ur_output){line->buf, 0, sizeof(line->buf)};
	for(i = 0; i < INDENT * (text->depth + deeper); i++)
		put(line, " ");
}

static void end(struct line *line, const struct ur_explain_text *text)
{
	const struct ur_text written = {line->buf, line->out.len};

	ur_output_keep_on_one_line(&line->out);
	text->line(text->context,
			written.len >= 0 ? written : text_of("(this line is too long)"));
}

/* ---- words */

void ur_explain_text_put_user(struct ur_output *out, const struct ur_user *user)
{
	const struct ur_text name = ur_user_text(user, user->display_name);

	ur_output_put(out, UR_TEXT("user "));
	ur_output_put(out, ur_user_text(user, user->username));
	if(ur_text_is_empty(name))
		return;
	ur_output_put(out, UR_TEXT(" ("));
	ur_output_put(out, name);
	ur_output_put(out, UR_TEXT(")"));
}

void ur_explain_text_put_shown(
		struct ur_output *out, const struct ur_identity *shown)
{
	if(shown == NULL) {
		ur_output_put(out, UR_TEXT("what the trunk asserted"));
		return;
	}
	if(shown->display_len > 0) {
		ur_output_put(
				out, (struct ur_text){shown->display, shown->display_len});
		ur_output_put(out, UR_TEXT(" "));
	}
	ur_output_put(out, UR_TEXT("<"));
	ur_output_put(out, (struct ur_text){shown->uri, shown->uri_len});
	ur_output_put(out, UR_TEXT(">"));
}

static void put_group(struct ur_output *out, const struct ur_group *group)
{
	ur_output_put(out, UR_TEXT("group "));
	ur_output_put(out, ur_slice_text(group, group->id));
	if(group->name.len == 0)
		return;
	ur_output_put(out, UR_TEXT(" ("));
	ur_output_put(out, ur_slice_text(group, group->name));
	ur_output_put(out, UR_TEXT(")"));
}

static void put_hop(struct ur_output *out, const struct ur_hop *hop)
{
	if(hop->user != NULL) {
		ur_explain_text_put_user(out, hop->user);
		return;
	}
	if(hop->group != NULL) {
		put_group(out, hop->group);
		return;
	}
	ur_output_put(out,
			hop->extension->is_did ? UR_TEXT("did +") : UR_TEXT("extension "));
	ur_output_put(out, ur_slice_text(hop->extension, hop->extension->digits));
}

static void put_seconds(struct line *line, int ms)
{
	ur_output_put_number(&line->out, ms / 1000);
	if(ms % 1000 != 0) {
		put(line, ".");
		ur_output_put_number(&line->out, ms % 1000 / 100);
	}
	put(line, " s");
}

/* The event; for CALLED, the user or extension. */
static void put_event(struct line *line, const struct ur_explain_text *text)
{
	switch(text->event) {
		case UR_EVENT_BUSY:
			put(line,
					text->rings[text->depth] ? "if busy: " : "nobody rings: ");
			break;
		case UR_EVENT_NO_ANSWER:
			put(line, text->rings[text->depth] ? "if no answer: "
											   : "nobody rings: ");
			break;
		case UR_EVENT_UNREACHABLE:
			put(line, text->rings[text->depth] ? "if unreachable: "
											   : "nobody rings: ");
			break;
		default:
			ur_output_put(&line->out, (struct ur_text){text->at, text->at_len});
			put(line, ": ");
	}
}

/* A rule of that event is told by its schedule, if it has one, not by do not disturb. */
static void put_do_not_disturb(
		struct line *line, const struct ur_decision *decision)
{
	if(decision->reason == UR_DIVERSION_DO_NOT_DISTURB
			|| (decision->user_rule != NULL
					&& decision->user_rule->event == UR_RULES_DND))
		put(line, "do not disturb, ");
}

static void put_rule_of_user(
		struct line *line, const struct ur_decision *decision)
{
	put(line, "rule ");
	ur_output_put(&line->out, ur_rules_id(decision));
}

static void put_rule(
		struct line *line, const struct ur_explain_decision *decision)
{
	const enum ur_rule rule = decision->decision->rule;

	put_do_not_disturb(line, decision->decision);
	if(decision->nobody)
		put(line, "its target can't be used");
	else if(rule == UR_RULE_OF_USER)
		put_rule_of_user(line, decision->decision);
	else if(rule == UR_RULE_NONE)
		put(line, "no rule");
	else
		put(line,
				rule == UR_RULE_EXTENSION ? "its target" : ur_rules_name(rule));
}

static void put_ring(
		struct line *line, const struct ur_explain_decision *decision)
{
	if(decision->decision->rule == UR_RULE_OF_USER) {
		put_rule(line, decision);
		put(line, " → ");
	}
	put(line, "to ring, showing ");
	ur_explain_text_put_shown(&line->out, decision->shown);
}

/* The users and extensions that the decision has led to. */
static void put_way(
		struct line *line, const struct ur_explain_decision *decision)
{
	int i;

	for(i = decision->before; i < decision->chain->count; i++) {
		put(line, " → ");
		put_hop(&line->out, &decision->chain->hops[i]);
	}
}

static void put_status(struct line *line, int status)
{
	put(line, " → ");
	ur_output_put_number(&line->out, status);
	put(line, " ");
	put(line, ur_status_phrase(status));
}

static void put_end(
		struct line *line, const struct ur_explain_decision *decision)
{
	put_status(line, decision->decision->arrival.status);
	if(decision->nobody && !decision->chain->hops[0].extension->is_did)
		put(line, ", as for an unknown number");
}

static void put_target(
		struct line *line, const struct ur_explain_decision *decision)
{
	const struct ur_target target = decision->decision->arrival.target;

	put(line, " → ");
	ur_output_put(&line->out, target.kind);
	put(line, " ");
	ur_output_put(&line->out, target.id);
	put(line, ": ");
	ur_output_put(&line->out, (struct ur_text){decision->decision->arrival.uri,
									  decision->decision->arrival.uri_len});
	put(line, ", showing ");
	ur_explain_text_put_shown(&line->out, decision->shown);
}

/* ---- the sink */

static void at(void *context, enum ur_event event, const struct ur_chain *chain)
{
	struct ur_explain_text *text = context;
	struct ur_output out = {text->at, 0, sizeof(text->at)};

	text->event = event;
	put_hop(&out, &chain->hops[chain->count - 1]);
	text->at_len = out.len < 0 ? 0 : out.len;
}

/* Why a rule does not hold; what it names comes after it. */
static const char *sentence_of_condition(enum ur_condition why)
{
	static const char *const sentences[UR_CONDITION_COUNT] = {
			[UR_CONDITION_NOT_INTERNAL] = "the caller is not internal",
			[UR_CONDITION_NOT_EXTERNAL] = "the caller is not external",
			[UR_CONDITION_NOT_ANONYMOUS] = "the caller is not anonymous",
			[UR_CONDITION_SCHEDULE_MISSING] = "there is no schedule ",
			[UR_CONDITION_HOURS_UNKNOWN] = "it is not known whether it is "
										   "within the hours of schedule ",
			[UR_CONDITION_OUTSIDE_HOURS] = "it is outside the hours of "
										   "schedule ",
			[UR_CONDITION_INSIDE_HOURS] = "it is within the hours of schedule ",
			[UR_CONDITION_LIST_MISSING] = "there is no caller list ",
			[UR_CONDITION_NOT_LISTED] = "the caller is not on the list ",
			[UR_CONDITION_LISTED] = "the caller is on the list ",
	};

	return sentences[why];
}

static struct ur_text named_by(const struct ur_user *user,
		const struct ur_user_rule *rule, enum ur_condition why)
{
	if(why >= UR_CONDITION_LIST_MISSING)
		return ur_user_text(user, rule->caller_list_id);
	if(why >= UR_CONDITION_SCHEDULE_MISSING)
		return ur_user_text(user, rule->schedule_id);
	return UR_TEXT("");
}

static void checked(void *context, const struct ur_user *user,
		const struct ur_user_rule *rule, enum ur_condition why)
{
	const struct ur_explain_text *text = context;
	struct line line;

	begin(&line, text, 0);
	put_event(&line, text);
	put(&line, "rule ");
	ur_output_put(&line.out, ur_user_text(user, rule->id));
	if(why == UR_CONDITION_HOLDS) {
		put(&line, " holds");
	} else {
		put(&line, " does not hold: ");
		put(&line, sentence_of_condition(why));
		ur_output_put(&line.out, named_by(user, rule, why));
	}
	end(&line, text);
}

static void put_full(struct line *line, const struct ur_user *user, int calls)
{
	put(line, "max_calls (");
	ur_output_put_number(&line->out, user->max_calls);
	put(line, ") is reached: ");
	ur_output_put_number(&line->out, calls);
	put(line, calls == 1 ? " call" : " calls");
}

static void full(
		void *context, const struct ur_user *user, int calls, bool is_caller)
{
	const struct ur_explain_text *text = context;
	struct line line;

	begin(&line, text, 0);
	if(is_caller) {
		put(&line, "the caller, ");
		ur_explain_text_put_user(&line.out, user);
		put(&line, ": ");
	} else {
		put_event(&line, text);
	}
	put_full(&line, user, calls);
	if(is_caller)
		put_status(&line, 486);
	end(&line, text);
}

static void refused(void *context, struct ur_target target, const char *why)
{
	const struct ur_explain_text *text = context;
	struct line line;

	begin(&line, text, 0);
	put_event(&line, text);
	ur_output_put(&line.out, target.kind);
	put(&line, " ");
	ur_output_put(&line.out, target.id);
	put(&line, " is not followed: ");
	put(&line, why);
	end(&line, text);
}

static void decided(void *context, const struct ur_explain_decision *decision)
{
	struct ur_explain_text *text = context;
	struct line line;

	begin(&line, text, 0);
	put_event(&line, text);
	if(decision->decision->action == UR_ACTION_RING) {
		put_ring(&line, decision);
	} else {
		put_rule(&line, decision);
		put_way(&line, decision);
	}
	if(decision->decision->action == UR_ACTION_LEAVE)
		put_target(&line, decision);
	else if(decision->decision->action == UR_ACTION_END)
		put_end(&line, decision);
	end(&line, text);
	text->depth++;
	text->rings[text->depth] = false;
}

static bool is_sequence(const struct ur_plan *plan)
{
	return ur_plan_strategy(plan) == UR_RING_SEQUENTIAL
		   && plan->only == UR_NO_PLACE;
}

static bool has_delays(const struct ur_plan *plan)
{
	int i;

	for(i = 0; i < ur_plan_count(plan); i++) {
		if(ur_plan_rings(plan, i) && ur_plan_member(plan, i).from_ms > 0)
			return true;
	}
	return false;
}

/* How a group rings: not its strategy alone, as groups may be in it. */
static const char *strategy_of_group(const struct ur_plan *plan)
{
	if(!plan->roster->has_steps)
		return has_delays(plan) ? "members each after the ring_delay_sec, for "
								: "all members at once, for ";
	switch(plan->roster->group->strategy) {
		case UR_GROUP_RANDOM:
			return "one member after another, in an order of chance such as "
				   "this one, for ";
		case UR_GROUP_ROUND_ROBIN:
			return "one member after another, beginning with the next one, "
				   "for ";
		default:
			return "one member after another, for ";
	}
}

static const char *strategy_of(const struct ur_plan *plan)
{
	if(plan->roster != NULL)
		return strategy_of_group(plan);
	if(plan->only != UR_NO_PLACE)
		return "the device that was dialled, for ";
	switch(ur_plan_strategy(plan)) {
		case UR_RING_SEQUENTIAL:
			return "one device after another, for ";
		case UR_RING_SPECIFIC:
			return has_delays(plan) ? "those with ring_specific = 1, each "
									  "after its ring_delay_sec, for "
									: "those with ring_specific = 1 at once, "
									  "for ";
		default:
			return has_delays(plan) ? "each after its ring_delay_sec, for "
									: "all at once, for ";
	}
}

static void ring(void *context, const struct ur_explain_ring *ring)
{
	const struct ur_explain_text *text = context;
	struct line line;

	begin(&line, text, 0);
	put(&line, strategy_of(ring->plan));
	put_seconds(&line, ring->step_ms);
	if(is_sequence(ring->plan))
		put(&line, ring->total ? " together" : " each");
	put(&line, ", ");
	put_seconds(&line, ring->silent_ms);
	put(&line, " if a phone sends no response");
	end(&line, text);
}

static const char *sentence_of(enum ur_plan_reason reason)
{
	static const char *const sentences[] = {
			[UR_PLAN_RINGS] = "rings",
			[UR_PLAN_CALLER] = "it places the call",
			[UR_PLAN_NOT_DIALLED] = "another device was dialled",
			[UR_PLAN_DISABLED] = "its status is disabled",
			[UR_PLAN_UNAVAILABLE] = "available is 0",
			[UR_PLAN_NOT_ON_FORK] = "ring_on_fork is 0",
			[UR_PLAN_NOT_OPTED_IN] = "ring_specific is 0",
			[UR_PLAN_NOT_REGISTERED] = "it is not registered",
			[UR_PLAN_EXPIRED] = "its registration has expired",
			[UR_PLAN_NO_INVITE] = "it has registered without INVITE",
			[UR_PLAN_NO_BRANCH] = "branches run short",
			[UR_PLAN_EXTERNAL] = "it is an external phone",
			[UR_PLAN_OFF] = "the member has enabled = 0",
			[UR_PLAN_DND] = "the member has dnd = 1",
			[UR_PLAN_IN_CALL] = "the member is in a call",
			[UR_PLAN_FULL] = "the member's max_calls is reached",
			[UR_PLAN_FORWARDS] = "the member forwards all calls",
			[UR_PLAN_DECLINED] = "the member has declined",
			[UR_PLAN_NO_TIME] =
					"its ring_delay_sec is not below the member's ring_for_sec",
			[UR_PLAN_NO_GATEWAY] =
					"route_target_kind has no uri_template for forward",
	};

	return sentences[reason];
}

static void put_contact(
		struct line *line, const struct ur_explain_contact *contact)
{
	ur_output_put(&line->out, contact->uri);
	if(!ur_text_is_empty(contact->received)) {
		put(line, ", received from ");
		ur_output_put(&line->out, contact->received);
	}
	if(!ur_text_is_empty(contact->path)) {
		put(line, ", via Path ");
		ur_output_put(&line->out, contact->path);
	}
	if(contact->state != UR_CONTACT_LIVE) {
		put(line, ": ");
		put(line, ur_explain_contact_name(contact->state));
	}
	if(contact->connection == UR_CONNECTION_GONE)
		put(line, ", its connection is gone");
}

/* When the device begins, if those before it ring as long as they may. */
static void put_begin(struct line *line, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	if(device->begin_ms == 0) {
		put(line, ", at once");
	} else if(device->begin_ms > 0) {
		put(line, is_sequence(ring->plan) ? ", after " : ", from ");
		put_seconds(line, device->begin_ms);
	} else if(is_sequence(ring->plan)) {
		put(line, ", if time is left");
	} else {
		put(line, ", never while another rings (ring_delay_sec is not below the"
				  " ring time)");
	}
}

/* How long it rings, if ring_for_sec decides that; else 0. */
static int own_ms(const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	int lasts = device->until_ms - device->begin_ms, others = ring->step_ms;

	if(device->begin_ms < 0)
		return device->member.lasts_ms < others ? device->member.lasts_ms : 0;
	if(ring->total || !is_sequence(ring->plan))
		others -= device->begin_ms;
	return lasts != others ? lasts : 0;
}

static void put_step(struct line *line, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	const int own = own_ms(ring, device);

	put(line, "step ");
	ur_output_put_number(&line->out, device->step);
	put_begin(line, ring, device);
	if(own > 0) {
		put(line, ", for ");
		put_seconds(line, own);
	}
	put(line, ": ");
}

static void device(void *context, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	struct ur_explain_text *text = context;
	struct line line;
	int i;

	begin(&line, text, 0);
	if(device->step > 0)
		put_step(&line, ring, device);
	else
		put(&line, "does not ring: ");
	ur_member_put(&line.out, &device->member);
	if(device->step > 0 && ur_member_is_external(&device->member))
		put(&line, ", through the gateway");
	if(device->step == 0) {
		put(&line, ", ");
		put(&line, sentence_of(device->reason));
	}
	end(&line, text);
	for(i = 0; i < device->contact_count; i++) {
		begin(&line, text, 1);
		put_contact(&line, &device->contacts[i]);
		end(&line, text);
	}
	if(device->step > 0)
		text->rings[text->depth] = true;
}

static void cut(void *context)
{
	const struct ur_explain_text *text = context;
	struct line line;

	begin(&line, text, 0);
	put(&line, "not shown further: ask about the user above");
	end(&line, text);
}

static void done(void *context)
{
	struct ur_explain_text *text = context;

	text->depth--;
}

struct ur_explain_sink ur_explain_text_sink(struct ur_explain_text *text)
{
	return (struct ur_explain_sink){.context = text,
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
