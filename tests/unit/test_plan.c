/*
 * The ring plan. A case is one line: strategy, devices in ring order, the calling device, the
 * dialled device, and the expected steps.
 *
 * A device is a name and the flags it lacks or has: d disabled, u unavailable,
 * f not in the fork, s opted in to "specific"; then its times in seconds: +5 the delay, /10 how long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/plan.h"

#define MAX_DEVICES 40

static const struct
{
	enum ur_ring_strategy strategy;
	const char *devices, *caller, *only, *steps;
} cases[] = {
		/* simultaneous: all at once, in order, equal q */
		{UR_RING_SIMULTANEOUS, "a b c", "", "", "a,b,c@1000"},
		{UR_RING_SIMULTANEOUS, "a", "", "", "a@1000"},
		{UR_RING_SIMULTANEOUS, "", "", "", ""},
		{UR_RING_SIMULTANEOUS, "a:s b", "", "", "a,b@1000"},
		/* who can't ring: disabled, unavailable, not in the fork, the caller */
		{UR_RING_SIMULTANEOUS, "a:d b c", "", "", "b,c@1000"},
		{UR_RING_SIMULTANEOUS, "a b:u c", "", "", "a,c@1000"},
		{UR_RING_SIMULTANEOUS, "a b c:f", "", "", "a,b@1000"},
		{UR_RING_SIMULTANEOUS, "a b c", "b", "", "a,c@1000"},
		{UR_RING_SIMULTANEOUS, "a:d b:u c:f", "", "", ""},
		{UR_RING_SIMULTANEOUS, "a", "a", "", ""},
		/* sequential: one after another, falling q */
		{UR_RING_SEQUENTIAL, "a b", "", "", "a@1000 b@500"},
		{UR_RING_SEQUENTIAL, "a b c", "", "", "a@1000 b@667 c@334"},
		{UR_RING_SEQUENTIAL, "a:d b c:u d", "", "", "b@1000 d@500"},
		{UR_RING_SEQUENTIAL, "a b c", "a", "", "b@1000 c@500"},
		{UR_RING_SEQUENTIAL, "a", "", "", "a@1000"},
		{UR_RING_SEQUENTIAL, "a:f", "", "", ""},
		/* specific: all at once, those that opted in */
		{UR_RING_SPECIFIC, "a:s b c:s", "", "", "a,c@1000"},
		{UR_RING_SPECIFIC, "a b", "", "", ""},
		{UR_RING_SPECIFIC, "a:sd b:su c:sf d:s", "", "", "d@1000"},
		{UR_RING_SPECIFIC, "a:s b:s", "a", "", "b@1000"},
		/* a device dialled at its own address: that one, in the fork or not */
		{UR_RING_SIMULTANEOUS, "a b:f", "", "b", "b@1000"},
		{UR_RING_SEQUENTIAL, "a b c:f", "", "c", "c@1000"},
		{UR_RING_SPECIFIC, "a:s b", "", "b", "b@1000"},
		{UR_RING_SIMULTANEOUS, "a b:d", "", "b", ""},
		{UR_RING_SIMULTANEOUS, "a b:u", "", "b", ""},
		{UR_RING_SIMULTANEOUS, "a b", "b", "b", ""},
};

struct fixture
{
	struct ur_user *user;
	char names[MAX_DEVICES][32];
	int count;
};

static uint8_t flags_of(const char *spec)
{
	uint8_t flags =
			UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK;

	if(strchr(spec, 'd'))
		flags &= ~UR_DEVICE_ACTIVE;
	if(strchr(spec, 'u'))
		flags &= ~UR_DEVICE_AVAILABLE;
	if(strchr(spec, 'f'))
		flags &= ~UR_DEVICE_RING_ON_FORK;
	if(strchr(spec, 's'))
		flags |= UR_DEVICE_SPECIFIC;
	return flags;
}

static void set_times(struct ur_device *device, const char *spec)
{
	const char *delay = strchr(spec, '+'), *lasts = strchr(spec, '/');

	if(delay != NULL)
		device->ring_delay_sec = atoi(delay + 1);
	if(lasts != NULL)
		device->ring_for_sec = atoi(lasts + 1);
}

