/*
 * What would happen to a call now, and why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/explain.h"

#include <stddef.h>

#include "policy/voicemail.h"

struct walk
{
	const struct ur_explain_world *world;
	const struct ur_explain_sink *sink;
	const struct ur_caller *caller;
	struct ur_directory
			directory; /* the world's, with refused going to the sink */
	struct ur_chain chain;
	int decisions; /* told so far */
};

/* ---- the directory, but for whom it tells what is refused */

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

static enum ur_refusal locate(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	return inner(context)->locate(inner(context)->context, target, arrival);
}

static void refused(void *context, const struct ur_chain *chain,
		struct ur_target target, enum ur_refusal why)
{
	const struct walk *walk = context;

	(void)chain;
	walk->sink->refused(
			walk->sink->context, target, ur_chain_refusal_text(why));
}

static void begin(struct walk *walk, const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller)
{
	walk->world = world;
	walk->sink = sink;
	walk->caller = caller;
	walk->decisions = 0;
	walk->directory = *world->directory;
	walk->directory.context = walk;
	walk->directory.find_user = find_user;
	walk->directory.find_extension = find_extension;
	walk->directory.locate = locate;
	walk->directory.refused = refused;
}

/* ---- who is shown as calling */

/* NULL: what the trunk has asserted. */
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

void ur_explain_outbound(const struct ur_explain_world *world,
		const struct ur_caller *caller, struct ur_identity *identity)
{
	const struct ur_chain nobody = {.count = 0};

	identity_of(world, UR_LEG_TO_OUTBOUND, &nobody, caller, identity);
}

/* ---- decisions */

static void tell_at(struct walk *walk, enum ur_event event)
{
	walk->decisions++;
	walk->sink->at(walk->sink->context, event, &walk->chain);
}

/* As the call would carry it out: the URI is complete, the leg is stamped. */
static void tell_decided(struct walk *walk, int before,
		struct ur_decision *decision, bool nobody)
{
	struct ur_explain_decision told = {
			&walk->chain, before, decision, nobody, UR_TEXT_INIT(""), NULL};
	struct ur_identity identity;
	enum ur_leg_to to = UR_LEG_TO_DEVICE;

	if(decision->action == UR_ACTION_LEAVE) {
		told.uri = (struct ur_text){decision->arrival.uri,
				ur_voicemail_add_cause(&walk->chain, walk->caller->dialled,
						&decision->arrival)};
		to = ur_caller_leg_to(decision->arrival.target);
	}
	/* Too long with what a box is told: the call would end with an error. */
	if(told.uri.len < 0) {
		told.uri.len = 0;
		decision->action = UR_ACTION_END;
		decision->arrival.status = 500;
	}
	if(nobody)
		to = UR_LEG_TO_OUTBOUND;
	if(nobody || decision->action == UR_ACTION_RING
			|| decision->action == UR_ACTION_LEAVE)
		told.shown = identity_of(
				walk->world, to, &walk->chain, walk->caller, &identity);
	walk->sink->decided(walk->sink->context, &told);
}

/* May another decision be told? */
static bool has_room(struct walk *walk)
{
	if(walk->decisions < UR_EXPLAIN_DECISIONS_MAX)
		return true;
	walk->sink->cut(walk->sink->context);
	return false;
}

/* ---- ringing */

/* Where a ring has got to. */
struct progress
{
	struct ur_plan plan;
	struct ur_explain_ring ring;
	int steps; /* that ring */
	int room;  /* branches left to the transaction */
};

