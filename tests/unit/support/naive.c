/*
 * The contract, read line by line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/naive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call
{
	const struct ur_random_world *world;
	struct ur_test_story *story;
	int now;
	int branches; /* used so far */
	int refused;  /* targets that counted as not set */
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

/* How a leg ends if nobody else ends it: after so long, with that code; 0: by a timer. */
struct end
{
	int ms, code;
	bool heard;
};

static struct end end_of(
		const struct ur_random_phone *phone, int ring_ms, int fr_timer)
{
	const int silent_ms = fr_timer < ring_ms ? fr_timer : ring_ms;
	const bool heard =
			phone->heard_ms != UR_RANDOM_NEVER && phone->heard_ms <= silent_ms;
	const int limit = heard ? ring_ms : silent_ms;

	if(phone->unsendable)
		return (struct end){0, 0, false};
	if(phone->code != 0 && phone->end_ms <= limit)
		return (struct end){phone->end_ms, phone->code, heard};
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

static bool is_busy(const struct ur_random_world *world, int code)
{
	return code != 0 && is_listed(world->busy, code)
		   && !is_negotiation(world, code) && !is_listed(world->no_answer, code)
		   && !is_listed(world->unreachable, code);
}

/* What is known of a ring. */
struct ring
{
	bool busy, timed_out, declined;
	bool agreed;	 /* at least one leg ended otherwise than by negotiation */
	int negotiation; /* the first code that one ended with by it */
	bool is_over;	 /* with the call: answered, or the caller has hung up */
};

/* The phones that ring together. */
struct step
{
	const struct ur_random_phone *phones[UR_RANDOM_DEVICES * UR_RANDOM_PHONES];
	struct end ends[UR_RANDOM_DEVICES * UR_RANDOM_PHONES];
	int count;
	char names[40];
};

/* As many of its phones as there are branches; one is kept for the way out. */
static void add_device(struct call *call, struct step *step, char user,
		int number, const struct ur_random_device *device, int ring_ms)
{
	char name[16];
	int i;

	for(i = 0; i < device->phones
			   && call->branches < call->world->max_branches - 1;
			i++) {
		call->branches++;
		step->phones[step->count] = &device->phone[i];
		step->ends[step->count++] =
				end_of(&device->phone[i], ring_ms, call->world->fr_timer);
	}
	if(i == 0)
		return;
	snprintf(name, sizeof(name), "%s%c%d%s", step->names[0] ? "+" : "", user,
			number, i > 1 ? "x2" : "");
	strcat(step->names, name);
}

static bool ends_all(int code)
{
	return code == 200 || code == 600 || code == 603;
}

/* The earliest end that ends the others, too; NULL: each leg ends by itself. */
static const struct end *end_of_all(const struct step *step)
{
	const struct end *first = NULL;
	int i;

	for(i = 0; i < step->count; i++) {
		if(ends_all(step->ends[i].code)
				&& (first == NULL || step->ends[i].ms < first->ms))
			first = &step->ends[i];
	}
	return first;
}

/* Counts a leg of the step. Who still rings when all are ended is cancelled, and answers 487
 * if it has been heard. */
static void count_leg(const struct ur_random_world *world, struct ring *ring,
		const struct step *step, int i, const struct end *all)
{
	const struct ur_random_phone *phone = step->phones[i];
	const bool cut = all != NULL && step->ends[i].ms > all->ms;
	int code = step->ends[i].code;

	if(cut)
		code = phone->heard_ms != UR_RANDOM_NEVER && phone->heard_ms <= all->ms
					   ? 487
					   : 0;
	ring->busy |= is_busy(world, code);
	ring->agreed |= !is_negotiation(world, code);
	ring->timed_out |= !cut && code == 0 && step->ends[i].heard;
}

/* The code of the step's first leg that ends by negotiation, or 0. (Their moments differ.) */
static int first_negotiation(
		const struct ur_random_world *world, const struct step *step)
{
	const struct end *first = NULL;
	int i;

	for(i = 0; i < step->count; i++) {
		if(is_negotiation(world, step->ends[i].code)
				&& (first == NULL || step->ends[i].ms < first->ms))
			first = &step->ends[i];
	}
	return first != NULL ? first->code : 0;
}

static void ring_step(
		struct call *call, const struct step *step, struct ring *ring)
{
	const struct ur_random_world *world = call->world;
	const struct end *all = end_of_all(step);
	int ms = all != NULL ? all->ms : 0;
	int i;

	ur_test_tell(call->story, " %d:%s", call->now, step->names);
	for(i = 0; i < step->count; i++) {
		if(all == NULL && step->ends[i].ms > ms)
			ms = step->ends[i].ms;
		count_leg(world, ring, step, i, all);
	}
	if(ring->negotiation == 0)
		ring->negotiation = first_negotiation(world, step);
	if(world->cancel_ms != UR_RANDOM_NEVER
			&& world->cancel_ms < call->now + ms) {
		ur_test_tell(call->story, " %d:487", world->cancel_ms);
		ring->is_over = true;
		return;
	}
	call->now += ms;
	if(all != NULL && all->code == 200) {
		ur_test_tell(call->story, " %d:200", call->now);
		ring->is_over = true;
	}
	ring->declined = all != NULL && all->code != 200;
}

/* Section 3, "can ring"; only: the one that was dialled, or NEVER. */
static bool can_ring(
		const struct ur_random_world *world, int user, int number, int only)
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
		   && (u->strategy != UR_RING_SPECIFIC || (flags & UR_DEVICE_SPECIFIC));
}

