/*
 * The contract, read line by line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/naive.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/naive_rules.h"

struct call
{
	const struct ur_random_world *world;
	struct ur_test_story *story;
	int now;
	int branches;				   /* used so far */
	int refused;				   /* targets that counted as not set */
	bool counted[UR_RANDOM_USERS]; /* the call is one of their calls */
};

/* Where the call has been; a copy for each attempt, so there is nothing to be undone. */
struct way
{
	bool been_at[UR_RANDOM_USERS];
	int hops;
	char diverted[128]; /* who, and why, as it is told in the end */
};

static void arrive(struct call *call, struct way way, int user);

/* ---- the ring: sections 3 and 4 */

/* How a leg ends if nobody else ends it: at what moment, and with what code; 0: by a timer. */
struct end
{
	int at, code;
	bool heard;
};

/* begin: when its phone begins to ring; until: when the device's time is over, or the ring's. */
static struct end end_of(
		const struct ur_random_phone *phone, int begin, int until, int fr_timer)
{
	const int silent = begin + fr_timer < until ? begin + fr_timer : until;
	const bool heard = phone->heard_ms != UR_RANDOM_NEVER
					   && begin + phone->heard_ms <= silent;
	const int limit = heard ? until : silent;

	if(phone->unsendable)
		return (struct end){begin, 0, false};
	if(phone->code != 0 && begin + phone->end_ms <= limit)
		return (struct end){begin + phone->end_ms, phone->code, heard};
	return (struct end){limit, 0, heard};
}

static bool is_listed(const char *list, int code)
{
	char text[8];

	snprintf(text, sizeof(text), "%d", code);
	return strstr(list, text) != NULL;
}

/* "A code in several lists counts as the last of: busy, no answer, unreachable, negotiation." */
static bool is_negotiation(const struct ur_random_world *world, int code)
{
	return code != 0 && is_listed(world->negotiation, code);
}

static bool is_unreachable(const struct ur_random_world *world, int code)
{
	return code != 0 && is_listed(world->unreachable, code)
		   && !is_negotiation(world, code);
}

static bool is_busy(const struct ur_random_world *world, int code)
{
	return code != 0 && is_listed(world->busy, code)
		   && !is_negotiation(world, code) && !is_listed(world->no_answer, code)
		   && !is_listed(world->unreachable, code);
}

/* What is known of a ring. */
struct ring
{
	bool busy, timed_out;
	bool agreed;	 /* at least one leg ended otherwise than by negotiation */
	bool reached;	 /* at least one leg was not unreachable */
	int negotiation; /* the first code that one ended with by it */
	bool is_over;	 /* with the call: answered, or the caller has hung up */
};

/* Section 3, "can ring"; only: the one that was dialled, or NEVER. */
static bool can_ring(const struct ur_random_world *world, int user, int number,
		int only, enum ur_ring_strategy strategy)
{
	const struct ur_random_user *u = &world->user[user];
	const unsigned flags = u->device[number].flags;

	if(world->caller == user && world->caller_device == number)
		return false;
	if(!(flags & UR_DEVICE_ACTIVE) || !(flags & UR_DEVICE_AVAILABLE))
		return false;
	if(only != UR_RANDOM_NEVER)
		return number == only;
	return (flags & UR_DEVICE_RING_ON_FORK)
		   && (strategy != UR_RING_SPECIFIC || (flags & UR_DEVICE_SPECIFIC));
}

/* A phone that rings, from begin to its end. */
struct leg
{
	const struct ur_random_phone *phone;
	int begin;
	struct end end;
	bool is_own_end; /* its end, if a timer's: of its device's time, not of the ring's */
};

/* Who rings at a user, as far as it is known: all that ever began, in that order. */
struct round
{
	int user, only;
	enum ur_ring_strategy
			strategy; /* the user's, or a rule's; as is the time */
	int ring_sec;
	int begin;
	struct leg legs[UR_RANDOM_DEVICES * UR_RANDOM_PHONES];
	int count;
	int turn[UR_RANDOM_DEVICES];  /* who is when */
	int next;					  /* the first turn that has not begun */
	int begun[UR_RANDOM_DEVICES]; /* when each device that has */
};

