/*
 * Rosters of groups, from text and as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/rosters.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/plan.h"
#include "support/calls.h"
#include "support/groups.h"
#include "support/world.h"

/* ---- people */

static unsigned flags_of(const char *device)
{
	unsigned flags =
			UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK;

	if(strchr(device, 'd') != NULL)
		flags &= ~UR_DEVICE_ACTIVE;
	if(strchr(device, 'u') != NULL)
		flags &= ~UR_DEVICE_AVAILABLE;
	if(strchr(device, 'f') != NULL)
		flags &= ~UR_DEVICE_RING_ON_FORK;
	if(strchr(device, 's') != NULL)
		flags |= UR_DEVICE_SPECIFIC;
	return flags;
}

static void read_device(struct ur_test_person *p, char *device)
{
	const char *delay = strchr(device, '+'), *lasts = strchr(device, '/');
	const int i = p->devices++;

	ck_assert_int_lt(i, UR_TEST_DEVICES);
	p->device_flags[i] = flags_of(device);
	p->delay_sec[i] = delay != NULL ? atoi(delay + 1) : 0;
	p->for_sec[i] = lasts != NULL ? atoi(lasts + 1) : 0;
	if(*device == '#')
		p->number[i] = device + 1;
}

/* Between the brackets; there may be empty ones. */
static void read_devices(struct ur_test_person *p, char *devices)
{
	char *device;

	while((device = strsep(&devices, "|")) != NULL) {
		if(*device != '-')
			read_device(p, device);
	}
}

static void read_option(struct ur_test_person *p, char *option)
{
	if(strcmp(option, "dnd") == 0)
		p->dnd = 1;
	else if(strcmp(option, "specific") == 0)
		p->strategy = UR_RING_SPECIFIC;
	else if(strcmp(option, "sequential") == 0)
		p->strategy = UR_RING_SEQUENTIAL;
	else if(strncmp(option, "max", 3) == 0)
		p->max_calls = atoi(option + 3);
	else if(*option == '>')
		p->always = option + 1;
	else if(*option == '!')
		p->rules = option + 1;
	else
		ck_abort_msg("no option: %s", option);
}

/* Rules have blanks. */
static void read_person(char *person)
{
	struct ur_test_person p = {0};
	char *options = person + strcspn(person, ",");
	char *devices = strchr(person, '('), *option;
	char none[] = "";

	if(*options != '\0')
		*options++ = '\0';
	if(devices != NULL && devices < options) {
		*devices++ = '\0';
		devices[strlen(devices) - 1] = '\0';
	}
	p.id = person;
	read_devices(&p, devices != NULL ? devices : none);
	while(*options != '\0' && (option = strsep(&options, ",")) != NULL) {
		for(char *blank = option; *option == '!' && *blank != '\0'; blank++)
			*blank = *blank == '_' ? ' ' : *blank;
		read_option(&p, option);
		if(options == NULL)
			break;
	}
	ur_test_world_add(&p);
}

void ur_test_roster_people(const char *people)
{
	char *copy = strdup(people), *rest = copy, *person;

	while((person = strsep(&rest, " ")) != NULL)
		read_person(person);
	free(copy);
}

/* ---- a roster as text */

static struct
{
	char text[8192];
	int len;
} page;

static void __attribute__((format(printf, 1, 2))) put(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	page.len += vsnprintf(
			page.text + page.len, sizeof(page.text) - page.len, format, args);
	va_end(args);
	ck_assert_int_lt(page.len, (int)sizeof(page.text));
}

static void put_name(const struct ur_member *member)
{
	struct ur_text id = member->number;

	if(member->device != UR_NO_PLACE) {
		id = ur_user_text(
				member->owner, member->owner->devices[member->device].id);
		put("%.*s", id.len, id.s);
		return;
	}
	put("+%.*s", id.len, id.s);
	if(member->owner != NULL) {
		id = ur_user_text(member->owner, member->owner->id);
		put("(%.*s)", id.len, id.s);
	}
}

static void put_start(
		const struct ur_plan *plan, const struct ur_plan_start *start)
{
	const char *between = "";
	int place;

	put("%s", page.len > 0 ? " " : "");
	if(start->from_ms == UR_PLAN_WHEN_IDLE)
		put("step%d:", ur_plan_member(plan, start->first).step);
	else
		put("%d:", start->from_ms / 1000);
	for(place = start->first; place < start->next; place++) {
		const struct ur_member member = ur_plan_member(plan, place);

		if(!ur_plan_rings(plan, place))
			continue;
		put("%s", between);
		between = ",";
		put_name(&member);
		if(member.lasts_ms != ur_plan_ring_timeout_ms(plan))
			put("/%d", member.lasts_ms / 1000);
	}
}

