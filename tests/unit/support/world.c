/*
 * A small world for the rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/calls.h"
#include "support/groups.h"
#include "support/own_rules.h"

#define MAX_USERS 128
#define MAX_EXTENSIONS 8

struct ur_test_world ur_test_world;

static const struct ur_caller a_trunk = {.dialled = UR_TEXT_INIT("x")};

struct ur_rule_call ur_test_call = {.caller = &a_trunk};

static struct
{
	struct ur_user *users[MAX_USERS];
	struct ur_extension *extensions[MAX_EXTENSIONS];
	int user_count, extension_count;
} people;

struct ur_slice ur_test_put(char *base, size_t *used, const char *text, int len)
{
	struct ur_slice slice = {*used, len};

	memcpy(base + *used, text, len);
	*used += len;
	return slice;
}

struct ur_target_slice ur_test_put_target(
		char *base, size_t *used, const char *spec)
{
	struct ur_target_slice target = {{0, 0}, {0, 0}};
	const char *colon;

	if(spec == NULL)
		return target;
	colon = strchr(spec, ':');
	target.kind = ur_test_put(base, used, spec, colon - spec);
	target.id = ur_test_put(base, used, colon + 1, strlen(colon + 1));
	return target;
}

static void add_devices(
		struct ur_user *user, size_t *used, const struct ur_test_person *p)
{
	char *base = (char *)user;
	int i;

	for(i = 0; i < p->devices; i++) {
		char aor[32];
		int len = snprintf(aor, sizeof(aor), "%s%d@x", p->id, i);

		user->devices[i].flags = p->device_flags[i];
		user->devices[i].ring_delay_sec = p->delay_sec[i];
		user->devices[i].ring_for_sec = p->for_sec[i];
		user->devices[i].ring_order = p->ring_order[i];
		user->devices[i].id = ur_test_put(base, used, aor, len - 2);
		if(p->number[i] != NULL)
			user->devices[i].number =
					ur_test_put(base, used, p->number[i], strlen(p->number[i]));
		else
			user->devices[i].aor = ur_test_put(base, used, aor, len);
	}
}

void ur_test_world_add(const struct ur_test_person *p)
{
	const int rules = ur_test_rules_count(p->rules);
	struct ur_user *user = calloc(1, 2048);
	size_t used = sizeof(*user) + p->devices * sizeof(user->devices[0])
				  + rules * sizeof(struct ur_user_rule);
	char *base = (char *)user;

	user->active = 1;
	user->dnd = p->dnd;
	user->strategy = p->strategy;
	user->device_count = p->devices;
	user->ring_timeout_sec = p->ring_sec > 0 ? p->ring_sec : 25;
	user->account = p->account;
	user->rule_count = rules;
	user->max_calls = p->max_calls;
	add_devices(user, &used, p);
	ur_test_rules_write(user, &used, p->rules);
	user->id = ur_test_put(base, &used, p->id, strlen(p->id));
	user->username = user->id;
	if(p->name != NULL)
		user->display_name = ur_test_put(base, &used, p->name, strlen(p->name));
	if(p->cid_number != NULL)
		user->out_cid_number =
				ur_test_put(base, &used, p->cid_number, strlen(p->cid_number));
	if(p->voicemail != NULL)
		user->voicemail_id =
				ur_test_put(base, &used, p->voicemail, strlen(p->voicemail));
	user->forward[UR_FORWARD_ALWAYS] =
			ur_test_put_target(base, &used, p->always);
	user->forward[UR_FORWARD_BUSY] = ur_test_put_target(base, &used, p->busy);
	user->forward[UR_FORWARD_NO_ANSWER] =
			ur_test_put_target(base, &used, p->noanswer);
	user->forward[UR_FORWARD_UNREACHABLE] =
			ur_test_put_target(base, &used, p->unreachable);
	people.users[people.user_count++] = user;
}

void ur_test_world_add_line(const struct ur_test_line *l)
{
	struct ur_extension *extension = calloc(1, 256);
	size_t used = sizeof(*extension);

	extension->active = 1;
	extension->id = ur_test_put((char *)extension, &used, l->id, strlen(l->id));
	extension->digits = extension->id;
	extension->target = ur_test_put_target((char *)extension, &used, l->target);
	people.extensions[people.extension_count++] = extension;
}

void ur_test_world_forget(void)
{
	while(people.user_count > 0)
		free(people.users[--people.user_count]);
	while(people.extension_count > 0)
		free(people.extensions[--people.extension_count]);
	ur_test_own_rules_forget();
	ur_test_groups_forget();
	ur_test_call = (struct ur_rule_call){.caller = &a_trunk};
	memset(&ur_test_world, 0, sizeof(ur_test_world));
}

static const struct ur_user *find_user(void *context, struct ur_text id)
{
	int i;

	(void)context;
	for(i = 0; i < people.user_count; i++) {
		if(ur_text_equal(
				   ur_user_text(people.users[i], people.users[i]->id), id)) {
			ur_test_world.references++;
			return people.users[i];
		}
	}
	return NULL;
}

static const struct ur_extension *find_extension(
		void *context, struct ur_text id)
{
	int i;

	(void)context;
	for(i = 0; i < people.extension_count; i++) {
		const struct ur_extension *e = people.extensions[i];

		if(ur_text_equal(ur_slice_text(e, e->id), id)) {
			ur_test_world.references++;
			return e;
		}
	}
	return NULL;
}

static void put_user(const struct ur_user *user)
{
	UR_TEST_HOLDS(user != NULL);
	ur_test_world.references--;
}

static void ref_user(const struct ur_user *user)
{
	UR_TEST_HOLDS(user != NULL);
	ur_test_world.references++;
}

static void put_extension(const struct ur_extension *extension)
{
	UR_TEST_HOLDS(extension != NULL);
	ur_test_world.references--;
}

/* A forward's id may be no number: then it is left empty. */
static enum ur_refusal locate(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	(void)context;
	if(target.id.len >= 2 && memcmp(target.id.s, "no", 2) == 0)
		return UR_REFUSAL_NO_URI;
	arrival->uri_len =
			snprintf(arrival->uri, sizeof(arrival->uri), "sip:%.*s@%.*s",
					target.id.len, target.id.s, target.kind.len, target.kind.s);
	return UR_REFUSAL_NONE;
}

