/*
 * A random world.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/random_world.h"

#include <stdarg.h>
#include <stdio.h>

#include "policy/output.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- chance: splitmix64 */

static uint64_t state;

static uint64_t draw(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* From 0 to below n. */
static int below(int n)
{
	return (int)(draw() % (unsigned)n);
}

static bool chance(int percent)
{
	return below(100) < percent;
}

/* ---- who there is */

/* Also users, lines and targets that are not there, and ids that are no status. */
static void make_target(char *target, size_t size)
{
	static const char *const others[] = {"hangup:603", "hangup:486",
			"hangup:99", "queue:1", "queue:no", "voicemail:8", "forward:2",
			"forward:no"};
	const int kind = below(10);

	if(kind < 6)
		snprintf(target, size, "user:%c", 'a' + below(UR_RANDOM_USERS + 1));
	else if(kind < 8)
		snprintf(target, size, "extension:e%d", below(UR_RANDOM_LINES + 1));
	else
		snprintf(target, size, "%s", others[below(COUNT(others))]);
}

/* number: of the user's phones. A power of two is added to its times: when phones begin at ends of other
 * phones, the sums are still different. */
static void make_phone(struct ur_random_phone *phone, int number)
{
	static const int codes[] = {486, 486, 486, 600, 603, 408, 480, 404, 503,
			500, 302, 487, 488, 488, 422, 606, 200, 200, 0, 0, 0};
	const int mark = 1 << number;

	phone->late_ms = UR_RANDOM_NEVER;
	phone->unsendable = chance(4);
	phone->code = codes[below(COUNT(codes))];
	phone->end_ms = 100 * below(chance(80) ? 50 : 350) + mark;
	phone->heard_ms = chance(20) ? UR_RANDOM_NEVER : 100 * below(25) + mark;
	if(phone->code != 0 && phone->heard_ms >= phone->end_ms)
		phone->heard_ms = UR_RANDOM_NEVER;
}

static void make_device(struct ur_random_device *device, int number)
{
	int i;

	device->flags = (chance(92) ? UR_DEVICE_ACTIVE : 0)
					| (chance(92) ? UR_DEVICE_AVAILABLE : 0)
					| (chance(88) ? UR_DEVICE_RING_ON_FORK : 0)
					| (chance(60) ? UR_DEVICE_SPECIFIC : 0);
	device->phones = chance(80) ? 1 : chance(50) ? 0 : 2;
	for(i = 0; i < UR_RANDOM_PHONES; i++)
		make_phone(&device->phone[i], UR_RANDOM_PHONES * number + i);
}

/* Delays: some the same, some not below the ring time. */
static void make_times(struct ur_random_user *user)
{
	int i;

	for(i = 0; i < user->devices; i++) {
		struct ur_random_device *device = &user->device[i];

		device->delay_sec = chance(35) ? 0 : below(chance(80) ? 4 : 42);
		device->for_sec = chance(50) ? 0 : 1 + below(chance(80) ? 6 : 42);
	}
}

/* One after the other is by ring order, whatever the delays. */
static void sort_devices(struct ur_random_user *user)
{
	int i, k;

	for(i = 1; user->strategy != UR_RING_SEQUENTIAL && i < user->devices; i++) {
		for(k = i; k > 0
				   && user->device[k].delay_sec < user->device[k - 1].delay_sec;
				k--) {
			const struct ur_random_device later = user->device[k - 1];

			user->device[k - 1] = user->device[k];
			user->device[k] = later;
		}
	}
}

/* Some phones register during the call, a moment of its own for each. */
static void make_late(struct ur_random_user *user)
{
	int i, k;

	for(i = 0; i < user->devices; i++) {
		for(k = 0; k < user->device[i].phones; k++) {
			if(chance(40))
				user->device[i].phone[k].late_ms =
						100 * below(chance(70) ? 40 : 200) + 65
						+ UR_RANDOM_PHONES * i + k;
		}
	}
}

static void make_action(struct ur_random_rule *rule)
{
	rule->strategy = UR_RANDOM_NONE;
	rule->action = chance(60)	? UR_RULE_FORWARD
				   : chance(50) ? UR_RULE_RING
								: UR_RULE_REJECT;
	if(rule->action == UR_RULE_FORWARD)
		make_target(rule->target, sizeof(rule->target));
	else if(rule->action == UR_RULE_REJECT && chance(50))
		snprintf(rule->target, sizeof(rule->target), "hangup:%s",
				chance(80) ? "404" : "99");
	if(rule->action != UR_RULE_RING)
		return;
	/* rings that the events have nothing to do with are in no database; but who knows */
	if(chance(90))
		rule->event = chance(60) ? UR_RULES_ALWAYS : UR_RULES_DND;
	if(chance(60))
		rule->strategy = below(UR_RING_SPECIFIC + 1);
	if(chance(50))
		rule->ring_sec = 1 + below(20);
}

static void make_rule(struct ur_random_rule *rule)
{
	memset(rule, 0, sizeof(*rule));
	rule->event = below(UR_RULES_COUNT);
	rule->schedule =
			chance(50) ? below(UR_RANDOM_SCHEDULES + 1) : UR_RANDOM_NONE;
	rule->outside = rule->schedule != UR_RANDOM_NONE && chance(40);
	rule->list = chance(40) ? below(UR_RANDOM_LISTS + 1) : UR_RANDOM_NONE;
	rule->except = rule->list != UR_RANDOM_NONE && chance(40);
	rule->scope = chance(60) ? UR_SCOPE_ANY : below(UR_SCOPE_ANONYMOUS + 1);
	make_action(rule);
}

static void make_user(struct ur_random_user *user)
{
	static const int forwards[UR_FORWARD_COUNT] = {[UR_FORWARD_ALWAYS] = 15,
			[UR_FORWARD_BUSY] = 60,
			[UR_FORWARD_NO_ANSWER] = 70,
			[UR_FORWARD_UNREACHABLE] = 50};
	int i;

	user->disabled = chance(8);
	user->dnd = chance(15);
	user->strategy = below(UR_RING_SPECIFIC + 1);
	user->ring_sec = 1 + below(chance(50) ? 8 : 40);
	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		if(chance(forwards[i]))
			make_target(user->forward[i], sizeof(user->forward[i]));
	}
	if(chance(40))
		snprintf(user->voicemail, sizeof(user->voicemail), "%s",
				chance(85) ? "7" : "no");
	user->rules = chance(60) ? 0 : 1 + below(UR_RANDOM_RULES);
	for(i = 0; i < user->rules; i++)
		make_rule(&user->rule[i]);
	user->devices = chance(10)	 ? 0
					: chance(40) ? UR_RANDOM_DEVICES
								 : 1 + below(UR_RANDOM_DEVICES);
	for(i = 0; i < user->devices; i++) {
		make_device(&user->device[i], i);
		user->device[i].order = i;
	}
	if(chance(75)) {
		make_times(user);
		sort_devices(user);
	}
}

