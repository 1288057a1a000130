/*
 * Message-waiting indication (RFC 3842): a device asks for its own user's voicemail box.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_MAILBOX_H
#define UR_KAM_MAILBOX_H

#include "core/parser/msg_parser.h"
#include "kam/dialog_target.h"
#include "mirror/store/table.h"

/*
 * user_mailbox(): for a SUBSCRIBE of message-summary outside of dialogs, from a device that has
 * authenticated, after user_dialog_start(). The Request-URI must name the device's own user: by name,
 * by extension, or as one of the user's devices. Sets the Request-URI of the user's voicemail box.
 *
 * Returns UR_RC_LEAVE; NO_USER (404), FOREIGN (404), NOT_LOADED (503), ERROR (500), or END: not the
 * device's own user (403), no box (480), another event (489), or it can't be parsed.
 */
int ur_mailbox_leave(struct sip_msg *msg);

/*
 * For a request in the dialog of such a subscription: is the device still that user's, is the box, and
 * are device, user and account active? True also in other dialogs.
 */
bool ur_mailbox_is_current(
		const struct ur_incoming *in, struct ur_table *table);

#endif
