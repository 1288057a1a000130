/*
 * What would happen to a call now, and why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/explain.h"

#include <stddef.h>

#include "policy/call.h"

struct walk
{
	const struct ur_explain_world *world;
	const struct ur_explain_sink *sink;
	/* The world's; its refused goes to the sink, and add_call only checks. */
	struct ur_directory directory;
	struct ur_call_facts facts;
	struct ur_call call;
	int decisions; /* reported so far */
};

/* ---- the world's directory, except that refusals go to the sink, and that calls are not counted */

static const struct ur_directory *inner(const void *context)
{
	return ((const struct walk *)context)->world->directory;
}

static const struct ur_user *find_user(void *context, struct ur_text id)
{
	return inner(context)->find_user(inner(context)->context, id);
}

static const struct ur_extension *find_extension(
		void *context, struct ur_text id)
{
	return inner(context)->find_extension(inner(context)->context, id);
}

static const struct ur_schedule *find_schedule(void *context, struct ur_text id)
{
	return inner(context)->find_schedule(inner(context)->context, id);
}

static const struct ur_caller_list *find_caller_list(
		void *context, struct ur_text id)
{
	return inner(context)->find_caller_list(inner(context)->context, id);
}

static const struct ur_account *find_account(void *context, uint32_t number)
{
	return inner(context)->find_account(inner(context)->context, number);
}

static struct ur_text asserted(void *request)
{
	return ((const struct walk *)request)->world->asserted;
}

static const struct ur_group *find_group(void *context, struct ur_text id)
{
	return inner(context)->find_group(inner(context)->context, id);
}

/* That of the next call, which a call that is explained does not take. */
static uint32_t turn(void *context, const struct ur_group *group)
{
	const struct walk *walk = context;

	return walk->world->turn(walk->world->context, group);
}

static int active_calls_of(void *context, const struct ur_user *user)
{
	return inner(context)->calls_of(inner(context)->context, user);
}

static enum ur_refusal locate(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	return inner(context)->locate(inner(context)->context, target, arrival);
}

static enum ur_refusal locate_number(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	return inner(context)->locate_number(
			inner(context)->context, target, arrival);
}

static void refused(void *context, const struct ur_chain *chain,
		struct ur_target target, enum ur_refusal why)
{
	const struct walk *walk = context;

	(void)chain;
	walk->sink->refused(
			walk->sink->context, target, ur_chain_refusal_text(why));
}

static void checked(void *context, const struct ur_chain *chain,
		const struct ur_user_rule *rule, enum ur_condition why)
{
	const struct walk *walk = context;

	if(walk->sink->checked != NULL)
		walk->sink->checked(
				walk->sink->context, ur_chain_user(chain), rule, why);
}

/* Only checks: a call that is explained does not count. The caller is checked before anything is
 * decided. */
static bool add_call(void *context, const struct ur_user *user, bool must)
{
	const struct walk *walk = context;
	const int calls = walk->world->calls_of(walk->world->context, user);

	if(must || user->max_calls == 0 || calls < user->max_calls)
		return true;
	if(walk->sink->full != NULL)
		walk->sink->full(
				walk->sink->context, user, calls, walk->decisions == 0);
	return false;
}

static void begin(struct walk *walk, const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller)
{
	walk->world = world;
	walk->sink = sink;
	walk->decisions = 0;
	walk->directory = *world->directory;
	walk->directory.context = walk;
	walk->directory.find_user = find_user;
	walk->directory.find_extension = find_extension;
	walk->directory.locate = locate;
	walk->directory.locate_number = locate_number;
	walk->directory.refused = refused;
	walk->directory.find_schedule = find_schedule;
	walk->directory.find_caller_list = find_caller_list;
	walk->directory.find_account = find_account;
	walk->directory.find_group = find_group;
	walk->directory.turn = turn;
	if(world->directory->calls_of != NULL)
		walk->directory.calls_of = active_calls_of;
	walk->directory.checked = checked;
	walk->directory.add_call = world->calls_of != NULL ? add_call : NULL;
	walk->facts = (struct ur_call_facts){.directory = &walk->directory,
			.ring_timeout_total = world->ring_timeout_total,
			.chance = world->chance,
			.time = world->time,
			.request = walk,
			.asserted = asserted};
	ur_call_init(&walk->call, caller, UR_TRANSFER_NONE);
}

