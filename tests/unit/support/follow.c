/*
 * One call in what is explained of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/follow.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "support/groups.h"
#include "support/world.h"

/* More than a walk has decisions: the call is over, whatever else is told. */
#define TO_THE_END (2 * UR_EXPLAIN_DECISIONS_MAX)

void ur_test_tell(struct ur_test_story *story, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	story->len += vsnprintf(story->text + story->len,
			sizeof(story->text) - story->len, format, args);
	va_end(args);
	UR_TEST_HOLDS(story->len < (int)sizeof(story->text));
}

/* Unreachable is told apart only of users who forward then, or have rules for it. */
static enum ur_event event_told(
		const struct ur_test_follow *f, const struct ur_user *user)
{
	const enum ur_event event = ur_rules_event(ur_ring_outcome(&f->ring));

	if(event == UR_EVENT_UNREACHABLE
			&& !ur_rules_has(user, UR_RULES_UNREACHABLE)
			&& ur_user_forward(user, UR_FORWARD_UNREACHABLE).kind.len == 0)
		return UR_EVENT_NO_ANSWER;
	return event;
}

static void at(void *context, enum ur_event event, const struct ur_chain *chain)
{
	struct ur_test_follow *f = context;

	if(f->skipped > 0
			|| (event != UR_EVENT_CALLED
					&& event != event_told(f, ur_chain_user(chain))))
		f->skipped++;
}

static void refused(void *context, struct ur_target target, const char *why)
{
	(void)context;
	(void)target;
	(void)why;
}

/* At the first decision nothing is told yet. */
static void full(
		void *context, const struct ur_user *user, int calls, bool is_caller)
{
	const struct ur_test_follow *f = context;

	UR_TEST_HOLDS(user->max_calls > 0 && calls >= user->max_calls);
	UR_TEST_HOLDS(!is_caller || f->story->len == 0);
	if(is_caller)
		ur_test_tell(f->story, " 486");
}

static void decided(void *context, const struct ur_explain_decision *d)
{
	const struct ur_test_follow *f = context;

	if(f->skipped == 0
			&& (d->decision->action == UR_ACTION_LEAVE
					|| d->decision->action == UR_ACTION_END))
		ur_test_tell(
				f->story, " %s", ur_test_world_print(d->chain, d->decision));
}

static void ring(void *context, const struct ur_explain_ring *ring)
{
	struct ur_test_follow *f = context;

	(void)ring;
	if(f->skipped > 0)
		return;
	memset(&f->ring, 0, sizeof(f->ring));
	f->step = 0;
}

/* How others end decides whether it rings: one that declines stops those that have not begun; who begins
 * only when nobody else rings may have no turn. */
static bool is_open(
		const struct ur_test_follow *f, const struct ur_explain_device *device)
{
	return device->begin_ms < 0 || (f->ring.declined && device->step > f->step);
}

static void device(void *context, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	struct ur_test_follow *f = context;
	const struct ur_user *user = device->member.owner;
	const struct ur_text id = ur_user_text(user, user->id);

	UR_TEST_HOLDS((device->step > 0) == (device->reason == UR_PLAN_RINGS));
	if(f->skipped > 0 || device->step == 0
			|| (is_open(f, device)
					&& !f->rang(f->context, ring->plan, device->member.device)))
		return;
	ur_test_tell(f->story, "%s%.*s%d", device->step > f->step ? " " : "+",
			id.len, id.s, device->member.device);
	f->step = device->step;
	ur_ring_add(&f->ring, f->codes,
			f->leg_end(f->context, ring->plan, device->member.device));
}

static void cut(void *context)
{
	struct ur_test_follow *f = context;

	f->was_cut |= f->skipped == 0;
}

static void done(void *context)
{
	struct ur_test_follow *f = context;

	f->skipped = f->skipped > 0 ? f->skipped - 1 : TO_THE_END;
}

static int read_contacts(void *context, const struct ur_plan *plan, int place,
		int limit, struct ur_explain_contact *list, int size)
{
	const struct ur_test_follow *f = context;

	UR_TEST_HOLDS(limit > 0);
	UR_TEST_HOLDS(size > 0);
	memset(list, 0, sizeof(*list));
	return f->is_registered(
				   f->context, plan, ur_plan_member(plan, place).device)
				   ? 1
				   : 0;
}

static const struct ur_account *find_account(void *context, uint32_t number)
{
	(void)context;
	(void)number;
	return NULL;
}

void ur_test_follow_call(struct ur_test_follow *follow,
		const struct ur_directory *directory, const struct ur_caller *caller,
		const struct ur_user *user)
{
	const struct ur_explain_sink sink = {
			follow, at, NULL, full, refused, decided, ring, device, cut, done};
	const struct ur_explain_world world = {.directory = directory,
			.context = follow,
			.read_contacts = read_contacts,
			.find_account = find_account,
			.branches = 29,
			.ring_timeout_total = follow->total,
			.time = follow->time,
			.turn = ur_test_next_turn,
			.calls_of = follow->calls_of,
			.asserted = follow->asserted};
	const struct ur_callee callee = {.kind = UR_CALLEE_USER, .user = user};

	memset(&follow->ring, 0, sizeof(follow->ring));
	follow->step = follow->skipped = 0;
	follow->was_cut = false;
	ur_explain_call(&world, &sink, caller, &callee);
}
