/*
 * The call-handling rules of one user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/rules.h"

#include <stddef.h>

/* Tries a target that may not be set; true when the decision is made, or when the
 * call has come to another user, which arrival->kind tells. */
static bool try_target(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target,
		enum ur_diversion reason, struct ur_decision *decision)
{
	if(ur_text_is_empty(target.kind))
		return false;
	ur_chain_follow(chain, directory, target, reason, &decision->arrival);
	return decision->arrival.kind != UR_ARRIVAL_NONE;
}

static bool try_voicemail(struct ur_chain *chain,
		const struct ur_directory *directory, enum ur_diversion reason,
		struct ur_decision *decision)
{
	const struct ur_user *user = ur_chain_user(chain);
	struct ur_target box = {
			UR_TEXT_INIT("voicemail"), ur_user_text(user, user->voicemail_id)};

	if(ur_text_is_empty(box.id))
		return false;
	return try_target(chain, directory, box, reason, decision);
}

/* A line of rules that ends with a status: forward, voicemail, hang up. */
static void try_line(struct ur_chain *chain,
		const struct ur_directory *directory, enum ur_forward forward,
		enum ur_diversion reason, int status, struct ur_decision *decision)
{
	struct ur_target target = ur_user_forward(ur_chain_user(chain), forward);

	if(try_target(chain, directory, target, reason, decision)
			|| try_voicemail(chain, directory, reason, decision))
		return;
	decision->arrival.kind = UR_ARRIVAL_END;
	decision->arrival.status = status;
}

/* The rules before ringing. False: the user's devices are to be rung. */
static bool try_before_ringing(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_decision *decision)
{
	const struct ur_user *user = ur_chain_user(chain);

	if(try_target(chain, directory, ur_user_forward(user, UR_FORWARD_ALWAYS),
			   UR_DIVERSION_UNCONDITIONAL, decision))
		return true;
	if(!user->dnd)
		return false;
	try_line(chain, directory, UR_FORWARD_BUSY, UR_DIVERSION_DO_NOT_DISTURB,
			486, decision);
	return true;
}

static bool try_rules(struct ur_chain *chain,
		const struct ur_directory *directory, enum ur_event event,
		struct ur_decision *decision)
{
	switch(event) {
		case UR_EVENT_BUSY:
			try_line(chain, directory, UR_FORWARD_BUSY, UR_DIVERSION_USER_BUSY,
					486, decision);
			return true;
		case UR_EVENT_NO_ANSWER:
			try_line(chain, directory, UR_FORWARD_NOANSWER,
					UR_DIVERSION_NO_ANSWER, 480, decision);
			return true;
		default:
			return try_before_ringing(chain, directory, decision);
	}
}

/* Each turn but the last has come to a user not visited before: it ends. */
void ur_rules_decide(struct ur_chain *chain,
		const struct ur_directory *directory, enum ur_event event,
		struct ur_decision *decision)
{
	decision->arrival.kind = UR_ARRIVAL_NONE;
	while(try_rules(chain, directory, event, decision)
			&& decision->arrival.kind == UR_ARRIVAL_USER)
		event = UR_EVENT_CALLED;
	switch(decision->arrival.kind) {
		case UR_ARRIVAL_URI:
			decision->action = UR_ACTION_LEAVE;
			break;
		case UR_ARRIVAL_END:
			decision->action = UR_ACTION_END;
			break;
		default:
			decision->action = UR_ACTION_RING;
	}
}

bool ur_rules_decide_extension(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_decision *decision)
{
	const struct ur_target target =
			ur_extension_target(chain->hops[0].extension);

	if(!try_target(chain, directory, target, UR_DIVERSION_NONE, decision))
		return false;
	if(decision->arrival.kind == UR_ARRIVAL_USER)
		ur_rules_decide(chain, directory, UR_EVENT_CALLED, decision);
	else
		decision->action = decision->arrival.kind == UR_ARRIVAL_URI
								   ? UR_ACTION_LEAVE
								   : UR_ACTION_END;
	return true;
}

enum ur_event ur_rules_event(enum ur_outcome outcome)
{
	return outcome == UR_OUTCOME_BUSY ? UR_EVENT_BUSY : UR_EVENT_NO_ANSWER;
}