/* ---- caller identity */

/* NULL: what the trunk asserted. */
static const struct ur_identity *identity_of(
		const struct ur_explain_world *world, enum ur_leg_to to,
		const struct ur_chain *chain, const struct ur_caller *caller,
		struct ur_identity *identity)
{
	const struct ur_account *account = NULL;
	uint32_t number;
	bool shown;

	if(ur_caller_account(to, chain, caller, &number))
		account = world->find_account(world->context, number);
	shown = ur_caller_identity(to, chain, caller, account, identity);
	if(account != NULL)
		world->put_account(account);
	return shown ? identity : NULL;
}

void ur_explain_outbound(const struct ur_explain_world *world, bool emergency,
		const struct ur_caller *caller, struct ur_identity *identity)
{
	const struct ur_chain nobody = {.count = 0};

	identity_of(world, emergency ? UR_LEG_TO_EMERGENCY : UR_LEG_TO_OUTBOUND,
			&nobody, caller, identity);
}

/* ---- decisions */

static void tell_at(struct walk *walk, enum ur_event event)
{
	walk->decisions++;
	walk->sink->at(walk->sink->context, event, &walk->call.chain);
}

/* Where the decision's leg goes; false: it has none. */
static bool has_leg(
		const struct ur_decision *decision, bool nobody, enum ur_leg_to *to)
{
	*to = nobody ? UR_LEG_TO_OUTBOUND : UR_LEG_TO_DEVICE;
	if(decision->action == UR_ACTION_LEAVE)
		*to = ur_caller_leg_to(decision->arrival.target);
	return nobody || decision->action == UR_ACTION_RING
		   || decision->action == UR_ACTION_LEAVE;
}

/* A call to a number of ours that can't be reached does not leave. */
static bool is_of_did(const struct walk *walk)
{
	const struct ur_extension *first = walk->call.chain.hops[0].extension;

	return first != NULL && first->is_did;
}

/* On the legs of a group. */
static void add_prefix(
		const struct ur_chain *chain, struct ur_identity *identity)
{
	const struct ur_group *group = ur_chain_group(chain);

	if(group != NULL && group->cid_name_prefix.len > 0)
		ur_identity_prefix(
				identity, ur_slice_text(group, group->cid_name_prefix));
}

static void tell_decided(struct walk *walk, int before,
		const struct ur_decision *decision, bool nobody)
{
	struct ur_explain_decision told = {.chain = &walk->call.chain,
			.before = before,
			.decision = decision,
			.nobody = nobody};
	struct ur_identity identity;
	enum ur_leg_to to;

	if(has_leg(decision, nobody && !is_of_did(walk), &to)
			&& identity_of(walk->world, to, &walk->call.chain,
					   &walk->call.caller, &identity)
					   != NULL) {
		if(decision->action == UR_ACTION_RING)
			add_prefix(&walk->call.chain, &identity);
		told.shown = &identity;
	}
	walk->sink->decided(walk->sink->context, &told);
}

/* May another decision be reported? */
static bool has_room(struct walk *walk)
{
	if(walk->decisions < UR_EXPLAIN_DECISIONS_MAX)
		return true;
	walk->sink->cut(walk->sink->context);
	return false;
}

/* ---- ringing */

/* Who is left when each phone has rung as long as it may. */
#define NO_TIME (-1)

/* The progress of a ring. */
struct progress
{
	struct ur_explain_ring ring;
	int steps;	 /* steps that ring, so far */
	int room;	 /* branches left to the transaction */
	int64_t now; /* if each phone so far rings as long as it may; or NO_TIME */
	int64_t last_until; /* when the last one of them ends */
};

enum ur_plan_reason ur_explain_no_contact(const struct ur_member *member)
{
	return ur_member_is_external(member) ? UR_PLAN_NO_GATEWAY
										 : UR_PLAN_NOT_REGISTERED;
}

enum ur_plan_reason ur_explain_reason(
		enum ur_plan_reason reason, enum ur_contact_state state)
{
	if(reason == UR_PLAN_RINGS)
		return reason;
	switch(state) {
		case UR_CONTACT_LIVE:
			return UR_PLAN_RINGS;
		case UR_CONTACT_NO_BRANCH:
			return UR_PLAN_NO_BRANCH;
		case UR_CONTACT_NO_INVITE:
			return reason == UR_PLAN_NO_BRANCH ? reason : UR_PLAN_NO_INVITE;
		default:
			return reason == UR_PLAN_NOT_REGISTERED ? UR_PLAN_EXPIRED : reason;
	}
}

