/*
 * The mirrored records in the form that the policy's forward chain needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIRECTORY_H
#define UR_KAM_DIRECTORY_H

#include "mirror/store/table.h"
#include "policy/chain.h"

/* The directory of one account: targets of other accounts do not exist in it. */
struct ur_directory ur_directory_of(uint32_t account);

/* The forward chain as text for people, "user 1001 → extension 200 → user 1003", in a buffer of
 * this module. */
struct ur_text ur_directory_print(const struct ur_chain *chain);

#endif
