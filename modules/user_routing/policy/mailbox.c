/*
 * The voicemail box that a user may ask about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/mailbox.h"

#include <stddef.h>

#include "policy/output.h"

/* The user named, by the extension that leads to that user, or NULL. */
static const struct ur_user *named(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_decision *decision)
{
	if(ur_chain_user(chain) == NULL
			&& (!ur_rules_decide_extension(chain, directory, decision)
					|| decision->action != UR_ACTION_MOVE))
		return NULL;
	return ur_chain_user(chain);
}

enum ur_mailbox ur_mailbox_find(struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_user *owner,
		struct ur_decision *decision)
{
	const struct ur_user *user = named(chain, directory, decision);
	struct ur_target box = {UR_TEXT_INIT("voicemail"), UR_TEXT_INIT("")};

	if(user == NULL
			|| !ur_text_equal(ur_user_text(user, user->id),
					ur_user_text(owner, owner->id)))
		return UR_MAILBOX_NOT_OWN;
	box.id = ur_user_text(user, user->voicemail_id);
	if(ur_text_is_empty(box.id))
		return UR_MAILBOX_NONE;
	ur_chain_follow(
			chain, directory, box, UR_DIVERSION_NONE, &decision->arrival);
	return decision->arrival.kind == UR_ARRIVAL_URI ? UR_MAILBOX_FOUND
													: UR_MAILBOX_NONE;
}

/* A line end is in no id. */
int ur_mailbox_key(const struct ur_user *user, char *buf, int size)
{
	const struct ur_text box = ur_user_text(user, user->voicemail_id);
	struct ur_output key = {buf, 0, size};

	if(ur_text_is_empty(box))
		return -1;
	ur_output_put(&key, ur_user_text(user, user->id));
	ur_output_put(&key, UR_TEXT("\n"));
	ur_output_put(&key, box);
	return key.len;
}
