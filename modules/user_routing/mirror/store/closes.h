/*
 * Does a record allow what its successor does not allow any more? Then it must not stay in use when
 * there is no memory for the successor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_CLOSES_H
#define UR_MIRROR_STORE_CLOSES_H

#include "mirror/store/draft.h"

/* body: of the old record with the draft's id. True if somebody who could register, call, be called
 * or present a number can't do so by the draft, or is
 * rejected by a rule that the old record lacks. In which order an event's rules stand does not count. */
bool ur_closes(const struct ur_draft *draft, const void *body);

#endif
