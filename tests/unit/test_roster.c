/*
 * The roster of a group's ring. A case is one line: people, groups, and the expected starts of group g, as
 * in support/rosters.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/plan.h"
#include "policy/roster.h"
#include "support/calls.h"
#include "support/groups.h"
#include "support/own_rules.h"
#include "support/rosters.h"
#include "support/world.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- whose devices, and when */

struct line
{
	const char *people, *groups, *starts;
};

static const struct line cases[] = {
		/* all at once, by position */
		{"a b c", "g simultaneous = a b c", "0:a0,b0,c0"},
		{"a b c", "g simultaneous = c a b", "0:c0,a0,b0"},
		{"a", "g simultaneous =", ""},
		{"a(||) b", "g simultaneous = a b", "0:a0,a1,a2,b0"},
		{"a(-) b", "g simultaneous = a b", "0:b0"},
		/* one after another: a member's devices ring together */
		{"a b c", "g sequential = a b c", "step1:a0 step2:b0 step3:c0"},
		{"a(|) b", "g sequential = b a", "step1:b0 step2:a0,a1"},
		{"a(-) b", "g sequential = a b", "step2:b0"},
		/* a member's delay and time */
		{"a b c", "g simultaneous = a+5 b c+3", "0:b0 3:c0 5:a0"},
		{"a b", "g simultaneous = a/10 b+5/7", "0:a0/10 5:b0/7"},
		{"a b c", "g simultaneous = a+5 b+5 c+5", "5:a0,b0,c0"},
		{"a", "g simultaneous = a+25", "25:a0"},
		/* … no longer than the ring's; in a step in place of it */
		{"a b", "g simultaneous/20 = a/30 b/20", "0:a0,b0"},
		{"a b", "g sequential/20 = a/30 b/5", "step1:a0/30 step2:b0/5"},
		{"a b", "g sequential = a+9 b+5", "step1:a0 step2:b0"},
		/* a device's delay and time within those of its member */
		{"a(|+2|+4/3)", "g simultaneous = a+5", "5:a0 7:a1 9:a2/3"},
		{"a(|+2|+4/3)", "g simultaneous = a/10", "0:a0/10 2:a1/8 4:a2/3"},
		{"a(+2/9|+2/1)", "g simultaneous = a/10", "2:a0/8,a1/1"},
		{"a(+2/8)", "g simultaneous = a/10", "2:a0/8"},
		{"a(/30|/7)", "g simultaneous = a", "0:a0,a1/7"},
		{"a(+2)", "g simultaneous = a", "2:a0"},
		{"a(|+4/3|/30)", "g sequential = a/10", "step1:a0/10,a1/3,a2/10"},
		/* … never: its member's time is over before */
		{"a(|+10|+11)", "g simultaneous = a/10",
				"0:a0/10 a1=no-time a2=no-time"},
		/* of a user's strategy only specific counts */
		{"a(|s|s)", "g simultaneous = a", "0:a0,a1,a2"},
		{"a(|s|s),specific", "g simultaneous = a", "0:a1,a2 a0=not-opted-in"},
		{"a(|+5),sequential", "g simultaneous = a", "0:a0,a1"},
		{"a(|+5),sequential", "g sequential = a", "step1:a0,a1"},
		/* who does not ring: last, whatever the time */
		{"a(d|u|f) b", "g simultaneous = a b",
				"0:b0 a0=disabled a1=unavailable a2=not-on-fork"},
		{"a,dnd b", "g simultaneous = a b+5", "5:b0 a0=dnd"},
		{"a(|d),dnd b", "g sequential = a b", "step2:b0 a0=dnd a1=dnd"},
		/* disabled members, and members who are not there */
		{"a b", "g simultaneous = -a b", "0:b0 a0=member-disabled"},
		{"a b c", "g sequential = a -b c",
				"step1:a0 step2:c0 b0=member-disabled"},
		{"a", "g simultaneous = -a.0 -#4930 -*g -x a", "0:a0"},
		{"a b", "g simultaneous = -*a b", "0:b0"},
		{"a", "g simultaneous = -a", "a0=member-disabled"},
		{"a", "g simultaneous = x a y.0 *z", "0:a0"},
		{"a", "g sequential = x a y.0 *z", "step2:a0"},
		/* a device: as if dialled at its own address */
		{"a(|)", "g simultaneous = a.1", "0:a1"},
		{"a(|f+5/3)", "g simultaneous = a.1+2/20", "2:a1/20"},
		{"a(s|),specific", "g simultaneous = a.1", "0:a1"},
		{"a(d|u)", "g simultaneous = a.0 a.1", "a0=disabled a1=unavailable"},
		{"a(|),dnd", "g simultaneous = a.1", "a1=dnd"},
		{"a(|)", "g sequential = a.1 a.0", "step1:a1 step2:a0"},
		{"a", "g simultaneous = a.5", ""},
		/* … of a user is no more than that */
		{"a b(|)", "g simultaneous = a b.1", "0:a0,b1"},
		/* numbers */
		{"a", "g simultaneous = #4930 a", "0:+4930,a0"},
		{"a", "g simultaneous = #4930+5/10 a", "0:a0 5:+4930/10"},
		{"a", "g sequential = #4930/40 a #4931",
				"step1:+4930/40 step2:a0 step3:+4931"},
		{"a", "g simultaneous = #0 #x a", "0:a0"},
		{"a(#4930|)", "g simultaneous = a", "0:a0,a1"},
		/* a phone rings once, at its earliest time */
		{"a b", "g simultaneous = a b a", "0:a0,b0"},
		{"a b", "g simultaneous = a+5 b a+2", "0:b0 2:a0"},
		{"a b", "g simultaneous = a+2 b a+5", "0:b0 2:a0"},
		{"a b", "g simultaneous = a+5/3 b a", "0:b0,a0"},
		{"a(|)", "g simultaneous = a+5 a.1", "0:a1 5:a0"},
		{"a(|)", "g simultaneous = a.1+5 a", "0:a0,a1"},
		{"a(|)", "g sequential = a.1 a", "step1:a1 step2:a0"},
		{"a b", "g sequential = a b a", "step1:a0 step2:b0"},
		{"a", "g simultaneous = #4930+5 a #4930", "0:a0,+4930"},
		{"a(|#4930)", "g simultaneous = #4930+5 a", "0:a0,a1"},
		{"a(|#4930)", "g simultaneous = a+5 #4930", "0:+4930 5:a0"},
		/* … whoever of them does not ring */
		{"a(s|),specific", "g simultaneous = a a.1+5", "0:a0 5:a1"},
		{"a(s|),specific", "g simultaneous = a.1+5 a", "0:a0 5:a1"},
		{"a", "g simultaneous = -a a+5", "5:a0"},
		/* … and where the earliest time is over before it begins */
		{"a(+10)", "g simultaneous = a/10 a.0+15", "15:a0"},
		{"a(+10)", "g simultaneous = a.0+15 a/10", "15:a0"},
};

