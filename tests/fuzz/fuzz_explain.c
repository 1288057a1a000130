/*
 * Whole calls, explained: rules, plan, chain, caller identity, and the text.
 *
 * The input is a line with max_hops and a database (support/textdb.h). Each user, extension and
 * device in it is called by a trunk and by the first device, with and without privacy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "policy/explain_text.h"
#include "support/textdb.h"
#include "support/directory.h"
#include "support/loader.h"
#include "support/sip.h"

enum
{
	CALLS_MAX = 12, /* of an input: each may be as long as a walk gets */
};

/* What is told goes on to the text, and is looked at on the way. */
struct listener
{
	struct ur_explain_sink text;
	int open; /* decisions that are not done */
	int max_hops;
	int hops[UR_EXPLAIN_DECISIONS_MAX
			 + 1]; /* of the chain, as each one was decided */
};

static void check_chain(
		const struct listener *listener, const struct ur_chain *chain)
{
	int i, k;

	UR_FUZZ_ASSERT(chain->count >= 1);
	UR_FUZZ_ASSERT(chain->count <= listener->max_hops || chain->count == 1);
	for(i = 0; i < chain->count; i++) {
		const struct ur_hop *hop = &chain->hops[i];

		UR_FUZZ_ASSERT((hop->user != NULL) + (hop->group != NULL)
							   + (hop->extension != NULL)
					   == 1);
		for(k = 0; k < i && hop->user != NULL; k++)
			UR_FUZZ_ASSERT(chain->hops[k].user != hop->user);
		for(k = 0; k < i && hop->group != NULL; k++)
			UR_FUZZ_ASSERT(chain->hops[k].group != hop->group);
	}
}

static void at(void *context, enum ur_event event, const struct ur_chain *chain)
{
	struct listener *listener = context;

	/* what comes of a ring begins where it rang */
	if(event != UR_EVENT_CALLED)
		UR_FUZZ_ASSERT(chain->count == listener->hops[listener->open]);
	listener->open++;
	UR_FUZZ_ASSERT(listener->open <= UR_EXPLAIN_DECISIONS_MAX);
	check_chain(listener, chain);
	listener->text.at(listener->text.context, event, chain);
}

static void checked(void *context, const struct ur_user *user,
		const struct ur_user_rule *rule, enum ur_condition why)
{
	const struct listener *listener = context;

	UR_FUZZ_ASSERT(rule >= ur_user_rules(user)
				   && rule < ur_user_rules(user) + user->rule_count);
	UR_FUZZ_ASSERT(why < UR_CONDITION_COUNT);
	listener->text.checked(listener->text.context, user, rule, why);
}

static void full(
		void *context, const struct ur_user *user, int calls, bool is_caller)
{
	const struct listener *listener = context;

	UR_FUZZ_ASSERT(user->max_calls > 0 && calls >= user->max_calls);
	UR_FUZZ_ASSERT((listener->open == 0) == is_caller);
	listener->text.full(listener->text.context, user, calls, is_caller);
}

static void refused(void *context, struct ur_target target, const char *why)
{
	const struct listener *listener = context;

	listener->text.refused(listener->text.context, target, why);
}

static void decided(void *context, const struct ur_explain_decision *d)
{
	struct listener *listener = context;

	check_chain(listener, d->chain);
	listener->hops[listener->open] = d->chain->count;
	if(d->shown != NULL)
		ur_fuzz_check_identity(d->shown);
	if(d->decision->action == UR_ACTION_LEAVE) {
		const struct ur_text uri = {
				d->decision->arrival.uri, d->decision->arrival.uri_len};

		UR_FUZZ_ASSERT(uri.len <= UR_TARGET_URI_MAX);
		UR_FUZZ_ASSERT(ur_fuzz_is_uri(uri));
	}
	if(d->decision->action == UR_ACTION_END)
		UR_FUZZ_ASSERT(d->decision->arrival.status >= 400
					   && d->decision->arrival.status <= 699);
	listener->text.decided(listener->text.context, d);
}

static void ring(void *context, const struct ur_explain_ring *ring)
{
	const struct listener *listener = context;

	UR_FUZZ_ASSERT(ring->step_ms == ur_plan_ring_timeout_ms(ring->plan));
	UR_FUZZ_ASSERT(ring->silent_ms <= ring->step_ms);
	listener->text.ring(listener->text.context, ring);
}

static void device(void *context, const struct ur_explain_ring *ring,
		const struct ur_explain_device *device)
{
	const struct listener *listener = context;
	const int q = ur_plan_q(ring->plan, device->member.device);

	UR_FUZZ_ASSERT((device->step > 0) == (device->reason == UR_PLAN_RINGS));
	UR_FUZZ_ASSERT(q >= 1 && q <= UR_PLAN_Q_MAX);
	listener->text.device(listener->text.context, ring, device);
}

static void cut(void *context)
{
	const struct listener *listener = context;

	listener->text.cut(listener->text.context);
}

static void done(void *context)
{
	struct listener *listener = context;

	listener->open--;
	listener->text.done(listener->text.context);
}

static void check_line(void *context, struct ur_text line)
{
	(void)context;
	UR_FUZZ_ASSERT(line.len > 0);
	UR_FUZZ_ASSERT(ur_fuzz_is_line(line));
}

/* ---- the world */