#define NOT_AT_ALL INT_MAX

static const struct ur_random_user *user_of(
		const struct call *call, const struct round *round)
{
	return &call->world->user[round->user];
}

static bool is_sequence(const struct call *call, const struct round *round)
{
	(void)call;
	return round->strategy == UR_RING_SEQUENTIAL;
}

/* "ring_timeout_sec: for the fork as a whole, and in sequential for each step (a module parameter makes
 * it the total instead)" */
static int end_of_ring(const struct call *call, const struct round *round)
{
	return is_sequence(call, round) && !call->world->total
				   ? NOT_AT_ALL
				   : round->begin + 1000 * round->ring_sec;
}

/* "for ring_for_sec (NULL: to the end), never past ring_timeout_sec"; "with sequential ring_for_sec
 * replaces the step's time". The device has begun. */
static int end_of_device(
		const struct call *call, const struct round *round, int device)
{
	const struct ur_random_user *u = user_of(call, round);
	const int own = u->device[device].for_sec;
	const int sec =
			own > 0 && round->only == UR_RANDOM_NEVER ? own : round->ring_sec;
	const int end = round->begun[device] + 1000 * sec;

	return end < end_of_ring(call, round) ? end : end_of_ring(call, round);
}

/* "a device rings from ring_delay_sec on"; "with sequential the delay is ignored": its turn comes. */
static int due(const struct call *call, const struct round *round, int device)
{
	if(is_sequence(call, round))
		return NOT_AT_ALL;
	if(round->only != UR_RANDOM_NEVER)
		return round->begin;
	return round->begin + 1000 * user_of(call, round)->device[device].delay_sec;
}

/* From when on no leg is pending, if nobody else begins. */
static int idle(const struct round *round)
{
	int at = round->begin;
	int i;

	for(i = 0; i < round->count; i++) {
		if(round->legs[i].end.at > at)
			at = round->legs[i].end.at;
	}
	return at;
}

static bool ends_all(int code)
{
	return code == 200 || code == 600 || code == 603;
}

/* The earliest end that ends the others, too; NULL: each leg ends by itself. */
static const struct leg *end_of_all(const struct round *round)
{
	const struct leg *first = NULL;
	int i;

	for(i = 0; i < round->count; i++) {
		const struct leg *leg = &round->legs[i];

		if(ends_all(leg->end.code)
				&& (first == NULL || leg->end.at < first->end.at))
			first = leg;
	}
	return first;
}

/* One of its phones, if there is a branch; one is kept for the way out. */
static bool add_leg(struct call *call, struct round *round, int device,
		const struct ur_random_phone *phone, int now)
{
	const int until = end_of_device(call, round, device);

	if(call->branches >= call->world->max_branches - 1)
		return false;
	call->branches++;
	round->legs[round->count++] = (struct leg){phone, now,
			end_of(phone, now, until, call->world->fr_timer),
			!is_sequence(call, round) && until < end_of_ring(call, round)};
	return true;
}

static void add_device(struct call *call, struct round *round, int number,
		int now, char *names)
{
	const struct ur_random_device *device =
			&user_of(call, round)->device[number];
	char name[16];
	int added = 0;
	int i;

	for(i = 0; i < device->phones; i++) {
		if(device->phone[i].late_ms == UR_RANDOM_NEVER
				|| device->phone[i].late_ms < now)
			added += add_leg(call, round, number, &device->phone[i], now);
	}
	if(added == 0)
		return;
	snprintf(name, sizeof(name), "%s%c%d%s", names[0] ? "+" : "",
			'a' + round->user, number, added > 1 ? "x2" : "");
	strcat(names, name);
}

/* The devices due next: one in a sequence, else all with the same delay. */
static void begin_devices(struct call *call, struct round *round, int now)
{
	const int devices = user_of(call, round)->devices;
	const int when = due(call, round, round->turn[round->next]);
	char names[40] = "";

	do {
		const int device = round->turn[round->next];

		round->begun[device] = now;
		if(can_ring(call->world, round->user, device, round->only,
				   round->strategy))
			add_device(call, round, device, now, names);
		round->next++;
	} while(round->next < devices && !is_sequence(call, round)
			&& due(call, round, round->turn[round->next]) == when);
	if(names[0] != '\0')
		ur_test_tell(call->story, " %d:%s", now, names);
}