static enum ur_plan_reason reason_of_contacts(const struct ur_member *member,
		const struct ur_explain_contact *contacts, int count)
{
	enum ur_plan_reason reason = ur_explain_no_contact(member);
	int i;

	for(i = 0; i < count; i++)
		reason = ur_explain_reason(reason, contacts[i].state);
	return reason;
}

static int count_live(const struct ur_explain_contact *contacts, int count)
{
	int live = 0;
	int i;

	for(i = 0; i < count; i++)
		live += contacts[i].state == UR_CONTACT_LIVE;
	return live;
}

/* The member rings: in which step, and when. */
static void note_times(const struct walk *walk, struct progress *p, int place,
		struct ur_explain_device *told)
{
	told->step = p->steps + 1;
	told->begin_ms = told->until_ms = (int)p->now;
	if(p->now == NO_TIME)
		return;
	told->until_ms = (int)ur_call_until(&walk->call, place);
	if(told->until_ms > p->last_until)
		p->last_until = told->until_ms;
}

/* Reports a device. Returns how many branches it takes. */
static int tell_device(struct walk *walk, struct progress *p, int place)
{
	struct ur_explain_contact contacts[UR_EXPLAIN_CONTACTS_MAX];
	const struct ur_plan *plan = &walk->call.plan;
	struct ur_explain_device told = {.member = ur_plan_member(plan, place),
			.reason = ur_plan_reason(plan, place),
			.contacts = contacts};
	const bool rings = told.reason == UR_PLAN_RINGS;

	told.contact_count = walk->world->read_contacts(walk->world->context, plan,
			place, rings ? p->room : UR_EXPLAIN_CONTACTS_MAX, contacts,
			UR_EXPLAIN_CONTACTS_MAX);
	if(rings)
		told.reason =
				reason_of_contacts(&told.member, contacts, told.contact_count);
	if(told.reason == UR_PLAN_RINGS)
		note_times(walk, p, place, &told);
	walk->sink->device(walk->sink->context, &p->ring, &told);
	return told.step > 0 ? count_live(contacts, told.contact_count) : 0;
}

/* Reports the members from place `from` up to before `next`. True: one of them rings. */
static bool tell_start(
		struct walk *walk, struct progress *p, int from, int next)
{
	const int room = p->room;

	for(; from < next; from++)
		p->room -= tell_device(walk, p, from);
	if(p->room < room)
		p->steps++;
	return p->room < room;
}

static struct ur_explain_ring ring_of(const struct walk *walk)
{
	const struct ur_plan *plan = &walk->call.plan;
	const int step_ms = ur_plan_ring_timeout_ms(plan);
	const int fr_timer = walk->world->fr_timer;

	return (struct ur_explain_ring){plan, step_ms, walk->call.is_total,
			fr_timer < step_ms ? fr_timer : step_ms};
}

/* The next start, if those before it leave it time. */
static bool find_next(
		struct ur_call *call, struct progress *p, struct ur_plan_start *start)
{
	enum ur_call_next next;
	int64_t until;

	for(;;) {
		next = ur_call_next_start(
				call, p->now, p->last_until > p->now, start, &until);
		if(next != UR_CALL_WAIT)
			return next == UR_CALL_START;
		p->now = until < p->last_until ? until : p->last_until;
	}
}

/* Reports the starts that get a turn only if others end early, and who does not ring. */
static void tell_rest(struct walk *walk, struct progress *p, int from)
{
	const struct ur_plan *plan = p->ring.plan;
	struct ur_plan_start start;

	p->now = NO_TIME;
	for(; (start = ur_plan_next_start(plan, from)).count > 0; from = start.next)
		tell_start(walk, p, from, start.next);
	tell_start(walk, p, from, ur_plan_count(plan));
}

/* Reports a ring. Returns how many branches the transaction has left after it; *rings: does any
 * device ring? */
