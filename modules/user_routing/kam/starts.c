/*
 * Devices begin to ring.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/starts.h"

#include <stdio.h>
#include <time.h>

#include "core/timer_ticks.h"
#include "kam/append.h"
#include "kam/call_log.h"
#include "kam/counters.h"
#include "kam/legs.h"
#include "kam/settings.h"
#include "mirror/source/pg.h"
#include "modules/tm/h_table.h"

/* ---- the contacts of a start */

static void count_left_out(
		struct ur_live_call *live, const struct ur_contacts *contacts)
{
	counter_add(ur_counters.contacts_left_out, contacts->left_out);
	if(contacts->left_out > 0 && !live->limit_logged)
		ur_call_log_left_out(live, contacts);
	live->limit_logged |= contacts->left_out > 0;
}

static const struct ur_contacts *read_contacts(
		struct ur_live_call *live, const struct ur_plan_start *start)
{
	const struct ur_contacts *contacts =
			ur_contacts_read(&live->call.plan, start, ur_legs_room());

	count_left_out(live, contacts);
	return contacts;
}

const struct ur_contacts *ur_starts_next(struct ur_live_call *live, int64_t now)
{
	const struct ur_contacts *contacts;
	struct ur_plan_start start;
	int64_t due;

	while(ur_call_next_start(&live->call, now, 0, &start, &due)
			== UR_CALL_START) {
		contacts = read_contacts(live, &start);
		if(contacts->count > 0)
			return contacts;
	}
	return NULL;
}

/* ---- the contacts as legs */

static uint64_t phone_of(const struct ur_contact *c)
{
	return ur_live_call_hash(0, c->instance.len > 0 ? c->instance : c->ruid);
}

static uint64_t address_of(const struct ur_contact *c)
{
	const uint64_t uri = ur_live_call_hash(0, c->uri);

	return ur_live_call_hash(ur_live_call_hash(uri, c->received), c->path);
}

int ur_starts_note(struct ur_live_call *live,
		const struct ur_contacts *contacts, int64_t now)
{
	int64_t last = now;
	int i;

	for(i = 0; i < contacts->count; i++) {
		const struct ur_contact *c = &contacts->list[i];
		const struct ur_call_leg leg = {.ruid = ur_live_call_hash(0, c->ruid),
				.phone = phone_of(c),
				.address = address_of(c),
				.place = c->place,
				.until = ur_call_until(&live->call, c->place),
				.began = (uint32_t)time(NULL)};

		ur_live_call_add_leg(live, &leg);
		last = leg.until > last ? leg.until : last;
	}
	return (int)(last - now);
}

/* ---- while others ring */

/* Begins legs for the contacts. With tm's reply lock. Returns how many. */
static int begin(struct cell *t, struct ur_live_call *live,
		const struct ur_contacts *contacts, int64_t now, bool is_late)
{
	const int left_ms = ur_starts_note(live, contacts, now);

	if(ur_settings_log_calls())
		ur_call_log_step(t->uas.request, live, contacts, left_ms, is_late);
	ur_legs_keep_alive(t, left_ms);
	return ur_append(t, contacts, left_ms);
}

/* Returns in how many ms the next start is due. */
static int64_t begin_due(struct cell *t, struct ur_live_call *live, int64_t now)
{
	const struct ur_contacts *contacts;
	struct ur_plan_start start;
	int64_t due;

	while(ur_call_next_start(&live->call, now, 1, &start, &due)
			== UR_CALL_START) {
		contacts = read_contacts(live, &start);
		if(contacts->count == 0)
			continue;
		ur_call_started(&live->call);
		begin(t, live, contacts, now, false);
	}
	return due - now;
}

/* ---- phones that come late */

/* What a contact is to the ring. */
enum standing
{
	IS_NEW,
	IS_AWAITED, /* its leg has said nothing: it is new when that leg has been given up */
	IS_RUNG,
};

/* Of a contact that has registered since its leg began, and whose leg has ended: a phone that was off is
 * back. */
static bool is_back(const struct cell *t, const struct ur_live_call *live,
		int branch, const struct ur_contact *c)
{
	return c->modified > ur_live_call_leg(live, branch)->began
		   && ur_verdict_of_leg(
					  ur_settings_codes(), ur_legs_end(live, t, branch))
					  == UR_VERDICT_UNREACHABLE;
}

