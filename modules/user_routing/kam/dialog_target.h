/*
 * A request in a dialog: its parts, and where it goes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIALOG_TARGET_H
#define UR_KAM_DIALOG_TARGET_H

#include "kam/dialog.h"
#include "kam/routes.h"
#include "modules/rr/api.h"
#include "policy/dialog.h"

/* A request in a dialog, and the content of its Route. */
struct ur_incoming
{
	struct sip_msg *msg;
	struct ur_text call_id, from_tag, to_tag;
	struct ur_routes routes;
	int own_routes;		   /* of these, how many lead here: one or two */
	struct ur_text params; /* of the first of our own Routes */
	struct ur_text sealed;
	bool from_caller; /* else from the callee */
	struct ur_dialog dialog;
	uint8_t bytes[UR_DIALOG_SIZE];
	char texts[UR_DIALOG_TEXTS_SIZE];
};

static inline const struct ur_dialog_end *ur_incoming_sender(
		const struct ur_incoming *in)
{
	return in->from_caller ? &in->dialog.caller : &in->dialog.callee;
}

static inline const struct ur_dialog_end *ur_incoming_receiver(
		const struct ur_incoming *in)
{
	return in->from_caller ? &in->dialog.callee : &in->dialog.caller;
}

/* Does the request only end or complete something? */
static inline bool ur_incoming_begins_nothing(const struct ur_incoming *in)
{
	return in->msg->REQ_METHOD & (METHOD_ACK | METHOD_BYE | METHOD_PRACK);
}

/* The side of one end of the dialog. */
static inline void ur_incoming_side(
		const struct ur_incoming *in, bool of_caller, struct ur_side *side)
{
	if(of_caller)
		ur_side_of_caller(side, in->dialog.id);
	else
		ur_side_of_callee(side, in->dialog.id, in->sealed);
}

#define UR_DESTINATION_URI_MAX 1024

/* The request's destination: an address, or where its URI and Routes lead. */
struct ur_destination
{
	char uri[UR_DESTINATION_URI_MAX];
	int uri_len; /* of the new Request-URI */
	struct ur_address address;
};

/* The binds must outlive it. */
void ur_dialog_target_init(const rr_api_t *rr);

/* Finds the destination. False: the request is not for the dialog's other end. trusted: its sender
 * is a trunk, a gateway or a media server. */
bool ur_dialog_target_find(
		const struct ur_incoming *in, bool trusted, struct ur_destination *to);

/* Removes our Routes, and sets Request-URI and next hop. 0, or the status to refuse the request
 * with. */
int ur_dialog_target_follow(
		const struct ur_incoming *in, struct ur_destination *to);

#endif
