/*
 * What $ur(name) says for the record of a call: who called, who answered, who forwarded, whose account
 * pays.
 *
 *  caller, caller_device   sip_user.id and auth_username@realm of who calls; NULL: not one of ours
 *  called          sip_user.id of the first user that the call came to
 *  forwarder, forward_reason   sip_user.id of the last user who forwarded the call, and why, as Diversion
 *                  says it. Once a device has answered, only forwards before it count
 *  payer_account   account.id of the account that pays for a leg to the PSTN
 *  response        status of the final response that the caller gets; 0 before it (ur_pv_record_response())
 *  leg_device, leg_user   while a response is handled: the device that the leg rings, and its user; NULL:
 *                  the leg does not go to a device
 *  leg_from        … and the URI in From that the leg shows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PV_RECORD_H
#define UR_KAM_PV_RECORD_H

#include "core/pvar.h"
#include "kam/live_call.h"

enum ur_pv_record
{
	UR_PV_CALLER,
	UR_PV_CALLER_DEVICE,
	UR_PV_CALLED,
	UR_PV_FORWARDER,
	UR_PV_FORWARD_REASON,
	UR_PV_PAYER_ACCOUNT,
	UR_PV_LEG_DEVICE,
	UR_PV_LEG_USER,
	UR_PV_LEG_FROM,
};

/* In mod_init. 0, or -1 and logs an error. */
int ur_pv_record_init(void);

/* The text; empty: there is none. It is valid until the next call. */
struct ur_text ur_pv_record_text(
		const struct ur_live_call *live, enum ur_pv_record name);

/* The status of the final response to the call's INVITE, or 0. live may be NULL. */
int ur_pv_record_response(const struct ur_live_call *live);

#endif