static void make_user(
		struct fixture *f, enum ur_ring_strategy strategy, const char *devices)
{
	char copy[1024], *word, *save = NULL;

	f->user = calloc(
			1, sizeof(*f->user) + MAX_DEVICES * sizeof(f->user->devices[0]));
	ck_assert_ptr_nonnull(f->user);
	f->user->strategy = strategy;
	f->user->ring_timeout_sec = 7;
	snprintf(copy, sizeof(copy), "%s", devices);
	for(word = strtok_r(copy, " ", &save); word != NULL;
			word = strtok_r(NULL, " ", &save)) {
		char *colon = strchr(word, ':');

		set_times(&f->user->devices[f->count], word);
		f->user->devices[f->count].flags = flags_of(colon ? colon + 1 : "");
		word[strcspn(word, ":+/")] = '\0';
		snprintf(f->names[f->count++], sizeof(f->names[0]), "%s", word);
	}
	f->user->device_count = f->count;
}

static int place_of(const struct fixture *f, const char *name)
{
	int i;

	for(i = 0; i < f->count; i++) {
		if(strcmp(f->names[i], name) == 0)
			return i;
	}
	return UR_NO_PLACE;
}

static int when(const struct ur_plan *plan)
{
	return plan->user->strategy == UR_RING_SEQUENTIAL && !plan->is_transfer
						   && !plan->is_message
				   ? UR_PLAN_WHEN_IDLE
				   : 0;
}

/* The whole plan as text, like the last column. */
static void print_plan(const struct fixture *f, const struct ur_plan *plan,
		char *out, int size)
{
	const struct ur_plan_start all = ur_plan_all_starts(plan, 0);
	struct ur_plan_start start;
	int used = 0, members = 0, from, i;

	out[0] = '\0';
	for(from = 0; (start = ur_plan_next_start(plan, from)).count > 0;
			from = start.next) {
		int printed = 0;

		ck_assert_int_eq(start.from_ms, when(plan));
		members += start.count;
		for(i = start.first; i < start.next; i++) {
			if(ur_plan_rings(plan, i))
				used += snprintf(out + used, size - used, "%s%s",
						printed++ ? ","
						: used	  ? " "
								  : "",
						f->names[i]);
		}
		ck_assert_int_eq(printed, start.count);
		used += snprintf(
				out + used, size - used, "@%d", ur_plan_q(plan, start.first));
	}
	ck_assert_int_eq(start.next, f->user->device_count);
	ck_assert_int_eq(all.count, members);
	ck_assert_int_eq(all.next, f->user->device_count);
	ck_assert_int_eq(all.from_ms, 0);
}

START_TEST(test_case)
{
	struct fixture f = {0};
	struct ur_plan plan = {0};
	char steps[1024];

	make_user(&f, cases[_i].strategy, cases[_i].devices);
	plan.user = f.user;
	plan.caller = place_of(&f, cases[_i].caller);
	plan.only = place_of(&f, cases[_i].only);
	print_plan(&f, &plan, steps, sizeof(steps));
	ck_assert_msg(strcmp(steps, cases[_i].steps) == 0,
			"devices \"%s\", caller \"%s\", only \"%s\": got \"%s\", expected "
			"\"%s\"",
			cases[_i].devices, cases[_i].caller, cases[_i].only, steps,
			cases[_i].steps);
	free(f.user);
}
END_TEST

/* Who may have the call is asked: every active device at once, whatever else holds. */
START_TEST(test_transfer)
{
	static const enum ur_ring_strategy strategies[] = {
			UR_RING_SIMULTANEOUS, UR_RING_SEQUENTIAL, UR_RING_SPECIFIC};
	struct fixture f = {0};
	struct ur_plan plan = {.only = UR_NO_PLACE, .is_transfer = true};
	char steps[1024];

	make_user(&f, strategies[_i], "a b:d c:u d:f e:s");
	plan.user = f.user;
	plan.caller = place_of(&f, "a");
	print_plan(&f, &plan, steps, sizeof(steps));
	ck_assert_str_eq(steps, "a,c,d,e@1000");
	plan.only = place_of(&f, "c");
	print_plan(&f, &plan, steps, sizeof(steps));
	ck_assert_str_eq(steps, "c@1000");
	plan.only = place_of(&f, "b");
	print_plan(&f, &plan, steps, sizeof(steps));
	ck_assert_str_eq(steps, "");
	free(f.user);
}
END_TEST

