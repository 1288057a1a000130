/*
 * Who is calling, stamped on each leg as it is built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_STAMP_H
#define UR_KAM_STAMP_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/*
 * Stamps the branch that tm is building (TMCB_REQUEST_FWDED): From and
 * P-Asserted-Identity by what kind of leg it is; Diversion and History-Info when
 * the call leaves the module; headers that may not go there are taken out.
 * What it adds belongs to this branch alone (tm drops the lumps after it), so
 * steps and chains do not add up.
 */
void ur_stamp_leg(struct sip_msg *msg, const struct ur_live_call *live);

#endif