START_TEST(test_case)
{
	const struct line *c = &cases[_i];
	const char *text = ur_test_roster_of(c->people, c->groups);

	ck_assert_msg(strcmp(text, c->starts) == 0,
			"\"%s\", \"%s\": got \"%s\", expected \"%s\"", c->people, c->groups,
			text, c->starts);
}
END_TEST

/* ---- groups in groups */

static const struct line nested[] = {
		{"a b c", "g simultaneous = *h c; h simultaneous = a b", "0:a0,b0,c0"},
		/* times within those of the group that is a member */
		{"a b c", "g simultaneous = *h+5/10 c; h simultaneous = a+2 b/3",
				"0:c0 5:b0/3 7:a0/8"},
		{"a b", "g simultaneous = *h+5; h simultaneous = a+2/4 b/9",
				"5:b0/9 7:a0/4"},
		{"a b c", "g simultaneous = *h/5 c; h simultaneous = a+5 b/9",
				"0:b0/5,c0 a0=no-time"},
		/* the strategy is that of the group that is called … */
		{"a b c", "g simultaneous = *h c; h sequential = a b+5",
				"0:a0,c0 5:b0"},
		/* … but where it is a sequence, whether the members are steps */
		{"a b c d", "g sequential = a *h d; h simultaneous = b+5 c/9",
				"step1:a0 step2:b0,c0/9 step3:d0"},
		{"a b c d", "g sequential = a *h d; h sequential = b c/9",
				"step1:a0 step3:b0 step4:c0/9 step5:d0"},
		{"a b c", "g sequential = *h/7; h sequential = a b/30 c",
				"step2:a0/7 step3:b0/30 step4:c0/7"},
		{"a b c", "g sequential = *h/7; h simultaneous = a b/30 c",
				"step1:a0/7,b0/30,c0/7"},
		{"a b", "g sequential = *h/7; h simultaneous = a+5 b",
				"step1:a0/7,b0/7"},
		{"a b c", "g simultaneous = *h c; h sequential = a+5 b",
				"0:b0,c0 5:a0"},
		/* ring time and options are those of the group that is called */
		{"a", "g simultaneous/20 = *h; h simultaneous/5 follow = a", "0:a0"},
		{"a,>user:b b", "g simultaneous = *h; h simultaneous follow = a",
				"0:a0"},
		{"a,>user:b b", "g simultaneous follow = *h; h simultaneous = a",
				"0:b0 a0=forwards"},
		/* disabled */
		{"a b", "g simultaneous = -*h b; h simultaneous = a", "0:b0"},
		{"a b", "g simultaneous = *h; h simultaneous = -a b",
				"0:b0 a0=member-disabled"},
		/* 3 deep, the 4th not */
		{"a b c d",
				"g simultaneous = a *h; h simultaneous = b *i; i simultaneous "
				"= c "
				"*j; j simultaneous = d",
				"0:a0,b0,c0"},
		/* loops, and groups that are members twice */
		{"a b", "g simultaneous = a *g b", "0:a0,b0"},
		{"a b", "g sequential = a *h; h sequential = *g b *h",
				"step1:a0 step4:b0"},
		{"a b", "g simultaneous = *h+5 b *h; h simultaneous = a", "0:b0 5:a0"},
		{"a b c",
				"g simultaneous = *h *i; h simultaneous = *j a; i simultaneous "
				"= "
				"*j b; j simultaneous = c",
				"0:c0,a0,b0"},
		/* a device in two of them */
		{"a b",
				"g simultaneous = *h+5 *i+2; h simultaneous = a; i "
				"simultaneous = a b",
				"2:a0,b0"},
};