/* By one leg. A phone that has moved leaves a leg that has said nothing. */
static enum standing standing_by(const struct cell *t,
		const struct ur_live_call *live, int branch, const struct ur_contact *c)
{
	const struct ur_call_leg *leg = ur_live_call_leg(live, branch);
	const int last = t->uac[branch].last_received;
	const bool is_here = leg != NULL && leg->address == address_of(c);

	if(leg == NULL || (!is_here && leg->phone != phone_of(c)))
		return IS_NEW;
	if(last >= 200)
		return is_back(t, live, branch, c) ? IS_NEW : IS_RUNG;
	if(last > 100)
		return IS_RUNG;
	if(!is_here)
		return IS_NEW;
	return c->modified > leg->began ? IS_AWAITED : IS_RUNG;
}

static enum standing standing_of(const struct cell *t,
		const struct ur_live_call *live, const struct ur_contact *c)
{
	enum standing standing = IS_NEW;
	int i;

	for(i = 0; i < t->nr_of_outgoings && standing != IS_RUNG; i++) {
		const enum standing by_leg = standing_by(t, live, i, c);

		if(by_leg > standing)
			standing = by_leg;
	}
	return standing;
}

/* tm adds no leg for a contact that it has one for: a contact that rings again gets a ruid of this
 * leg. */
static void rename_known(const struct ur_live_call *live, struct ur_contact *c)
{
	static char names[UR_CONTACTS_MAX][64];
	char *name = names[live->legs_count % UR_CONTACTS_MAX];

	if(ur_live_call_place_of(live, c->ruid) == UR_NO_PLACE)
		return;
	c->ruid.len = snprintf(name, sizeof(names[0]), "%.*s-%d",
			c->ruid.len > 40 ? 40 : c->ruid.len, c->ruid.s, live->legs_count);
	c->ruid.s = name;
}

static void leave_out(struct ur_contacts *contacts, int room)
{
	const int most = room > 0 ? room : 0;

	contacts->left_out = contacts->count > most ? contacts->count - most : 0;
	contacts->count -= contacts->left_out;
}

/* Those of the member that do not ring yet, whether there are branches for them or not. The result
 * belongs to this function. */
static const struct ur_contacts *find_new(
		const struct cell *t, struct ur_live_call *live, int place)
{
	static struct ur_contacts found;
	const struct ur_plan_start start = {.first = place, .next = place + 1};
	const struct ur_contacts *contacts =
			ur_contacts_read(&live->call.plan, &start, UR_CONTACTS_MAX);
	int i;

	found.count = 0;
	for(i = 0; i < contacts->count; i++) {
		const enum standing standing = standing_of(t, live, &contacts->list[i]);

		if(standing == IS_NEW)
			found.list[found.count++] = contacts->list[i];
		live->deadline.is_awaited |= standing == IS_AWAITED;
	}
	leave_out(&found, ur_legs_room());
	return &found;
}

static void begin_late(
		struct cell *t, struct ur_live_call *live, int place, int64_t now)
{
	static struct ur_contacts one = {.count = 1};
	const struct ur_contacts *found = find_new(t, live, place);
	int i;

	count_left_out(live, found);
	for(i = 0; i < found->count; i++) {
		one.list[0] = found->list[i];
		rename_known(live, &one.list[0]);
		counter_add(ur_counters.contacts_late, begin(t, live, &one, now, true));
	}
}

/* It does not register. */
static bool is_external(const struct ur_live_call *live, int place)
{
	const struct ur_member member = ur_plan_member(&live->call.plan, place);

	return ur_member_is_external(&member);
}

static void join(struct cell *t, struct ur_live_call *live, int64_t now)
{
	int place;

	if(!atomic_exchange(&live->deadline.has_late, false)
			&& !live->deadline.is_awaited)
		return;
	live->deadline.is_awaited = false;
	for(place = 0; place < live->call.next_place; place++) {
		if(!is_external(live, place) && ur_call_joins(&live->call, place, now))
			begin_late(t, live, place, now);
	}
}

int64_t ur_starts_begin(
		struct cell *t, struct ur_live_call *live, int64_t most_ms)
{
	const int64_t now = ur_pg_now();
	int64_t next;

	if(!ur_append_may(t, live))
		return most_ms;
	join(t, live, now);
	next = begin_due(t, live, now);
	return next < most_ms ? next : most_ms;
}