/* When the next device begins: when it is due, or when no leg is pending; but not in the last half
 * second. */
static int next_begin(const struct call *call, const struct round *round)
{
	int at;

	if(round->next == user_of(call, round)->devices)
		return NOT_AT_ALL;
	at = due(call, round, round->turn[round->next]);
	if(idle(round) < at)
		at = idle(round);
	return at > end_of_ring(call, round) - 500 ? NOT_AT_ALL : at;
}

/* The next phone that registers, at the moment `from` or later. */
static int next_late(const struct call *call, const struct round *round,
		int from, int *device, const struct ur_random_phone **phone)
{
	const struct ur_random_user *u = user_of(call, round);
	int at = NOT_AT_ALL;
	int i;

	for(i = 0; i < u->devices * UR_RANDOM_PHONES; i++) {
		const struct ur_random_device *d = &u->device[i / UR_RANDOM_PHONES];
		const struct ur_random_phone *p = &d->phone[i % UR_RANDOM_PHONES];

		if(i % UR_RANDOM_PHONES >= d->phones || p->late_ms < from
				|| p->late_ms >= at)
			continue;
		at = p->late_ms;
		*device = i / UR_RANDOM_PHONES;
		*phone = p;
	}
	return at;
}

/* Has its turn come, and in a sequence not gone? */
static bool is_its_turn(
		const struct call *call, const struct round *round, int device)
{
	int i;

	if(is_sequence(call, round))
		return round->next > 0 && round->turn[round->next - 1] == device;
	for(i = 0; i < round->next; i++) {
		if(round->turn[i] == device)
			return true;
	}
	return false;
}

/* "A device that would ring now and gets a live contact while its user rings begins to ring at once, for
 * the time that is left": not for the last half second of it. */
static void join(struct call *call, struct round *round, int device,
		const struct ur_random_phone *phone, int now)
{
	if(!is_its_turn(call, round, device) || now >= idle(round)
			|| !can_ring(call->world, round->user, device, round->only,
					round->strategy)
			|| now > end_of_device(call, round, device) - 500)
		return;
	if(add_leg(call, round, device, phone, now))
		ur_test_tell(call->story, " %d:+%c%d", now, 'a' + round->user, device);
}

/* Everybody who ever begins, moment by moment: until a leg ends all, or the caller hangs up. */
static void begin_all(struct call *call, struct round *round)
{
	const int cancel_ms = call->world->cancel_ms;
	const struct ur_random_phone *phone = NULL;
	const struct leg *all;
	int from = round->begin, device = 0;
	int begin, late, now;

	for(;;) {
		begin = next_begin(call, round);
		late = next_late(call, round, from, &device, &phone);
		now = begin < late ? begin : late;
		all = end_of_all(round);
		if(now == NOT_AT_ALL || (all != NULL && now >= all->end.at)
				|| (cancel_ms != UR_RANDOM_NEVER && now > cancel_ms))
			return;
		if(begin <= late) {
			begin_devices(call, round, begin);
		} else {
			join(call, round, device, phone, late);
			from = late + 1;
		}
	}
}

/* Was the leg still ringing when the other one ended all? Of one moment the first one began first. */
static bool is_cut(const struct leg *leg, const struct leg *all)
{
	return all != NULL
		   && (leg->end.at > all->end.at
				   || (leg->end.at == all->end.at && leg > all));
}

static bool had_been_heard(const struct leg *leg, const struct leg *all)
{
	const int at = leg->begin + leg->phone->heard_ms;

	return leg->phone->heard_ms != UR_RANDOM_NEVER
		   && (at < all->end.at || (at == all->end.at && leg < all));
}

/* Counts a leg. Who still rings when all are ended is cancelled, and answers 487 if it has been
 * heard. */
