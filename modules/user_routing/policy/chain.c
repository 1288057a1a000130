/*
 * The forward chain of a call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/chain.h"

#include <stddef.h>

static struct ur_text hop_id(const struct ur_hop *hop)
{
	if(hop->user != NULL)
		return ur_user_text(hop->user, hop->user->id);
	return ur_slice_text(hop->extension, hop->extension->id);
}

static bool was_visited(
		const struct ur_chain *chain, bool is_user, struct ur_text id)
{
	int i;

	for(i = 0; i < chain->count; i++) {
		const struct ur_hop *hop = &chain->hops[i];

		if((hop->user != NULL) == is_user && ur_text_equal(hop_id(hop), id))
			return true;
	}
	return false;
}

static int last_user(const struct ur_chain *chain)
{
	int i;

	for(i = chain->count - 1; i >= 0; i--) {
		if(chain->hops[i].user != NULL)
			return i;
	}
	return -1;
}

const struct ur_user *ur_chain_user(const struct ur_chain *chain)
{
	int i = last_user(chain);

	return i < 0 ? NULL : chain->hops[i].user;
}

/* Field by field: a chain may be in shared memory, where memcheck takes copied padding for another
 * process's undefined value. */
static void push(struct ur_chain *chain, const struct ur_user *user,
		const struct ur_extension *extension)
{
	struct ur_hop *hop = &chain->hops[chain->count++];

	hop->user = user;
	hop->extension = extension;
	hop->diversion = UR_DIVERSION_NONE;
}

void ur_chain_begin_user(struct ur_chain *chain, const struct ur_user *user)
{
	chain->before = 0;
	chain->count = 0;
	push(chain, user, NULL);
}

void ur_chain_begin_extension(
		struct ur_chain *chain, const struct ur_extension *extension)
{
	chain->before = 0;
	chain->count = 0;
	push(chain, NULL, extension);
}

static void pop_to(
		struct ur_chain *chain, const struct ur_directory *directory, int count)
{
	while(chain->count > count) {
		struct ur_hop *hop = &chain->hops[--chain->count];

		if(hop->user != NULL)
			directory->put_user(hop->user);
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
	last = last_user(chain);
	if(last >= 0)
		chain->hops[last].diversion = UR_DIVERSION_NONE;
}

/* Adds a user or an extension. Returns NONE, or why it can't. */
static enum ur_refusal visit(struct ur_chain *chain,
		const struct ur_directory *directory, bool is_user, struct ur_text id)
{
	const struct ur_user *user = NULL;
	const struct ur_extension *extension = NULL;

	if(was_visited(chain, is_user, id))
		return UR_REFUSAL_LOOP;
	if(chain->before + chain->count >= directory->max_hops
			|| chain->count >= UR_CHAIN_LIMIT)
		return UR_REFUSAL_MAX_HOPS;
	if(is_user)
		user = directory->find_user(directory->context, id);
	else
		extension = directory->find_extension(directory->context, id);
	if(user == NULL && extension == NULL)
		return UR_REFUSAL_MISSING;
	push(chain, user, extension);
	return UR_REFUSAL_NONE;
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

/* Follows a target that is not an extension. Returns NONE, or why it can't be used. */
static enum ur_refusal arrive(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target,
		struct ur_arrival *arrival)
{
	enum ur_refusal why;

	if(ur_text_equal(target.kind, UR_TEXT("user"))) {
		why = visit(chain, directory, true, target.id);
		arrival->kind = UR_ARRIVAL_USER;
	} else if(ur_text_equal(target.kind, UR_TEXT("hangup"))) {
		arrival->kind = UR_ARRIVAL_END;
		arrival->status = ur_chain_status(target.id);
		why = arrival->status ? UR_REFUSAL_NONE : UR_REFUSAL_NO_STATUS;
	} else if(comes_back(chain, directory, target)) {
		why = UR_REFUSAL_MAX_HOPS;
	} else {
		arrival->kind = UR_ARRIVAL_URI;
		arrival->target = target;
		arrival->next_hop_len = 0;
		why = directory->locate(directory->context, target, arrival);
	}
	return why;
}

void ur_chain_follow(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target,
		enum ur_diversion reason, struct ur_arrival *arrival)
{
	const int before = chain->count;
	const int leaving = last_user(chain);
	enum ur_refusal why = UR_REFUSAL_NONE;

	while(ur_text_equal(target.kind, UR_TEXT("extension"))) {
		why = visit(chain, directory, false, target.id);
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