static enum ur_refusal locate_number(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	(void)context;
	if(target.id.len >= 2 && memcmp(target.id.s, "no", 2) == 0)
		return UR_REFUSAL_NO_URI;
	if(ur_text_equal(target.kind, UR_TEXT("forward")))
		ur_number_of_trunk(target.id, &arrival->number);
	return UR_REFUSAL_NONE;
}

static void refused(void *context, const struct ur_chain *chain,
		struct ur_target target, enum ur_refusal why)
{
	(void)context;
	(void)chain;
	(void)target;
	ur_test_world.refusals++;
	snprintf(ur_test_world.why, sizeof(ur_test_world.why), "%s",
			ur_chain_refusal_text(why));
}

const struct ur_directory ur_test_directory = {
		.max_hops = 10,
		.find_user = find_user,
		.find_extension = find_extension,
		.put_user = put_user,
		.put_extension = put_extension,
		.locate = locate,
		.locate_number = locate_number,
		.refused = refused,
		.find_schedule = ur_test_find_schedule,
		.find_caller_list = ur_test_find_caller_list,
		.find_account = ur_test_find_account,
		.put_schedule = ur_test_put_schedule,
		.put_caller_list = ur_test_put_caller_list,
		.put_account = ur_test_put_account,
		.find_group = ur_test_find_group,
		.put_group = ur_test_put_group,
		.turn = ur_test_turn,
		.calls_of = ur_test_calls_of,
		.ref_user = ref_user,
		.ref_group = ur_test_ref_group,
		.allocate = ur_test_allocate,
		.release = ur_test_release,
};

void ur_test_decide(struct ur_chain *chain,
		const struct ur_directory *directory, enum ur_event event,
		struct ur_decision *decision)
{
	ur_rules_decide(chain, directory, &ur_test_call, event, decision);
	while(decision->action == UR_ACTION_MOVE)
		ur_rules_decide(
				chain, directory, &ur_test_call, UR_EVENT_CALLED, decision);
}

/* Without what a voicemail box is told. */
static struct ur_text address(const struct ur_arrival *arrival)
{
	const char *end = memchr(arrival->uri, ';', arrival->uri_len);

	return (struct ur_text){arrival->uri,
			end != NULL ? (int)(end - arrival->uri) : arrival->uri_len};
}

const char *ur_test_world_print(
		const struct ur_chain *chain, const struct ur_decision *decision)
{
	static char text[UR_TARGET_URI_MAX];
	const struct ur_user *user = ur_chain_user(chain);
	const struct ur_group *group = ur_chain_group(chain);
	struct ur_text id;

	switch(decision->action) {
		case UR_ACTION_RING:
			id = group != NULL ? ur_slice_text(group, group->id)
							   : ur_user_text(user, user->id);
			snprintf(text, sizeof(text), "ring %.*s", id.len, id.s);
			break;
		case UR_ACTION_LEAVE:
			id = address(&decision->arrival);
			snprintf(text, sizeof(text), "%.*s", id.len, id.s);
			break;
		default:
			snprintf(text, sizeof(text), "%d", decision->arrival.status);
	}
	return text;
}

const struct ur_user *ur_test_world_user(const char *id)
{
	return find_user(NULL, (struct ur_text){id, strlen(id)});
}

const struct ur_extension *ur_test_world_line(const char *id)
{
	return find_extension(NULL, (struct ur_text){id, strlen(id)});
}
