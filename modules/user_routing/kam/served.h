/*
 * A media server that calls for a user of ours.
 *
 * A voicemail box that calls back, or a queue that forwards to a mobile, acts for a user, who pays
 * and whose number is shown. The media server names the user in P-Served-User (RFC 5502). No media
 * server writes that header by itself: From and P-Asserted-Identity often are what an outside caller
 * has sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SERVED_H
#define UR_KAM_SERVED_H

#include "kam/aor.h"
#include "core/parser/msg_parser.h"

/* Return values of user_check_served(). */
enum ur_served_rc
{
	UR_SERVED_OK = 1,	   /* the call is that user's */
	UR_SERVED_NOBODY = -1, /* no P-Served-User: the call is as from a trunk */
	UR_SERVED_REFUSED =
			-2, /* $ur(status): it names no active user, or can't be parsed */
	UR_SERVED_NOT_LOADED = -9, /* $ur(status) is 503 */
};

/* user_check_served(): for a request from a media server, which the script has recognized. Returns an
 * enum ur_served_rc. */
int ur_served_check(struct sip_msg *msg);

/* The user that this request was found to serve, or NULL. In a buffer of this module. */
const struct ur_aor *ur_served_user(const struct sip_msg *msg);

#endif
