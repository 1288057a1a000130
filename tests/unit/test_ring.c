/*
 * A ring in time: when each device begins, how long it rings, and what comes late. For the other
 * events of a call see test_call.c.
 *
 * A device is its delay and how long it rings, in seconds: "0", "5/10". Here it is called by its place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/call.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum
{
	RING_MS = 20000,
	RINGS = UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK
			| UR_DEVICE_SPECIFIC,
};

static struct ur_verdict_codes codes;
static struct ur_call call;
static struct ur_call_facts facts;

/* What a ring is made from. */
struct ring
{
	const char *simultaneous, *sequential,
			*specific; /* one of them: the devices */
	bool total;
	enum ur_transfer transfer;
	bool is_message, is_by_script;
	const char *caller; /* NULL: a trunk */
};

static enum ur_ring_strategy strategy_of(const struct ring *ring)
{
	return ring->sequential != NULL ? UR_RING_SEQUENTIAL
		   : ring->specific != NULL ? UR_RING_SPECIFIC
									: UR_RING_SIMULTANEOUS;
}

static void make_user(const struct ring *ring)
{
	struct ur_test_person a = {.id = "a",
			.busy = "queue:busy",
			.noanswer = "queue:noanswer",
			.strategy = strategy_of(ring),
			.ring_sec = RING_MS / 1000};
	const char *at = ring->sequential != NULL ? ring->sequential
					 : ring->specific != NULL ? ring->specific
											  : ring->simultaneous;
	char *end;

	while(*at != '\0') {
		a.device_flags[a.devices] = RINGS;
		a.delay_sec[a.devices] = (int)strtol(at, &end, 10);
		if(*end == '/')
			a.for_sec[a.devices] = (int)strtol(end + 1, &end, 10);
		a.devices++;
		at = end + strspn(end, " ");
	}
	ur_test_world_forget();
	ur_test_world_add(&a);
}

/* Calls the user, who is to ring. */
static void call_user(const struct ring *ring)
{
	const char *caller = ring->caller != NULL ? ring->caller : "";
	const struct ur_caller who = {
			.aor = {caller, (int)strlen(caller)}, .dialled = UR_TEXT("x")};
	struct ur_callee callee = {.kind = UR_CALLEE_USER};
	struct ur_decision decision;
	const char *bad;

	ur_verdict_codes_reset(&codes);
	ur_verdict_codes_parse(&codes, "486,603", UR_VERDICT_BUSY, &bad);
	facts = (struct ur_call_facts){
			.directory = &ur_test_directory, .ring_timeout_total = ring->total};
	make_user(ring);
	callee.user = ur_test_world_user("a");
	memset(&call, 0xff, sizeof(call));
	ur_call_init(&call, &who, ring->transfer);
	call.is_message = ring->is_message;
	ur_call_begin(&call, &callee, 0);
	ck_assert(ur_call_decide(&call, &facts, &decision));
	ck_assert_int_eq(decision.action, UR_ACTION_RING);
	call.is_by_script = ring->is_by_script;
}