/* Mostly the defaults; else any codes of those that phones answer with, some in several. */
static void make_codes(struct ur_random_world *world)
{
	static const char *const lists[] = {"486", "603, 600", "", "408,480,500",
			"404,302", "487", "606,486", "488"};

	snprintf(world->busy, sizeof(world->busy), "%s",
			chance(70) ? "486,600,603" : lists[below(COUNT(lists))]);
	snprintf(world->no_answer, sizeof(world->no_answer), "%s",
			chance(70) ? "408,480" : lists[below(COUNT(lists))]);
	snprintf(world->unreachable, sizeof(world->unreachable), "%s",
			chance(70) ? "404,410,430,503" : lists[below(COUNT(lists))]);
	snprintf(world->negotiation, sizeof(world->negotiation), "%s",
			chance(70) ? "415,420,421,422,488,489,493,494,580"
					   : lists[below(COUNT(lists))]);
}

/* Around the moment of the call, which is in minute 1000 or soon after. */
static void make_schedule(struct ur_random_schedule *schedule)
{
	int at = 990 + below(12);
	int i;

	schedule->known_from = chance(90) ? 0 : 999 + below(3);
	schedule->known_to = chance(90) ? 2000 : 1000 + below(3);
	schedule->hours = below(UR_RANDOM_HOURS + 1);
	for(i = 0; i < schedule->hours; i++) {
		schedule->from[i] = at;
		at += 1 + below(8);
		schedule->to[i] = at;
		at += 1 + below(3);
	}
}