START_TEST(test_nested)
{
	const struct line *c = &nested[_i];

	ck_assert_str_eq(ur_test_roster_of(c->people, c->groups), c->starts);
}
END_TEST

/* As many groups as fit ring; the rest is left out. */
START_TEST(test_many_groups)
{
	char group[400] = "g simultaneous = a";
	int i;

	ur_test_roster_world("a b", NULL);
	for(i = 1; i <= UR_ROSTER_GROUPS_MAX; i++)
		sprintf(group + strlen(group), " *h%d", i);
	ur_test_add_group(group);
	for(i = 1; i <= UR_ROSTER_GROUPS_MAX; i++) {
		sprintf(group, "h%d sequential = #49%d", i, i);
		ur_test_add_group(group);
	}
	ur_test_roster_come_by("ring_group:g");
	ck_assert_ptr_nonnull(strstr(ur_test_roster_text(), ",+4930,+4931"));
	ck_assert_ptr_null(strstr(ur_test_roster.text, "+4932"));
	ur_test_roster_forget();
}
END_TEST

/* ---- members in calls */

static const struct
{
	const char *people, *group, *calls, *caller, *starts;
} busy[] = {
		/* only who is asked to be left out */
		{"a b", "g simultaneous = a b", "a1", NULL, "0:a0,b0"},
		{"a b", "g simultaneous skip_busy = a b", "a1", NULL,
				"0:b0 a0=in-call"},
		{"a b", "g simultaneous skip_busy = a b", NULL, NULL, "0:a0,b0"},
		{"a(|)", "g simultaneous skip_busy = a.1", "a1", NULL, "a1=in-call"},
		{"a,dnd", "g simultaneous skip_busy = a", "a1", NULL, "a0=dnd"},
		{"a b", "g sequential skip_busy = a b", "a1", NULL,
				"step2:b0 a0=in-call"},
		/* max_calls */
		{"a,max2 b", "g simultaneous = a b", "a1", NULL, "0:a0,b0"},
		{"a,max2 b", "g simultaneous = a b", "a2", NULL, "0:b0 a0=max-calls"},
		{"a,max2 b", "g simultaneous = a b", "a3", NULL, "0:b0 a0=max-calls"},
		{"a,max2 b", "g simultaneous skip_busy = a b", "a2", NULL,
				"0:b0 a0=in-call"},
		/* the caller as a member: the other phones, unless who is in a call is left out */
		{"a(|) b", "g simultaneous = a b", NULL, "a", "0:a1,b0 a0=caller"},
		{"a(|) b", "g simultaneous skip_busy = a b", NULL, "a",
				"0:b0 a0=caller a1=in-call"},
		{"a(|) b", "g sequential = b a", NULL, "a",
				"step1:b0 step2:a1 a0=caller"},
		{"a b", "g sequential = a b", NULL, "a", "step2:b0 a0=caller"},
		{"a,max1 b", "g simultaneous = a b", "a1", "a", "0:b0 a0=caller"},
		{"a(|),max1 b", "g simultaneous = a b", "a1", "b",
				"b0=caller a0=max-calls a1=max-calls"},
};

