/*
 * The pseudo-variable class $ur(name). A script may set gateway_domain.
 *
 *  status   SIP status to answer the caller with; 0: not decided
 *  reason   its reason phrase
 *  user     sip_user.id of the user being rung; NULL at a group
 *  group    ring_group.id of the group being rung; NULL at a user
 *  member   sip_user.id of the user whose phone a leg of a ring rings, in branch, branch-failure and reply
 *           routes; else NULL
 *  step     number of the step that rings, from 1; 0: none yet
 *  outcome  the ring's outcome so far: busy, no-answer or negotiation; unreachable only once the
 *           ring is over (old name: verdict)
 *  hops     number of users, groups, extensions and dids that the call has reached
 *  target_kind, target_id, target_uri   where the call leaves for; NULL before it leaves
 *  number   the number dialled, in E.164 with +, if nobody of ours has it, or an emergency number as it
 *           is dialled; else NULL
 *  emergency   1: an emergency number was dialled; else 0
 *  payer, payer_class   sip_user.id and dial_class of the user who pays for a leg to the PSTN: who
 *           forwards, else who calls; whose external phone a leg rings. NULL before the call leaves, for
 *           other legs of a ring, and if an account pays
 *  leg_kind   of a leg of a ring, in branch, branch-failure and reply routes: device, or external (a phone
 *           with a number, for which the script chooses the gateway); NULL: no leg of a ring
 *  gateway_domain   the domain of From and P-Asserted-Identity on legs to the PSTN; NULL: the user's
 *  caller … leg_from, response   for the record of a call: kam/pv_record.h
 *
 * user, step and outcome are NULL if the call is not to a user or group.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PV_H
#define UR_KAM_PV_H

#include "core/pvar.h"

int ur_pv_parse_name(pv_spec_t *spec, str *name);
int ur_pv_get(struct sip_msg *msg, pv_param_t *param, pv_value_t *value);

/* 0, or -1 and logs an error: it can't be set, or the value is no host. */
int ur_pv_set(
		struct sip_msg *msg, pv_param_t *param, int op, pv_value_t *value);

#endif