/* A message: as a transfer, but not to the device that sends it. */
START_TEST(test_message)
{
	static const enum ur_ring_strategy strategies[] = {
			UR_RING_SIMULTANEOUS, UR_RING_SEQUENTIAL, UR_RING_SPECIFIC};
	struct fixture f = {0};
	struct ur_plan plan = {.only = UR_NO_PLACE, .is_message = true};
	char steps[1024];

	make_user(&f, strategies[_i], "a b:d c:u d:f e:s");
	plan.user = f.user;
	plan.caller = place_of(&f, "a");
	print_plan(&f, &plan, steps, sizeof(steps));
	ck_assert_str_eq(steps, "c,d,e@1000");
	plan.only = place_of(&f, "a");
	print_plan(&f, &plan, steps, sizeof(steps));
	ck_assert_str_eq(steps, "");
	free(f.user);
}
END_TEST

/* Why a device does not ring: one letter each, in ring order. The first of several
 * reasons, as they are looked at. */
static const struct
{
	enum ur_ring_strategy strategy;
	const char *devices, *caller, *only, *reasons;
} reasons[] = {
		{UR_RING_SIMULTANEOUS, "a b:d c:u d:f e:s", "", "", "rDUFr"},
		{UR_RING_SEQUENTIAL, "a b:d c:u d:f e:s", "e", "", "rDUFC"},
		{UR_RING_SPECIFIC, "a b:d c:u d:f e:s f:sf", "", "", "SDUFrF"},
		{UR_RING_SPECIFIC, "a:dufs b:uf c:fs", "a", "", "CUF"},
		{UR_RING_SIMULTANEOUS, "a b:f c:d", "", "b", "NrN"},
		{UR_RING_SPECIFIC, "a b:d", "a", "b", "CD"},
		{UR_RING_SPECIFIC, "a:u b", "", "a", "UN"},
		{UR_RING_SPECIFIC, "a", "a", "a", "C"},
};

START_TEST(test_reason)
{
	static const char letters[] = {[UR_PLAN_RINGS] = 'r',
			[UR_PLAN_CALLER] = 'C',
			[UR_PLAN_NOT_DIALLED] = 'N',
			[UR_PLAN_DISABLED] = 'D',
			[UR_PLAN_UNAVAILABLE] = 'U',
			[UR_PLAN_NOT_ON_FORK] = 'F',
			[UR_PLAN_NOT_OPTED_IN] = 'S'};
	struct fixture f = {0};
	struct ur_plan plan = {0};
	char seen[MAX_DEVICES + 1] = "";
	int i;

	make_user(&f, reasons[_i].strategy, reasons[_i].devices);
	plan.user = f.user;
	plan.caller = place_of(&f, reasons[_i].caller);
	plan.only = place_of(&f, reasons[_i].only);
	for(i = 0; i < f.count; i++) {
		seen[i] = letters[ur_plan_reason(&plan, i)];
		ck_assert_int_eq(ur_plan_rings(&plan, i), seen[i] == 'r');
	}
	ck_assert_str_eq(seen, reasons[_i].reasons);
	free(f.user);
}
END_TEST

