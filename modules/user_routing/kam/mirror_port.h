/*
 * The mirror's port to Kamailio: see mirror/port.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_MIRROR_PORT_H
#define UR_KAM_MIRROR_PORT_H

#include "mirror/port.h"

/* Bytes that ur_port_alloc() may still allocate, including the allocator's overhead. */
unsigned long ur_port_room(void);

#endif
