/*
 * What a request in a dialog may ask of its receiver: methods, events, transfers, bodies.
 *
 * A phone obeys more than a call needs (it reboots, picks up, reads a file by NOTIFY), and a gateway or a
 * media server that is asked to transfer calls somebody by itself, past all rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIALOG_ASK_H
#define UR_KAM_DIALOG_ASK_H

#include "kam/dialog_target.h"
#include "mirror/store/table.h"

/* To whom only what a gateway needs is passed on: the caller's trunk, or the leg's gateway. */
bool ur_dialog_is_to_gateway(const struct ur_incoming *in);

/* The status to refuse the request with, or 0. hop: where it comes from; a trunk may send any body. */
int ur_dialog_ask(
		const struct ur_incoming *in, const str *hop, struct ur_table *table);

/* user_check_body(): 1, or -1, $ur(status) is 415: the body is not SDP, or hides what it is. Also 1 without one. */
int ur_dialog_check_body(struct sip_msg *msg);

#endif
