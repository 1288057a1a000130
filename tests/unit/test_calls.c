/*
 * The decision table of whole calls: every combination of how each leg ends, whether it can be
 * reached, the strategy, the rules, do not disturb and the place in the chain. It compares the
 * call's state machine with an independent, deliberately naive reading of the contract.
 *
 * It also checks that what explain says before such a call contains it.
 *
 * A call is written as who rang, and how it ended: "a0+a1 b0 sip:9@voicemail".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "policy/call.h"
#include "support/follow.h"
#include "support/world.h"

#define DEVICES 2

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* What becomes of a device: - can't ring, C places the call, O is offline; else how its
 * leg ends: T the ring time ran out, S nothing was heard, B 486, D 603, R 500, U 404,
 * N 480. */
static const char states[] = "-COTSBDRUN";

static const char *const forwards[] = {
		NULL, "user:b", "queue:1", "hangup:603", "user:x"};

struct call
{
	char device[DEVICES + 1]; /* of a; b has one that is busy */
	enum ur_ring_strategy strategy;
	int always, busy, noanswer, unreachable, box, dnd, last_hop;
};

/* ---- the contract, read line by line */

static bool rings_alone(const struct call *c)
{
	return c->strategy == UR_RING_SEQUENTIAL;
}

enum outcome
{
	BUSY,
	NO_ANSWER,
	UNREACHABLE,
};

/* Section 3 and 4: the outcome of a's ring. */
static enum outcome expect_ring(
		const struct call *c, struct ur_test_story *story)
{
	bool busy = false, timed_out = false, declined = false, first = true;
	bool reached = false;
	const char *end;

	for(end = c->device; *end != '\0'; end++) {
		if(strchr("-CO", *end) != NULL || (declined && rings_alone(c)))
			continue;
		ur_test_tell(story, "%sa%d", first || rings_alone(c) ? " " : "+",
				(int)(end - c->device));
		first = false;
		busy |= *end == 'B' || *end == 'D';
		declined |= *end == 'D';
		timed_out |= *end == 'T';
		reached |= *end != 'S' && *end != 'U';
	}
	/* 603 comes before the time is up, and ends the others. */
	if(declined && !rings_alone(c))
		timed_out = false;
	if(busy && !timed_out)
		return BUSY;
	return reached ? NO_ANSWER : UNREACHABLE;
}

/* user:x does not exist. */
static bool can_be_used(const struct call *c, const char *forward)
{
	return forward != NULL && strcmp(forward, "user:x") != 0
		   && (strcmp(forward, "user:b") != 0 || !c->last_hop);
}

/* A line of rules: forward, voicemail, end. */
static void expect_line(const struct call *c, const char *forward,
		const char *end, struct ur_test_story *story)
{
	if(forward != NULL && strcmp(forward, "user:b") == 0 && !c->last_hop)
		ur_test_tell(story, " b0 sip:9@voicemail");
	else if(forward != NULL && strcmp(forward, "queue:1") == 0)
		ur_test_tell(story, " sip:1@queue");
	else if(forward != NULL && strcmp(forward, "hangup:603") == 0)
		ur_test_tell(story, " 603");
	else
		ur_test_tell(story, " %s", c->box ? "sip:7@voicemail" : end);
}

/* Section 2, then 3 and 4. */
static void expect_call(const struct call *c, struct ur_test_story *story)
{
	enum outcome outcome = BUSY; /* as it is with dnd */

	if(can_be_used(c, forwards[c->always])) {
		expect_line(c, forwards[c->always], "", story);
		return;
	}
	if(!c->dnd)
		outcome = expect_ring(c, story);
	if(outcome == BUSY)
		expect_line(c, forwards[c->busy], "486", story);
	else if(outcome == UNREACHABLE && can_be_used(c, forwards[c->unreachable]))
		expect_line(c, forwards[c->unreachable], "", story);
	else
		expect_line(c, forwards[c->noanswer], "480", story);
}

/* ---- the call as the machine has it */

static struct ur_verdict_codes codes;

static void use_defaults(void)
{
	const char *bad;

	ur_verdict_codes_reset(&codes);
	ur_verdict_codes_parse(&codes, "486,600,603", UR_VERDICT_BUSY, &bad);
	ur_verdict_codes_parse(&codes, "408,480", UR_VERDICT_NO_ANSWER, &bad);
	ur_verdict_codes_parse(
			&codes, "404,410,430,503", UR_VERDICT_UNREACHABLE, &bad);
}

