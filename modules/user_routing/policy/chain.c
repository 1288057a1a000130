/*
 * The forward chain of a call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/chain.h"

#include <stddef.h>

enum kind
{
	USER,
	GROUP,
	EXTENSION,
};

static enum kind kind_of(const struct ur_hop *hop)
{
	if(hop->user != NULL)
		return USER;
	return hop->group != NULL ? GROUP : EXTENSION;
}

static struct ur_text hop_id(const struct ur_hop *hop)
{
	switch(kind_of(hop)) {
		case USER:
			return ur_user_text(hop->user, hop->user->id);
		case GROUP:
			return ur_slice_text(hop->group, hop->group->id);
		default:
			return ur_slice_text(hop->extension, hop->extension->id);
	}
}

static bool was_visited(
		const struct ur_chain *chain, enum kind kind, struct ur_text id)
{
	int i;

	for(i = 0; i < chain->count; i++) {
		const struct ur_hop *hop = &chain->hops[i];

		if(kind_of(hop) == kind && ur_text_equal(hop_id(hop), id))
			return true;
	}
	return false;
}

int ur_chain_stop(const struct ur_chain *chain)
{
	int i;

	for(i = chain->count - 1; i >= 0; i--) {
		if(kind_of(&chain->hops[i]) != EXTENSION)
			return i;
	}
	return -1;
}

const struct ur_user *ur_chain_user(const struct ur_chain *chain)
{
	const int i = ur_chain_stop(chain);

	return i < 0 ? NULL : chain->hops[i].user;
}

const struct ur_group *ur_chain_group(const struct ur_chain *chain)
{
	const int i = ur_chain_stop(chain);

	return i < 0 ? NULL : chain->hops[i].group;
}

uint32_t ur_chain_account(const struct ur_chain *chain)
{
	const struct ur_hop *hop;

	if(chain->count == 0)
		return 0;
	hop = &chain->hops[chain->count - 1];
	switch(kind_of(hop)) {
		case USER:
			return hop->user->account;
		case GROUP:
			return hop->group->account;
		default:
			return hop->extension->account;
	}
}

struct ur_text ur_chain_name(const struct ur_chain *chain, int hop)
{
	const struct ur_user *user = chain->hops[hop].user;
	const struct ur_extension *extension =
			hop > 0 ? chain->hops[hop - 1].extension : NULL;

	if(user != NULL)
		return ur_user_text(user, user->username);
	return extension != NULL ? ur_slice_text(extension, extension->digits)
							 : UR_TEXT("");
}

/* Field by field: a chain may be in shared memory, where memcheck takes copied padding for another
 * process's undefined value. */
static struct ur_hop *push(struct ur_chain *chain)
{
	struct ur_hop *hop = &chain->hops[chain->count++];

	hop->user = NULL;
	hop->group = NULL;
	hop->extension = NULL;
	hop->diversion = UR_DIVERSION_NONE;
	return hop;
}

void ur_chain_begin_user(struct ur_chain *chain, const struct ur_user *user)
{
	chain->before = 0;
	chain->count = 0;
	push(chain)->user = user;
}

void ur_chain_begin_extension(
		struct ur_chain *chain, const struct ur_extension *extension)
{
	chain->before = 0;
	chain->count = 0;
	push(chain)->extension = extension;
}

static void pop_to(
		struct ur_chain *chain, const struct ur_directory *directory, int count)
{
	while(chain->count > count) {
		struct ur_hop *hop = &chain->hops[--chain->count];

		if(hop->user != NULL)
			directory->put_user(hop->user);
		else if(hop->group != NULL)
			directory->put_group(hop->group);
		else
			directory->put_extension(hop->extension);
	}
}

void ur_chain_end(struct ur_chain *chain, const struct ur_directory *directory)
{
	pop_to(chain, directory, 0);
}

void ur_chain_go_back(
		struct ur_chain *chain, const struct ur_directory *directory, int count)
{
	int last;

	pop_to(chain, directory, count);
	last = ur_chain_stop(chain);
	if(last >= 0)
		chain->hops[last].diversion = UR_DIVERSION_NONE;
}

/* Finds it, in hop. False: there is none. */
static bool find(const struct ur_directory *directory, enum kind kind,
		struct ur_text id, struct ur_hop *hop)
{
	switch(kind) {
		case USER:
			hop->user = directory->find_user(directory->context, id);
			return hop->user != NULL;
		case GROUP:
			hop->group = directory->find_group(directory->context, id);
			return hop->group != NULL;
		default:
			hop->extension = directory->find_extension(directory->context, id);
			return hop->extension != NULL;
	}
}

/* Adds one of that kind. Returns NONE, or why it can't. */
static enum ur_refusal visit(struct ur_chain *chain,
		const struct ur_directory *directory, enum kind kind, struct ur_text id)
{
	if(was_visited(chain, kind, id))
		return UR_REFUSAL_LOOP;
	if(chain->before + chain->count >= directory->max_hops
			|| chain->count >= UR_CHAIN_LIMIT)
		return UR_REFUSAL_MAX_HOPS;
	if(find(directory, kind, id, push(chain)))
		return UR_REFUSAL_NONE;
	chain->count--;
	return UR_REFUSAL_MISSING;
}