static void put_silent(const struct ur_plan *plan, int place)
{
	const struct ur_member member = ur_plan_member(plan, place);

	if(ur_plan_rings(plan, place))
		return;
	put("%s", page.len > 0 ? " " : "");
	put_name(&member);
	put("=%s", ur_plan_reason_name(ur_plan_reason(plan, place)));
}

const char *ur_test_roster_print(
		const struct ur_roster *roster, struct ur_text caller)
{
	struct ur_plan plan = {.caller = UR_NO_PLACE, .only = UR_NO_PLACE};
	struct ur_plan_start start;
	int from, place;

	ur_plan_ring_group(&plan, roster);
	plan.caller = ur_plan_find(&plan, caller);
	page.len = 0;
	page.text[0] = '\0';
	for(from = 0; (start = ur_plan_next_start(&plan, from)).count > 0;
			from = start.next)
		put_start(&plan, &start);
	for(place = 0; place < ur_plan_count(&plan); place++)
		put_silent(&plan, place);
	ur_test_roster.text = page.text;
	return page.text;
}

/* ---- making one */

struct ur_test_roster ur_test_roster;

void ur_test_roster_world(const char *people, const char *groups)
{
	ur_test_world_forget();
	ur_test_calls_set(NULL);
	ur_test_roster_people(people);
	ur_test_add_groups(groups);
	ur_test_roster.directory = ur_test_directory;
	ur_test_roster.caller = (struct ur_caller){.dialled = UR_TEXT("x")};
	ur_test_roster.call =
			(struct ur_rule_call){.caller = &ur_test_roster.caller};
	ur_test_roster.question =
			(struct ur_roster_question){.chain = &ur_test_roster.chain,
					.directory = &ur_test_roster.directory,
					.call = &ur_test_roster.call,
					.chance = 1};
}

/* Device 0 of a user; NULL: a trunk. */
void ur_test_roster_call_by(const char *user)
{
	static char aor[32];

	if(user == NULL)
		return;
	snprintf(aor, sizeof(aor), "%s0@x", user);
	ur_test_roster.caller.aor = (struct ur_text){aor, (int)strlen(aor)};
	ur_test_roster.caller.domain = UR_TEXT("x");
	ur_test_roster.caller.user = ur_test_world_user(user);
	ur_test_world.references--;
}

/* The call comes to the group by an extension of that target. */
void ur_test_roster_come_by(const char *target)
{
	const struct ur_test_line line = {"e", target};
	struct ur_decision decision;

	ur_test_world_add_line(&line);
	ur_chain_begin_extension(&ur_test_roster.chain, ur_test_world_line("e"));
	ck_assert(ur_rules_decide_extension(
			&ur_test_roster.chain, &ur_test_roster.directory, &decision));
	ur_test_decide(&ur_test_roster.chain, &ur_test_roster.directory,
			UR_EVENT_CALLED, &decision);
	ck_assert_str_eq(
			ur_test_world_print(&ur_test_roster.chain, &decision), "ring g");
}

/* The roster of group g as text; the chain stays as it was. */
const char *ur_test_roster_text(void)
{
	const int hops = ur_test_roster.chain.count;
	struct ur_roster *made = ur_roster_make(&ur_test_roster.question);
	const char *text;

	UR_TEST_HOLDS(ur_test_roster.chain.count == hops);
	UR_TEST_HOLDS(
			ur_test_roster.chain.hops[hops - 1].diversion == UR_DIVERSION_NONE);
	UR_TEST_HOLDS(made != NULL);
	UR_TEST_HOLDS(made->group == ur_chain_group(&ur_test_roster.chain));
	text = ur_test_roster_print(made, ur_test_roster.caller.aor);
	ur_roster_put(made, ur_test_roster.directory.put_user);
	ur_test_roster.directory.release(made);
	return text;
}

void ur_test_roster_forget(void)
{
	ur_chain_end(&ur_test_roster.chain, &ur_test_roster.directory);
	ck_assert_int_eq(ur_test_world.references, 0);
	ur_test_world_forget();
}

const char *ur_test_roster_of(const char *people, const char *groups)
{
	const char *text;

	ur_test_roster_world(people, groups);
	ur_test_roster_come_by("ring_group:g");
	text = ur_test_roster_text();
	ur_test_roster_forget();
	return text;
}

/* splitmix64 */
uint32_t ur_test_roster_draw(void)
{
	static uint64_t state;
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(z ^ (z >> 31));
}
