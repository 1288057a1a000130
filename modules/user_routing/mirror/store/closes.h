/*
 * Does a record allow what its successor does not allow any more? Then it must not go on to
 * serve when there is no memory for the successor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_CLOSES_H
#define UR_MIRROR_STORE_CLOSES_H

#include "mirror/store/draft.h"

/* body: of a record with the draft's id. True if by the draft somebody can register, call, be
 * called or present a number no more who could by the body. */
bool ur_closes(const struct ur_draft *draft, const void *body);

#endif
