/*
 * The voicemail box that a user may ask about (RFC 3842): the user's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_MAILBOX_H
#define UR_POLICY_MAILBOX_H

#include "policy/rules.h"

enum ur_mailbox
{
	UR_MAILBOX_FOUND,
	UR_MAILBOX_NOT_OWN, /* who was named is somebody else, or nobody */
	UR_MAILBOX_NONE,	/* the user has no box, or its target can't be used */
};

/*
 * The box of the user that the chain has begun with, or whose extension it has: it must be owner's.
 * FOUND: decision->arrival is where a call to the box goes, without a cause, as nothing was
 * diverted.
 */
enum ur_mailbox ur_mailbox_find(struct ur_chain *chain,
		const struct ur_directory *directory, const struct ur_user *owner,
		struct ur_decision *decision);

/* Room for any key. */
#define UR_MAILBOX_KEY_MAX 1024

/*
 * Writes who has which box: another user's is different, and so is another box. Returns the length,
 * or -1: the user has no box, or the key is too long.
 */
int ur_mailbox_key(const struct ur_user *user, char *buf, int size);

#endif