/* How long the whole ring lasts: with a sequence each start has its time, unless it is for all. */
START_TEST(test_ring_time)
{
	static const struct
	{
		enum ur_ring_strategy strategy;
		bool is_transfer, total;
		int ms;
	} times[] = {
			{UR_RING_SIMULTANEOUS, false, false, 7000},
			{UR_RING_SPECIFIC, false, false, 7000},
			{UR_RING_SPECIFIC, false, true, 7000},
			{UR_RING_SEQUENTIAL, false, false, INT_MAX},
			{UR_RING_SEQUENTIAL, false, true, 7000},
			{UR_RING_SEQUENTIAL, true, false, 7000},
	};
	const struct ur_user user = {
			.ring_timeout_sec = 7, .strategy = times[_i].strategy};
	const struct ur_plan plan = {.user = &user,
			.caller = UR_NO_PLACE,
			.only = UR_NO_PLACE,
			.is_transfer = times[_i].is_transfer};

	ck_assert_int_eq(ur_plan_ring_ms(&plan, times[_i].total), times[_i].ms);
}
END_TEST

/* A view that is plugged in may have no ring time: nobody rings. */
START_TEST(test_no_ring_time)
{
	struct fixture f = {0};
	struct ur_plan plan = {.caller = UR_NO_PLACE, .only = UR_NO_PLACE};

	make_user(&f, UR_RING_SEQUENTIAL, "a b");
	f.user->ring_timeout_sec = 0;
	plan.user = f.user;
	ck_assert_int_eq(ur_plan_next_start(&plan, 0).count, 0);
	ck_assert_int_eq(ur_plan_all_starts(&plan, 0).count, 0);
	free(f.user);
}
END_TEST

/* A place's member: whose device it is, when it starts, and how long it rings. */
START_TEST(test_member)
{
	struct fixture f = {0};
	struct ur_plan plan = {.caller = UR_NO_PLACE, .only = UR_NO_PLACE};
	struct ur_member member;

	make_user(&f, _i == 0 ? UR_RING_SIMULTANEOUS : UR_RING_SEQUENTIAL, "a b:d");
	plan.user = f.user;
	ck_assert_int_eq(ur_plan_count(&plan), 2);
	member = ur_plan_member(&plan, 1);
	ck_assert_ptr_eq(member.owner, f.user);
	ck_assert_int_eq(member.device, 1);
	ck_assert_int_eq(member.from_ms, when(&plan));
	ck_assert_int_eq(member.lasts_ms, 7000);
	free(f.user);
}
END_TEST

/* ---- the devices' own times */

/* When each start is, "5:" or "idle:", its members, and how long one rings that has a time of its own,
 * "/10"; the ring time is 7 s. How: t a transfer, m a message. */
static const struct
{
	enum ur_ring_strategy strategy;
	const char *devices, *only, *how, *starts;
} timed[] = {
		{UR_RING_SIMULTANEOUS, "a b+5 c+6", "", "", "0:a 5:b 6:c"},
		{UR_RING_SIMULTANEOUS, "a+2 b+3", "", "", "2:a 3:b"},
		{UR_RING_SPECIFIC, "a:s b+5 c:s+5 d:s+6", "", "", "0:a 5:c 6:d"},
		/* what has the same delay is one start, whoever of it does not ring */
		{UR_RING_SIMULTANEOUS, "a b c+5 d+5 e+6", "", "", "0:a,b 5:c,d 6:e"},
		{UR_RING_SIMULTANEOUS, "a+5 b:d+5 c+5 d:u+6", "", "", "5:a,c"},
		{UR_RING_SIMULTANEOUS, "a+5 b:d+6 c+6", "", "", "5:a 6:c"},
		/* how long: each its own; the ring's end is not its own */
		{UR_RING_SIMULTANEOUS, "a/3 b c/4", "", "", "0:a/3,b,c/4"},
		{UR_RING_SPECIFIC, "a:s/600 b:s+5/2", "", "", "0:a/600 5:b/2"},
		/* a delay that is not below the ring time is a start as others are */
		{UR_RING_SIMULTANEOUS, "a b+7 c+600", "", "", "0:a 7:b 600:c"},
		/* one after the other: the delay does not count, the time is the step's */
		{UR_RING_SEQUENTIAL, "a+5/3 b c/600", "", "",
				"idle:a/3 idle:b idle:c/600"},
		{UR_RING_SEQUENTIAL, "a+5 b+5", "", "", "idle:a idle:b"},
		/* without the user's rules a device's times don't hold either */
		{UR_RING_SIMULTANEOUS, "a b+5/3", "b", "", "0:b"},
		{UR_RING_SPECIFIC, "a:s b+5/3", "b", "", "0:b"},
		{UR_RING_SEQUENTIAL, "a b+5/3", "b", "", "idle:b"},
		{UR_RING_SIMULTANEOUS, "a b+5/3 c+7", "", "t", "0:a,b,c"},
		{UR_RING_SPECIFIC, "a b+5/3 c+7", "", "t", "0:a,b,c"},
		{UR_RING_SEQUENTIAL, "a b+5/3 c+7", "", "t", "0:a,b,c"},
		{UR_RING_SIMULTANEOUS, "a b+5/3 c+7", "", "m", "0:a,b,c"},
		{UR_RING_SPECIFIC, "a b+5/3 c+7", "", "m", "0:a,b,c"},
		{UR_RING_SEQUENTIAL, "a b+5/3 c+7", "", "m", "0:a,b,c"},
};