static void make_list(struct ur_random_list *list)
{
	static const char *const entries[] = {"+49", "+4930", "+4930123", "+49301",
			"+4930999", "+33", "+1", "+4", "a", "b", "c", "d", "a@x", "b@x",
			"e@x", "f@y", "z", "z@y", "z@x"};
	int i;

	list->entries = below(UR_RANDOM_ENTRIES + 1);
	for(i = 0; i < list->entries; i++)
		list->entry[i] = entries[below(COUNT(entries))];
}

/* A trunk's: a number, and a way to write it. Some need a dial plan. */
static void make_number(struct ur_random_world *world)
{
	static const struct
	{
		const char *number, *asserted;
		bool needs_plan;
	} numbers[] = {
			{"", "", false},
			{"", "anonymous", false},
			{"", "+", false},
			{"+4930123", "+4930123", false},
			{"+4930123", "+49 (30) 12-3", false},
			{"+4930123", "004930123", true},
			{"+4930123", "030123", true},
			{"+4930123", "4930123", false},
			{"+123", "123", false},
			{"+33123456", "+33123456", false},
			{"+33123456", "0033123456", true},
			{"+12125550100", "+12125550100", false},
	};
	const int i = below(COUNT(numbers));

	world->number = world->asserted = "";
	if(world->caller == UR_RANDOM_OTHER && chance(70))
		world->number = "+4930999";
	if(world->caller != UR_RANDOM_TRUNK
			|| (numbers[i].needs_plan && !world->has_plan))
		return;
	world->number = numbers[i].number;
	world->asserted = numbers[i].asserted;
}

static void make_call(struct ur_random_world *world)
{
	const struct ur_random_user *user;

	world->callee = below(UR_RANDOM_USERS);
	user = &world->user[world->callee];
	if(chance(15)) {
		world->kind = UR_RANDOM_LINE;
		world->callee = below(UR_RANDOM_LINES);
	} else if(chance(10) && user->devices > 0) {
		world->kind = UR_RANDOM_DEVICE;
		world->callee_device = below(user->devices);
	}
	world->cancel_ms = chance(80) ? UR_RANDOM_NEVER : 100 * below(200) + 99;
	world->caller = UR_RANDOM_TRUNK;
	if(chance(50)) {
		world->caller = below(UR_RANDOM_USERS);
		user = &world->user[world->caller];
		if(user->devices > 0)
			world->caller_device = below(user->devices);
		else
			world->caller = UR_RANDOM_TRUNK;
	} else if(chance(20)) {
		world->caller = UR_RANDOM_OTHER;
	}
	world->is_private = chance(10);
	world->time = 60000 + below(180);
	make_number(world);
}

/* Mostly there is room: most worlds are about what comes after it. */
static void make_calls(struct ur_random_world *world)
{
	int i;

	for(i = 0; i < UR_RANDOM_USERS; i++) {
		struct ur_random_user *user = &world->user[i];

		user->max_calls = chance(70) ? 0 : 1 + below(3);
		user->calls = chance(i == world->caller ? 85 : 60) ? 0 : below(5);
	}
}