START_TEST(test_busy)
{
	ur_test_roster_world(busy[_i].people, busy[_i].group);
	ur_test_calls_set(busy[_i].calls);
	ur_test_roster_call_by(busy[_i].caller);
	ur_test_roster_come_by("ring_group:g");
	ck_assert_str_eq(ur_test_roster_text(), busy[_i].starts);
	ur_test_roster_forget();
}
END_TEST

/* Without dialogs nobody is known to be in a call; but the caller is. */
START_TEST(test_calls_are_not_counted)
{
	ur_test_roster_world("a,max1 b", "g simultaneous skip_busy = a b");
	ur_test_calls_set("a1 b1");
	ur_test_roster.directory.calls_of = NULL;
	ur_test_roster_come_by("ring_group:g");
	ck_assert_str_eq(ur_test_roster_text(), "0:a0,b0");
	ur_test_roster_call_by("b");
	ck_assert_str_eq(ur_test_roster_text(), "0:a0 b0=caller");
	ur_test_roster_forget();
}
END_TEST

/* Has somebody been left out as busy? */
static const struct
{
	const char *people, *group, *calls;
	bool has_busy;
	const char *caller;
} has_busy[] = {
		{"a b", "g simultaneous skip_busy = a b", NULL, false, NULL},
		{"a b", "g simultaneous skip_busy = a b", "b1", true, NULL},
		{"a b", "g simultaneous = a b", "b1", false, NULL},
		{"a b,dnd", "g simultaneous = a b", NULL, true, NULL},
		{"a b,dnd", "g simultaneous = a -b", NULL, false, NULL},
		{"a b,max1", "g simultaneous = a b", "b1", true, NULL},
		{"a(d) b(d)", "g simultaneous = a b", NULL, false, NULL},
		{"a,>user:b b,dnd", "g simultaneous follow = a", NULL, true, NULL},
		{"a,dnd,>queue:1 b", "g simultaneous follow = a", NULL, false, NULL},
		/* the caller's own call, and do not disturb, do not count */
		{"a b", "g simultaneous skip_busy = a b", "a1", false, "a"},
		{"a,dnd b", "g simultaneous skip_busy = a b", "a1", false, "a"},
		{"a b", "g simultaneous skip_busy = a b", "a1 b1", true, "a"},
};

START_TEST(test_has_busy)
{
	struct ur_roster *made;

	ur_test_roster_world(has_busy[_i].people, has_busy[_i].group);
	ur_test_calls_set(has_busy[_i].calls);
	ur_test_roster_call_by(has_busy[_i].caller);
	ur_test_roster_come_by("ring_group:g");
	made = ur_roster_make(&ur_test_roster.question);
	ck_assert(made->has_busy == has_busy[_i].has_busy);
	ur_roster_put(made, ur_test_roster.directory.put_user);
	ur_test_roster.directory.release(made);
	ur_test_roster_forget();
}
END_TEST

/* ---- members' forwards */

#define FOLLOW "g simultaneous follow = "

