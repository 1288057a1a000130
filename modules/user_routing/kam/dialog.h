/*
 * Dialogs: the functions that the script calls when one begins, for each request in it, and for
 * responses.
 *
 * user_dialog_start() writes Record-Route. Each leg's Record-Route gets a parameter ";ur=" with the
 * sealed dialog of that leg (policy/dialog.h). A request in the dialog returns it in its Route. The
 * seal must open with the request's Call-ID and one of its tags, and then tells who the two ends
 * are. The Request-URI must be the Contact of the other end (kam/remote_target.h); some requests go
 * to that end's address even if it is not. Further Routes must be those of the proxies on the
 * call's path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIALOG_H
#define UR_KAM_DIALOG_H

#include "kam/live_call.h"
#include "mirror/state.h"

struct cell;

/* Return values of user_dialog_request(). */
enum ur_dialog_rc
{
	UR_DIALOG_RC_GO = 1,	   /* the script may relay it */
	UR_DIALOG_RC_NONE = -1,	   /* not a dialog of ours */
	UR_DIALOG_RC_REFUSED = -2, /* $ur(status) and $ur(reason) say why */
	UR_DIALOG_RC_WHO_IS_IT =
			-3, /* the device's address has changed: it must authenticate */
};

/* In mod_init, after ur_seal_init(). Binds rr and tm. 0, or -1 and logs an error. */
int ur_dialog_init(void);

/*
 * user_dialog_start(hop): for a request that may begin a dialog. Removes its Routes, signs its
 * Contact, adds Record-Route. hop: see kam/hop.h; "" for phones and strangers. Returns 1, or -1
 * with $ur(status) 400 (the request can't be parsed) or 500 (out of memory).
 */
int ur_dialog_start(struct sip_msg *msg, str *hop);

/* user_dialog_request(hop): for a request with a To tag. Returns an enum ur_dialog_rc. */
int ur_dialog_request(struct sip_msg *msg, str *hop);

/* user_dialog_reply(hop): in onreply_route. Signs the Contact and removes the headers that the
 * called side must not send. Returns 1, or -1: out of memory, or the Contact can't be parsed. */
int ur_dialog_reply(struct sip_msg *msg, str *hop);

/* Copies the random id of the dialog that the message begins or is in; only we know it. False: it is in no
 * dialog of ours, or user_dialog_start() and user_dialog_request() were not called. */
bool ur_dialog_id(const struct sip_msg *msg, uint8_t id[UR_DIALOG_ID_SIZE]);

/* user_dialog_request() has found the dialog of this request. */
void ur_dialog_note_request(
		const struct sip_msg *msg, const uint8_t id[UR_DIALOG_ID_SIZE]);

/* The findings of user_dialog_start() about this message. */
void ur_dialog_take_start(struct sip_msg *msg, struct ur_call_dialog *start);

/*
 * Seals the dialog of the leg that tm is building into its Record-Route. The texts are From and To
 * as the callee sees them. 0, or -1: out of memory, or a URI is too long.
 */
int ur_dialog_seal_leg(struct sip_msg *msg, const struct ur_live_call *live,
		struct ur_text from_shown, struct ur_text to_shown);

/*
 * Handles a response to the call's INVITE on a branch of the transaction, before tm acts on it. If
 * the called side has changed Record-Route, the INVITE's is restored: otherwise the caller would
 * send its requests past this server. The Record-Routes of proxies after this one are signed for
 * the caller.
 */
void ur_dialog_on_response(const struct ur_live_call *live,
		const struct cell *t, int branch, struct sip_msg *response);

/* What was sealed into the INVITE of a leg. Its texts are borrowed from the rest of the struct. */
struct ur_leg_dialog
{
	struct ur_dialog dialog;
	uint8_t bytes[UR_DIALOG_SIZE];
	char texts[UR_DIALOG_TEXTS_SIZE];
};

/* Opens the seal of a branch. False: it has none, as user_dialog_start() was not called. */
bool ur_dialog_open_leg(
		const struct cell *t, int branch, struct ur_leg_dialog *leg);

/*
 * The owner of a signature: the call, for what the caller has written; or one leg, for what its
 * callee has written. All legs of a call know the call's id, and what is signed on one leg must not
 * be valid on another.
 */
#define UR_SIDE_LEG_SIZE 11 /* the random characters at the start of a seal */

struct ur_side
{
	char bytes[UR_DIALOG_ID_SIZE + UR_SIDE_LEG_SIZE];
	int len;
};

void ur_side_of_caller(struct ur_side *side, const uint8_t *dialog_id);

/* sealed: the dialog of that leg, as in its Route. */
void ur_side_of_callee(
		struct ur_side *side, const uint8_t *dialog_id, struct ur_text sealed);

static inline struct ur_text ur_side_text(const struct ur_side *side)
{
	return (struct ur_text){side->bytes, side->len};
}

/* The dialog that a response belongs to. */
struct ur_response_dialog
{
	struct ur_side side; /* of the responder */
	bool is_from_caller; /* the caller responds to a request of the callee */
};

/* To be called for each response in a dialog before tm acts on it, as user_dialog_reply() runs
 * then. */
void ur_dialog_note_response(
		const struct sip_msg *msg, const struct ur_response_dialog *of);

/* Is its Contact the remote target of a dialog? Not only a 2xx's: some callers (JsSIP) keep that of
 * the 180, which created their early dialog (RFC 3261 §12.1.2). The Contacts of a redirection are
 * none, and a redirection is not passed on. */
bool ur_dialog_has_remote_target(const struct sip_msg *response);

#endif
