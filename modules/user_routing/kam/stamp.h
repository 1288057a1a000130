/*
 * Identity and diversion headers of each leg, set while the leg is built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_STAMP_H
#define UR_KAM_STAMP_H

#include "core/parser/msg_parser.h"
#include "kam/live_call.h"

/*
 * Sets the headers of the branch that tm is building (TMCB_REQUEST_FWDED): From and
 * P-Asserted-Identity by the kind of leg; Diversion and History-Info if the call leaves the module.
 * Headers that must not go there are removed. The additions belong to this branch alone (tm drops
 * the lumps after it), so steps and forwards do not accumulate them.
 */
void ur_stamp_leg(struct sip_msg *msg, const struct ur_live_call *live);

#endif