/* How often a forward is refused, and the starts. */
static const struct
{
	const char *people, *groups;
	int refusals;
	const char *starts;
} follows[] = {
		/* only where they are followed */
		{"a,>user:b b", "g simultaneous = a", 0, "0:a0"},
		{"a,>user:b b", FOLLOW "a", 0, "0:b0 a0=forwards"},
		{"a b", FOLLOW "a b", 0, "0:a0,b0"},
		/* who rings instead has the member's time */
		{"a,>user:b b(+2|/3)", FOLLOW "a+5/10", 0, "5:b1/3 7:b0/8 a0=forwards"},
		{"a,>user:b b c", "g sequential follow = c a/9", 0,
				"step1:c0 step2:b0/9 a0=forwards"},
		{"a,>user:b b,dnd", FOLLOW "a", 0, "a0=forwards b0=dnd"},
		{"a,dnd,>user:b b", FOLLOW "a", 0, "0:b0 a0=forwards"},
		/* a chain of them */
		{"a,>user:b b,>user:c c", FOLLOW "a", 0,
				"0:c0 a0=forwards b0=forwards"},
		/* a member who is a member otherwise, too */
		{"a,>user:b b", FOLLOW "a+5 b", 0, "0:b0 a0=forwards"},
		{"a,>user:b b,>user:c c", FOLLOW "b a+5", 0,
				"0:c0 b0=forwards a0=forwards"},
		/* loops: who forwards to where the call has been rings */
		{"a,>user:a", FOLLOW "a", 1, "0:a0"},
		{"a,>user:b b,>user:a", FOLLOW "a", 1, "0:b0 a0=forwards"},
		{"a,>ring_group:g b", FOLLOW "a b", 1, "0:a0,b0"},
		{"a,>user:b b,>ring_group:g", FOLLOW "a", 1, "0:b0 a0=forwards"},
		{"a,>extension:e", FOLLOW "a", 1, "0:a0"},
		{"a,>ring_group:h b",
				"g simultaneous follow = *h; h simultaneous = a b", 1,
				"0:a0,b0"},
		/* who is not there */
		{"a,>user:x b", FOLLOW "a b", 1, "0:a0,b0"},
		{"b", FOLLOW "x b", 0, "0:b0"},
		/* to a group, in the member's place */
		{"a,>ring_group:h b c d", FOLLOW "a+5/10 d; h simultaneous = b+2 c/3",
				0, "0:d0 5:c0/3 7:b0/8 a0=forwards"},
		{"a,>ring_group:h b c d",
				"g sequential follow = a d; h simultaneous = b c", 0,
				"step1:b0,c0 step2:d0 a0=forwards"},
		{"a,>ring_group:h b c d",
				"g sequential follow = a d; h sequential = b c", 0,
				"step2:b0 step3:c0 step4:d0 a0=forwards"},
		{"a,>ring_group:h b", FOLLOW "*h a; h simultaneous = b", 0,
				"0:b0 a0=forwards"},
		/* … whose members are followed, too, but not back */
		{"a,>ring_group:h b,>user:c c", FOLLOW "a; h simultaneous = b", 0,
				"0:c0 a0=forwards b0=forwards"},
		{"a,>ring_group:h b,>user:a c", FOLLOW "a; h simultaneous = b c", 1,
				"0:b0,c0 a0=forwards"},
		{"a,>ring_group:h b,>ring_group:h c", FOLLOW "a; h simultaneous = b c",
				1, "0:b0,c0 a0=forwards"},
		{"a,>ring_group:h c", FOLLOW "a; h simultaneous = a c", 0, "0:a0,c0"},
		/* … which is in three already */
		{"a b,>ring_group:j c d",
				FOLLOW "a *h; h simultaneous = *i; i simultaneous = b c; j "
					   "simultaneous = d",
				0, "0:a0,c0 b0=forwards"},
		/* through an extension */
		{"a,>extension:f b", FOLLOW "a", 0, "0:b0 a0=forwards"},
		/* out: a number rings, nothing else does */
		{"a,>forward:4930 b", FOLLOW "a b", 0, "0:+4930(a),b0 a0=forwards"},
		{"a,>user:b b,>forward:4930", FOLLOW "a+5/7", 0,
				"5:+4930(b)/7 a0=forwards b0=forwards"},
		{"a,>forward:4930 b", FOLLOW "a+5 #4930", 0, "0:+4930 a0=forwards"},
		{"a,>forward:uri b", FOLLOW "a b", 0, "0:b0 a0=forwards"},
		{"a,>voicemail:4930 b", FOLLOW "a b", 0, "0:b0 a0=forwards"},
		{"a,>hangup:486 b", FOLLOW "a b", 0, "0:b0 a0=forwards"},
		{"a,>hangup:99 b", FOLLOW "a b", 1, "0:a0,b0"},
		{"a,>forward:no b", FOLLOW "a b", 1, "0:a0,b0"},
		/* rules of event always, and no other ones */
		{"a,!always_external_user:b b", FOLLOW "a", 0, "0:b0 a0=forwards"},
		{"a,!always_internal_user:b b", FOLLOW "a", 0, "0:a0"},
		{"a,!always_ring:/5,>user:b b", FOLLOW "a", 0, "0:a0"},
		{"a,!always_reject b", FOLLOW "a b", 0, "0:b0 a0=forwards"},
		{"a,dnd,!dnd_user:b b", FOLLOW "a", 0, "a0=dnd"},
		{"a,!busy_user:b;noanswer_user:b b", FOLLOW "a", 0, "0:a0"},
		/* devices are themselves */
		{"a,>user:b b", FOLLOW "a.0", 0, "0:a0"},
};

START_TEST(test_follow)
{
	static const struct ur_test_line line = {"f", "user:b"};

	ur_test_roster_world(follows[_i].people, follows[_i].groups);
	ur_test_world_add_line(&line);
	ur_test_roster_come_by("ring_group:g");
	ck_assert_str_eq(ur_test_roster_text(), follows[_i].starts);
	ck_assert_int_eq(ur_test_world.refusals, follows[_i].refusals);
	ur_test_roster_forget();
}
END_TEST

