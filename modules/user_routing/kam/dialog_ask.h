/*
 * Which requests in a dialog may pass to their receiver: methods, events, transfers, bodies.
 *
 * A phone obeys more than a call needs: by NOTIFY it reboots, picks up, or reads a file. A gateway
 * or a media server that gets a REFER calls the target itself, and so bypasses all rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIALOG_ASK_H
#define UR_KAM_DIALOG_ASK_H

#include "kam/dialog_target.h"
#include "mirror/store/table.h"

/* Is the receiver a gateway, that is the caller's trunk or the leg's gateway? It gets only what a
 * gateway needs. */
bool ur_dialog_is_to_gateway(const struct ur_incoming *in);

/* A body that makes a phone carry out commands. The headers must be parsed. */
bool ur_dialog_body_is_control(const struct sip_msg *msg);

/* Is there one Event, and only one, of which that is true? The headers must be parsed. */
bool ur_dialog_event_is(
		const struct sip_msg *msg, bool (*is_event)(struct ur_text));

/* The status to refuse the request with, or 0. hop: the request's source; a trunk may send any
 * body. */
int ur_dialog_ask(
		const struct ur_incoming *in, const str *hop, struct ur_table *table);

/* user_check_body(): 1 if there is no body or it is SDP. -1 with $ur(status) 415 if the body is not
 * SDP or hides its type. */
int ur_dialog_check_body(struct sip_msg *msg);

#endif
