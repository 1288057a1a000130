/*
 * The mirrored records as the policy's chain asks for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIRECTORY_H
#define UR_KAM_DIRECTORY_H

#include "mirror/store/table.h"
#include "policy/chain.h"

/* The directory of one account: a target of another account does not exist. */
struct ur_directory ur_directory_of(uint32_t account);

/* The chain as text for people, "1001 → extension 200 → 1003", in a buffer of this
 * module. */
struct ur_text ur_directory_print(const struct ur_chain *chain);

#endif
