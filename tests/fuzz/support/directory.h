/*
 * A directory of mirrored records for the policy's chain: what kam/directory.c is in Kamailio.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_FUZZ_DIRECTORY_H
#define UR_FUZZ_DIRECTORY_H

#include "mirror/store/table.h"
#include "policy/chain.h"

struct ur_fuzz_directory
{
	struct ur_table *table;
	uint32_t account; /* whose users, extensions and targets are found */
};

/* The context outlives it. */
struct ur_directory ur_fuzz_directory(
		struct ur_fuzz_directory *context, int max_hops);

#endif