/* The call came by way of a member, who is not asked again. */
START_TEST(test_by_way_of_member)
{
	ur_test_roster_world("a,>ring_group:g b,>user:a", FOLLOW "a b");
	ur_test_roster_come_by("user:a");
	ck_assert_str_eq(ur_test_roster_text(), "0:a0,b0");
	ck_assert_int_eq(ur_test_world.refusals, 1);
	ur_test_roster_forget();
}
END_TEST

/* The hops that a call may take hold for each member's forwards: of e, g, a and b the last is one too
 * many. */
START_TEST(test_max_hops)
{
	ur_test_roster_world("a,>user:b b c(-)", FOLLOW "a *h; h simultaneous = c");
	ur_test_roster_come_by("ring_group:g");
	ur_test_roster.directory.max_hops = 3;
	ck_assert_str_eq(ur_test_roster_text(), "0:a0");
	ck_assert_int_eq(ur_test_world.refusals, 1);
	ur_test_roster.directory.max_hops = 2;
	ck_assert_str_eq(ur_test_roster_text(), "0:a0");
	ur_test_roster.directory.max_hops = 4;
	ck_assert_str_eq(ur_test_roster_text(), "0:b0 a0=forwards");
	ur_test_roster_forget();
}
END_TEST

/* ---- a transfer or a message: all active phones that register, at once */

static const struct line for_all[] = {
		{"a b", "g sequential = a b", "0:a0,b0"},
		{"a(+5/3|d|f) b(u),dnd", "g simultaneous = a b",
				"0:a0,a2,b0 a1=disabled"},
		{"a b", "g simultaneous = a+5/3 b+30", "0:a0,b0"},
		{"a(|),specific b", "g random skip_busy = a.1+3 b a", "0:a1,b0,a0"},
		{"a,>user:b b", "g simultaneous follow = a", "0:a0"},
		{"a(|#4931)", "g simultaneous = #4930 a",
				"0:a0 +4930=external a1=external"},
		{"a b c", "g round_robin = a *h; h sequential = b/5 c", "0:a0,b0,c0"},
};

START_TEST(test_for_all)
{
	ur_test_roster_world(for_all[_i].people, for_all[_i].groups);
	ur_test_calls_set("a1");
	ur_test_roster.question.is_for_all = true;
	ur_test_roster_come_by("ring_group:g");
	ck_assert_str_eq(ur_test_roster_text(), for_all[_i].starts);
	ck_assert_int_eq(ur_test_world.turns, 0);
	ur_test_roster_forget();
}
END_TEST

/* ---- orders */

/* Each call begins with the next member. */
START_TEST(test_round_robin)
{
	static const char *const orders[] = {"step1:a0 step2:b0 step3:c0",
			"step1:b0 step2:c0 step3:a0", "step1:c0 step2:a0 step3:b0"};
	int i;

	ur_test_roster_world("a b c d", "g round_robin = a b -d c");
	ur_test_roster_come_by("ring_group:g");
	for(i = 0; i < 7; i++) {
		ck_assert_uint_eq(ur_test_world.turns, i);
		ck_assert_msg(
				strncmp(ur_test_roster_text(), orders[i % 3], strlen(orders[0]))
						== 0,
				"%s", ur_test_roster.text);
		ck_assert_ptr_nonnull(
				strstr(ur_test_roster.text, " d0=member-disabled"));
	}
	/* however many there have been, nobody is left out */
	ur_test_world.turns = UINT32_MAX;
	ck_assert_msg(
			strncmp(ur_test_roster_text(), orders[0], strlen(orders[0])) == 0,
			"%s", ur_test_roster.text);
	ur_test_roster_forget();
}
END_TEST

/* Of nobody, or where all ring at once, no turn is taken: the next call would begin with another
 * member. */
START_TEST(test_no_turn)
{
	ur_test_roster_world("a b", "g round_robin = -a");
	ur_test_roster_come_by("ring_group:g");
	ur_test_roster_text();
	ck_assert_uint_eq(ur_test_world.turns, 0);
	ur_test_roster_forget();
	ur_test_roster_world("a b", "g simultaneous = *h; h round_robin = a b");
	ur_test_roster_come_by("ring_group:g");
	ck_assert_str_eq(ur_test_roster_text(), "0:a0,b0");
	ck_assert_str_eq(ur_test_roster_text(), "0:a0,b0");
	ck_assert_uint_eq(ur_test_world.turns, 0);
	ur_test_roster_forget();
}
END_TEST

