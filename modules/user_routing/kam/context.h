/*
 * State that all parts of the module share: made once, before Kamailio forks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CONTEXT_H
#define UR_KAM_CONTEXT_H

#include "mirror/check.h"
#include "mirror/state.h"
#include "mirror/store/table.h"

/* In mod_init, before anything else. 0, or -1 and logs an error: out of shared memory. */
int ur_context_init(void);

/* Called after the other processes have ended. */
void ur_context_destroy(void);

/* Never NULL after ur_context_init(); in shared memory. */
struct ur_table *ur_context_table(void);
struct ur_state *ur_context_mirror(void);
struct ur_check *ur_context_check(void);

#endif