static struct ur_leg_end leg_end(char state, bool cancelled)
{
	switch(state) {
		case 'B':
			return (struct ur_leg_end){.code = 486, .heard = true};
		case 'D':
			return (struct ur_leg_end){.code = 603, .heard = true};
		case 'R':
			return (struct ur_leg_end){.code = 500, .heard = true};
		case 'U':
			return (struct ur_leg_end){.code = 404, .heard = true};
		case 'N':
			return (struct ur_leg_end){.code = 480, .heard = true};
		case 'T':
			return (struct ur_leg_end){
					.code = cancelled ? 487 : 0, .heard = true};
		default:
			return (struct ur_leg_end){.code = 0, .heard = false};
	}
}

/* b has one device, that is busy. */
static const char *states_of(const struct call *c, const struct ur_user *user)
{
	return ur_text_equal(ur_user_text(user, user->id), UR_TEXT("a")) ? c->device
																	 : "B";
}

static void ring_start(struct ur_call *call, const struct ur_plan_start *start,
		const char *device, struct ur_test_story *story)
{
	const struct ur_plan *plan = &call->plan;
	const struct ur_text id = ur_user_text(plan->user, plan->user->id);
	const char *before = " ";
	bool cancelled = false;
	int i;

	for(i = start->first; i < start->next; i++)
		cancelled |= ur_plan_rings(plan, i) && device[i] == 'D';
	for(i = start->first; i < start->next; i++) {
		if(!ur_plan_rings(plan, i) || device[i] == 'O')
			continue;
		if(*before == ' ')
			ur_call_started(call);
		ur_test_tell(story, "%s%.*s%d", before, id.len, id.s, i);
		before = "+";
		ur_call_leg_ended(call, &codes, leg_end(device[i], cancelled));
	}
}

/* Each start rings to its end. */
static void ring_user(struct ur_call *call, const struct call *c, int64_t *now,
		struct ur_test_story *story)
{
	const char *device = states_of(c, ur_call_user(call));
	struct ur_plan_start start;
	int64_t until;

	while(ur_call_next_start(call, *now, 0, &start, &until) == UR_CALL_START) {
		ring_start(call, &start, device, story);
		*now = ur_call_until(call, start.first);
	}
}

static struct ur_text caller_of(const struct call *c)
{
	static char aor[] = "a0@x";
	const char *calling = strchr(c->device, 'C');

	if(calling == NULL)
		return UR_TEXT("");
	aor[1] = '0' + (calling - c->device);
	return (struct ur_text){aor, (int)strlen(aor)};
}

/* From where the chain is at a. */
static void place_call(
		struct ur_call *call, const struct call *c, struct ur_test_story *story)
{
	const struct ur_call_facts facts = {.directory = &ur_test_directory};
	struct ur_decision decision;
	enum ur_event event;
	int64_t now = 0;

	ck_assert(ur_call_decide(call, &facts, &decision));
	ur_call_settle(call, &facts, &decision);
	while(decision.action == UR_ACTION_RING) {
		ring_user(call, c, &now, story);
		ck_assert_int_eq(ur_call_ask(call, now, &facts, &event, &decision),
				UR_CALL_DECIDED);
		ur_call_settle(call, &facts, &decision);
	}
	ur_test_tell(story, " %s", ur_test_world_print(&call->chain, &decision));
}

/* ---- all of them */

/* A device that can't ring is not available, or has not opted in. */
static unsigned flags_of(const struct call *c, char state)
{
	unsigned flags = UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE
					 | UR_DEVICE_RING_ON_FORK | UR_DEVICE_SPECIFIC;

	if(state != '-')
		return flags;
	return flags
		   & ~(c->strategy == UR_RING_SPECIFIC ? UR_DEVICE_SPECIFIC
											   : UR_DEVICE_AVAILABLE);
}

/* b's rule leads back to a, who has been called: it counts as not set. */
static void make_world(const struct call *c)
{
	const struct ur_test_person a = {.id = "a",
			.always = forwards[c->always],
			.busy = forwards[c->busy],
			.noanswer = forwards[c->noanswer],
			.unreachable = forwards[c->unreachable],
			.voicemail = c->box ? "7" : NULL,
			.dnd = c->dnd,
			.strategy = c->strategy,
			.devices = DEVICES,
			.device_flags = {
					flags_of(c, c->device[0]), flags_of(c, c->device[1])}};
	const struct ur_test_person b = {.id = "b",
			.busy = "user:a",
			.voicemail = "9",
			.devices = 1,
			.device_flags = {flags_of(c, 'B')}};

	ur_test_world_forget();
	ur_test_world_add(&a);
	ur_test_world_add(&b);
}

/* The chain that has come to a: alone, or as the last of max_hops. */
static void come_to_a(struct ur_chain *chain, const struct call *c)
{
	static const char *const before[] = {
			"u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9"};
	int i;

	chain->before = chain->count = 0;
	for(i = 0; c->last_hop && i < COUNT(before); i++) {
		const struct ur_test_person p = {.id = before[i]};

		ur_test_world_add(&p);
		chain->hops[chain->count++] =
				(struct ur_hop){.user = ur_test_world_user(before[i])};
	}
	chain->hops[chain->count++] =
			(struct ur_hop){.user = ur_test_world_user("a")};
}