/* A group in a sequence has an order of its own. */
START_TEST(test_nested_orders)
{
	ur_test_roster_world("a b c", "g sequential = *h a; h round_robin = b c");
	ur_test_roster_come_by("ring_group:g");
	ck_assert_str_eq(ur_test_roster_text(), "step2:b0 step3:c0 step4:a0");
	ck_assert_str_eq(ur_test_roster_text(), "step2:c0 step3:b0 step4:a0");
	ur_test_roster_forget();
}
END_TEST

static const char *find(const char *text, int member)
{
	const char name[] = {':', (char)('a' + member), '0', '\0'};

	return strstr(text, name);
}

/* The number of the order of members a, b, c …, of whom each is in a step. */
static int order_of(const char *text, int members)
{
	int order = 0, i, k;

	for(i = 0; i < members; i++) {
		int before = 0;

		for(k = 0; k < i; k++)
			before += find(text, k) < find(text, i);
		order = order * (i + 1) + before;
	}
	return order;
}

/* Every order is about equally likely; chance alone decides. */
START_TEST(test_random)
{
	static const char *const groups[] = {"g random = a b", "g random = a b c",
			"g random = a b c d", "g random = a b c d e"};
	static const int orders[] = {2, 6, 24, 120};
	const int members = _i + 2, each = 400;
	int seen[120] = {0};
	int i;

	ur_test_roster_world("a b c d e", groups[_i]);
	ur_test_roster_come_by("ring_group:g");
	for(i = 0; i < each * orders[_i]; i++) {
		char first[256];

		ur_test_roster.question.chance = ur_test_roster_draw();
		snprintf(first, sizeof(first), "%s", ur_test_roster_text());
		seen[order_of(first, members)]++;
		if(i < 100)
			ck_assert_str_eq(ur_test_roster_text(), first);
	}
	/* five standard deviations */
	for(i = 0; i < orders[_i]; i++)
		ck_assert_msg(seen[i] > each - 100 && seen[i] < each + 100,
				"order %d of %d members: %d times", i, members, seen[i]);
	ck_assert_uint_eq(ur_test_world.turns, 0);
	ur_test_roster_forget();
}
END_TEST

/* Zero is a number, too: members are mixed. */
START_TEST(test_random_zero)
{
	char text[1000];

	ur_test_roster_world("a b c d f h i j", "g random = a b c d f h i j");
	ur_test_roster_come_by("ring_group:g");
	ur_test_roster.question.chance = 0;
	snprintf(text, sizeof(text), "%s", ur_test_roster_text());
	ur_test_roster.question.chance = 1;
	ck_assert_str_eq(ur_test_roster_text(), text);
	ur_test_roster.question.chance = 0;
	ck_assert_str_ne(text, "step1:a0 step2:b0 step3:c0 step4:d0 step5:f0 "
						   "step6:h0 step7:i0 step8:j0");
	ck_assert_str_eq(ur_test_roster_text(), text);
	ur_test_roster_forget();
}
END_TEST

/* ---- more than fit */

static const char *const many_strategies[] = {"simultaneous", "sequential"};

/* 70 members with three phones each, of whom the first ones have do not disturb set: those that ring and
 * begin first have a place. */
START_TEST(test_many)
{
	char group[1200];
	struct ur_roster *made;
	uint32_t i;
	int len;

	ur_test_roster_world("z", NULL);
	len = sprintf(group, "g %s =", many_strategies[_i]);
	for(i = 0; i < 70; i++) {
		char person[32];

		sprintf(person, "u%02u(||)%s", i, i < 5 ? ",dnd" : "");
		ur_test_roster_people(person);
		len += sprintf(group + len, " u%02u+%u", i, 69 - i);
	}
	ur_test_add_group(group);
	ur_test_roster_come_by("ring_group:g");
	made = ur_roster_make(&ur_test_roster.question);
	ck_assert_uint_eq(made->count, UR_ROSTER_PLACES_MAX);
	for(i = 0; i < made->count; i++) {
		const struct ur_roster_place *place = &made->places[i];

		if(i < 195)
			ck_assert_int_eq(place->reason, UR_PLAN_RINGS);
		else
			ck_assert_int_eq(place->reason, UR_PLAN_DND);
		if(i < 195 && _i == 0)
			ck_assert_int_eq(place->from_ms, 1000 * (int)(i / 3));
		if(i < 195 && _i == 1)
			ck_assert_int_eq(place->step, 6 + i / 3);
	}
	ur_roster_put(made, ur_test_roster.directory.put_user);
	ur_test_roster.directory.release(made);
	ur_test_roster_forget();
}
END_TEST