static int print_member(const struct fixture *f, const struct ur_plan *plan,
		int place, const struct ur_plan_start *start, char *out, int size)
{
	const struct ur_member member = ur_plan_member(plan, place);
	char lasts[16] = "";

	ck_assert_int_eq(member.from_ms, start->from_ms);
	if(member.lasts_ms != 7000)
		snprintf(lasts, sizeof(lasts), "/%d", member.lasts_ms / 1000);
	return snprintf(out, size, "%s%s%s", place > start->first ? "," : "",
			f->names[place], lasts);
}

/* The starts as text, like the last column. */
static void print_starts(const struct fixture *f, const struct ur_plan *plan,
		char *out, int size)
{
	struct ur_plan_start start;
	int used = 0, from, i;

	out[0] = '\0';
	for(from = 0; (start = ur_plan_next_start(plan, from)).count > 0;
			from = start.next) {
		used += snprintf(out + used, size - used, "%s", used > 0 ? " " : "");
		if(start.from_ms == UR_PLAN_WHEN_IDLE)
			used += snprintf(out + used, size - used, "idle:");
		else
			used += snprintf(
					out + used, size - used, "%d:", start.from_ms / 1000);
		for(i = start.first; i < start.next; i++) {
			if(ur_plan_rings(plan, i))
				used += print_member(
						f, plan, i, &start, out + used, size - used);
		}
	}
}

START_TEST(test_times)
{
	struct fixture f = {0};
	struct ur_plan plan = {.caller = UR_NO_PLACE};
	char starts[1024];

	make_user(&f, timed[_i].strategy, timed[_i].devices);
	plan.user = f.user;
	plan.only = place_of(&f, timed[_i].only);
	plan.is_transfer = strchr(timed[_i].how, 't') != NULL;
	plan.is_message = strchr(timed[_i].how, 'm') != NULL;
	print_starts(&f, &plan, starts, sizeof(starts));
	ck_assert_str_eq(starts, timed[_i].starts);
	free(f.user);
}
END_TEST

/* To a script that times the starts itself the delays say nothing; nor do the q-values of a ring that
 * is no sequence. */
START_TEST(test_all_starts)
{
	struct fixture f = {0};
	struct ur_plan plan = {.caller = UR_NO_PLACE, .only = UR_NO_PLACE};
	struct ur_plan_start all;

	make_user(&f, UR_RING_SIMULTANEOUS, "a+1 b:d+2 c+3 d+4/5");
	plan.user = f.user;
	all = ur_plan_all_starts(&plan, 0);
	ck_assert_int_eq(all.count, 3);
	ck_assert_int_eq(all.first, 0);
	ck_assert_int_eq(all.next, 4);
	ck_assert_int_eq(all.from_ms, 0);
	ck_assert_int_eq(ur_plan_all_starts(&plan, 1).first, 2);
	ck_assert_int_eq(ur_plan_q(&plan, 0), UR_PLAN_Q_MAX);
	ck_assert_int_eq(ur_plan_q(&plan, 3), UR_PLAN_Q_MAX);
	free(f.user);
}
END_TEST