enum ur_refusal ur_chain_visit(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_text user_id)
{
	return visit(chain, directory, USER, user_id);
}

enum ur_refusal ur_chain_visit_group(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_text group_id)
{
	return visit(chain, directory, GROUP, group_id);
}

int ur_chain_status(struct ur_text id)
{
	int i, status = 0;

	if(id.len != 3)
		return 0;
	for(i = 0; i < id.len; i++) {
		if(id.s[i] < '0' || id.s[i] > '9')
			return 0;
		status = status * 10 + id.s[i] - '0';
	}
	return status >= 400 && status <= 699 ? status : 0;
}

/* A PSTN number may be one of ours: the trunk then brings the call back, with one more diversion,
 * as when two users forward to each other's numbers. */
static bool comes_back(const struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target)
{
	return chain->before + chain->count > directory->max_hops
		   && ur_text_equal(target.kind, UR_TEXT("forward"));
}

/* Out of the module. */
static enum ur_refusal arrive_outside(const struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target,
		struct ur_arrival *arrival)
{
	if(comes_back(chain, directory, target))
		return UR_REFUSAL_MAX_HOPS;
	arrival->kind = UR_ARRIVAL_URI;
	arrival->target = target;
	arrival->next_hop_len = 0;
	arrival->number.len = 0;
	return directory->locate(directory->context, target, arrival);
}

bool ur_chain_is_group(
		const struct ur_directory *directory, struct ur_target target)
{
	struct ur_hop hop = {.group = NULL};

	if(!ur_text_equal(target.kind, UR_TEXT("ring_group"))
			|| !find(directory, GROUP, target.id, &hop))
		return false;
	directory->put_group(hop.group);
	return true;
}

/* Follows a target that is not an extension. Returns NONE, or why it can't be used. */
static enum ur_refusal arrive(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target,
		struct ur_arrival *arrival)
{
	if(ur_text_equal(target.kind, UR_TEXT("user"))) {
		arrival->kind = UR_ARRIVAL_STOP;
		return visit(chain, directory, USER, target.id);
	}
	if(ur_text_equal(target.kind, UR_TEXT("hangup"))) {
		arrival->kind = UR_ARRIVAL_END;
		arrival->status = ur_chain_status(target.id);
		return arrival->status ? UR_REFUSAL_NONE : UR_REFUSAL_NO_STATUS;
	}
	if(ur_chain_is_group(directory, target)) {
		arrival->kind = UR_ARRIVAL_STOP;
		return visit(chain, directory, GROUP, target.id);
	}
	return arrive_outside(chain, directory, target, arrival);
}

void ur_chain_follow(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target,
		enum ur_diversion reason, struct ur_arrival *arrival)
{
	const int before = chain->count;
	const int leaving = ur_chain_stop(chain);
	enum ur_refusal why = UR_REFUSAL_NONE;

	while(ur_text_equal(target.kind, UR_TEXT("extension"))) {
		why = visit(chain, directory, EXTENSION, target.id);
		if(why != UR_REFUSAL_NONE)
			break;
		target = ur_extension_target(chain->hops[chain->count - 1].extension);
	}
	if(why == UR_REFUSAL_NONE)
		why = arrive(chain, directory, target, arrival);
	if(why == UR_REFUSAL_NONE) {
		if(leaving >= 0)
			chain->hops[leaving].diversion = reason;
		return;
	}
	directory->refused(directory->context, chain, target, why);
	pop_to(chain, directory, before);
	arrival->kind = UR_ARRIVAL_NONE;
}

bool ur_chain_add_call(const struct ur_directory *directory,
		const struct ur_user *user, bool must)
{
	return directory->add_call == NULL
		   || directory->add_call(directory->context, user, must);
}

const char *ur_chain_refusal_text(enum ur_refusal why)
{
	switch(why) {
		case UR_REFUSAL_LOOP:
			return "the call has already been there";
		case UR_REFUSAL_MAX_HOPS:
			return "max_hops is reached";
		case UR_REFUSAL_MISSING:
			return "it does not exist, or is disabled";
		case UR_REFUSAL_NO_URI:
			return "it does not exist or has no URI";
		case UR_REFUSAL_NO_STATUS:
			return "it is not a status from 400 to 699";
		case UR_REFUSAL_ITSELF:
			return "its URI leads to this server";
		case UR_REFUSAL_GATEWAY:
			return "its URI leads to a gateway, a trunk or the media server";
		case UR_REFUSAL_HOST:
			return "its URI names a host that targets may not name";
		case UR_REFUSAL_RESOLVED:
			return "its host can't be resolved";
		default:
			return "";
	}
}