void ur_random_world(struct ur_random_world *world, uint64_t seed)
{
	int i;

	memset(world, 0, sizeof(*world));
	world->seed = state = seed;
	for(i = 0; i < UR_RANDOM_USERS; i++)
		make_user(&world->user[i]);
	if(chance(30)) {
		for(i = 0; i < UR_RANDOM_USERS; i++)
			make_late(&world->user[i]);
	}
	for(i = 0; i < UR_RANDOM_LINES; i++) {
		world->line[i].disabled = chance(8);
		world->line[i].is_did = chance(50);
		make_target(world->line[i].target, sizeof(world->line[i].target));
	}
	world->max_hops = chance(60) ? 10 : 1 + below(6);
	world->max_branches = chance(80) ? 30 : 1 + below(7);
	world->fr_timer = 500 * (1 + below(12));
	world->total = chance(25);
	world->has_plan = chance(50);
	for(i = 0; i < UR_RANDOM_SCHEDULES; i++)
		make_schedule(&world->schedule[i]);
	for(i = 0; i < UR_RANDOM_LISTS; i++)
		make_list(&world->list[i]);
	make_codes(world);
	make_call(world);
	make_calls(world);
}

/* ---- as people read it */

static struct
{
	char text[8192];
	int len;
} page;

static void __attribute__((format(printf, 1, 2))) print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	page.len += vsnprintf(
			page.text + page.len, sizeof(page.text) - page.len, format, args);
	va_end(args);
	if(page.len >= (int)sizeof(page.text))
		page.len = sizeof(page.text) - 1;
}

static void print_phone(const struct ur_random_phone *phone)
{
	print(" [");
	if(phone->late_ms != UR_RANDOM_NEVER)
		print("registers at %d, ", phone->late_ms);
	if(phone->unsendable) {
		print("not sent]");
		return;
	}
	if(phone->heard_ms != UR_RANDOM_NEVER)
		print("180 at %d", phone->heard_ms);
	else
		print("no provisional");
	if(phone->code != 0)
		print(", %d at %d", phone->code, phone->end_ms);
	print("]");
}

static void print_device(
		char user, int number, const struct ur_random_device *device)
{
	int i;

	print("    %c%d: order %d%s%s%s%s", user, number, device->order,
			device->flags & UR_DEVICE_ACTIVE ? "" : " disabled",
			device->flags & UR_DEVICE_AVAILABLE ? "" : " unavailable",
			device->flags & UR_DEVICE_RING_ON_FORK ? "" : " not-on-fork",
			device->flags & UR_DEVICE_SPECIFIC ? " specific" : "");
	if(device->delay_sec > 0)
		print(" from %d s", device->delay_sec);
	if(device->for_sec > 0)
		print(" for %d s", device->for_sec);
	for(i = 0; i < device->phones; i++)
		print_phone(&device->phone[i]);
	print("%s\n", device->phones > 0 ? "" : " offline");
}

static const char *const strategies[] = {
		"simultaneous", "sequential", "specific"};

static void print_rule(struct ur_output *out, const struct ur_random_rule *rule)
{
	static const char *const events[] = {
			"always", "dnd", "busy", "noanswer", "unreachable"};
	static const char *const scopes[] = {
			"", " internal", " external", " anonymous"};
	char text[128];
	int len;

	len = sprintf(text, "%s%s", events[rule->event], scopes[rule->scope]);
	if(rule->schedule != UR_RANDOM_NONE)
		len += sprintf(text + len, " %s:s%d", rule->outside ? "out" : "in",
				rule->schedule);
	if(rule->list != UR_RANDOM_NONE)
		len += sprintf(
				text + len, " %s:l%d", rule->except ? "off" : "on", rule->list);
	if(rule->action == UR_RULE_FORWARD)
		len += sprintf(text + len, " %s", rule->target);
	else if(rule->action == UR_RULE_REJECT)
		len += sprintf(text + len, " reject%s%s", rule->target[0] ? ":" : "",
				rule->target);
	else
		len += sprintf(text + len, " ring:%s",
				rule->strategy != UR_RANDOM_NONE ? strategies[rule->strategy]
												 : "");
	if(rule->ring_sec > 0)
		len += sprintf(text + len, "/%d", rule->ring_sec);
	ur_output_put(out, (struct ur_text){text, len});
}