static void count_leg(const struct ur_random_world *world, struct ring *ring,
		const struct leg *leg, const struct leg *all)
{
	const bool cut = is_cut(leg, all);
	int code = leg->end.code;

	if(cut)
		code = had_been_heard(leg, all) ? 487 : 0;
	ring->busy |= is_busy(world, code);
	ring->agreed |= !is_negotiation(world, code);
	ring->reached |=
			code != 0 ? !is_unreachable(world, code) : !cut && leg->end.heard;
	ring->timed_out |= !cut && code == 0 && leg->end.heard && !leg->is_own_end;
}

/* The code of the first leg that ends by negotiation, or 0. */
static int first_negotiation(
		const struct ur_random_world *world, const struct round *round)
{
	const struct leg *first = NULL;
	int i;

	for(i = 0; i < round->count; i++) {
		const struct leg *leg = &round->legs[i];

		if(is_negotiation(world, leg->end.code)
				&& (first == NULL || leg->end.at < first->end.at))
			first = leg;
	}
	return first != NULL ? first->end.code : 0;
}

/* "branch order by ring_order"; "from ring_delay_sec on"; "with sequential the delay is ignored". */
static void take_turns(const struct call *call, struct round *round)
{
	const struct ur_random_user *u = user_of(call, round);
	int delay, order, i, turns = 0;

	for(delay = 0; delay < 100; delay++) {
		for(order = 0; order < UR_RANDOM_DEVICES; order++) {
			for(i = 0; i < u->devices; i++) {
				if(u->device[i].order == order
						&& (is_sequence(call, round)
										? delay == 0
										: u->device[i].delay_sec == delay))
					round->turn[turns++] = i;
			}
		}
	}
}

/* Everybody who rings, and what it comes to. rule: the one that rings; NULL: the user's own way. */
static struct ring ring_user(struct call *call, int user, int only,
		const struct ur_random_rule *rule)
{
	struct round round = {.user = user,
			.only = only,
			.begin = call->now,
			.strategy = call->world->user[user].strategy,
			.ring_sec = call->world->user[user].ring_sec};
	const int cancel_ms = call->world->cancel_ms;
	struct ring ring = {false};
	const struct leg *all;
	int end, i;

	if(rule != NULL && rule->strategy != UR_RANDOM_NONE)
		round.strategy = rule->strategy;
	if(rule != NULL && rule->ring_sec > 0)
		round.ring_sec = rule->ring_sec;
	take_turns(call, &round);
	begin_all(call, &round);
	all = end_of_all(&round);
	end = all != NULL ? all->end.at : idle(&round);
	if(cancel_ms != UR_RANDOM_NEVER && cancel_ms < end) {
		ur_test_tell(call->story, " %d:487", cancel_ms);
		ring.is_over = true;
		return ring;
	}
	for(i = 0; i < round.count; i++)
		count_leg(call->world, &ring, &round.legs[i], all);
	ring.negotiation = first_negotiation(call->world, &round);
	call->now = end;
	if(all != NULL && all->end.code == 200) {
		ur_test_tell(call->story, " %d:200", call->now);
		ring.is_over = true;
	}
	return ring;
}

/* ---- where it goes: sections 2, 4 and 5 */

static void end(struct call *call, int status)
{
	ur_test_tell(call->story, " %d:%d", call->now, status);
}

static void leave(struct call *call, const struct way *way, const char *kind,
		int kind_len, const char *id)
{
	ur_test_tell(call->story, " %d:sip:%s@%.*s%s%s%s", call->now, id, kind_len,
			kind, way->diverted[0] ? " (" : "", way->diverted,
			way->diverted[0] ? ")" : "");
}

static bool refuse(struct call *call)
{
	call->refused++;
	return false;
}

static bool follow_user(struct call *call, struct way way, const char *id)
{
	const int user = id[0] - 'a';

	if(user >= UR_RANDOM_USERS || call->world->user[user].disabled
			|| way.been_at[user] || way.hops >= call->world->max_hops)
		return refuse(call);
	way.hops++;
	arrive(call, way, user);
	return true;
}