/* As many as the address has characters, modulo 3, the last one of them too old. */
static int read_contacts(void *context, const struct ur_plan *plan, int place,
		int limit, struct ur_explain_contact *list, int size)
{
	const struct ur_member member = ur_plan_member(plan, place);
	const struct ur_text aor = ur_member_aor(&member);
	const int count = aor.len % 3;
	int i;

	(void)context;
	for(i = 0; i < count && i < size; i++) {
		list[i] = (struct ur_explain_contact){
				.uri = UR_TEXT("sip:a@192.0.2.1"), .state = UR_CONTACT_LIVE};
		if(limit-- <= 0)
			list[i].state = UR_CONTACT_NO_BRANCH;
		if(i == 1)
			list[i].state = UR_CONTACT_EXPIRED;
	}
	return i;
}

static const struct ur_account *find_account(void *context, uint32_t number)
{
	return ur_table_account_by_number(context, number);
}

struct scene
{
	struct ur_table *table;
	int max_hops;
	struct ur_text
			calling; /* the user of whose first device calls come; or empty */
	int calls;
};

/* A trunk, or the device; privacy by turns. */
static struct ur_caller caller_of(struct scene *scene)
{
	struct ur_caller caller = {.dialled = UR_TEXT("acme.example"),
			.domain = UR_TEXT("acme.example"),
			.is_private = scene->calls++ % 2};

	if(scene->calls % 3 != 0)
		caller.user = ur_table_user_by_id(scene->table, scene->calling);
	if(caller.user != NULL && caller.user->device_count > 0)
		caller.aor = ur_user_text(caller.user, caller.user->devices[0].aor);
	return caller;
}

static int calls_of(void *context, const struct ur_user *user)
{
	(void)context;
	(void)user;
	return 2;
}

static uint32_t turn(void *context, const struct ur_group *group)
{
	(void)context;
	return ur_table_group_turn(group, false);
}

/* The reference to who is called is given back. */
static void explain(struct scene *scene, const struct ur_callee *callee)
{
	const struct ur_caller caller = caller_of(scene);
	struct ur_fuzz_directory context = {
			scene->table, callee->user != NULL ? callee->user->account
											   : callee->extension->account};
	const struct ur_directory directory =
			ur_fuzz_directory(&context, scene->max_hops);
	const struct ur_explain_world world = {.directory = &directory,
			.context = scene->table,
			.read_contacts = read_contacts,
			.find_account = find_account,
			.put_account = ur_table_account_put,
			.turn = turn,
			.calls_of = calls_of,
			.branches = 5,
			.fr_timer = 4000,
			.ring_timeout_total = scene->calls % 2};
	struct ur_explain_text text = {.line = check_line};
	struct listener listener = {
			ur_explain_text_sink(&text), 0, scene->max_hops, {0}};
	const struct ur_explain_sink sink = {&listener, at, checked, full, refused,
			decided, ring, device, cut, done};

	ur_explain_call(&world, &sink, &caller, callee);
	UR_FUZZ_ASSERT(text.depth == 0 && listener.open == 0);
	ur_table_user_put(caller.user);
}

static void call_user(struct scene *scene, struct ur_text id)
{
	const struct ur_user *user = ur_table_user_by_id(scene->table, id);
	struct ur_callee callee = {.kind = UR_CALLEE_DEVICE, .user = user};

	if(user == NULL)
		return;
	if(user->device_count > 0) {
		ur_table_user_ref(user);
		callee.device = user->device_count - 1;
		explain(scene, &callee);
	}
	callee.kind = UR_CALLEE_USER;
	explain(scene, &callee);
}

static void call_extension(struct scene *scene, struct ur_text id)
{
	const struct ur_callee callee = {.kind = UR_CALLEE_EXTENSION,
			.extension = ur_table_extension_by_id(scene->table, id)};

	if(callee.extension != NULL)
		explain(scene, &callee);
}

static void call_did(struct scene *scene, struct ur_text e164)
{
	const struct ur_callee callee = {.kind = UR_CALLEE_EXTENSION,
			.extension = ur_table_did(scene->table, e164)};

	if(callee.extension != NULL)
		explain(scene, &callee);
}

static void call_all(struct scene *scene)
{
	struct ur_text id;
	int i;

	scene->calling = ur_fuzz_database_key(UR_VIEW_USER, 0);
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_EXTENSION, i),
	id.len > 0 && scene->calls < CALLS_MAX / 2;
			i++)
		call_extension(scene, id);
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_DID, i),
	id.len > 0 && scene->calls < CALLS_MAX / 2;
			i++)
		call_did(scene, id);
	for(i = 0; id = ur_fuzz_database_key(UR_VIEW_USER, i),
	id.len > 0 && scene->calls < CALLS_MAX;
			i++)
		call_user(scene, id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ur_fuzz_input in = {data, data + size};
	struct scene scene = {.max_hops = 1};
	struct ur_fuzz_mirror mirror;

	scene.max_hops += ur_fuzz_number(&in, UR_CHAIN_LIMIT - 1);
	ur_fuzz_database(&in);
	ur_fuzz_mirror_begin(&mirror);
	ur_fuzz_mirror_load(&mirror);
	scene.table = mirror.table;
	call_all(&scene);
	ur_fuzz_mirror_end(&mirror);
	ur_fuzz_forget();
	return 0;
}
