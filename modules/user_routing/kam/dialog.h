/*
 * Dialogs: what the script calls when one begins, for each request in it, and for responses.
 *
 * user_dialog_start() writes Record-Route. Each leg's gets a parameter ";ur=", the dialog of that leg
 * (policy/dialog.h) sealed. A request in the dialog brings it back in its Route: it must open with
 * the request's Call-ID and one of its tags, and then says who the two ends are. The Request-URI
 * must be the Contact of the other end (kam/remote_target.h), or goes to that end's phone all the same;
 * further Routes must be those of the proxies that were on the call's way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIALOG_H
#define UR_KAM_DIALOG_H

#include "kam/live_call.h"
#include "mirror/status.h"

struct cell;

/* Return values of user_dialog_request(). */
enum ur_dialog_rc
{
	UR_DIALOG_RC_GO = 1,	   /* it may be relayed */
	UR_DIALOG_RC_NONE = -1,	   /* no dialog of ours: nothing is known of it */
	UR_DIALOG_RC_REFUSED = -2, /* $ur(status) and $ur(reason) say why */
	UR_DIALOG_RC_WHO_IS_IT =
			-3, /* the device has moved: it must authenticate */
};

/* In mod_init, after ur_seal_init(). Binds rr and tm. 0, or -1 with a log line. */
int ur_dialog_init(void);

/*
 * user_dialog_start(hop): a request that may begin a dialog. Takes out its Routes, signs its
 * Contact, records the route. hop: see kam/hop.h; "" for phones and strangers. 1, or -1:
 * it can't be read, $ur(status) is 400, or memory is out, 500.
 */
int ur_dialog_start(struct sip_msg *msg, str *hop);

/* user_dialog_request(hop): a request with a To tag. Returns an enum ur_dialog_rc. */
int ur_dialog_request(struct sip_msg *msg, str *hop);

/* user_dialog_reply(hop): in onreply_route. Signs the Contact; takes out what the called side must not
 * say. 1, or -1: out of memory, or the Contact can't be parsed. */
int ur_dialog_reply(struct sip_msg *msg, str *hop);

/* What user_dialog_start() has found out about this message. */
void ur_dialog_take_start(struct sip_msg *msg, struct ur_call_dialog *start);

/*
 * Seals the dialog of the leg that tm is building into its Record-Route. The texts are what the
 * callee sees. 0, or -1: out of memory, or a URI is too long.
 */
int ur_dialog_seal_leg(struct sip_msg *msg, const struct ur_live_call *live,
		struct ur_text from_shown, struct ur_text to_shown);

/*
 * A response to the call's INVITE on a branch of the transaction, before tm acts on it. Its Record-Route
 * becomes that of the INVITE, if the called side has changed it: or the caller would send its
 * requests past this server. Proxies behind this one are signed for the caller.
 */
void ur_dialog_on_response(const struct ur_live_call *live,
		const struct cell *t, int branch, struct sip_msg *response);

/*
 * Whose a signature is: the call's, of what the caller has written; one leg's, of what its callee has.
 * For all legs of a call know its id, and what is signed at one is no good at another.
 */
#define UR_SIDE_LEG_SIZE 11 /* the random characters that a seal begins with */

struct ur_side
{
	char bytes[UR_DIALOG_ID_SIZE + UR_SIDE_LEG_SIZE];
	int len;
};

void ur_side_of_caller(struct ur_side *side, const uint8_t *dialog_id);

/* sealed: the dialog of that leg, as its Route has it. */
void ur_side_of_callee(
		struct ur_side *side, const uint8_t *dialog_id, struct ur_text sealed);

static inline struct ur_text ur_side_text(const struct ur_side *side)
{
	return (struct ur_text){side->bytes, side->len};
}

/* Of which dialog a response is. */
struct ur_response_dialog
{
	struct ur_side side; /* of whoever responds */
	bool is_from_caller; /* the caller responds: to a request of the callee */
};

/* To be called for each response of a dialog before tm acts on it: user_dialog_reply() runs then. */
void ur_dialog_note_response(
		const struct sip_msg *msg, const struct ur_response_dialog *of);

/* A provisional response that will be acknowledged by PRACK. Its headers are parsed. */
bool ur_dialog_is_reliable(const struct sip_msg *response);

#endif