/* Of more that ring than fit those are left out that begin last. */
START_TEST(test_too_many)
{
	char group[1600];
	struct ur_roster *made;
	uint32_t i;
	int len;

	ur_test_roster_world("z", NULL);
	len = sprintf(group, "g %s =", many_strategies[_i]);
	for(i = 0; i < 100; i++) {
		char person[32];

		sprintf(person, "u%02u(||)", i);
		ur_test_roster_people(person);
		len += sprintf(group + len, " u%02u+%u", i, _i == 0 ? 99 - i : 0);
	}
	ur_test_add_group(group);
	ur_test_roster_come_by("ring_group:g");
	made = ur_roster_make(&ur_test_roster.question);
	ck_assert_uint_eq(made->count, UR_ROSTER_PLACES_MAX);
	for(i = 0; i < made->count; i++) {
		const struct ur_roster_place *place = &made->places[i];

		ck_assert_int_eq(place->reason, UR_PLAN_RINGS);
		if(_i == 0)
			ck_assert_int_eq(place->from_ms, 1000 * (int)(i / 3));
		else
			ck_assert_int_eq(place->step, 1 + i / 3);
	}
	ur_roster_put(made, ur_test_roster.directory.put_user);
	ur_test_roster.directory.release(made);
	ur_test_roster_forget();
}
END_TEST

/* Groups h1 to h<groups> with the same 60 users, then one with user v: does v ring? */
static bool last_one_rings(int groups)
{
	char group[1200] = "g simultaneous =";
	int i, len;

	ur_test_roster_world("v", NULL);
	for(i = 1; i <= groups + 1; i++)
		sprintf(group + strlen(group), " *h%d", i);
	ur_test_add_group(group);
	for(len = 0, i = 0; i < 60; i++) {
		char person[16];

		sprintf(person, "u%02d", i);
		ur_test_roster_people(person);
		len += sprintf(group + len, " %s", person);
	}
	for(i = 1; i <= groups + 1; i++) {
		char inner[1300];

		snprintf(inner, sizeof(inner), "h%d simultaneous =%s", i,
				i <= groups ? group : " v");
		ur_test_add_group(inner);
	}
	ur_test_roster_come_by("ring_group:g");
	ur_test_roster_text();
	ur_test_roster_forget();
	return strstr(ur_test_roster.text, "v0") != NULL;
}

/* A call looks at 400 users, and no more. */
START_TEST(test_bounded)
{
	ck_assert(last_one_rings(6));
	ck_assert(!last_one_rings(7));
}
END_TEST

/* ---- out of memory */

START_TEST(test_out_of_memory)
{
	ur_test_roster_world(
			"a,>user:b b c", FOLLOW "a *h #4930; h simultaneous = c -b");
	ur_test_roster_come_by("ring_group:g");
	ur_test_world.is_out_of_memory = true;
	ck_assert_ptr_null(ur_roster_make(&ur_test_roster.question));
	ck_assert_int_eq(ur_test_roster.chain.count, 2);
	ur_test_world.is_out_of_memory = false;
	ck_assert_str_eq(ur_test_roster_text(), "0:b0,c0,+4930 a0=forwards");
	ur_test_roster_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("roster");
	TCase *tcase = tcase_create("roster");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_nested, 0, COUNT(nested));
	tcase_add_test(tcase, test_many_groups);
	tcase_add_loop_test(tcase, test_busy, 0, COUNT(busy));
	tcase_add_test(tcase, test_calls_are_not_counted);
	tcase_add_loop_test(tcase, test_has_busy, 0, COUNT(has_busy));
	tcase_add_loop_test(tcase, test_follow, 0, COUNT(follows));
	tcase_add_test(tcase, test_by_way_of_member);
	tcase_add_test(tcase, test_max_hops);
	tcase_add_loop_test(tcase, test_for_all, 0, COUNT(for_all));
	tcase_add_test(tcase, test_round_robin);
	tcase_add_test(tcase, test_no_turn);
	tcase_add_test(tcase, test_nested_orders);
	tcase_add_loop_test(tcase, test_random, 0, 4);
	tcase_add_test(tcase, test_random_zero);
	tcase_add_loop_test(tcase, test_many, 0, COUNT(many_strategies));
	tcase_add_loop_test(tcase, test_too_many, 0, COUNT(many_strategies));
	tcase_add_test(tcase, test_bounded);
	tcase_add_test(tcase, test_out_of_memory);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