/* Follows a target; false: it counts as not set. from: who is left, why: the reason. */
static bool follow(struct call *call, struct way way, const char *target,
		int from, const char *why)
{
	const int kind = (int)strcspn(target, ":");
	const char *id = target + kind + 1;
	const size_t len = strlen(way.diverted);
	int line;

	if(from != UR_RANDOM_NEVER)
		snprintf(way.diverted + len, sizeof(way.diverted) - len, "%s%c %s",
				len > 0 ? ", " : "", 'a' + from, why);
	if(strncmp(target, "user:", 5) == 0)
		return follow_user(call, way, id);
	if(strncmp(target, "hangup:", 7) == 0) {
		if(atoi(id) < 400 || atoi(id) > 699)
			return refuse(call);
		end(call, atoi(id));
		return true;
	}
	if(strncmp(target, "extension:", 10) == 0) {
		line = atoi(id + 1);
		if(line >= UR_RANDOM_LINES || call->world->line[line].disabled
				|| way.hops >= call->world->max_hops)
			return refuse(call);
		way.hops++;
		/* extensions that lead in a circle use up the hops */
		return follow(
				call, way, call->world->line[line].target, UR_RANDOM_NEVER, "");
	}
	if(strncmp(id, "no", 2) == 0)
		return refuse(call);
	leave(call, &way, target, kind, id);
	return true;
}

static bool try(struct call *call, const struct way *way, const char *target,
		int user, const char *why)
{
	return target[0] != '\0' && follow(call, *way, target, user, why);
}

/* Forward, else voicemail, else the status. */
static void line_of_rules(struct call *call, const struct way *way, int user,
		enum ur_forward forward, const char *why, int status)
{
	const struct ur_random_user *u = &call->world->user[user];
	char box[24] = "";

	if(u->voicemail[0] != '\0')
		snprintf(box, sizeof(box), "voicemail:%s", u->voicemail);
	if(!try(call, way, u->forward[forward], user, why)
			&& !try(call, way, box, user, why))
		end(call, status);
}

/* What a user's own rules come to. */
enum ruled
{
	NO_RULE,
	GONE, /* forwarded, or ended */
	TO_RING,
};

/* "The first rule of the event, by position, whose conditions all hold decides"; "cannot be followed:
 * the next rule". */
static enum ruled ask_rules(struct call *call, const struct way *way, int user,
		enum ur_rule_event event, const char *why,
		const struct ur_random_rule **ring)
{
	const struct ur_random_user *u = &call->world->user[user];
	int i;

	for(i = 0; i < u->rules; i++) {
		const struct ur_random_rule *rule = &u->rule[i];
		const char *reason =
				rule->schedule != UR_RANDOM_NONE ? "time-of-day" : why;

		if(rule->event != event
				|| !ur_naive_rule_holds(call->world, rule, call->now))
			continue;
		if(rule->action == UR_RULE_REJECT) {
			end(call, ur_naive_rule_status(rule));
			return GONE;
		}
		if(rule->action == UR_RULE_FORWARD
				&& follow(call, *way, rule->target, user, reason))
			return GONE;
		if(rule->action == UR_RULE_RING && ring != NULL) {
			*ring = rule;
			return TO_RING;
		}
	}
	return NO_RULE;
}

/* "busy → fwd_busy, else voicemail", after the rules of that event; and so on. */
static void after_busy(struct call *call, const struct way *way, int user)
{
	if(ask_rules(call, way, user, UR_RULES_BUSY, "user-busy", NULL) != GONE)
		line_of_rules(call, way, user, UR_FORWARD_BUSY, "user-busy", 486);
}

static void after_no_answer(struct call *call, const struct way *way, int user)
{
	if(ask_rules(call, way, user, UR_RULES_NO_ANSWER, "no-answer", NULL)
			!= GONE)
		line_of_rules(call, way, user, UR_FORWARD_NO_ANSWER, "no-answer", 480);
}

static void after_unreachable(
		struct call *call, const struct way *way, int user)
{
	const struct ur_random_user *u = &call->world->user[user];