/* However many steps: q falls strictly and stays above 0. */
START_TEST(test_q_falls_to_the_end)
{
	static uint64_t memory[4096];
	struct ur_user *user = memset(memory, 0, sizeof(memory));
	const struct ur_plan plan = {
			.user = user, .caller = UR_NO_PLACE, .only = UR_NO_PLACE};
	int i, q, last = UR_PLAN_Q_MAX + 1;

	user->strategy = UR_RING_SEQUENTIAL;
	user->device_count = 200;
	for(i = 0; i < user->device_count; i++)
		user->devices[i].flags = flags_of("");
	for(i = 0; i < user->device_count; i++) {
		q = ur_plan_q(&plan, i);
		ck_assert_int_lt(q, last);
		ck_assert_int_gt(q, 0);
		last = q;
	}
}
END_TEST

/* What stands behind the devices is none. */
START_TEST(test_q_of_as_many)
{
	static uint64_t memory[64];
	struct ur_user *user = memset(memory, 0, sizeof(memory));
	const struct ur_plan plan = {
			.user = user, .caller = UR_NO_PLACE, .only = UR_NO_PLACE};
	int i;

	user->strategy = UR_RING_SEQUENTIAL;
	user->device_count = 2;
	for(i = 0; i < 3; i++)
		user->devices[i].flags = flags_of("");
	ck_assert_int_eq(ur_plan_q(&plan, 1), UR_PLAN_Q_MAX / 2);
	/* one that does not ring, behind all that do: not below 1 either */
	user->device_count = 3;
	user->devices[2].flags = flags_of("d");
	ck_assert_int_eq(ur_plan_q(&plan, 2), 1);
}
END_TEST

/* By its address; an external phone has a number instead, and is never found. */
START_TEST(test_find)
{
	static const char texts[] = "a@x.exampleb@x.example4930";
	union
	{
		struct ur_user user;
		char block[512];
	} u = {0};
	const uint16_t at = sizeof(u.user) + 3 * sizeof(u.user.devices[0]);
	const struct ur_plan plan = {.user = &u.user, .only = UR_NO_PLACE};
	struct ur_member member;

	memcpy(u.block + at, texts, sizeof(texts));
	u.user.device_count = 3;
	u.user.devices[0].aor = (struct ur_slice){at, 11};
	u.user.devices[1].aor = (struct ur_slice){at + 11, 11};
	u.user.devices[2].number = (struct ur_slice){at + 22, 4};
	ck_assert_int_eq(ur_plan_find(&plan, UR_TEXT("a@x.example")), 0);
	ck_assert_int_eq(ur_plan_find(&plan, UR_TEXT("b@x.example")), 1);
	ck_assert_int_eq(ur_plan_find(&plan, UR_TEXT("B@x.example")), UR_NO_PLACE);
	ck_assert_int_eq(ur_plan_find(&plan, UR_TEXT("")), UR_NO_PLACE);
	/* An external phone has none: a caller without an address is no device of the user. */
	u.user.devices[0].aor = (struct ur_slice){0, 0};
	u.user.devices[0].number = (struct ur_slice){at, 1};
	ck_assert_int_eq(ur_plan_find(&plan, UR_TEXT("")), UR_NO_PLACE);
	member = ur_plan_member(&plan, 1);
	ck_assert(ur_text_equal(ur_member_aor(&member), UR_TEXT("b@x.example")));
	ck_assert(ur_text_is_empty(ur_member_number(&member)));
	member = ur_plan_member(&plan, 2);
	ck_assert(ur_text_is_empty(ur_member_aor(&member)));
	ck_assert(ur_text_equal(ur_member_number(&member), UR_TEXT("4930")));
}
END_TEST