static int tell_ring(struct walk *walk, int room, bool *rings)
{
	struct progress p = {.ring = ring_of(walk), .room = room};
	struct ur_plan_start start;
	int from = 0;

	walk->sink->ring(walk->sink->context, &p.ring);
	while(find_next(&walk->call, &p, &start)) {
		if(tell_start(walk, &p, from, start.next))
			ur_call_started(&walk->call);
		from = start.next;
	}
	tell_rest(walk, &p, from);
	*rings = p.steps > 0;
	return p.room;
}

static void explore(struct walk *walk, enum ur_event event, int room);

/* Explores one outcome of a ring, which must not affect the others. */
static void explore_outcome(struct walk *walk, enum ur_event event, int room)
{
	const int hops = walk->call.chain.count;
	const struct ur_plan plan = walk->call.plan;

	explore(walk, event, room);
	ur_chain_go_back(&walk->call.chain, &walk->directory, hops);
	walk->call.plan = plan;
}

/* Where this is false, unreachable is decided like no answer, and is not reported. */
static bool has_unreachable_rule(const struct ur_plan *plan)
{
	return plan->only == UR_NO_PLACE && plan->user != NULL
		   && (ur_rules_has(plan->user, UR_RULES_UNREACHABLE)
				   || !ur_text_is_empty(
						   ur_user_forward(plan->user, UR_FORWARD_UNREACHABLE)
								   .kind));
}

/* Reports a ring, and the outcomes that it can have without an answer. When nobody rings there is
 * only one, at once. */
static void tell_ring_and_after(struct walk *walk, int room)
{
	const bool has_rule = has_unreachable_rule(&walk->call.plan);
	bool rings, is_busy;

	room = tell_ring(walk, room, &rings);
	is_busy = !rings && ur_call_is_busy(&walk->call);
	if(rings || is_busy)
		explore_outcome(walk, UR_EVENT_BUSY, room);
	if(rings || (!has_rule && !is_busy))
		explore_outcome(walk, UR_EVENT_NO_ANSWER, room);
	if(has_rule)
		explore_outcome(walk, UR_EVENT_UNREACHABLE, room);
}

/* Reports a decision and what follows. The chain may have moved on after it. */
static void tell_decision(struct walk *walk, int before,
		const struct ur_decision *decision, int room)
{
	tell_decided(walk, before, decision, false);
	if(decision->action == UR_ACTION_MOVE)
		explore(walk, UR_EVENT_CALLED, room);
	else if(decision->action == UR_ACTION_RING)
		tell_ring_and_after(walk, room);
	walk->sink->done(walk->sink->context);
}

/* Reports what the call does after the event. room: branches that the transaction has left. */
static void explore(struct walk *walk, enum ur_event event, int room)
{
	const int before = walk->call.chain.count;
	struct ur_decision decision;

	if(!has_room(walk))
		return;
	tell_at(walk, event);
	if(event != UR_EVENT_CALLED) {
		ur_call_after_ring(&walk->call, event, &walk->facts, &decision);
	} else if(!ur_call_decide(&walk->call, &walk->facts, &decision)) {
		tell_decided(walk, before, &decision, true);
		walk->sink->done(walk->sink->context);
		return;
	}
	tell_decision(walk, before, &decision, room);
}

void ur_explain_call(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller,
		const struct ur_callee *callee)
{
	struct walk walk;

	begin(&walk, world, sink, caller);
	ur_call_begin(&walk.call, callee, 0);
	if(ur_call_may_begin(&walk.call, &walk.facts)
			&& walk.call.phase == UR_CALL_NEW)
		explore(&walk, UR_EVENT_CALLED, world->branches);
	ur_call_release(&walk.call, &walk.directory);
}

const char *ur_explain_contact_name(enum ur_contact_state state)
{
	static const char *const names[] = {
			[UR_CONTACT_LIVE] = "live",
			[UR_CONTACT_EXPIRED] = "expired",
			[UR_CONTACT_NO_INVITE] = "no-invite",
			[UR_CONTACT_OLDER_FLOW] = "older-flow",
			[UR_CONTACT_NO_BRANCH] = "no-branch",
	};

	return names[state];
}

const char *ur_explain_connection_name(enum ur_contact_connection connection)
{
	static const char *const names[] = {
			[UR_CONNECTION_NONE] = "none",
			[UR_CONNECTION_OPEN] = "open",
			[UR_CONNECTION_GONE] = "gone",
	};

	return names[connection];
}