	if(ask_rules(call, way, user, UR_RULES_UNREACHABLE, "unavailable", NULL)
					!= GONE
			&& !try(call, way, u->forward[UR_FORWARD_UNREACHABLE], user,
					"unavailable"))
		after_no_answer(call, way, user);
}

/* "One dialog counts once for a user." False: max_calls are reached. */
static bool count_call(struct call *call, int user)
{
	const struct ur_random_user *u = &call->world->user[user];

	if(!call->counted[user] && u->max_calls > 0 && u->calls >= u->max_calls)
		return false;
	call->counted[user] = true;
	return true;
}

/* Section 2. True: the user is rung, by that rule or by none. */
static bool is_to_ring(struct call *call, const struct way *way, int user,
		const struct ur_random_rule **rule)
{
	const struct ur_random_user *u = &call->world->user[user];
	enum ruled ruled;

	*rule = NULL;
	ruled = ask_rules(call, way, user, UR_RULES_ALWAYS, "unconditional", rule);
	if(ruled == GONE
			|| (ruled == NO_RULE
					&& try(call, way, u->forward[UR_FORWARD_ALWAYS], user,
							"unconditional")))
		return false;
	if(!count_call(call, user)) {
		after_busy(call, way, user);
		return false;
	}
	if(!u->dnd)
		return true;
	ruled = ask_rules(call, way, user, UR_RULES_DND, "do-not-disturb", rule);
	if(ruled == NO_RULE)
		line_of_rules(call, way, user, UR_FORWARD_BUSY, "do-not-disturb", 486);
	return ruled == TO_RING;
}

static void arrive(struct call *call, struct way way, int user)
{
	const struct ur_random_rule *rule;
	struct ring ring;

	way.been_at[user] = true;
	if(!is_to_ring(call, &way, user, &rule))
		return;
	ring = ring_user(call, user, UR_RANDOM_NEVER, rule);
	if(ring.is_over)
		return;
	if(ring.negotiation != 0 && !ring.agreed)
		end(call, ring.negotiation);
	else if(ring.busy && !ring.timed_out)
		after_busy(call, &way, user);
	else if(ring.reached)
		after_no_answer(call, &way, user);
	else
		after_unreachable(call, &way, user);
}

/* A device that is dialled at its own address has no rules. */
static void call_device(struct call *call, int user, int device)
{
	struct ring ring;

	if(!count_call(call, user)) {
		end(call, 486);
		return;
	}
	ring = ring_user(call, user, device, NULL);
	if(ring.negotiation != 0 && !ring.agreed && !ring.is_over)
		end(call, ring.negotiation);
	else if(!ring.is_over)
		end(call, ring.busy && !ring.timed_out ? 486 : 480);
}

static void note_counted(
		const struct call *call, char counted[UR_RANDOM_USERS + 1])
{
	int i;

	for(i = 0; i < UR_RANDOM_USERS; i++) {
		if(call->counted[i])
			*counted++ = (char)('a' + i);
	}
	*counted = '\0';
}

/* "At the limit … an outgoing one gets 486": whoever is called. A user who is gone has no limit. */
static bool may_call(struct call *call)
{
	const int caller = call->world->caller;

	return caller < 0 || call->world->user[caller].disabled
		   || count_call(call, caller);
}

static void place_call(struct call *call)
{
	const struct ur_random_world *world = call->world;
	struct way way = {.hops = 1};

	if(!may_call(call)) {
		end(call, 486);
	} else if(world->kind == UR_RANDOM_LINE) {
		if(world->line[world->callee].disabled
				|| !follow(call, way, world->line[world->callee].target,
						UR_RANDOM_NEVER, ""))
			end(call, 404);
	} else if(world->user[world->callee].disabled) {
		end(call, 404);
	} else if(world->kind == UR_RANDOM_DEVICE) {
		call_device(call, world->callee, world->callee_device);
	} else {
		arrive(call, way, world->callee);
	}
}

int ur_naive_call(const struct ur_random_world *world,
		struct ur_test_story *story, char counted[UR_RANDOM_USERS + 1])
{
	struct call call = {.world = world, .story = story};

	place_call(&call);
	note_counted(&call, counted);
	return call.refused;
}