/* An external phone rings as any device does, but has no part in what only registered phones do. */
START_TEST(test_external)
{
	union
	{
		struct ur_user user;
		char block[512];
	} u = {0};
	struct ur_plan plan = {
			.user = &u.user, .caller = UR_NO_PLACE, .only = UR_NO_PLACE};

	u.user.device_count = 1;
	u.user.ring_timeout_sec = 7;
	u.user.devices[0].flags = flags_of("");
	u.user.devices[0].number = (struct ur_slice){sizeof(u.user), 4};
	ck_assert_int_eq(ur_plan_reason(&plan, 0), UR_PLAN_RINGS);
	plan.is_message = true;
	ck_assert_int_eq(ur_plan_reason(&plan, 0), UR_PLAN_EXTERNAL);
	plan.is_message = false;
	plan.is_transfer = true;
	ck_assert_int_eq(ur_plan_reason(&plan, 0), UR_PLAN_EXTERNAL);
	ck_assert_int_eq(ur_plan_next_start(&plan, 0).count, 0);
	ck_assert_str_eq(ur_plan_reason_name(UR_PLAN_EXTERNAL), "external");
}
END_TEST

/* ---- rings by a rule */

/* Devices as a record has them for the user's strategy, each "name:order+delay"; and the starts by a rule:
 * names in their order, a blank between starts, then the ring time of one. */
static const struct
{
	enum ur_ring_strategy strategy;
	uint8_t rule_strategy;
	uint16_t rule_sec;
	const char *devices, *starts;
} by_rule[] = {
		/* the rule has neither: the user's */
		{UR_RING_SEQUENTIAL, UR_RING_AS_USER, 0, "a:1+0 b:2+0", "a b /7"},
		{UR_RING_SIMULTANEOUS, UR_RING_AS_USER, 0, "a:2+0 b:1+5", "a b /7"},
		{UR_RING_SIMULTANEOUS, UR_RING_AS_USER, 30, "a:2+0 b:1+5", "a b /30"},
		/* the same order */
		{UR_RING_SIMULTANEOUS, UR_RING_SPECIFIC, 0, "a:2+0 b:1+0", "ab /7"},
		{UR_RING_SEQUENTIAL, UR_RING_SEQUENTIAL, 1, "a:1+9 b:2+0", "a b /1"},
		/* one after another, by ring_order and id whatever the delay */
		{UR_RING_SIMULTANEOUS, UR_RING_SEQUENTIAL, 12,
				"a:3+0 b:5+0 c:1+2 d:4+2 e:1+9", "c e a d b /12"},
		{UR_RING_SIMULTANEOUS, UR_RING_SEQUENTIAL, 0, "b:1+0 d:1+0 a:1+2 c:1+3",
				"a b c d /7"},
		{UR_RING_SPECIFIC, UR_RING_SEQUENTIAL, 0, "b:0+0 a:0+1", "a b /7"},
		{UR_RING_SIMULTANEOUS, UR_RING_SEQUENTIAL, 0, "b:-1+3 a:-2+4",
				"a b /7"},
		/* at once, by delay, then by ring_order and id */
		{UR_RING_SEQUENTIAL, UR_RING_SIMULTANEOUS, 0,
				"a:1+5 b:2+0 c:3+5 d:4+0 e:5+2", "bd e ac /7"},
		{UR_RING_SEQUENTIAL, UR_RING_SPECIFIC, 0, "b:1+5 a:2+5 c:2+5",
				"bac /7"},
		{UR_RING_SEQUENTIAL, UR_RING_SIMULTANEOUS, 9, "a:1+0", "a /9"},
		{UR_RING_SEQUENTIAL, UR_RING_SIMULTANEOUS, 9, "", "/9"},
};

static void make_ordered(struct fixture *f, const char *devices)
{
	char *text;
	int i;

	for(i = 0; i < f->count; i++) {
		const char *name = strstr(devices, f->names[i]);
		struct ur_device *device = &f->user->devices[i];

		device->ring_order = atoi(name + 2);
		device->ring_delay_sec = atoi(strchr(name, '+') + 1);
		device->flags = flags_of("s");
		/* ids behind all devices */
		device->id.off = sizeof(*f->user)
						 + MAX_DEVICES * sizeof(f->user->devices[0]) - 100 + i;
		device->id.len = 1;
		text = (char *)f->user + device->id.off;
		*text = f->names[i][0];
	}
}

