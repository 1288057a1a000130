/*
 * The pseudo-variable class $ur(name), read only.
 *
 *  status   SIP status to answer the caller with; 0: none was decided
 *  reason   its reason phrase
 *  user     sip_user.id of the user who is rung
 *  step     number of the step that rings, from 1; 0: none yet
 *  verdict  what the ring has come to so far: busy or no-answer
 *  hops     users and extensions that the call has come to
 *  target_kind, target_id, target_uri   where the call goes when it leaves; NULL before
 *
 * user, step and verdict are NULL when the call is none to a user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_PV_H
#define UR_KAM_PV_H

#include "core/pvar.h"

int ur_pv_parse_name(pv_spec_t *spec, str *name);
int ur_pv_get(struct sip_msg *msg, pv_param_t *param, pv_value_t *value);

#endif