static void hang_up(void)
{
	ur_chain_end(&call.chain, &ur_test_directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}

/* "0-2" begin now, "wait", "wait 5000" or "nobody". */
static const char *next(int64_t now, int pending)
{
	static char text[100];
	struct ur_plan_start start;
	int64_t until = -7;

	switch(ur_call_next_start(&call, now, pending, &start, &until)) {
		case UR_CALL_START:
			snprintf(text, sizeof(text), "%d-%d", start.first, start.next - 1);
			return text;
		case UR_CALL_WAIT:
			if(until == INT64_MAX)
				return "wait";
			snprintf(text, sizeof(text), "wait %lld", (long long)until);
			return text;
		default:
			return "nobody";
	}
}

static const char *start(int64_t now, int pending)
{
	const char *text = next(now, pending);

	ur_call_started(&call);
	return text;
}

static void leg_ends(int code, bool heard)
{
	ur_call_leg_ended(
			&call, &codes, (struct ur_leg_end){.code = code, .heard = heard});
}

/* The device's time is over while it rings. */
static void time_ends(int place)
{
	ur_call_leg_ended(&call, &codes,
			(struct ur_leg_end){.heard = true,
					.is_own_time = ur_call_ends_early(&call, place)});
}

/* How the ring ended. */
static const char *outcome(int64_t now)
{
	struct ur_decision decision;
	enum ur_event event;

	ck_assert_int_eq(ur_call_ask(&call, now, &facts, &event, &decision),
			UR_CALL_DECIDED);
	return ur_rules_event_name(event);
}

/* ---- when a device begins */

/* A moment of a ring, and what the machine says then. Whoever starts rings. */
struct moment
{
	int now, pending; /* now: in the ring, which begins at 1000 */
	const char *answer;
};

#define MOMENTS_MAX 8

static const struct
{
	struct ring ring;
	struct moment moments[MOMENTS_MAX];
} starts[] = {
		/* two delays: each start waits until it is due */
		{{.simultaneous = "0 5 8"},
				{{0, 0, "0-0"}, {0, 1, "wait 6000"}, {4999, 1, "wait 6000"},
						{5000, 1, "1-1"}, {5000, 2, "wait 9000"},
						{8000, 1, "2-2"}, {8000, 3, "wait"},
						{20000, 0, "nobody"}}},
		{{.specific = "0 5 5"}, {{0, 0, "0-0"}, {4999, 1, "wait 6000"},
										{5000, 1, "1-2"}, {5000, 3, "wait"}}},
		/* a driver that is late */
		{{.simultaneous = "0 5"},
				{{0, 0, "0-0"}, {7000, 1, "1-1"}, {7000, 2, "wait"}}},
		/* nobody rings: what is due next begins at once, what is due later keeps its time */
		{{.simultaneous = "0 5 8"},
				{{0, 0, "0-0"}, {2000, 0, "1-1"}, {2000, 1, "wait 9000"},
						{7999, 1, "wait 9000"}, {8000, 1, "2-2"}}},
		{{.simultaneous = "0 5 8"},
				{{0, 0, "0-0"}, {2000, 0, "1-1"}, {3000, 0, "2-2"},
						{4000, 0, "nobody"}}},
		/* also before anybody rings; the delays count from then on */
		{{.simultaneous = "3 5"},
				{{0, 0, "0-0"}, {0, 1, "wait 6000"}, {5000, 1, "1-1"}}},
		/* a delay that is not below the ring time: never while another rings */
		{{.simultaneous = "0 20 30"},
				{{0, 0, "0-0"}, {0, 1, "wait 21000"}, {20000, 1, "wait"},
						{20000, 0, "nobody"}}},
		{{.simultaneous = "0 20 30"},
				{{0, 0, "0-0"}, {15000, 0, "1-1"}, {15000, 1, "wait 31000"},
						{16000, 0, "2-2"}}},
		{{.simultaneous = "30 40"}, {{0, 0, "0-0"}, {0, 1, "wait 41000"}}},
		/* nothing begins with less than half a second left */
		{{.simultaneous = "0 20"}, {{0, 0, "0-0"}, {19500, 0, "1-1"}}},
		{{.simultaneous = "0 20"},
				{{0, 0, "0-0"}, {19501, 0, "nobody"}, {19501, 0, "nobody"}}},
		{{.simultaneous = "0 19"},
				{{0, 0, "0-0"}, {19501, 1, "wait"}, {19501, 0, "nobody"}}},
		/* one after the other: delays don't count, and no time comes while one rings */
		{{.sequential = "9 5/3 0"},
				{{0, 0, "0-0"}, {9000, 1, "wait"}, {9000, 0, "1-1"},
						{20000, 1, "wait"}, {20000, 0, "2-2"},
						{40000, 0, "nobody"}}},
		{{.sequential = "0/2 5/3 0", .total = true},
				{{0, 0, "0-0"}, {2000, 0, "1-1"}, {19500, 0, "2-2"}}},
		{{.sequential = "0/2 5/3 0", .total = true},
				{{0, 0, "0-0"}, {2000, 0, "1-1"}, {19501, 0, "nobody"}}},
		/* all at once is within the ring time anyway */
		{{.simultaneous = "0 5", .total = true},
				{{0, 0, "0-0"}, {4999, 1, "wait 6000"}, {5000, 1, "1-1"}}},
		/* the delays of those who ask for a call that exists, or get a message, don't count */
		{{.simultaneous = "0 5 30", .transfer = UR_TRANSFER_ASKED},
				{{0, 0, "0-2"}, {0, 3, "wait"}}},
		{{.sequential = "0 5 30", .is_message = true},
				{{0, 0, "0-2"}, {0, 3, "wait"}}},
		{{.simultaneous = "0 5 30", .is_by_script = true},
				{{0, 0, "0-2"}, {0, 3, "wait"}}},
};

START_TEST(test_starts)
{
	int i;

	call_user(&starts[_i].ring);
	for(i = 0; i < MOMENTS_MAX && starts[_i].moments[i].answer != NULL; i++) {
		const struct moment *m = &starts[_i].moments[i];
		const char *answer = next(1000 + m->now, m->pending);

		ck_assert_msg(strcmp(answer, m->answer) == 0,
				"ring %d, at %d: got \"%s\", expected \"%s\"", _i, m->now,
				answer, m->answer);
		if(strchr(answer, '-') != NULL)
			ur_call_started(&call);
	}
	hang_up();
}
END_TEST

/* A start that nobody can be reached by: nobody rings, so the next one begins; while another rings the
 * next one waits for its time. */
START_TEST(test_nobody_there)
{
	const struct ring ring = {.simultaneous = "0 5 8"};

	call_user(&ring);
	ck_assert_str_eq(next(1000, 0), "0-0");
	ck_assert_str_eq(start(1000, 0), "1-1");
	ck_assert_str_eq(next(1000, 1), "wait 9000");
	ck_assert_int_eq(call.step, 1);
	hang_up();
	call_user(&ring);
	start(1000, 0);
	ck_assert_str_eq(next(6000, 1), "1-1");
	ck_assert_str_eq(next(6000, 1), "wait 9000");
	ck_assert_int_eq(call.step, 1);
	hang_up();
}
END_TEST

/* A phone that declines stops also those who have not begun. */
START_TEST(test_decline)
{
	const struct ring ring = {.simultaneous = "0 0 5"};

	call_user(&ring);
	start(1000, 0);
	leg_ends(603, true);
	ck_assert(!ur_call_has_start(&call, 2000));
	ck_assert_str_eq(next(2000, 1), "wait");
	ck_assert_str_eq(next(6000, 1), "wait");
	leg_ends(487, true);
	ck_assert_str_eq(next(6000, 0), "nobody");
	ck_assert_str_eq(outcome(6000), "busy");
	hang_up();
}
END_TEST

/* ---- how long a device rings */

/* Everybody begins when due, or at once when nobody rings; the ring begins at 1000. until: when the
 * last one ends. */
static const struct
{
	struct ring ring;
	int begins[UR_TEST_DEVICES]; /* in the ring; after the first, 0: no more */
	int until;
	bool is_early;
} ends[] = {
		{{.simultaneous = "0"}, {0}, 20000, false},
		{{.simultaneous = "0/10"}, {0}, 10000, true},
		{{.simultaneous = "0/20"}, {0}, 20000, false},
		{{.simultaneous = "0/600"}, {0}, 20000, false},
		{{.simultaneous = "0/19", .total = true}, {0}, 19000, true},
		{{.specific = "0 5/10"}, {0, 5000}, 15000, true},
		{{.simultaneous = "0 5/15"}, {0, 5000}, 20000, false},
		{{.simultaneous = "0 5"}, {0, 5000}, 20000, false},
		/* from when it began: early, as nobody else rang, or late */
		{{.simultaneous = "0 5/10"}, {0, 2000}, 12000, true},
		{{.simultaneous = "0 5/14"}, {0, 5999}, 19999, true},
		{{.simultaneous = "0 5/14"}, {0, 6000}, 20000, false},
		{{.simultaneous = "0 30/3"}, {0, 9000}, 12000, true},
		{{.simultaneous = "0 5 8/3"}, {0, 2000, 4000}, 7000, true},
		/* one after the other: the time of that step, which is over like any other step's */
		{{.sequential = "0/10"}, {0}, 10000, false},
		{{.sequential = "0/600"}, {0}, 600000, false},
		{{.sequential = "0 5/10"}, {0, 20000}, 30000, false},
		{{.sequential = "0 5"}, {0, 3000}, 23000, false},
		{{.sequential = "0 5/10", .total = true}, {0, 3000}, 13000, false},
		{{.sequential = "0 5/10", .total = true}, {0, 12000}, 20000, false},
		/* the times that don't hold */
		{{.simultaneous = "0/10", .transfer = UR_TRANSFER_ASKED}, {0}, 20000,
				false},
		{{.sequential = "0/10", .is_message = true}, {0}, 20000, false},
};

START_TEST(test_ends)
{
	int last = 0;

	call_user(&ends[_i].ring);
	start(1000, 0);
	while(last + 1 < UR_TEST_DEVICES && ends[_i].begins[last + 1] > 0)
		start(1000 + ends[_i].begins[++last], 0);
	ck_assert_int_eq(call.next_place, last + 1);
	ck_assert_int_eq(ur_call_until(&call, last), 1000 + ends[_i].until);
	ck_assert_int_eq(ur_call_ends_early(&call, last), ends[_i].is_early);
	hang_up();
}
END_TEST

/* Each member of a start has its own end, and keeps it when others begin. */
START_TEST(test_ends_of_a_start)
{
	const struct ring ring = {.simultaneous = "0/3 0 5/4"};

	call_user(&ring);
	start(1000, 0);
	ck_assert_str_eq(start(6500, 1), "2-2");
	ck_assert_int_eq(ur_call_until(&call, 0), 4000);
	ck_assert_int_eq(ur_call_until(&call, 1), 21000);
	ck_assert_int_eq(ur_call_until(&call, 2), 10500);
	hang_up();
}
END_TEST

/* All at once for a script, which begins the second one 9 s later: when its time is over, in the ring. */
static const struct
{
	struct ring ring;
	int until;
} restarts[] = {
		{{.sequential = "0 0"}, 29000},
		{{.sequential = "0 0/5"}, 14000},
		{{.sequential = "0 0", .total = true}, 20000},
		{{.sequential = "0 0/5", .total = true}, 14000},
		{{.sequential = "0 0/15", .total = true}, 20000},
		{{.simultaneous = "0 5/6"}, 15000},
		{{.simultaneous = "0 5"}, 20000},
};

START_TEST(test_restart)
{
	struct ring ring = restarts[_i].ring;

	ring.is_by_script = true;
	call_user(&ring);
	ck_assert_str_eq(start(1000, 0), "0-1");
	ck_assert_int_eq(
			ur_call_restart(&call, 1, 10000), 1000 + restarts[_i].until);
	ck_assert_int_eq(ur_call_until(&call, 1), 1000 + restarts[_i].until);
	hang_up();
}
END_TEST

/* ---- what a ring comes to */

/* A device's own end is not the ring's: who is busy later counts. In a sequence it is the step's. */
static const struct
{
	struct ring ring;
	const char *outcome;
} outcomes[] = {
		{{.simultaneous = "0/3 5"}, "busy"},
		{{.specific = "0/3 5"}, "busy"},
		{{.simultaneous = "0/20 5"}, "no-answer"},
		{{.sequential = "0/3 5"}, "no-answer"},
		{{.sequential = "0 5"}, "no-answer"},
};

START_TEST(test_outcome)
{
	call_user(&outcomes[_i].ring);
	start(1000, 0);
	start(4000, 0);
	leg_ends(486, true);
	time_ends(0);
	ck_assert_str_eq(outcome(21000), outcomes[_i].outcome);
	hang_up();
}
END_TEST

/* Nobody has said that he is busy. */
START_TEST(test_outcome_of_own_end)
{
	const struct ring ring = {.simultaneous = "0/3"};

	call_user(&ring);
	start(1000, 0);
	time_ends(0);
	ck_assert_int_eq(call.ring.legs[UR_VERDICT_NO_ANSWER], 1);
	ck_assert(!call.ring.timed_out);
	ck_assert_str_eq(outcome(4000), "no-answer");
	hang_up();
}
END_TEST

/* ---- who comes late */

/* The first start is at 1000, and rings; then the ring's later ones, as in ends[]. A contact of the
 * device at that place appears. */
static const struct
{
	struct ring ring;
	int begins[UR_TEST_DEVICES];
	int place, now; /* in the ring */
	bool joins;
} late[] = {
		{{.simultaneous = "0 0"}, {0}, 1, 0, true},
		{{.simultaneous = "0 0"}, {0}, 1, 19500, true},
		{{.simultaneous = "0 0"}, {0}, 1, 19501, false},
		{{.specific = "0 0"}, {0}, 0, 10000, true},
		/* before its time, in it, and after it */
		{{.simultaneous = "0 5/10"}, {0}, 1, 4000, false},
		{{.simultaneous = "0 5/10"}, {0}, 1, 6000, false},
		{{.simultaneous = "0 5/10"}, {0, 5000}, 1, 5000, true},
		{{.simultaneous = "0 5/10"}, {0, 5000}, 1, 14500, true},
		{{.simultaneous = "0 5/10"}, {0, 5000}, 1, 14501, false},
		{{.simultaneous = "0 5/10"}, {0, 5000}, 1, 16000, false},
		{{.simultaneous = "0/3 5"}, {0, 5000}, 0, 2500, true},
		{{.simultaneous = "0/3 5"}, {0, 5000}, 0, 2501, false},
		{{.simultaneous = "0 5 8"}, {0, 5000}, 2, 7000, false},
		{{.simultaneous = "0 5 8"}, {0, 5000, 8000}, 0, 9000, true},
		/* what began early, as nobody rang, has its time from then on */
		{{.simultaneous = "0 5/10"}, {0, 2000}, 1, 3000, true},
		{{.simultaneous = "0 5/10"}, {0, 2000}, 1, 11501, false},
		/* one after the other: only the one that rings now */
		{{.sequential = "0 0 0"}, {0, 3000}, 0, 4000, false},
		{{.sequential = "0 0 0"}, {0, 3000}, 1, 4000, true},
		{{.sequential = "0 0 0"}, {0, 3000}, 1, 22500, true},
		{{.sequential = "0 0 0"}, {0, 3000}, 1, 22501, false},
		{{.sequential = "0 0 0"}, {0, 3000}, 2, 4000, false},
		{{.sequential = "0 0/5 0"}, {0, 3000}, 1, 7500, true},
		{{.sequential = "0 0/5 0"}, {0, 3000}, 1, 7501, false},
		{{.sequential = "0 0", .total = true}, {0, 3000}, 1, 19500, true},
		{{.sequential = "0 0", .total = true}, {0, 3000}, 1, 19501, false},
		/* the phone that places the call */
		{{.simultaneous = "0 0", .caller = "a1@x"}, {0}, 1, 1000, false},
		{{.simultaneous = "0 0", .caller = "a1@x"}, {0}, 0, 1000, true},
		/* never */
		{{.simultaneous = "0 0", .is_by_script = true}, {0}, 1, 1000, false},
		{{.simultaneous = "0 0", .transfer = UR_TRANSFER_ASKED}, {0}, 1, 1000,
				false},
		{{.simultaneous = "0 0", .is_message = true}, {0}, 1, 1000, false},
};

START_TEST(test_late)
{
	int last = 0;

	call_user(&late[_i].ring);
	start(1000, 0);
	while(last + 1 < UR_TEST_DEVICES && late[_i].begins[last + 1] > 0)
		start(1000 + late[_i].begins[++last], 0);
	ck_assert_int_eq(ur_call_joins(&call, late[_i].place, 1000 + late[_i].now),
			late[_i].joins);
	hang_up();
}
END_TEST

/* Nothing joins before the first start, after a phone has declined, nor when the ring is over. */
START_TEST(test_late_in_phase)
{
	const struct ring ring = {.simultaneous = "0 0"};

	call_user(&ring);
	ck_assert(!ur_call_joins(&call, 1, 1000));
	next(1000, 0); /* nobody can be reached */
	ck_assert(!ur_call_joins(&call, 1, 1000));
	ck_assert_str_eq(next(1000, 0), "nobody");
	ck_assert(!ur_call_joins(&call, 1, 1000));
	hang_up();
	call_user(&ring);
	start(1000, 0);
	ck_assert(ur_call_joins(&call, 1, 2000));
	leg_ends(486, true);
	ck_assert(ur_call_joins(&call, 1, 2000));
	leg_ends(603, true);
	ck_assert(!ur_call_joins(&call, 1, 2000));
	ck_assert_str_eq(next(2000, 0), "nobody");
	ck_assert(!ur_call_joins(&call, 1, 2000));
	hang_up();
}
END_TEST

/* A device whose start found no contact has had its time begin with it. */
START_TEST(test_late_to_a_start_of_nobody)
{
	const struct ring ring = {.simultaneous = "0/3 5/4"};

	call_user(&ring);
	next(1000, 0);
	ck_assert_str_eq(start(1000, 0), "1-1");
	ck_assert(ur_call_joins(&call, 0, 3500));
	ck_assert(!ur_call_joins(&call, 0, 3501));
	ck_assert_int_eq(ur_call_until(&call, 0), 4000);
	hang_up();
}
END_TEST

/* The device's row, not the contact, keeps it from ringing. */
START_TEST(test_late_to_device_that_does_not_ring)
{
	static const struct ur_test_person a = {.id = "a",
			.devices = 2,
			.device_flags = {RINGS, RINGS & ~UR_DEVICE_AVAILABLE}};
	struct ur_callee callee = {.kind = UR_CALLEE_USER};
	struct ur_decision decision;

	ur_test_world_forget();
	ur_test_world_add(&a);
	callee.user = ur_test_world_user("a");
	facts = (struct ur_call_facts){.directory = &ur_test_directory};
	ur_call_init(&call, &(struct ur_caller){.dialled = UR_TEXT("x")},
			UR_TRANSFER_NONE);
	ur_call_begin(&call, &callee, 0);
	ck_assert(ur_call_decide(&call, &facts, &decision));
	ck_assert_str_eq(start(1000, 0), "0-1");
	ck_assert(ur_call_joins(&call, 0, 2000));
	ck_assert(!ur_call_joins(&call, 1, 2000));
	hang_up();
}
END_TEST

/* ---- more devices than the call has room for */

static uint64_t memory[4096];

/* As a foreign schema may have them: 205, the last ones 5 s later; each rings for 10 s. */
static void call_many(void)
{
	struct ur_user *user = memset(memory, 0, sizeof(memory));
	int i;

	ck_assert_int_le(
			sizeof(*user) + 205 * sizeof(user->devices[0]), sizeof(memory));
	user->ring_timeout_sec = RING_MS / 1000;
	user->device_count = 205;
	for(i = 0; i < user->device_count; i++) {
		user->devices[i].flags = RINGS;
		user->devices[i].ring_for_sec = 10;
		user->devices[i].ring_delay_sec = i < 202 ? 0 : 5;
	}
	memset(&call, 0, sizeof(call));
	call.phase = UR_CALL_TO_RING;
	call.plan = (struct ur_plan){
			.user = user, .caller = UR_NO_PLACE, .only = UR_NO_PLACE};
}

/* Those that share the last place have the time of the one that began last. */
START_TEST(test_many)
{
	call_many();
	ck_assert_str_eq(start(1000, 0), "0-201");
	ck_assert_int_eq(ur_call_until(&call, 0), 11000);
	ck_assert_int_eq(ur_call_until(&call, UR_CALL_MEMBERS_MAX), 11000);
	ck_assert(!ur_call_joins(&call, 202, 2000));
	ck_assert(ur_call_joins(&call, 201, 2000));
	ck_assert_str_eq(start(6000, 1), "202-204");
	ck_assert(ur_call_joins(&call, 204, 15500));
	ck_assert(!ur_call_joins(&call, 204, 15501));
	ck_assert_int_eq(ur_call_until(&call, UR_CALL_MEMBERS_MAX - 2), 11000);
	ck_assert_int_eq(ur_call_until(&call, UR_CALL_MEMBERS_MAX - 1), 16000);
	ck_assert_int_eq(ur_call_until(&call, UR_CALL_MEMBERS_MAX), 16000);
	ck_assert_int_eq(ur_call_until(&call, 204), 16000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ring");
	TCase *tcase = tcase_create("ring");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_starts, 0, COUNT(starts));
	tcase_add_test(tcase, test_nobody_there);
	tcase_add_test(tcase, test_decline);
	tcase_add_loop_test(tcase, test_ends, 0, COUNT(ends));
	tcase_add_test(tcase, test_ends_of_a_start);
	tcase_add_loop_test(tcase, test_restart, 0, COUNT(restarts));
	tcase_add_loop_test(tcase, test_outcome, 0, COUNT(outcomes));
	tcase_add_test(tcase, test_outcome_of_own_end);
	tcase_add_loop_test(tcase, test_late, 0, COUNT(late));
	tcase_add_test(tcase, test_late_in_phase);
	tcase_add_test(tcase, test_late_to_a_start_of_nobody);
	tcase_add_test(tcase, test_late_to_device_that_does_not_ring);
	tcase_add_test(tcase, test_many);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