/* What keeps a device from ringing whose row does not. */
static enum ur_plan_reason reason_of_contacts(
		const struct ur_explain_contact *contacts, int count)
{
	enum ur_plan_reason reason = UR_PLAN_NOT_REGISTERED;
	int i;

	for(i = 0; i < count; i++) {
		switch(contacts[i].state) {
			case UR_CONTACT_LIVE:
				return UR_PLAN_RINGS;
			case UR_CONTACT_NO_BRANCH:
				reason = UR_PLAN_NO_BRANCH;
				break;
			case UR_CONTACT_NO_INVITE:
				if(reason != UR_PLAN_NO_BRANCH)
					reason = UR_PLAN_NO_INVITE;
				break;
			default:
				if(reason == UR_PLAN_NOT_REGISTERED)
					reason = UR_PLAN_EXPIRED;
		}
	}
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

/* Tells of a device. Returns how many branches it takes. */
static int tell_device(struct walk *walk, struct progress *p, int device)
{
	struct ur_explain_contact contacts[UR_EXPLAIN_CONTACTS_MAX];
	struct ur_explain_device told = {.device = device,
			.reason = ur_plan_reason(&p->plan, device),
			.contacts = contacts};
	const bool rings = told.reason == UR_PLAN_RINGS;

	told.contact_count = walk->world->read_contacts(walk->world->context,
			&p->plan, device, rings ? p->room : UR_EXPLAIN_CONTACTS_MAX,
			contacts, UR_EXPLAIN_CONTACTS_MAX);
	if(rings)
		told.reason = reason_of_contacts(contacts, told.contact_count);
	if(told.reason == UR_PLAN_RINGS) {
		told.step = p->steps + 1;
		told.begin_ms = p->ring.total ? 0 : p->steps * p->ring.step_ms;
	}
	walk->sink->device(walk->sink->context, &p->ring, &told);
	return told.step > 0 ? count_live(contacts, told.contact_count) : 0;
}

/* Tells of all devices up to before the next step. */
static void tell_step(struct walk *walk, struct progress *p, int from, int next)
{
	int taken = 0;

	for(; from < next; from++) {
		const int branches = tell_device(walk, p, from);

		taken += branches;
		p->room -= branches;
	}
	if(taken > 0)
		p->steps++;
}

/* Tells of a ring. Returns how many branches the transaction has left after it; *rings:
 * does any device ring? */
static int tell_ring(struct walk *walk, int only, int room, bool *rings)
{
	const struct ur_user *user = ur_chain_user(&walk->chain);
	const struct ur_explain_world *world = walk->world;
	struct progress p = {
			.plan = {user, ur_plan_find_device(user, walk->caller->aor), only,
					false},
			.room = room};
	struct ur_plan_step step;
	int from = 0;

	p.ring = (struct ur_explain_ring){&p.plan,
			ur_plan_step_ms(user, world->ring_timeout_total, 0, 0),
			world->ring_timeout_total, world->fr_timer};
	if(p.ring.silent_ms > p.ring.step_ms)
		p.ring.silent_ms = p.ring.step_ms;
	walk->sink->ring(walk->sink->context, &p.ring);
	do {
		step = ur_plan_next_step(&p.plan, from);
		tell_step(walk, &p, from, step.next);
		from = step.next;
	} while(step.count > 0);
	*rings = p.steps > 0;
	return p.room;
}

static void explore(struct walk *walk, enum ur_event event, int only, int room);

/* Rings, and goes both ways that a ring can end without an answer. When nobody rings there
 * is one only, and at once. */
static void tell_ring_and_after(struct walk *walk, int only, int room)
{
	const int hops = walk->chain.count;
	bool rings;

	room = tell_ring(walk, only, room, &rings);
	if(rings) {
		explore(walk, UR_EVENT_BUSY, only, room);
		ur_chain_go_back(&walk->chain, &walk->directory, hops);
	}
	explore(walk, UR_EVENT_NO_ANSWER, only, room);
	ur_chain_go_back(&walk->chain, &walk->directory, hops);
}

/* Tells of a decision and of what comes of it. The chain may have moved on after it. */
static void tell_decision(struct walk *walk, int before,
		struct ur_decision *decision, int only, int room)
{
	tell_decided(walk, before, decision, false);
	if(decision->action == UR_ACTION_MOVE)
		explore(walk, UR_EVENT_CALLED, UR_NO_DEVICE, room);
	else if(decision->action == UR_ACTION_RING)
		tell_ring_and_after(walk, only, room);
	walk->sink->done(walk->sink->context);
}

/* What the rules make of the event. only: as in struct ur_plan; room: branches that the
 * transaction has left. */
static void explore(struct walk *walk, enum ur_event event, int only, int room)
{
	const int before = walk->chain.count;
	struct ur_decision decision;

	if(!has_room(walk))
		return;
	tell_at(walk, event);
	if(only != UR_NO_DEVICE)
		ur_rules_decide_device(event, &decision);
	else
		ur_rules_decide_here(&walk->chain, &walk->directory, event, &decision);
	tell_decision(walk, before, &decision, only, room);
}

void ur_explain_device(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller,
		const struct ur_user *user, int device)
{
	struct walk walk;

	begin(&walk, world, sink, caller);
	ur_chain_begin_user(&walk.chain, user);
	explore(&walk, UR_EVENT_CALLED, device, world->branches);
	ur_chain_end(&walk.chain, &walk.directory);
}

void ur_explain_user(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller,
		const struct ur_user *user)
{
	ur_explain_device(world, sink, caller, user, UR_NO_DEVICE);
}

void ur_explain_extension(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller,
		const struct ur_extension *extension)
{
	struct ur_decision decision;
	struct walk walk;

	begin(&walk, world, sink, caller);
	ur_chain_begin_extension(&walk.chain, extension);
	tell_at(&walk, UR_EVENT_CALLED);
	if(ur_rules_decide_extension_here(
			   &walk.chain, &walk.directory, &decision)) {
		tell_decision(&walk, 1, &decision, UR_NO_DEVICE, world->branches);
	} else {
		decision.action = UR_ACTION_END;
		decision.arrival.status = 404;
		tell_decided(&walk, 1, &decision, true);
		sink->done(sink->context);
	}
	ur_chain_end(&walk.chain, &walk.directory);
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
