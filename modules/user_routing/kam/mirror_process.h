/*
 * The process that runs the mirror.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_MIRROR_PROCESS_H
#define UR_KAM_MIRROR_PROCESS_H

#include "mirror/mirror.h"

/* Registers the process with the core, in mod_init. */
void ur_mirror_process_register(void);

/* Forks the process, in child_init with rank PROC_MAIN. 0, or -1 and logs an error. */
int ur_mirror_process_start(void);

#endif