/* Steps of one device each, or one step of all. */
static struct ring ring_user(struct call *call, int user, int only)
{
	const struct ur_random_user *u = &call->world->user[user];
	const int begin = call->now;
	struct ring ring = {false};
	struct step step = {.count = 0};
	int i;

	for(i = 0; i < u->devices; i++) {
		int ring_ms = 1000 * u->ring_sec;

		if(call->world->total)
			ring_ms -= call->now - begin;
		if(ring_ms < 500)
			break;
		if(can_ring(call->world, user, i, only))
			add_device(call, &step, 'a' + user, i, &u->device[i], ring_ms);
		if(step.count == 0
				|| (u->strategy != UR_RING_SEQUENTIAL && i < u->devices - 1))
			continue;
		ring_step(call, &step, &ring);
		if(ring.is_over || ring.declined)
			break;
		step = (struct step){.count = 0};
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

static void arrive(struct call *call, struct way way, int user)
{
	const struct ur_random_user *u = &call->world->user[user];
	struct ring ring;

	way.been_at[user] = true;
	if(try(call, &way, u->forward[UR_FORWARD_ALWAYS], user, "unconditional"))
		return;
	if(u->dnd) {
		line_of_rules(call, &way, user, UR_FORWARD_BUSY, "do-not-disturb", 486);
		return;
	}
	ring = ring_user(call, user, UR_RANDOM_NEVER);
	if(ring.is_over)
		return;
	if(ring.negotiation != 0 && !ring.agreed)
		end(call, ring.negotiation);
	else if(ring.busy && !ring.timed_out)
		line_of_rules(call, &way, user, UR_FORWARD_BUSY, "user-busy", 486);
	else
		line_of_rules(call, &way, user, UR_FORWARD_NO_ANSWER, "no-answer", 480);
}

/* A device that is dialled at its own address has no rules. */
static void call_device(struct call *call, int user, int device)
{
	const struct ring ring = ring_user(call, user, device);

	if(ring.negotiation != 0 && !ring.agreed && !ring.is_over)
		end(call, ring.negotiation);
	else if(!ring.is_over)
		end(call, ring.busy && !ring.timed_out ? 486 : 480);
}

int ur_naive_call(
		const struct ur_random_world *world, struct ur_test_story *story)
{
	struct call call = {world, story, 0, 0, 0};
	struct way way = {.hops = 1};

	if(world->kind == UR_RANDOM_LINE) {
		if(world->line[world->callee].disabled
				|| !follow(&call, way, world->line[world->callee].target,
						UR_RANDOM_NEVER, ""))
			end(&call, 404);
	} else if(world->user[world->callee].disabled) {
		end(&call, 404);
	} else if(world->kind == UR_RANDOM_DEVICE) {
		call_device(&call, world->callee, world->callee_device);
	} else {
		arrive(&call, way, world->callee);
	}
	return call.refused;
}