const char *ur_random_rules(const struct ur_random_user *user)
{
	static char text[600];
	struct ur_output out = {text, 0, sizeof(text) - 1};
	int i;

	for(i = 0; i < user->rules; i++) {
		if(i > 0)
			ur_output_put(&out, UR_TEXT("; "));
		print_rule(&out, &user->rule[i]);
	}
	text[out.len < 0 ? 0 : out.len] = '\0';
	return text;
}

static void print_conditions(const struct ur_random_world *world)
{
	int i, k;

	for(i = 0; i < UR_RANDOM_SCHEDULES; i++) {
		const struct ur_random_schedule *s = &world->schedule[i];

		print("  schedule s%d, known %d-%d:", i, s->known_from, s->known_to);
		for(k = 0; k < s->hours; k++)
			print(" %d-%d", s->from[k], s->to[k]);
		print("\n");
	}
	for(i = 0; i < UR_RANDOM_LISTS; i++) {
		print("  list l%d:", i);
		for(k = 0; k < world->list[i].entries; k++)
			print(" %s", world->list[i].entry[k]);
		print("\n");
	}
}

static void print_user(const struct ur_random_user *user, char name)
{
	static const char *const forwards[] = {
			"always", "busy", "noanswer", "unreachable"};
	int i;

	print("  user %c: %s %d s%s%s", name, strategies[user->strategy],
			user->ring_sec, user->disabled ? ", disabled" : "",
			user->dnd ? ", dnd" : "");
	if(user->max_calls > 0)
		print(", max_calls %d", user->max_calls);
	if(user->calls > 0)
		print(", %d calls", user->calls);
	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		if(user->forward[i][0] != '\0')
			print(", %s %s", forwards[i], user->forward[i]);
	}
	if(user->voicemail[0] != '\0')
		print(", voicemail %s", user->voicemail);
	print("\n");
	if(user->rules > 0)
		print("    %s\n", ur_random_rules(user));
	for(i = 0; i < user->devices; i++)
		print_device(name, i, &user->device[i]);
}

static void print_call(const struct ur_random_world *world)
{
	print("  at %d s,%s", world->time, world->is_private ? " private" : "");
	if(world->caller == UR_RANDOM_TRUNK)
		print("  a trunk, of \"%s\"", world->asserted);
	else if(world->caller == UR_RANDOM_OTHER)
		print("  z@y, %s", world->number);
	else
		print("  device %c%d", 'a' + world->caller, world->caller_device);
	if(world->kind == UR_RANDOM_USER)
		print(" calls user %c", 'a' + world->callee);
	else if(world->kind == UR_RANDOM_LINE)
		print(" calls extension e%d", world->callee);
	else
		print(" calls device %c%d", 'a' + world->callee, world->callee_device);
	if(world->cancel_ms != UR_RANDOM_NEVER)
		print(", hangs up at %d", world->cancel_ms);
	print("\n");
}

const char *ur_random_world_print(const struct ur_random_world *world)
{
	int i;

	page.len = 0;
	print("UR_TEST_SEED=%llu UR_TEST_WORLDS=1\n",
			(unsigned long long)world->seed);
	print_call(world);
	print("  max_hops %d, max_branches %d, fr_timer %d, ring_timeout_total "
		  "%d\n",
			world->max_hops, world->max_branches, world->fr_timer,
			world->total);
	print("  busy_codes \"%s\", no_answer_codes \"%s\", unreachable_codes "
		  "\"%s\", negotiation_codes \"%s\"\n",
			world->busy, world->no_answer, world->unreachable,
			world->negotiation);
	for(i = 0; i < UR_RANDOM_USERS; i++)
		print_user(&world->user[i], 'a' + i);
	for(i = 0; i < UR_RANDOM_LINES; i++)
		print("  %s e%d: %s%s\n", world->line[i].is_did ? "did" : "extension",
				i, world->line[i].target,
				world->line[i].disabled ? ", disabled" : "");
	print_conditions(world);
	return page.text;
}

const char *ur_random_target(const char *target)
{
	return target[0] != '\0' ? target : NULL;
}