static void print_by_rule(
		const struct fixture *f, const struct ur_plan *plan, char *text)
{
	struct ur_plan_start start;
	int from, place;

	for(from = 0; (start = ur_plan_next_start(plan, from)).count > 0;
			from = start.next) {
		for(place = start.first; place < start.next; place++) {
			const struct ur_member member = ur_plan_member(plan, place);

			text += sprintf(text, "%s", f->names[member.device]);
		}
		text += sprintf(text, " ");
	}
	sprintf(text, "/%d", ur_plan_ring_timeout_ms(plan) / 1000);
}

START_TEST(test_by_rule)
{
	const struct ur_user_rule rule = {.action = UR_RULE_RING,
			.strategy = by_rule[_i].rule_strategy,
			.ring_timeout_sec = by_rule[_i].rule_sec};
	struct fixture f = {0};
	struct ur_plan plan;
	char text[200];

	memset(&plan, 0xff, sizeof(plan));
	plan.is_transfer = plan.is_message = false;
	plan.caller = plan.only = UR_NO_PLACE;
	make_user(&f, by_rule[_i].strategy, by_rule[_i].devices);
	make_ordered(&f, by_rule[_i].devices);
	plan.user = f.user;
	ur_plan_ring_by(&plan, &rule);
	print_by_rule(&f, &plan, text);
	ck_assert_str_eq(text, by_rule[_i].starts);
	/* without a rule again: the record's order */
	ur_plan_ring_by(&plan, NULL);
	ck_assert_int_eq(ur_plan_strategy(&plan), by_rule[_i].strategy);
	ck_assert_int_eq(ur_plan_ring_timeout_ms(&plan), 7000);
	if(f.count > 0)
		ck_assert_int_eq(
				ur_plan_member(&plan, f.count - 1).device, f.count - 1);
	free(f.user);
}
END_TEST

/* As many devices as there may be, in the opposite order: each has one place. What does not fit keeps
 * its place. */
START_TEST(test_by_rule_of_many)
{
	const struct ur_user_rule rule = {.strategy = UR_RING_SEQUENTIAL};
	static uint64_t memory[4096];
	struct ur_user *user = memset(memory, 0, sizeof(memory));
	struct ur_plan plan = {
			.user = user, .caller = UR_NO_PLACE, .only = UR_NO_PLACE};
	int i;

	user->device_count = UR_PLAN_PLACES_MAX + 2;
	ck_assert_uint_le(
			sizeof(*user) + user->device_count * sizeof(user->devices[0]),
			sizeof(memory));
	for(i = 0; i < user->device_count; i++)
		user->devices[i].ring_order = -i;
	ur_plan_ring_by(&plan, &rule);
	for(i = 0; i < UR_PLAN_PLACES_MAX; i++)
		ck_assert_int_eq(
				ur_plan_member(&plan, i).device, UR_PLAN_PLACES_MAX - 1 - i);
	for(; i < user->device_count; i++)
		ck_assert_int_eq(ur_plan_member(&plan, i).device, i);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tcase = tcase_create("plan");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_case, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(
			tcase, test_reason, 0, sizeof(reasons) / sizeof(reasons[0]));
	tcase_add_loop_test(tcase, test_transfer, 0, 3);
	tcase_add_loop_test(tcase, test_message, 0, 3);
	tcase_add_loop_test(tcase, test_ring_time, 0, 6);
	tcase_add_test(tcase, test_no_ring_time);
	tcase_add_loop_test(tcase, test_member, 0, 2);
	tcase_add_loop_test(tcase, test_times, 0, sizeof(timed) / sizeof(timed[0]));
	tcase_add_test(tcase, test_all_starts);
	tcase_add_test(tcase, test_q_falls_to_the_end);
	tcase_add_test(tcase, test_q_of_as_many);
	tcase_add_test(tcase, test_find);
	tcase_add_test(tcase, test_external);
	tcase_add_loop_test(
			tcase, test_by_rule, 0, sizeof(by_rule) / sizeof(by_rule[0]));
	tcase_add_test(tcase, test_by_rule_of_many);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