/* ---- the call as it is explained */

static bool is_registered(void *context, const struct ur_plan *plan, int device)
{
	return states_of(context, plan->user)[device] != 'O';
}

/* A phone that declines is heard before the time is up, and ends the others. */
static struct ur_leg_end explained_leg_end(
		void *context, const struct ur_plan *plan, int device)
{
	const struct call *c = context;
	const char *states_here = states_of(c, plan->user);

	return leg_end(states_here[device],
			!rings_alone(c) && strchr(states_here, 'D') != NULL);
}

/* In a sequence nobody rings after one that declines. */
static bool rang(void *context, const struct ur_plan *plan, int device)
{
	(void)context;
	(void)plan;
	(void)device;
	return false;
}

static void explain_call(const struct call *c, struct ur_test_story *story)
{
	struct ur_test_follow follow = {.story = story,
			.codes = &codes,
			.context = (void *)c,
			.is_registered = is_registered,
			.leg_end = explained_leg_end,
			.rang = rang};
	const struct ur_caller caller = {
			.aor = caller_of(c), .dialled = UR_TEXT("x")};
	struct ur_directory directory = ur_test_directory;

	if(c->last_hop)
		directory.max_hops = 1;
	ur_test_follow_call(&follow, &directory, &caller, ur_test_world_user("a"));
	UR_TEST_HOLDS(!follow.was_cut);
}

static void try_call(const struct call *c)
{
	struct ur_test_story explained = {.len = 0};
	struct ur_test_story expected = {.len = 0}, story = {.len = 0};
	const struct ur_caller caller = {
			.aor = caller_of(c), .dialled = UR_TEXT("x")};
	struct ur_call call;

	make_world(c);
	ur_call_init(&call, &caller, UR_TRANSFER_NONE);
	come_to_a(&call.chain, c);
	expect_call(c, &expected);
	place_call(&call, c, &story);
	if(strcmp(story.text, expected.text) != 0)
		ck_abort_msg(
				"devices %s, strategy %d, always %s, busy %s, noanswer %s, "
				"unreachable %s, voicemail %d, dnd %d, last hop %d: got "
				"\"%s\", expected "
				"\"%s\"",
				c->device, c->strategy, forwards[c->always], forwards[c->busy],
				forwards[c->noanswer], forwards[c->unreachable], c->box, c->dnd,
				c->last_hop, story.text, expected.text);
	ur_chain_end(&call.chain, &ur_test_directory);
	explain_call(c, &explained);
	if(strcmp(explained.text, expected.text) != 0)
		ck_abort_msg(
				"devices %s, strategy %d, always %s, busy %s, noanswer %s, "
				"unreachable %s, voicemail %d, dnd %d, last hop %d: explained "
				"\"%s\", expected "
				"\"%s\"",
				c->device, c->strategy, forwards[c->always], forwards[c->busy],
				forwards[c->noanswer], forwards[c->unreachable], c->box, c->dnd,
				c->last_hop, explained.text, expected.text);
	UR_TEST_HOLDS(ur_test_world.references == 0);
}

/* With sanitizers, which look for other faults than a wrong decision, every seventh call is enough. */
#ifdef __SANITIZE_ADDRESS__
#define EVERY 7
#else
#define EVERY 1
#endif

/* All rules, for two devices and a strategy. */
static void try_rules(struct call *c)
{
	int number = 0;

	for(c->always = 0; c->always < COUNT(forwards); c->always++)
		for(c->busy = 0; c->busy < COUNT(forwards); c->busy++)
			for(c->noanswer = 0; c->noanswer < COUNT(forwards); c->noanswer++)
				for(c->box = 0; c->box < 2; c->box++)
					for(c->dnd = 0; c->dnd < 2; c->dnd++)
						for(c->last_hop = 0; c->last_hop < 2; c->last_hop++) {
							/* Meets each of the others: where it counts, fwd_busy does not. */
							c->unreachable =
									(number + c->busy) % COUNT(forwards);
							if(number++ % EVERY == 0)
								try_call(c);
						}
}

START_TEST(test_calls)
{
	struct call c = {.device = {states[_i]}};
	const char *second;

	use_defaults();
	for(second = states; *second != '\0'; second++) {
		if(*second == 'C' && c.device[0] == 'C')
			continue; /* one device at most places the call */
		c.device[1] = *second;
		for(c.strategy = 0; c.strategy <= UR_RING_SPECIFIC; c.strategy++)
			try_rules(&c);
	}
	ur_test_world_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("calls");
	TCase *tcase = tcase_create("calls");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_calls, 0, COUNT(states) - 1);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
